// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a report is written.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "report/format.h"

namespace crossheap::cli {

/// Where a result goes: a file of the user's, or a standard stream. Opening fails before the work is done, not after
/// it.
///
/// A regular file keeps what it held until finish(): the new contents are written beside it and put in its place when
/// they are whole. Without finish() it stays as it was. A device or a pipe is written directly.
class Output {
public:
  /// Throws Error where the file cannot be opened. \param option  by which the user named it
  explicit Output(std::string file, std::string_view option = "-o");
  /// Standard output or standard error.
  explicit Output(std::ostream &standard_stream);
  ~Output();
  Output(Output &&) noexcept;
  Output &operator=(Output &&) = delete;
  Output(const Output &) = delete;
  Output &operator=(const Output &) = delete;

  std::ostream &stream();
  void write(const report::Document &document, const report::Format &format);
  /// Makes sure that everything was written; throws Error where it was not (a full disk).
  void finish();

private:
  struct File;
  std::ostream *standard_stream_ = nullptr;
  std::unique_ptr<File> file_;
};

/// Throws the Error of a result that could not be written to `name`, with the next step that fits the reason. `error`
/// is an errno value; 0 stands for a stream that did not keep it.
[[noreturn]] void throw_unwritten(const std::string &name, int error, std::string_view option = "-o");
/// The same for standard output, whose streams do not keep the reason: it is asked for by writing once more.
[[noreturn]] void throw_standard_output_unwritten();

}  // namespace crossheap::cli
