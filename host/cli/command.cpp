// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "trace/launch.h"

namespace crossheap::cli {

CLI::Option *add_depth_option(CLI::App &command, event::Depth &depth) {
  const std::map<std::string, event::Depth> depths(trace::kDepths.begin(), trace::kDepths.end());
  const auto by_default = std::find_if(depths.begin(), depths.end(), [&](const auto &d) { return d.second == depth; });
  return command
      .add_option("--depth", depth,
                  "What is known of each block: whose it is (ownership), also where it was allocated (sites), also by "
                  "which calls (stacks)")
      ->transform(CLI::CheckedTransformer(depths))
      ->option_text(fmt::format("ownership|sites|stacks [{}]", by_default->first));
}

Output::Output(std::string file) : file_(std::move(file)) {
  if (file_.empty()) return;
  const int fd = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) throw system_error(file_, "cannot be opened for writing", errno, "choose another file with -o");
  buffer_ = std::make_unique<__gnu_cxx::stdio_filebuf<char>>(fd, std::ios::out | std::ios::binary);
  stream_.rdbuf(buffer_.get());
}

std::ostream &Output::stream() { return file_.empty() ? static_cast<std::ostream &>(std::cout) : stream_; }

void Output::finish() {
  errno = 0;
  stream().flush();
  const bool closed = buffer_ == nullptr || buffer_->close() != nullptr;
  if (!closed || !stream()) {
    const std::string name = file_.empty() ? "standard output" : file_;
    throw system_error(name, "the result could not be written", errno == 0 ? EIO : errno,
                       "make room on the disk, or choose another file with -o");
  }
}

TerminalProgress::TerminalProgress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}

void TerminalProgress::show(std::string_view doing, std::uint64_t done, std::uint64_t of) {
  using namespace std::chrono_literals;
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (doing != doing_) {
    doing_ = doing;
    started_ = now;
  } else if (now - last_shown_ < 100ms && done != of) {
    return;
  }
  last_shown_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  fmt::print(stderr, "\r\033[K{}: {}", doing, with_commas(done));
  if (of > 0) fmt::print(stderr, " of {}", with_commas(of));
  fmt::print(stderr, ", {:.0f} a second", rate);
  if (rate > 0 && of > 0) fmt::print(stderr, ", {:.0f} s to go", static_cast<double>(of - done) / rate);
  std::fflush(stderr);
  shown_ = true;
}

void TerminalProgress::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace crossheap::cli
