// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Workers claim files in the order of the walk and finish them in any order. Results wait in a ring of 128 places, by
// number. Whoever completes the oldest one hands out all that are ready, without holding the lock, while the others go
// on:
//
//     worker 1    claims 0, a large file ...
//     worker 2    claims 1, done: waits in the ring. Claims 2, done: waits
//     worker 1    0 is done: hands out 0, 1 and 2
//
// A worker that is 128 files ahead of the oldest waits. So memory is bounded by the ring, and the walk is claimed under
// the lock: one folder is listed at a time.
#include "inspect/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

#include "elf/archive.h"
#include "inspect/walk.h"

namespace crossheap::inspect {

namespace {

bool is_elf_or_archive(elf::ByteView head) {
  return elf::File::is_elf(head) || elf::archive_kind(head) != elf::ArchiveKind::None;
}

bool is_known_machine(std::uint16_t machine) {
  constexpr std::array kKnown{EM_X86_64, EM_386, EM_AARCH64, EM_ARM, EM_RISCV, EM_S390, EM_PPC64};
  return std::find(kKnown.begin(), kKnown.end(), machine) != kKnown.end();
}

std::optional<Skipped> reason_to_skip(const elf::File &file) {
  switch (file.kind()) {
    case elf::Kind::DebugFile:
      return Skipped{"holds the debug information of another file"};
    case elf::Kind::Core:
      return Skipped{"is a core dump"};
    case elf::Kind::Unknown:
      return Skipped{fmt::format("has the unknown ELF type {}", file.header().type)};
    default:
      break;
  }
  if (!is_known_machine(file.header().machine))
    return Skipped{fmt::format("is for {}, which crossheap does not support", elf::machine_name(file.header()))};
  return std::nullopt;
}

void inspect_source(const std::shared_ptr<const elf::Source> &source, const Policy &policy, Outcome &outcome) {
  if (elf::archive_kind(source->bytes()) != elf::ArchiveKind::None) {
    Inspection archive = inspect_archive(source, std::filesystem::path(outcome.file).parent_path(), policy);
    if (archive.members > 0)
      outcome.result = std::move(archive);
    else
      outcome.result = Skipped{"is an archive without ELF files"};
  } else {
    const elf::File file(source);
    if (auto skipped = reason_to_skip(file))
      outcome.result = *std::move(skipped);
    else
      outcome.result = inspect_file(file, policy);
  }
  source->verify_unchanged();
}

Outcome outcome_of(const Walk::Step &step, const Policy &policy) {
  Outcome outcome{.file = step.path.string(), .named = step.named};
  try {
    if (step.problem) throw Error(*step.problem);
    // What the user names must be something to inspect; what a folder holds need not.
    const auto source = step.named ? elf::Source::open(step.path) : elf::Source::open_if(step.path, is_elf_or_archive);
    if (source) inspect_source(source, policy, outcome);
  } catch (const Error &error) {
    outcome.result = error;
  } catch (const std::bad_alloc &) {
    outcome.result = Error(Blame::Work, outcome.file, "needs more memory than there is", "inspect it with --jobs 1");
  }
  return outcome;
}

// The workers' shared state: files are claimed in order, and handed out in order by whichever worker completes the
// oldest one.
class Run {
public:
  Run(const Order &order, const std::function<void(const Outcome &)> &done)
      : walk_(order.paths), policy_(order.policy), done_(done) {}

  // One worker's life. Throws nothing: what `done` throws is kept in problem_.
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [this] { return problem_ || claimed_ - handed_out_ < kWindow; });
      if (problem_) return;
      const std::optional<Walk::Step> step = walk_.next();
      if (!step) return;
      const std::uint64_t number = claimed_++;
      lock.unlock();
      Outcome outcome = outcome_of(*step, policy_);
      lock.lock();
      window_[number % kWindow] = std::move(outcome);
      hand_out(lock);
    }
  }

  void rethrow_problem() const {
    if (problem_) std::rethrow_exception(problem_);
  }

private:
  void hand_out(std::unique_lock<std::mutex> &lock) {
    if (handing_out_) return;  // the worker that does will come to ours
    handing_out_ = true;
    while (!problem_ && window_[handed_out_ % kWindow]) {
      const Outcome outcome = *std::move(window_[handed_out_ % kWindow]);
      window_[handed_out_ % kWindow].reset();
      lock.unlock();
      std::exception_ptr problem;
      try {
        done_(outcome);
      } catch (...) {
        problem = std::current_exception();
      }
      lock.lock();
      ++handed_out_;
      problem_ = problem;
    }
    handing_out_ = false;
    room_.notify_all();
  }

  static constexpr std::uint64_t kWindow = 128;

  std::mutex mutex_;
  std::condition_variable room_;
  Walk walk_;
  const Policy &policy_;
  const std::function<void(const Outcome &)> &done_;
  std::array<std::optional<Outcome>, kWindow> window_;
  std::uint64_t claimed_ = 0;
  std::uint64_t handed_out_ = 0;
  bool handing_out_ = false;
  std::exception_ptr problem_;
};

}  // namespace

void run(const Order &order, const std::function<void(const Outcome &)> &done) {
  Run run(order, done);
  const unsigned jobs = order.jobs > 0 ? order.jobs : std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> workers;
    // Each helps; where no more can be had, the work only takes longer.
    try {
      for (unsigned i = 1; i < jobs; ++i) workers.emplace_back([&run] { run.work(); });
    } catch (const std::system_error &) {
    }
    run.work();
  }
  run.rethrow_problem();
}

}  // namespace crossheap::inspect
