// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The server's side. A forked process shares nothing with the server but files, so what child.cpp does on borrowed
// memory in an executed run, it does here on a copy. errno and libc are its own.
//
// fork() of libc would do, but for two things: the run has to be a child of the supervisor and the first of its
// namespaces, which only the system call can say. What libc does beside the call is done here: the number of the thread
// is in libc's own structure, whose address the kernel knows (PR_GET_TID_ADDRESS), and the list of robust locks is
// registered again. Handlers of pthread_atfork are not run: the server has one thread, which holds no lock.
#include "sandbox/serve.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace crossheap::sandbox {

namespace {

constexpr long kPage = 4096;

/// What libc registered with the kernel for this thread, and a forked process has to register for itself.
struct Thread {
  int *number = nullptr;
  void *robust_list = nullptr;
  std::size_t robust_size = 0;
};

struct Received {
  ssize_t bytes = -1;
  std::array<int, kRunDescriptors> descriptors;
};

// Room for one message and its words: no stack and no heap is touched before the run.
ServedRun run;
Filter filter;
sock_fprog program{};
std::array<char *, ServedRun::kWords + 1> words;
Thread thread;

bool find_thread() {
  return ::prctl(PR_GET_TID_ADDRESS, &thread.number, 0, 0, 0) == 0 && thread.number != nullptr &&
         ::syscall(SYS_get_robust_list, 0, &thread.robust_list, &thread.robust_size) == 0;
}

bool is_alone() {
  // A system call each, not opendir(): that allocates.
  const int folder = ::open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  alignas(8) std::array<char, 1024> entries;
  int threads = 0;
  for (long size = 0; (size = ::syscall(SYS_getdents64, folder, entries.data(), entries.size())) > 0;)
    for (long at = 0; at < size;) {
      std::uint16_t length = 0;
      std::memcpy(&length, entries.data() + at + 16, sizeof length);
      if (entries[static_cast<std::size_t>(at) + 19] != '.') ++threads;
      at += length;
    }
  ::close(folder);
  return threads == 1;
}

Received receive(void *to, std::size_t size) {
  Received received;
  received.descriptors.fill(-1);
  iovec text{to, size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kRunDescriptors * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  do {
    received.bytes = ::recvmsg(kServerSocket, &message, MSG_CMSG_CLOEXEC);
  } while (received.bytes < 0 && errno == EINTR);
  const cmsghdr *const header = CMSG_FIRSTHDR(&message);
  if (received.bytes > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS)
    std::memcpy(received.descriptors.data(), CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
  return received;
}

template <typename Message>
void send(const Message &answer, int descriptor = -1) {
  Message copy = answer;
  iovec text{&copy, sizeof copy};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  while (::sendmsg(kServerSocket, &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

/// A copy of this process. \return as fork() does, or the negative errno
long fork_with(unsigned long flags, int *pidfd) {
  register long r10 asm("r10") = 0;
  register long r8 asm("r8") = 0;
  // SAFETY: the kernel takes an address as a number.
  r10 = reinterpret_cast<long>(thread.number);
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "0"(SYS_clone), "D"(flags | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD), "S"(0), "d"(pidfd),
                 "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return result;
}

Words split_words() {
  char *next = run.words;
  for (std::uint32_t i = 0; i < run.word_count; ++i) {
    words[i] = next;
    next += std::strlen(next) + 1;
  }
  words[run.word_count] = nullptr;
  return {static_cast<int>(run.word_count), words.data()};
}

ChildPlan plan_of(const Received &received, Answer *answer) {
  const auto &fds = received.descriptors;
  const bool in_user_namespace = run.user_map[0] != '\0';
  return {.program = nullptr,
          .arguments = nullptr,
          .environment = nullptr,
          .directory = run.directory[0] == '\0' ? nullptr : run.directory,
          .supervisor_fd = kServerSupervisor,
          .start_fd = fds[kRunStart],
          .input_fd = fds[kRunInput],
          .output_fd = fds[kRunOutput],
          .result_fd = fds[kRunResult],
          .given_fd = -1,
          .landlock_fd = fds[kRunLandlock],
          .filter = program.len == 0 ? nullptr : &program,
          .listens = run.listens,
          .waits = run.waits,
          .limits = run.limits,
          .limit_count = run.limit_count,
          .capabilities = {run.capabilities[0], run.capabilities[1]},
          .ambient_capability = run.ambient_capability,
          .user = run.user,
          .user_map = in_user_namespace ? run.user_map : nullptr,
          .group_map = run.group_map,
          .program_stack = run.in_namespace ? &run : nullptr,
          .has_own_memory = true,
          .answer = answer};
}

/// In the run's process: everything between its birth and its main().
void begin_run(ChildPlan &plan) {
  ::syscall(SYS_set_robust_list, thread.robust_list, thread.robust_size);
  confine(plan);
  ::munmap(plan.answer, kPage);
  ::close(plan.start_fd);
}

}  // namespace

Words serve() {
  // Nobody may trace a server or read its memory: it is not confined.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const bool can = find_thread() && is_alone();
  send(Ready{can ? 0 : ENOTSUP});
  if (!can) ::_exit(0);
  const Received first = receive(&filter, sizeof filter);
  if (first.bytes < 0) ::_exit(0);
  program = {static_cast<unsigned short>(static_cast<std::size_t>(first.bytes) / sizeof(sock_filter)),
             filter.instructions};
  if (first.bytes == 1) program.len = 0;
  for (;;) {
    const Received received = receive(&run, sizeof run);
    if (received.bytes != sizeof run) ::_exit(0);  // the supervisor has gone, or wants us no longer
    const auto &fds = received.descriptors;
    void *const page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fds[kRunAnswer], 0);
    int pidfd = -1;
    long process = -errno;
    if (page != MAP_FAILED) {
      ChildPlan plan = plan_of(received, static_cast<Answer *>(page));
      process = fork_with(CLONE_PARENT | CLONE_PIDFD | run.clone_flags, &pidfd);
      if (process == 0 && run.in_namespace) {
        begin_first(plan);
        const long confined = fork_with(0, nullptr);
        if (confined != 0) wait_as_first(plan, confined);
      }
      if (process == 0) {
        begin_run(plan);
        return split_words();
      }
      ::munmap(page, kPage);
    }
    send(Served{process}, process < 0 ? -1 : pidfd);
    if (pidfd >= 0) ::close(pidfd);
    for (const int fd : fds)
      if (fd >= 0) ::close(fd);
  }
}

}  // namespace crossheap::sandbox
