// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What must be known of a program before the agent is put into it: whether its loader knows LD_AUDIT at all, and how
// much static TLS must be left free for it.
//
// With an audit module, glibc lays out static TLS before it has seen the program's libraries. So what they need must be
// added to GLIBC_TUNABLES=glibc.rtld.optional_static_tls, or the program does not start. Too much is as bad: it is
// taken from the stack of every thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crossheap::trace {

/// Why the agent cannot be in a program, in words.
inline constexpr std::string_view kStaticallyLinked = "it is statically linked, and no loader puts the agent into it";
inline constexpr std::string_view kSetuid = "it is setuid or setgid, and the loader ignores LD_AUDIT there";
inline constexpr std::string_view kWideTls =
    "a library of it wants its static TLS aligned more widely than the loader can do it with an audit module";

/// The program as execvp would find it. Throws Error where there is none.
std::filesystem::path find_program(const std::string &name);

/// What a command runs: the program it names, or the one that it gives to the loader as an argument
/// (`ld-linux-x86-64.so.2 --library-path lib ./program`).
struct Started {
  std::filesystem::path program;
  std::string library_path;  ///< that the loader is told; "" where it is not
};
Started behind_loader(const std::filesystem::path &program, const std::vector<std::string> &words);

/// Why the agent cannot be in this program; nullopt where it can. Follows a script to its interpreter.
std::optional<std::string> why_not_traceable(const std::filesystem::path &program);

/// The static TLS that the libraries this program starts with need, by asking its own loader, which libraries these
/// are.
struct StaticTls {
  std::uint64_t bytes = 0;
  bool too_wide = false;  ///< kWideTls
};
/// \param preload  what LD_PRELOAD will be for it; nullopt: what it is for us
StaticTls static_tls_of(const Started &started, const std::optional<std::string> &preload = std::nullopt);
/// Its bytes.
std::uint64_t static_tls_of_program(const std::filesystem::path &program,
                                    const std::optional<std::string> &preload = std::nullopt);
/// The most bytes that any library of the system needs.
std::uint64_t static_tls_of_any_library();

}  // namespace crossheap::trace
