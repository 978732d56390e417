// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The one exception type of the host side. It carries what a tired person needs: the object it is about,
// the reason, and the next step. Thrown low, caught in one place (cli/main.cpp), which prints it and picks
// the exit status. An alternative that is to be expected (how a child ended, say) is a value, not an Error.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace crossheap {

/// Whose fault it is, and so which exit status the program ends with.
enum class Blame {
  Usage,  ///< the command line, or a file the user named: exit status 2
  Work,   ///< the work could not be done (system, permission, full disk): exit status 3
};

class Error : public std::runtime_error {
public:
  /// \param object     what it is about: a path, an option, a name as the user typed it
  /// \param reason     why, as a clause: "is not an ELF file"
  /// \param next_step  what to do about it, as a sentence without a full stop; may be empty
  Error(Blame blame, std::string_view object, std::string_view reason, std::string_view next_step = {});

  Blame blame() const noexcept { return blame_; }
  const std::string &object() const noexcept { return object_; }
  const std::string &reason() const noexcept { return reason_; }
  const std::string &next_step() const noexcept { return next_step_; }

private:
  Blame blame_;
  std::string object_;
  std::string reason_;
  std::string next_step_;
};

/// An Error about `object` with the words of `errno_value` as its reason.
Error system_error(std::string_view object, std::string_view doing, int errno_value, std::string_view next_step = {});

}  // namespace crossheap
