// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a confined program can do to itself, and cannot do to anybody else.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/owned_fd.h"
#include "fixture.h"

namespace crossheap::sandbox {
namespace {

int landlock_abi() { return Supervisor(1).protections().landlock_abi; }

/// A folder of the test's own, gone afterwards.
class Folder {
public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "crossheap-sandbox-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;

  std::filesystem::path file(std::string_view name, std::string_view text, ::mode_t mode) const {
    std::filesystem::path path = path_ / name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  const std::filesystem::path &path() const { return path_; }

private:
  std::filesystem::path path_;
};

TEST(Group, IsOfOneRunAloneAndGoneAfterwards) {
  if (!Supervisor(1).protections().groups) GTEST_SKIP() << "no control group can be made here";
  Job job;
  job.command.program = "/bin/cat";
  job.command.arguments = {"/proc/self/cgroup"};
  const Observation seen = run_one(job);
  const std::string name = "/crossheap-" + std::to_string(::getpid()) + "-";
  const std::size_t at = seen.output.find("\n0::", 0) == std::string::npos ? 0 : seen.output.find("\n0::") + 1;
  const std::string line = seen.output.substr(at, seen.output.find('\n', at) - at);
  ASSERT_NE(line.find(name), std::string::npos) << seen.output;
  for (const char *const mounted : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
    EXPECT_FALSE(std::filesystem::exists(mounted + line.substr(line.find("::") + 2)));
}

TEST(Ending, IsTheExitStatusOfAProgramThatExited) { EXPECT_EQ(ending_of(fixture("does_nothing")), "exited 0"); }

TEST(Ending, IsTheSignalThatKilledTheProgram) { EXPECT_EQ(ending_of(fixture("segfaults")), "killed 11"); }

TEST(Ending, OfAnAbortComesWithWhatTheProgramComplainedOf) {
  const Observation seen = run_one(fixture("aborts"));
  EXPECT_EQ(in_words(seen.ending), "killed 6");
  EXPECT_EQ(seen.output, "free(): invalid pointer\n");
}

TEST(Ending, IsTimedOutForAProgramThatIgnoresEverySignalItCan) {
  const Observation seen = run_one(hanging_fixture("hangs"));
  EXPECT_EQ(in_words(seen.ending), "timed out");
  EXPECT_GE(seen.took, std::chrono::milliseconds(300));
}

TEST(Ending, IsTimedOutForAProgramThatStoppedItselfLongBeforeItsDeadline) {
  const Observation seen = run_one(fixture("stops_itself"));
  ASSERT_EQ(in_words(seen.ending), "timed out");
  EXPECT_TRUE(std::get<TimedOut>(seen.ending).stopped);
  EXPECT_LT(seen.took, fixture("stops_itself").limits.deadline);
}

TEST(Ending, IsTimedOutForAForkBombWhichIsGoneAfterwards) {
  EXPECT_EQ(ending_of(hanging_fixture("forks_bomb")), "timed out");
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Ending, IsRefusedForAProgramThatTracesAnother) { EXPECT_EQ(ending_of(fixture("traces_another")), "refused"); }

TEST(Ending, IsRefusedForAProgramThatMakesANamespace) { EXPECT_EQ(ending_of(fixture("makes_namespace")), "refused"); }

TEST(Ending, IsRefusedForWhatNoPluginMayAskTheKernelFor) {
  for (const long call : {SYS_process_vm_readv,
                          SYS_process_vm_writev,
                          SYS_bpf,
                          SYS_perf_event_open,
                          SYS_mount,
                          SYS_umount2,
                          SYS_pivot_root,
                          SYS_chroot,
                          SYS_kexec_load,
                          SYS_init_module,
                          SYS_finit_module,
                          SYS_delete_module,
                          SYS_reboot,
                          SYS_swapon,
                          SYS_swapoff,
                          SYS_add_key,
                          SYS_request_key,
                          SYS_keyctl,
                          SYS_userfaultfd,
                          SYS_io_uring_setup,
                          SYS_io_uring_enter,
                          SYS_io_uring_register,
                          SYS_setns,
                          SYS_unshare,
                          SYS_open_by_handle_at,
                          SYS_personality,
                          SYS_iopl,
                          SYS_ioperm,
                          SYS_settimeofday,
                          SYS_clock_settime,
                          SYS_adjtimex,
                          SYS_clock_adjtime,
                          SYS_quotactl,
                          SYS_acct,
                          SYS_pidfd_getfd,
                          SYS_kcmp,
                          SYS_sethostname,
                          SYS_fsopen,
                          SYS_open_tree,
                          SYS_vhangup}) {
    EXPECT_EQ(ending_of(fixture("asks_forbidden", {std::to_string(call)})), "refused") << "system call " << call;
  }
}

TEST(Ending, IsRefusedForACallByTheNumbersOfAnotherArchitecture) {
  constexpr long kX32 = 0x40000000;
  EXPECT_EQ(ending_of(fixture("asks_forbidden", {std::to_string(kX32 + SYS_getpid)})), "refused");
}

TEST(Ending, IsTheSignalOfAProgramThatRaisesTheFiltersOwn) {
  if (!Supervisor(1).protections().tells_calls) GTEST_SKIP() << "this kernel does not tell who made the signal";
  Job job;
  job.command.program = "/bin/sh";
  job.command.arguments = {"-c", "kill -SYS $$"};
  EXPECT_EQ(ending_of(job), "killed " + std::to_string(SIGSYS));
}

TEST(Ending, NamesTheCallThatNoPluginMayMake) {
  if (!Supervisor(1).protections().tells_calls) GTEST_SKIP() << "this kernel does not tell which call it was";
  const Observation seen = run_one(fixture("traces_another"));
  const auto *refused = std::get_if<Refused>(&seen.ending);
  ASSERT_NE(refused, nullptr) << in_words(seen.ending);
  EXPECT_EQ(refused->what, "the system call ptrace");
}

TEST(Ending, NamesTheMemoryThatARunHasTakenTooMuchOf) {
  Job job = fixture("allocates_everything");
  job.limits.memory_bytes = std::uint64_t{256} << 20;
  const Observation seen = run_one(job);
  const auto *refused = std::get_if<Refused>(&seen.ending);
  ASSERT_NE(refused, nullptr) << in_words(seen.ending);
  EXPECT_EQ(refused->what, "more than 256 MiB of memory");
}

TEST(Ending, IsASignalForAProgramThatUsedItsProcessorTimeUp) {
  Job job = fixture("burns_cpu");
  job.limits.cpu = std::chrono::seconds(1);
  EXPECT_EQ(ending_of(job), "killed " + std::to_string(SIGXCPU));
}

TEST(Ending, IsTheProgramsOwnWhenItRunsOutOfMemory) {
  Job job = fixture("allocates_everything");
  job.limits.address_space_bytes = std::uint64_t{256} << 20;
  const Observation seen = run_one(job);
  EXPECT_EQ(in_words(seen.ending), "exited 4");
  EXPECT_EQ(seen.output, "no memory left\n");
}

TEST(NotStarted, NamesExecveAndTheReasonForAMissingProgram) {
  Job job;
  job.command.program = "/nowhere/program";
  EXPECT_EQ(ending_of(job), "not started: execve: No such file or directory");
}

TEST(NotStarted, NamesExecveAndTheReasonForADirectory) {
  Job job;
  job.command.program = "/tmp";
  EXPECT_EQ(ending_of(job), "not started: execve: Permission denied");
}

TEST(NotStarted, NamesExecveAndTheReasonForAFileThatMayNotBeExecuted) {
  const Folder folder;
  Job job;
  job.command.program = folder.file("program", "#!/bin/sh\n", 0600);
  EXPECT_EQ(ending_of(job), "not started: execve: Permission denied");
}

TEST(NotStarted, NamesExecveAndTheReasonForAFileThatIsNoProgram) {
  const Folder folder;
  Job job;
  job.command.program = folder.file("program", "neither ELF nor script", 0700);
  EXPECT_EQ(ending_of(job), "not started: execve: Exec format error");
}

TEST(NotStarted, NamesChdirForAMissingDirectory) {
  Job job = fixture("does_nothing");
  job.command.directory = "/nowhere";
  EXPECT_EQ(ending_of(job), "not started: chdir: No such file or directory");
}

TEST(NotStarted, IsNotWhatAProgramWithAnyExitStatusOfItsOwnBecomes) {
  Job job;
  job.command.program = "/bin/sh";
  for (const int status : {1, 126, 127, 255}) {
    job.command.arguments = {"-c", "exit " + std::to_string(status)};
    EXPECT_EQ(ending_of(job), "exited " + std::to_string(status));
  }
}

TEST(Program, StartsWithWhatItWasGivenAndNothingElse) {
  ::signal(SIGUSR1, SIG_IGN);
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR2);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);

  Job job = fixture("describes_itself", {"one", "two words"});
  job.command.environment = {"NAME=value"};
  job.command.directory = "/";
  EXPECT_EQ(run_one(job).output,
            "argument one\n"
            "argument two words\n"
            "variable NAME=value\n"
            "directory /\n"
            "descriptor 0\n"
            "descriptor 1\n"
            "descriptor 2\n"
            "descriptor 3\n"
            "core 0 0\n"
            "no new privileges 1\n"
            "leads its group 1\n"
            "may more than its user 0\n");
}

TEST(Program, HasTheDescriptorItIsGivenBesidesAsItsFourth) {
  const OwnedFd given(::memfd_create("given", MFD_CLOEXEC));
  ASSERT_TRUE(given);
  Job job = fixture("describes_itself");
  job.command.given_fd = given.get();
  const std::string output = run_one(job).output;
  EXPECT_NE(output.find("descriptor 3\ndescriptor 4\ncore"), std::string::npos) << output;
}

TEST(Program, FindsOnItsStandardInputWhatItIsGivenAndThenTheEnd) {
  Job job;
  job.command.program = "/bin/cat";
  job.command.input = "eight by";
  EXPECT_EQ(run_one(job).output, "eight by");
}

TEST(Program, FindsNothingOnItsStandardInput) { EXPECT_EQ(ending_of(fixture("reads_input")), "exited 0"); }

TEST(Program, MayHaveThreads) { EXPECT_EQ(ending_of(fixture("starts_threads")), "exited 0"); }

TEST(Program, MayForkAndSignalItsOwnChildrenAndGroup) { EXPECT_EQ(ending_of(fixture("aborts_in_child")), "exited 0"); }

TEST(Program, MayThrowOutputAwayIntoDevNull) { EXPECT_EQ(ending_of(fixture("writes_null")), "exited 0"); }

TEST(Program, OpensNoMoreFilesThanItsLimit) {
  Job job = fixture("opens_everything");
  job.limits.open_files = 20;
  EXPECT_EQ(run_one(job).output, "20\n");
}

TEST(Program, KeepsTheTighterLimitThatItsSupervisorInherited) {
  const auto prints_inherited_limit = [] {
    const rlimit inherited{40, 40};
    if (::setrlimit(RLIMIT_NOFILE, &inherited) < 0) ::_exit(2);
    Job job = fixture("opens_everything");
    job.limits.open_files = 64;
    ::_exit(run_one(job).output == "40\n" ? 0 : 1);
  };
  EXPECT_EXIT(prints_inherited_limit(), testing::ExitedWithCode(0),
              "");  // the limit is for ever, so in a process apart
}

TEST(Program, GetsNoSocketButStillTheAddressThatANumberNames) {
  EXPECT_EQ(ending_of(fixture("opens_socket")), "exited 0");
}

TEST(Program, CannotSignalItsSupervisorOrEverybody) { EXPECT_EQ(ending_of(fixture("kills_supervisor")), "exited 0"); }

TEST(Program, CannotForgetToDieWithItsSupervisor) { EXPECT_EQ(ending_of(fixture("outlives_supervisor")), "exited 0"); }

TEST(Program, CannotSignalABystander) {
  const Protections protections = Supervisor(1).protections();
  if (protections.landlock_abi < 6 && !protections.namespaces && !protections.own_user)
    GTEST_SKIP() << "nothing here confines signals to a run";
  // In a PID namespace it has no number there.
  const std::string refused = "exited " + std::to_string(protections.namespaces ? ESRCH : EPERM);
  const pid_t bystander = ::fork();
  if (bystander == 0)
    for (;;) ::pause();
  EXPECT_EQ(ending_of(fixture("kills_process", {std::to_string(bystander)})), refused);
  EXPECT_EQ(::kill(bystander, SIGKILL), 0);
  int status = 0;
  EXPECT_EQ(::waitpid(bystander, &status, 0), bystander);
  EXPECT_EQ(WTERMSIG(status), SIGKILL) << "SIGTERM had reached it before";
}

TEST(Program, CannotChangeAFileOrMakeOne) {
  if (landlock_abi() < 3) GTEST_SKIP() << "writing is confined by Landlock, wholly from ABI 3 on";
  const Folder folder;
  const std::filesystem::path file = folder.file("precious", "kept", 0600);
  EXPECT_EQ(ending_of(fixture("writes_file", {file.string()})), "exited 0");
  std::string text;
  std::getline(std::ifstream(file), text);
  EXPECT_EQ(text, "kept");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace crossheap::sandbox
