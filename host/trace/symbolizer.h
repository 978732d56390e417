// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From an offset in an object's file to a function and a source line, by the object's symbols and its debug
// information. That is its own, or the separate file that distributions install. Done here, never in the traced
// process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "catalog/finding.h"

namespace crossheap::trace {

class Symbolizer {
public:
  Symbolizer();
  ~Symbolizer();
  Symbolizer(const Symbolizer &) = delete;
  Symbolizer &operator=(const Symbolizer &) = delete;

  /// \param offset  an address in the file's own terms; of a return address, one less
  Place find(const std::string &path, std::uint64_t offset);

private:
  class Object;
  std::map<std::string, std::unique_ptr<Object>> objects_;
};

}  // namespace crossheap::trace
