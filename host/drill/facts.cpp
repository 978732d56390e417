// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A copy of a plugin lies in another folder, so $ORIGIN in its run path would be another one: what it stands for in the
// plugin itself goes into the copy's environment.
#include "drill/facts.h"

#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "elf/file.h"
#include "inspect/inspection.h"

namespace crossheap::drill {

namespace fs = std::filesystem;

Facts facts_of(const fs::path &plugin) {
  Facts facts;
  try {
    const inspect::Inspection seen = inspect::inspect_file(elf::File(elf::Source::open(plugin)));
    facts.unique_symbols = seen.unique_symbols != 0;
    facts.first_unique_symbol = seen.first_unique_symbol;
    facts.both_interfaces = seen.definition("free") != nullptr && seen.definition("_ZdlPv") != nullptr;
    facts.hides_operators = seen.static_cpp_runtime && seen.stripped;
    for (const auto &path : {seen.rpath, seen.runpath}) {
      if (!path) continue;
      for (std::string_view one : split(*path, ':')) {
        std::string folder(one);
        for (const std::string_view origin : {"${ORIGIN}", "$ORIGIN"})
          for (std::size_t at = folder.find(origin); at != std::string::npos; at = folder.find(origin))
            folder.replace(at, origin.size(), plugin.parent_path().string());
        facts.search += (facts.search.empty() ? "" : ":") + folder;
      }
    }
  } catch (const Error &) {
  }
  return facts;
}

}  // namespace crossheap::drill
