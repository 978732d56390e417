// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A profile: what is known of one kind of host that opens plugins. With which flags it opens them, on which heaps it
// runs in practice, and who frees what. How a plugin of its kind is told from others, and how the host is run, where it
// can be.
//
// A profile is a TOML file (host/profiles, docs/check.md). Ours and a user's are read by the same code and work the
// same way.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/load_modes.h"

namespace crossheap::profile {

/// A file or a link that is put into the host's private folder before it starts.
struct Placed {
  std::string path;  ///< in the folder: "conf/nginx.conf"
  std::string text;  ///< of a file; its placeholders are filled in
  std::string link;  ///< of a link: what it points to; "" for a file
};

/// One run of the host: its words, and what shows that it went well.
struct Step {
  std::vector<std::string> arguments;
  std::vector<Placed> placed;
  std::string input;  ///< on its standard input
};

/// How the real host is made to open a plugin. Texts may hold placeholders (see fill()).
struct Drive {
  std::vector<std::string> programs;  ///< names for PATH, or paths, which may be globs; the first that is there is it
  std::vector<std::string> executables;  ///< the ELF file that calls dlopen, where that is not the program itself
  std::string version_folder;            ///< "/lua/{version}/": of plugins for one version; "" for none
  std::string package;                   ///< of Debian
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string success;                   ///< text that its output has when the plugin was opened; "" for any
  std::string failure;                   ///< text that it has when it was not, whatever its status; "" for none
  int status = 0;                        ///< its exit status when all went well
  bool network = false;                  ///< it opens a port before it opens plugins
  bool own_test = false;                 ///< the user's own command, which also calls the plugin
  std::string makes;                     ///< a file in {dir} that it writes when all went well; "" for none
  std::chrono::seconds deadline{10};
  Step with;                    ///< a plugin
  Step without;                 ///< the same without one: does the host itself run here?
  std::string without_success;  ///< text that its output has then
  std::optional<Step> pair;     ///< the same with two plugins, of which the second is {plugin2}
  std::string no_pair;          ///< why there is none
};

/// An allocator that hosts of this kind run on and that is not among ours.
struct Preload {
  std::string name;
  std::string library;
};

/// How a plugin of this kind is recognised: by one exported symbol, or by where its file lies. Globs.
struct Signs {
  std::vector<std::string> exports;
  std::vector<std::string> files;        ///< of the path
  std::vector<std::string> not_imports;  ///< what only plugins of another host with such exports ask theirs for
  std::vector<std::string> not_exports;  ///< what only plugins of another host with such exports export as well
  bool needs_file = false;               ///< the symbols are too common: the path must fit as well
};

struct Profile {
  std::string name;
  std::filesystem::path file;           ///< that it was read from
  std::string about;                    ///< "PHP extensions"
  std::string flags;                    ///< as the host gives them: "RTLD_LAZY | RTLD_GLOBAL | RTLD_DEEPBIND"
  std::vector<const LoadMode *> modes;  ///< that the flags come to; never empty
  std::string heaps;                    ///< allocators seen in practice
  std::string contract;                 ///< who frees what
  std::string source;                   ///< where that was read or seen
  std::vector<Preload> allocators;
  Signs signs;
  std::optional<Drive> drive;  ///< nullopt: no command is known that opens one plugin and ends
  std::string no_drive;        ///< why there is none
};

/// Reads one profile. Throws Error (Blame::Usage) that names the file, the line and what is expected there.
Profile read_profile(const std::filesystem::path &file);

/// The same from its text. `file` is what messages name.
Profile parse_profile(std::string_view text, const std::filesystem::path &file);

/// Those that came with this program, by name.
std::vector<Profile> read_profiles();

/// The host's program on this machine, or nothing.
/// \param version  for which the plugin was built; "" where that is not known
std::optional<std::filesystem::path> installed_program(const Drive &drive, const std::string &version = {});

/// The ELF file that opens the plugins, or nothing.
std::optional<std::filesystem::path> installed_executable(const Drive &drive, const std::string &version = {});

/// The version of the host for which a plugin was built, by the folder that it lies in; "" where that does not tell.
std::string version_for(const Drive &drive, const std::filesystem::path &plugin);
/// What the host's program is called, whatever its version.
const std::string &program_named(const Drive &drive);
/// The first of the programs' names for that version; "" where none has a version in it, or the version is not known.
std::string program_for(const Drive &drive, const std::string &version);

/// What the placeholders stand for that are about a plugin. Those of the second of two end with a 2: {plugin2}.
struct PluginWords {
  std::string plugin;  ///< {plugin}: its absolute path
  std::string name;    ///< {name}: what the entry point is called after the part that all of the kind have
  std::string entry;   ///< {entry}: the exported symbol by which it was recognised
  std::string stem;    ///< {file}: the name of its file up to the first dot
  std::string parent;  ///< {parent}: the folder that the plugin lies in
};

/// What all placeholders stand for.
struct Words {
  PluginWords first;
  std::optional<PluginWords> second;
  std::string folder;  ///< {dir}: a private folder, writable
};

/// `text` with its placeholders filled in. "{{" stands for a brace. Throws Error for what is no placeholder, and for
/// one of a second plugin where there is none.
std::string fill(std::string_view text, const Words &words);

/// What a plugin shows of itself, as far as kinds of plugins are told by it.
struct Appearance {
  std::filesystem::path file;
  std::vector<std::string> exports;
  std::vector<std::string> imports;
};
/// Throws Error where the file is no ELF file of this machine.
Appearance appearance_of(const std::filesystem::path &plugin);

/// By what a plugin was recognised, or not.
struct Match {
  bool matches = false;
  std::string because;  ///< "it exports get_module"
  PluginWords words;
};
Match match(const Profile &profile, const Appearance &plugin);

}  // namespace crossheap::profile
