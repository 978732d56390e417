// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the supervisor keeps of a run, what it leaves behind, and how several runs fare beside each other.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>

#include "base/owned_fd.h"
#include "fixture.h"

namespace crossheap::sandbox {
namespace {

std::ptrdiff_t open_descriptors() { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); }

bool has_no_children() { return ::waitpid(-1, nullptr, WNOHANG | __WALL) == -1 && errno == ECHILD; }

/// The number that a fixture printed first.
pid_t printed_number(const Observation &seen) {
  pid_t number = 0;
  std::from_chars(seen.output.data(), seen.output.data() + seen.output.size(), number);
  return number;
}

/// Hands out the jobs of a list, in order.
std::function<std::optional<Job>()> each_of(std::vector<Job> jobs) {
  return [jobs = std::move(jobs), at = std::size_t{0}]() mutable -> std::optional<Job> {
    if (at == jobs.size()) return std::nullopt;
    return jobs[at++];
  };
}

TEST(Observation, HoldsOutputUpToItsBoundAndSaysThatItIsCut) {
  Job job = fixture("floods_output");
  job.limits.output_bytes = 1000;
  const Observation seen = run_one(job);
  EXPECT_EQ(in_words(seen.ending), "exited 0");
  EXPECT_EQ(seen.output, std::string(1000, 'x'));
  EXPECT_TRUE(seen.output_cut);
}

TEST(Observation, HoldsAllOutputWhenTheBoundIsExactlyReached) {
  Job job = fixture("aborts");
  job.limits.output_bytes = std::string_view("free(): invalid pointer\n").size();
  const Observation seen = run_one(job);
  EXPECT_EQ(seen.output, "free(): invalid pointer\n");
  EXPECT_FALSE(seen.output_cut);
}

TEST(Observation, OfAnEndlessFloodIsBoundedToo) {
  const Observation seen = run_one(hanging_fixture("floods_for_ever"));
  EXPECT_EQ(in_words(seen.ending), "timed out");
  EXPECT_EQ(seen.output.size(), Limits{}.output_bytes);
}

TEST(Observation, HoldsWhatAKilledRunHadWritten) { EXPECT_EQ(run_one(hanging_fixture("hangs")).output, "waiting\n"); }

TEST(Observation, HoldsWhatWasSentBeforeAnEarlyExit) {
  const Observation seen = run_one(fixture("exits_early"));
  EXPECT_EQ(in_words(seen.ending), "exited 9");
  constexpr std::array kHalf{std::byte{'h'}, std::byte{'a'}, std::byte{'l'}, std::byte{'f'}};
  EXPECT_TRUE(std::equal(seen.sent.begin(), seen.sent.end(), kHalf.begin(), kHalf.end()));
}

TEST(Observation, HoldsGarbageOnTheResultDescriptorUpToItsBound) {
  const Observation seen = run_one(fixture("scribbles_on_result"));
  EXPECT_EQ(in_words(seen.ending), "exited 0");
  EXPECT_EQ(seen.sent, std::vector<std::byte>(Limits{}.sent_bytes, std::byte{0xa5}));
  EXPECT_EQ(seen.output, "");
}

TEST(Observation, OfAProgramThatClosesAllDescriptorsIsEmpty) {
  const Observation seen = run_one(fixture("closes_all_descriptors"));
  EXPECT_EQ(in_words(seen.ending), "exited 7");
  EXPECT_TRUE(seen.sent.empty());
}

TEST(Run, IsOverWhenItsMainProcessEndedAndTakesTheChildrenAlong) {
  const Observation seen = run_one(fixture("leaves_children"));
  EXPECT_EQ(in_words(seen.ending), "exited 5");
  EXPECT_GT(printed_number(seen), 0);
  EXPECT_TRUE(group_is_gone(printed_number(seen)));
  EXPECT_TRUE(has_no_children());
}

TEST(Run, IsNotLeftByAGrandchildThatTriesToGetAway) {
  const Observation seen = run_one(fixture("double_forks"));
  EXPECT_EQ(in_words(seen.ending), "exited 0") << "1: a child has left the group";
  EXPECT_GT(printed_number(seen), 0);
  EXPECT_TRUE(group_is_gone(printed_number(seen)));
  EXPECT_TRUE(has_no_children());
}

TEST(Run, EndsWithItsSupervisorEvenIfThatIsKilled) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);  // so that the run becomes ours to wait for
  // A pipe that the run and all its children inherit: at its end when none of them is left.
  std::array<int, 2> held{};
  ASSERT_EQ(::pipe2(held.data(), O_CLOEXEC), 0);
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    ::close(held[0]);
    Job job;
    job.command.program = "/bin/sh";
    // A child that has lost its parent too, as PR_SET_PDEATHSIG alone would leave it alive.
    job.command.arguments = {"-c", "(sleep 60 & sleep 60) & echo >&3; wait"};
    job.command.given_fd = held[1];
    job.when_sent = [](pid_t, std::string_view) {
      ::raise(SIGKILL);
      return false;
    };
    run_one(job);
    ::_exit(0);
  }
  ::close(held[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(supervisor, &status, 0), supervisor);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  if (Supervisor(1).protections().namespaces) {
    pollfd all_gone{held[0], POLLIN, 0};
    EXPECT_EQ(::poll(&all_gone, 1, 10'000), 1) << "a child of the run has outlived the supervisor";
    EXPECT_NE(all_gone.revents & POLLHUP, 0);
  }
  ::close(held[0]);
  while (::waitpid(-1, &status, 0) > 0) {
  }
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, RunsAsManyAtATimeAsItWasToldAndNoMore) {
  int running = 0;
  int most = 0;
  int left = 7;
  Supervisor(3).run(
      [&]() -> std::optional<Job> {
        if (left-- == 0) return std::nullopt;
        most = std::max(most, ++running);
        return hanging_fixture("hangs", std::chrono::milliseconds(100));
      },
      [&](const Job &, const Observation &seen) {
        EXPECT_EQ(in_words(seen.ending), "timed out");
        --running;
      });
  EXPECT_EQ(running, 0);
  EXPECT_EQ(most, 3);
}

TEST(Supervisor, HandsRunsOverInOrderOfEnding) {
  std::vector<Job> jobs(20, fixture("does_nothing"));
  jobs.front() = hanging_fixture("hangs", std::chrono::seconds(5));
  jobs.front().id = 1;
  std::vector<std::uint64_t> ended;
  Supervisor(2).run(each_of(jobs), [&](const Job &job, const Observation &) { ended.push_back(job.id); });
  ASSERT_EQ(ended.size(), 20U);
  EXPECT_EQ(ended.back(), 1U);
}

TEST(Supervisor, GivesEveryRunItsOwnEndingWhenAllMisbehaveAtOnce) {
  const std::vector<std::pair<Job, std::string>> expected{
      {fixture("segfaults"), "killed 11"},
      {fixture("traces_another"), "refused"},
      {hanging_fixture("forks_bomb"), "timed out"},
      {fixture("floods_output"), "exited 0"},
      {hanging_fixture("floods_for_ever"), "timed out"},
      {fixture("kills_supervisor"), "exited 0"},
      {fixture("leaves_children"), "exited 5"},
      {fixture("missing"), "not started: execve: No such file or directory"},
      {hanging_fixture("stops_itself"), "timed out"},
      {fixture("closes_all_descriptors"), "exited 7"},
  };
  std::vector<Job> jobs;
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < expected.size(); ++i) {
      jobs.push_back(expected[i].first);
      jobs.back().id = i;
    }
  std::size_t ended = 0;
  Supervisor(8).run(each_of(jobs), [&](const Job &job, const Observation &seen) {
    ++ended;
    EXPECT_EQ(in_words(seen.ending), expected[job.id].second) << job.command.program;
  });
  EXPECT_EQ(ended, jobs.size());
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, LeavesNeitherDescriptorsNorChildrenBehindAfterAThousandRuns) {
  const std::ptrdiff_t before = open_descriptors();
  std::size_t good = 0;
  Supervisor(4).run(
      each_of(std::vector<Job>(1000, fixture("does_nothing"))),
      [&](const Job &, const Observation &seen) { good += in_words(seen.ending) == "exited 0" ? 1U : 0U; });
  EXPECT_EQ(good, 1000U);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, ToldToRunMoreThanItsDescriptorsAllowRunsFewerAtATime) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlim_t before = std::exchange(limit.rlim_cur, 64);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<Job> jobs(100, fixture("does_nothing"));
  std::size_t good = 0;
  Supervisor(1000).run(each_of(jobs), [&](const Job &, const Observation &seen) {
    EXPECT_EQ(in_words(seen.ending), "exited 0");
    ++good;
  });
  EXPECT_EQ(good, jobs.size());
  limit.rlim_cur = before;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(Supervisor, SeesItsChildrenEndThoughItInheritedAnIgnoredSigchld) {
  const auto handler_before = ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(ending_of(fixture("closes_all_descriptors")), "exited 7");
  ::signal(SIGCHLD, handler_before);
}

TEST(Supervisor, LeavesTheProcessAsItWas) {
  const auto properties = [] {
    int reaper = -1;
    ::prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0);
    struct sigaction action {};
    ::sigaction(SIGCHLD, nullptr, &action);
    return std::tuple(reaper, ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), action.sa_handler == SIG_IGN);
  };
  const auto handler_before = ::signal(SIGCHLD, SIG_IGN);
  const auto before = properties();
  {
    Supervisor first(1);
    Supervisor(1).run(each_of({fixture("does_nothing")}), [](const Job &, const Observation &) {});
    EXPECT_EQ(std::get<0>(properties()), 1) << "the other supervisor goes on";
    first.run(each_of({fixture("does_nothing")}),
              [](const Job &, const Observation &seen) { EXPECT_EQ(in_words(seen.ending), "exited 0"); });
  }
  EXPECT_EQ(properties(), before);
  ::signal(SIGCHLD, handler_before);
}

TEST(Supervisor, StoppedFromDoneEndsTheOtherRunsAndHandsNoneOver) {
  const std::ptrdiff_t before = open_descriptors();
  {
    Supervisor supervisor(3);
    int handed_over = 0;
    supervisor.run(each_of({fixture("hangs"), fixture("forks_bomb"), fixture("does_nothing"), fixture("does_nothing")}),
                   [&](const Job &, const Observation &) {
                     ++handed_over;
                     supervisor.stop();
                   });
    EXPECT_EQ(handed_over, 1);
    EXPECT_TRUE(supervisor.stopped());
    EXPECT_TRUE(has_no_children());
  }
  EXPECT_EQ(open_descriptors(), before);
}

Supervisor *stopped_by_signal = nullptr;

TEST(Supervisor, StoppedFromASignalHandlerWakesUpAndLeavesNoChild) {
  Supervisor supervisor(2);
  stopped_by_signal = &supervisor;
  ::signal(SIGALRM, [](int) { stopped_by_signal->stop(); });
  ::ualarm(200'000, 0);
  supervisor.run(each_of({fixture("hangs"), fixture("stops_itself")}),
                 [](const Job &, const Observation &seen) { ADD_FAILURE() << in_words(seen.ending); });
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, OfOneThreadDoesNotDisturbThatOfAnother) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([] {
      for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(ending_of(fixture("leaves_children")), "exited 5");
        EXPECT_EQ(ending_of(fixture("missing")), "not started: execve: No such file or directory");
      }
    });
  for (std::thread &thread : threads) thread.join();
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, StoppedBeforeItRunsAsksForNoJob) {
  Supervisor supervisor(1);
  supervisor.stop();
  supervisor.run(
      []() -> std::optional<Job> {
        ADD_FAILURE() << "asked for a job";
        return std::nullopt;
      },
      [](const Job &, const Observation &) {});
}

TEST(Supervisor, PassesAnExceptionOfItsCallerOnAndLeavesNoChild) {
  Supervisor supervisor(2);
  EXPECT_THROW(supervisor.run(each_of({fixture("hangs"), fixture("does_nothing")}),
                              [](const Job &, const Observation &) { throw std::runtime_error("enough"); }),
               std::runtime_error);
  EXPECT_TRUE(has_no_children());
}

TEST(Supervisor, IsNotHeldUpByAProgramThatCannotBeExecutedYet) {
  // Whoever holds a lease on a program holds up its execve until the kernel breaks the lease.
  std::string leased = (std::filesystem::temp_directory_path() / "crossheap-leased-XXXXXX").string();
  const int fd = ::mkstemp(leased.data());
  ASSERT_GE(fd, 0);
  ::close(fd);
  std::filesystem::copy_file(fixture("does_nothing").command.program, leased,
                             std::filesystem::copy_options::overwrite_existing);
  const int lease = ::open(leased.c_str(), O_RDONLY | O_CLOEXEC);
  ::signal(SIGIO, SIG_IGN);
  // An exclusive lease, which another's opening has to break; only alone with the file it can be had.
  if (::fcntl(lease, F_SETLEASE, F_WRLCK) != 0) {
    std::filesystem::remove(leased);
    GTEST_SKIP() << "no leases on this file system";
  }
  Job held;
  held.command.program = leased;
  const auto began = std::chrono::steady_clock::now();
  Supervisor supervisor(2);
  std::string innocent;
  supervisor.run(each_of({held, fixture("does_nothing")}), [&](const Job &, const Observation &seen) {
    innocent = in_words(seen.ending);
    supervisor.stop();
  });
  EXPECT_EQ(innocent, "exited 0");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  ::close(lease);
  std::filesystem::remove(leased);
}

/// Makes the kernel answer ENOSYS to whoever asks for a PID namespace, from now on and in all children.
void refuse_namespaces() {
  const std::array<sock_filter, 6> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWPID, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{program.size(), const_cast<sock_filter *>(program.data())};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
    ::_exit(3);
}

/// Kills a supervisor whose run has forked two children. \return whether all three are gone soon
bool nothing_outlives_a_killed_supervisor(bool with_namespaces) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) return false;
  const pid_t supervising = ::fork();
  if (supervising == 0) {
    if (!with_namespaces) refuse_namespaces();
    ::close(ends[0]);
    Job job = fixture("hangs_with_children");
    job.command.given_fd = ends[1];
    run_one(job);
    ::_exit(0);
  }
  ::close(ends[1]);
  const OwnedFd said(ends[0]);
  char byte = 0;
  for (int i = 0; i < 3; ++i)
    if (::read(said.get(), &byte, 1) != 1) return false;
  ::kill(supervising, SIGKILL);
  ::waitpid(supervising, nullptr, 0);
  // The pipe ends with the last process that has it.
  pollfd end{said.get(), POLLIN, 0};
  return ::poll(&end, 1, 20'000) == 1 && ::read(said.get(), &byte, 1) == 0;
}

TEST(Supervisor, KilledLeavesNothingOfItsRunsAlive) { EXPECT_TRUE(nothing_outlives_a_killed_supervisor(true)); }

TEST(Supervisor, KilledLeavesNothingOfItsRunsAliveWithoutNamespaces) {
  EXPECT_TRUE(nothing_outlives_a_killed_supervisor(false));
}

TEST(Supervisor, OnACrowdedMachineGivesEachRunItsTimeAndCallsNoneOfThemStarved) {
  // Four at a time for each processor: each waits for most of the time in which it burns what it may.
  const unsigned at_a_time = 4 * std::max(1U, std::thread::hardware_concurrency());
  Job burning = hanging_fixture("burns_cpu", std::chrono::milliseconds(400));
  burning.limits.patience = 200;
  Supervisor(at_a_time).run(each_of(std::vector<Job>(at_a_time, burning)), [](const Job &, const Observation &seen) {
    EXPECT_EQ(in_words(seen.ending), "timed out");
    EXPECT_FALSE(was_starved(seen));
  });
}

TEST(Supervisor, GivesARunThatWaitsForTheDiskMoreTimeAndThenCallsItStarved) {
  Job waiting = hanging_fixture("waits_uninterruptibly", std::chrono::milliseconds(500));
  waiting.limits.patience = 2;
  const Observation seen = run_one(waiting);
  EXPECT_EQ(in_words(seen.ending), "timed out");
  EXPECT_TRUE(was_starved(seen));
  EXPECT_GT(seen.took, std::chrono::milliseconds(700));
}

TEST(Supervisor, DoesNotTakeAWaitForAChildForOneForTheDisk) {
  Job waiting = fixture("waits_uninterruptibly", {"child"});
  waiting.limits.deadline = std::chrono::seconds(2);
  waiting.limits.patience = 2;
  const Observation seen = run_one(waiting);
  EXPECT_EQ(in_words(seen.ending), "timed out");
  EXPECT_FALSE(was_starved(seen));
}

TEST(Supervisor, RunsAgainAfterItHasReturned) {
  Supervisor supervisor(2);
  for (int round = 0; round < 2; ++round) {
    int ended = 0;
    supervisor.run(each_of({fixture("does_nothing"), fixture("segfaults")}),
                   [&](const Job &, const Observation &) { ++ended; });
    EXPECT_EQ(ended, 2);
  }
}

}  // namespace
}  // namespace crossheap::sandbox
