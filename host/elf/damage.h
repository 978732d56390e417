// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What of a file could not be read and is left out.
//
// A file is many parts that do not need one another: a note that contradicts its segment says nothing about the
// symbols. So each part is read on its own. One that cannot be read costs what it would have told, and is named here.
// The file is refused only where nothing can be read without the part (the header, a segment that is cut off).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace crossheap::elf {

class Damage {
public:
  /// Calls `read`; where that throws an Error, the part called `what` ("the versions needed") is left out.
  template <typename Read>
  void part(std::string_view what, Read read) {
    try {
      read();
    } catch (const Error &error) {
      add(what, error.reason());
    }
  }

  /// \param reason  a clause, as an Error has it or without its first words
  void add(std::string_view what, std::string_view reason);
  void add(const Damage &other);

  /// One sentence each: "the versions needed: a version record leads back into itself". Empty for a whole file, and
  /// only the first few of a file that is damaged throughout.
  const std::vector<std::string> &parts() const noexcept { return parts_; }

private:
  void add_sentence(std::string sentence);

  std::vector<std::string> parts_;
};

}  // namespace crossheap::elf
