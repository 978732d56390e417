// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a confined program may not ask the kernel for. A plugin is an arbitrary program, so whatever is not in the
// table is allowed: threads, fork, execve (the confinement is inherited and cannot be taken off), mmap, pipes.
//
// Two ways to say no. An errno, where an honest program may ask and can live with a no: the socket of a logging
// library, chmod. The end of the run (Refused), where asking is what no plugin has a reason to do: the kernel's
// administration, other processes' memory, and interfaces that would go round this filter. The kernel then asks the
// supervisor, which kills the run; a SIGSYS alone would not tell the filter's from one that the program raised.
//
// A third is to ask and go on: shared memory without a name stays when its pages leave every table that is counted, and
// what lies in sockets is counted nowhere. The supervisor adds up what was asked for.
//
// A filter sees the numbers in the arguments, not the memory behind pointers. Hence clone3 "does not exist", and
// the C library falls back to clone, whose flags are a number. Of ioctl, whose numbers are without end and some of
// which change a file through a descriptor that is open for reading, a few are allowed. docs/sandbox.md shows this
// table to users.
#include "sandbox/filter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/owned_fd.h"

namespace crossheap::sandbox {

namespace {

// Of linux/ioprio.h, which in newer versions (Debian's 6.1.192) has a parameter called class and is no C++.
constexpr std::uint64_t kIoprioWhoProcess = 1;

/// Holds for a call whose argument number `argument`, seen through `mask`, is (or is not) `value`.
struct Condition {
  unsigned argument;
  std::uint64_t mask;
  std::uint64_t value;
  bool equal = true;
};

struct Rule {
  int syscall;
  std::uint32_t answer;
  std::optional<Condition> condition = std::nullopt;
};

/// In the table; which of the two ways it is, the caller of make_filter says.
constexpr std::uint32_t kEnd = SCMP_ACT_KILL_PROCESS;
constexpr std::uint32_t kNoAccess = SCMP_ACT_ERRNO(EACCES);
constexpr std::uint32_t kNotPermitted = SCMP_ACT_ERRNO(EPERM);
constexpr std::uint32_t kDoesNotExist = SCMP_ACT_ERRNO(ENOSYS);
constexpr std::uint32_t kTooMany = SCMP_ACT_ERRNO(EMFILE);  // what the kernel says when there are no more to be had

// The kernel reads an int argument from the low half of a register; the high half is the program's to choose.
constexpr std::uint64_t kInt = 0xffff'ffff;

constexpr Condition argument_is(unsigned argument, std::uint64_t value) { return {argument, kInt, value & kInt}; }
constexpr Condition argument_is_not(unsigned argument, std::uint64_t value) {
  return {argument, ~std::uint64_t{0}, value, false};
}
constexpr Condition masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, mask, value};
}
constexpr Condition has_flag(unsigned argument, std::uint64_t flag) { return {argument, flag, flag}; }

// Newer than Debian 12's headers. From 424 on, the numbers are the same on every architecture.
constexpr int kFchmodat2 = 452;
constexpr int kSetxattrat = 463;
constexpr int kRemovexattrat = 466;
constexpr int kOpenTreeAttr = 467;
constexpr int kFileSetattr = 469;
constexpr int kMemfdSecret = 447;

// SOCK_TYPE_MASK of the kernel: what is above are flags.
constexpr std::uint64_t kSocketTypes = 0xf;

/// The ioctls a program may make: what asks about a terminal, a pipe or a file and changes nothing but the descriptor.
constexpr std::uint32_t kIoctls[] = {
    TCGETS,  TIOCGWINSZ, TIOCGPGRP, TIOCOUTQ,        FIONREAD,          FIONBIO,
    FIOCLEX, FIONCLEX,   FIOQSIZE,  FS_IOC_GETFLAGS, FS_IOC_FSGETXATTR, FS_IOC_FIEMAP,
};

// clang-format off
constexpr Rule kRules[] = {
    // The network, and IPC objects that outlive the program.
    {SCMP_SYS(socket), kNoAccess},
    // A pair of datagram sockets can be sent from to any other address; only stream pairs are between themselves.
    {SCMP_SYS(socketpair), kNoAccess, argument_is_not(0, AF_UNIX)},
    {SCMP_SYS(socketpair), kNoAccess, masked(1, kSocketTypes, SOCK_DGRAM)},
    {SCMP_SYS(socketpair), kNoAccess, masked(1, kSocketTypes, SOCK_RAW)},
    // Each IPC call, since the numbers of existing objects can be guessed.
    {SCMP_SYS(shmget), kNoAccess}, {SCMP_SYS(shmat), kNoAccess}, {SCMP_SYS(shmctl), kNoAccess},
    {SCMP_SYS(msgget), kNoAccess}, {SCMP_SYS(msgsnd), kNoAccess}, {SCMP_SYS(msgrcv), kNoAccess},
    {SCMP_SYS(msgctl), kNoAccess},
    {SCMP_SYS(semget), kNoAccess}, {SCMP_SYS(semop), kNoAccess}, {SCMP_SYS(semtimedop), kNoAccess},
    {SCMP_SYS(semctl), kNoAccess},
    {SCMP_SYS(mq_open), kNoAccess}, {SCMP_SYS(mq_unlink), kNoAccess}, {SCMP_SYS(mq_notify), kNoAccess},

    // Memory that no limit counts, and what a user, or all users together, have only so many of.
    // A pipe's slot may hold a page of a huge one, and keeps all of that; the kernel keeps the rules of Landlock.
    {SCMP_SYS(memfd_create), kNoAccess}, {kMemfdSecret, kNoAccess}, {SCMP_SYS(io_setup), kDoesNotExist},
    {SCMP_SYS(vmsplice), kDoesNotExist}, {SCMP_SYS(landlock_create_ruleset), kDoesNotExist},
    {SCMP_SYS(inotify_init), kTooMany}, {SCMP_SYS(inotify_init1), kTooMany},

    // Leaving the process group or the supervisor's reach.
    {SCMP_SYS(setsid), kNotPermitted}, {SCMP_SYS(setpgid), kNotPermitted},
    {SCMP_SYS(prctl), kNotPermitted, argument_is(0, PR_SET_PDEATHSIG)},
    {SCMP_SYS(clone3), kDoesNotExist},

    // Signals to others. To everybody, and (in make_filter) to the supervisor; a precise boundary is Landlock's.
    {SCMP_SYS(kill), kNotPermitted, argument_is(0, static_cast<std::uint64_t>(-1))},
    {SCMP_SYS(pidfd_send_signal), kNotPermitted},
    {SCMP_SYS(fcntl), kNotPermitted, argument_is(1, F_SETOWN)},
    {SCMP_SYS(fcntl), kNotPermitted, argument_is(1, F_SETOWN_EX)},

    // A lease on a file holds up whoever executes or opens it; a mark on a folder tells of others' doings.
    {SCMP_SYS(fcntl), kNotPermitted, argument_is(1, F_SETLEASE)},
    {SCMP_SYS(fcntl), kNotPermitted, argument_is(1, F_NOTIFY)},

    // Limits, priority and placement of others; one's own go by pid 0.
    {SCMP_SYS(prlimit64), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(setpriority), kNotPermitted, argument_is_not(0, PRIO_PROCESS)},
    {SCMP_SYS(setpriority), kNotPermitted, argument_is_not(1, 0)},
    {SCMP_SYS(ioprio_set), kNotPermitted, argument_is_not(0, kIoprioWhoProcess)},
    {SCMP_SYS(ioprio_set), kNotPermitted, argument_is_not(1, 0)},
    {SCMP_SYS(sched_setaffinity), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(sched_setattr), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(sched_setparam), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(sched_setscheduler), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(migrate_pages), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(move_pages), kNotPermitted, argument_is_not(0, 0)},
    {SCMP_SYS(process_madvise), kNotPermitted}, {SCMP_SYS(process_mrelease), kNotPermitted},

    // What Landlock does not cover: owner, mode, times and attributes of files.
    {SCMP_SYS(chmod), kNotPermitted}, {SCMP_SYS(fchmod), kNotPermitted}, {SCMP_SYS(fchmodat), kNotPermitted},
    {kFchmodat2, kNotPermitted},
    {SCMP_SYS(chown), kNotPermitted}, {SCMP_SYS(lchown), kNotPermitted}, {SCMP_SYS(fchown), kNotPermitted},
    {SCMP_SYS(fchownat), kNotPermitted},
    {SCMP_SYS(utime), kNotPermitted}, {SCMP_SYS(utimes), kNotPermitted}, {SCMP_SYS(futimesat), kNotPermitted},
    {SCMP_SYS(utimensat), kNotPermitted},
    {SCMP_SYS(setxattr), kNotPermitted}, {SCMP_SYS(lsetxattr), kNotPermitted}, {SCMP_SYS(fsetxattr), kNotPermitted},
    {kSetxattrat, kNotPermitted},
    {SCMP_SYS(removexattr), kNotPermitted}, {SCMP_SYS(lremovexattr), kNotPermitted},
    {SCMP_SYS(fremovexattr), kNotPermitted}, {kRemovexattrat, kNotPermitted},
    {kFileSetattr, kNotPermitted},
    {SCMP_SYS(syslog), kNotPermitted},

    // Other processes' memory and descriptors.
    {SCMP_SYS(ptrace), kEnd}, {SCMP_SYS(process_vm_readv), kEnd}, {SCMP_SYS(process_vm_writev), kEnd},
    {SCMP_SYS(kcmp), kEnd}, {SCMP_SYS(pidfd_getfd), kEnd},

    // Interfaces that go round the filter or reach deep into the kernel.
    {SCMP_SYS(bpf), kEnd}, {SCMP_SYS(perf_event_open), kEnd}, {SCMP_SYS(userfaultfd), kEnd},
    {SCMP_SYS(io_uring_setup), kEnd}, {SCMP_SYS(io_uring_enter), kEnd}, {SCMP_SYS(io_uring_register), kEnd},
    {SCMP_SYS(fanotify_init), kEnd}, {SCMP_SYS(open_by_handle_at), kEnd}, {SCMP_SYS(lookup_dcookie), kEnd},
    {SCMP_SYS(add_key), kEnd}, {SCMP_SYS(request_key), kEnd}, {SCMP_SYS(keyctl), kEnd},

    // Namespaces and execution domains.
    {SCMP_SYS(setns), kEnd}, {SCMP_SYS(unshare), kEnd},
    {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWUSER)}, {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWNS)},
    {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWPID)}, {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWNET)},
    {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWIPC)}, {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWUTS)},
    {SCMP_SYS(clone), kEnd, has_flag(0, CLONE_NEWCGROUP)},
    {SCMP_SYS(personality), kEnd, argument_is_not(0, kInt)},  // 0xffffffff asks and changes nothing

    // The file system tree.
    {SCMP_SYS(mount), kEnd}, {SCMP_SYS(umount2), kEnd}, {SCMP_SYS(pivot_root), kEnd}, {SCMP_SYS(chroot), kEnd},
    {SCMP_SYS(move_mount), kEnd}, {SCMP_SYS(open_tree), kEnd}, {kOpenTreeAttr, kEnd}, {SCMP_SYS(fsopen), kEnd},
    {SCMP_SYS(fsconfig), kEnd}, {SCMP_SYS(fsmount), kEnd}, {SCMP_SYS(fspick), kEnd}, {SCMP_SYS(mount_setattr), kEnd},
    {SCMP_SYS(quotactl), kEnd}, {SCMP_SYS(quotactl_fd), kEnd},

    // The machine.
    {SCMP_SYS(reboot), kEnd}, {SCMP_SYS(kexec_load), kEnd}, {SCMP_SYS(kexec_file_load), kEnd},
    {SCMP_SYS(init_module), kEnd}, {SCMP_SYS(finit_module), kEnd}, {SCMP_SYS(delete_module), kEnd},
    {SCMP_SYS(swapon), kEnd}, {SCMP_SYS(swapoff), kEnd}, {SCMP_SYS(acct), kEnd}, {SCMP_SYS(vhangup), kEnd},
    {SCMP_SYS(iopl), kEnd}, {SCMP_SYS(ioperm), kEnd},
    {SCMP_SYS(settimeofday), kEnd}, {SCMP_SYS(clock_settime), kEnd}, {SCMP_SYS(clock_adjtime), kEnd},
    {SCMP_SYS(adjtimex), kEnd},
    {SCMP_SYS(sethostname), kEnd}, {SCMP_SYS(setdomainname), kEnd},
};
// clang-format on

/// What the supervisor keeps count of. Pairs of other kinds of sockets are in the table.
constexpr Rule kLoans[] = {
    {SCMP_SYS(mmap), SCMP_ACT_NOTIFY, masked(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS)},
    {SCMP_SYS(socketpair), SCMP_ACT_NOTIFY, masked(1, kSocketTypes, SOCK_STREAM)},
    {SCMP_SYS(socketpair), SCMP_ACT_NOTIFY, masked(1, kSocketTypes, SOCK_SEQPACKET)},
};

void require(int libseccomp_result, std::string_view doing) {
  if (libseccomp_result < 0) throw system_error("seccomp filter", doing, -libseccomp_result);
}

// The instructions in front of libseccomp's, which cannot say "all but these numbers" of one argument. They leave the
// table to be walked from its beginning for whatever is no ioctl of this architecture.
std::vector<sock_filter> only_known_ioctls() {
  constexpr auto kCount = static_cast<std::uint8_t>(std::size(kIoctls));
  const auto load = [](std::size_t offset) {
    return sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  };
  const auto skip_unless = [](std::uint32_t value, int instructions) {
    return sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, static_cast<std::uint8_t>(instructions)));
  };
  std::vector<sock_filter> program{load(offsetof(seccomp_data, arch)), skip_unless(AUDIT_ARCH_X86_64, kCount + 5),
                                   load(offsetof(seccomp_data, nr)), skip_unless(SYS_ioctl, kCount + 3),
                                   load(offsetof(seccomp_data, args) + sizeof(std::uint64_t))};
  for (std::uint8_t i = 0; i < kCount; ++i)  // to the second instruction after the last of these
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kIoctls[i], static_cast<std::uint8_t>(kCount - i), 0));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return program;
}

class Builder {
public:
  explicit Builder(Forbidden forbidden)
      : context_(seccomp_init(SCMP_ACT_ALLOW)),
        end_(forbidden == Forbidden::Asks ? SCMP_ACT_NOTIFY : SCMP_ACT_KILL_PROCESS) {
    if (!context_) throw system_error("seccomp filter", "seccomp_init", ENOMEM);
    // A call by another architecture's numbers (int 0x80, x32) is not in the table: it ends the run as well.
    require(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, end_), "seccomp_attr_set");
    require(seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "seccomp_attr_set");
  }

  void add(const Rule &rule) {
    const std::uint32_t answer = rule.answer == kEnd ? end_ : rule.answer;
    if (!rule.condition) {
      require(seccomp_rule_add_array(context_.get(), answer, rule.syscall, 0, nullptr), "seccomp_rule_add");
      return;
    }
    const Condition &condition = *rule.condition;
    const scmp_arg_cmp comparison =
        condition.equal ? scmp_arg_cmp{condition.argument, SCMP_CMP_MASKED_EQ, condition.mask, condition.value}
                        : scmp_arg_cmp{condition.argument, SCMP_CMP_NE, condition.value, 0};
    require(seccomp_rule_add_array(context_.get(), answer, rule.syscall, 1, &comparison), "seccomp_rule_add");
  }

  // Every family but the two. A rule with two conditions holds where both do.
  void add_sockets_but_internet() {
    const std::array<scmp_arg_cmp, 2> other{scmp_arg_cmp{0, SCMP_CMP_LT, AF_INET, 0},
                                            scmp_arg_cmp{0, SCMP_CMP_GT, AF_INET6, 0}};
    for (const scmp_arg_cmp &one : other)
      require(seccomp_rule_add_array(context_.get(), kNoAccess, SCMP_SYS(socket), 1, &one), "seccomp_rule_add");
    for (int family = AF_INET + 1; family < AF_INET6; ++family) {
      const scmp_arg_cmp between{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0};
      require(seccomp_rule_add_array(context_.get(), kNoAccess, SCMP_SYS(socket), 1, &between), "seccomp_rule_add");
    }
  }

  std::vector<sock_filter> build() const {
    // libseccomp writes a program only to a descriptor.
    const OwnedFd file(::memfd_create("seccomp filter", MFD_CLOEXEC));
    if (!file) throw system_error("seccomp filter", "memfd_create", errno);
    require(seccomp_export_bpf(context_.get(), file.get()), "seccomp_export_bpf");
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (size <= 0) throw system_error("seccomp filter", "lseek", errno);
    std::vector<sock_filter> table(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file.get(), table.data(), static_cast<std::size_t>(size), 0) != size)
      throw system_error("seccomp filter", "pread", errno);
    std::vector<sock_filter> program = only_known_ioctls();
    program.insert(program.end(), table.begin(), table.end());
    return program;
  }

private:
  struct Release {
    void operator()(scmp_filter_ctx context) const noexcept { seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
  std::uint32_t end_;
};

bool kernel_has_filters() {
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

}  // namespace

std::vector<sock_filter> make_filter(pid_t supervisor, pid_t group, Forbidden forbidden, Loans loans, bool internet) {
  if (!kernel_has_filters()) return {};
  Builder builder(forbidden);
  if (loans == Loans::Counted)
    for (const Rule &rule : kLoans) builder.add(rule);
  for (const Rule &rule : kRules)
    if (!(internet && rule.syscall == SCMP_SYS(socket))) builder.add(rule);
  if (internet) builder.add_sockets_but_internet();

  const auto pid = static_cast<std::uint64_t>(supervisor);
  for (const std::uint64_t target : {pid, ~pid + 1, ~static_cast<std::uint64_t>(group) + 1})
    if (target != 0 && target != ~std::uint64_t{0})  // 0 is one's own group; -1 is in the table
      builder.add({SCMP_SYS(kill), kNotPermitted, argument_is(0, target)});
  for (const int call : {SCMP_SYS(tkill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)})
    builder.add({call, kNotPermitted, argument_is(0, pid)});
  return builder.build();
}

std::optional<std::uint64_t> bytes_lent_by(const seccomp_data &call) {
  // Both ends may hold twice what the kernel lets anybody ask for.
  constexpr std::uint64_t kOfAPair = std::uint64_t{1} << 20;
  if (call.arch != AUDIT_ARCH_X86_64) return std::nullopt;
  if (call.nr == SYS_mmap) return call.args[1];
  if (call.nr == SYS_socketpair) return kOfAPair;
  return std::nullopt;
}

std::string name_of_call(std::uint32_t architecture, int number) {
  const std::unique_ptr<char, void (*)(void *)> name(seccomp_syscall_resolve_num_arch(architecture, number), std::free);
  return name ? std::string(name.get()) : fmt::format("number {}", number);
}

}  // namespace crossheap::sandbox
