// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/installation.h"

#include <sys/auxv.h>

#include "base/error.h"

namespace crossheap {

namespace fs = std::filesystem;

namespace {

// SAFETY: the kernel gives a string of ours there.
const char *executed_path() { return reinterpret_cast<const char *>(::getauxval(AT_EXECFN)); }

}  // namespace

namespace {

// `below` of the program's prefix; of the installation's where nothing tells the program's.
fs::path folder_of_prefix(const fs::path &below, const fs::path &installed) {
  std::error_code failed;
  fs::path self = fs::read_symlink("/proc/self/exe", failed);
  const bool has_proc = !failed;
  // The path that was executed may be a link from elsewhere.
  if (!has_proc) self = fs::absolute(executed_path());
  fs::path folder = self.parent_path().parent_path() / below;
  if (!has_proc && !fs::exists(folder, failed)) folder = installed;
  return folder;
}

}  // namespace

fs::path library_folder() { return folder_of_prefix("lib/crossheap", CROSSHEAP_LIBRARY_FOLDER); }

fs::path data_folder() { return folder_of_prefix("share/crossheap", CROSSHEAP_DATA_FOLDER); }

fs::path library_file(std::string_view name) {
  fs::path file = library_folder() / name;
  std::error_code failed;
  if (!fs::exists(file, failed)) throw Error(Blame::Work, file.string(), "is missing", "install crossheap as a whole");
  return file;
}

}  // namespace crossheap
