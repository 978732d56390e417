/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Starts the program that is measured, and ends everything it started.
 *
 * It is a program of its own for three reasons. The kernel counts into a process's peak memory what its parent had
 * between fork and exec, so the parent must be small. Whatever the program leaves behind, daemons included, becomes
 * the launcher's child (PR_SET_CHILD_SUBREAPER) and is killed. And when crossheap itself is killed, the launcher gets
 * SIGTERM and still does that. Time is taken here, next to fork and wait.
 *
 * With `watch` it traces the program and its children (ptrace) and holds each process still when it is about to end, so
 * that its memory can be looked at. Signals are handed on, threads and programs go on as they would.
 *
 * What would break it: a program that traces itself or its children cannot be watched; it can be run `plain`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/launch_protocol.h"

static pid_t group;
static int watching;
static int ending; /* everything is being killed: nothing is reported any more */
static struct crossheap_launch_message end_of_program;

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Nobody at the other end: there is nothing left to do but to end everything. */
static int tell(const struct crossheap_launch_message *message) {
  return send(CROSSHEAP_LAUNCH_FD, message, sizeof *message, MSG_NOSIGNAL) == (ssize_t)sizeof *message;
}

static int tell_kind(uint32_t kind, pid_t pid, int error) {
  struct crossheap_launch_message message;
  memset(&message, 0, sizeof message);
  message.kind = kind;
  message.pid = pid;
  message.error = error;
  return tell(&message);
}

/* Whether `thread` is the first thread of its process. */
static int is_leader(pid_t thread) { return syscall(SYS_tgkill, thread, thread, 0) == 0; }

static void hold_at_exit(pid_t pid) {
  char answer;
  if (ending || !is_leader(pid)) return;
  if (!tell_kind(CROSSHEAP_LAUNCH_AT_EXIT, pid, 0)) return;
  while (recv(CROSSHEAP_LAUNCH_FD, &answer, 1, 0) < 0 && errno == EINTR) continue;
}

static void go_on(pid_t pid, int status) {
  const int event = status >> 16;
  const int signal = WSTOPSIG(status);
  if (event == PTRACE_EVENT_EXIT) hold_at_exit(pid);
  if (event == PTRACE_EVENT_STOP && !ending &&
      (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
    ptrace(PTRACE_LISTEN, pid, 0, 0);
    return;
  }
  ptrace(PTRACE_CONT, pid, 0, (void *)(long)(event == 0 ? signal : 0));
}

static void note_end(int status, const struct rusage *usage) {
  end_of_program.wall_ns = now_ns() - end_of_program.wall_ns;
  end_of_program.status = status;
  end_of_program.usage = *usage;
}

/* Takes what waitpid has. Answers whether the program has ended. */
static int reap(pid_t program, int flags) {
  int status;
  struct rusage usage;
  int ended = 0;
  for (;;) {
    const pid_t pid = wait4(-1, &status, flags | __WALL, &usage);
    if (pid <= 0) {
      if (pid < 0 && errno == EINTR) continue;
      return ended;
    }
    if (WIFSTOPPED(status)) {
      go_on(pid, status);
    } else if (pid == program) {
      note_end(status, &usage);
      ended = 1;
    }
  }
}

static pid_t parent_of(const char *pid) {
  char path[300];
  char text[512];
  const char *at;
  int fd;
  ssize_t length;
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return -1;
  text[length] = 0;
  at = strrchr(text, ')'); /* the name before it may hold anything */
  return at == NULL || strlen(at) < 5 ? -1 : (pid_t)strtol(at + 4, NULL, 10);
}

/* Kills every child; what they had started becomes ours. */
static void kill_children(void) {
  struct linux_dirent64 {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
  } * entry;
  static char buffer[32768] __attribute__((aligned(8)));
  const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  long got;
  if (proc < 0) return;
  while ((got = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < got; at += entry->length) {
      entry = (struct linux_dirent64 *)(void *)(buffer + at);
      if (entry->name[0] < '1' || entry->name[0] > '9' || parent_of(entry->name) != getpid()) continue;
      kill((pid_t)strtol(entry->name, NULL, 10), SIGKILL);
    }
  close(proc);
}

static void end_everything(pid_t program) {
  ending = 1;
  for (;;) {
    int status;
    struct rusage usage;
    pid_t pid = wait4(-1, &status, WNOHANG | __WALL, &usage);
    if (pid == 0) {
      kill(-group, SIGKILL);
      kill_children();
      /* One that is gone, and then all that are; each may leave children of its own to us. */
      pid = wait4(-1, &status, __WALL, &usage);
    }
    if (pid < 0 && errno == ECHILD) return;
    if (pid <= 0) continue;
    if (WIFSTOPPED(status))
      go_on(pid, status);
    else if (pid == program)
      note_end(status, &usage);
    else
      ++end_of_program.left_behind;
  }
}

static void become_program(char **words, int trace_fd, int error_fd, const sigset_t *mask) {
  int error;
  char go;
  setpgid(0, 0);
  if (watching)
    while (read(trace_fd, &go, 1) < 0 && errno == EINTR) continue;
  signal(SIGINT, SIG_DFL);
  signal(SIGQUIT, SIG_DFL);
  signal(SIGHUP, SIG_DFL);
  sigprocmask(SIG_SETMASK, mask, NULL);
  execv(words[0], words + 1);
  error = errno;
  (void)!write(error_fd, &error, sizeof error);
  _exit(127);
}

int main(int count, char **words) {
  sigset_t before;
  sigset_t awaited;
  int go[2];
  int failed[2];
  int error = 0;
  int first = 2;
  pid_t program;
  if (count < 5) return 2;
  watching = strcmp(words[1], "watch") == 0;
  while (first < count && strcmp(words[first], "--") != 0) ++first;
  if (first + 2 >= count) return 2;

  fcntl(CROSSHEAP_LAUNCH_FD, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGCHLD);
  sigprocmask(SIG_BLOCK, &awaited, &before);
  prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
  /* What a terminal sends is the affair of who started us. */
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  if (pipe2(go, O_CLOEXEC) != 0 || pipe2(failed, O_CLOEXEC) != 0) return 3;

  end_of_program.wall_ns = now_ns();
  program = fork();
  if (program < 0) {
    tell_kind(CROSSHEAP_LAUNCH_NOT_STARTED, 0, errno);
    return 3;
  }
  if (program == 0) {
    for (int i = 2; i < first; ++i) putenv(words[i]);
    become_program(words + first + 1, go[0], failed[1], &before);
  }
  group = program;
  setpgid(program, program);
  close(failed[1]);
  if (watching) {
    if (ptrace(PTRACE_SEIZE, program, 0,
               (void *)(long)(PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                              PTRACE_O_TRACECLONE)) != 0)
      error = errno;
    end_of_program.wall_ns = now_ns();
    (void)!write(go[1], "", 1);
  }
  if (error == 0 && read(failed[0], &error, sizeof error) != (ssize_t)sizeof error) error = 0;
  if (error != 0) {
    end_everything(program);
    tell_kind(CROSSHEAP_LAUNCH_NOT_STARTED, program, error);
    return 3;
  }
  if (tell_kind(CROSSHEAP_LAUNCH_STARTED, program, 0))
    while (!reap(program, WNOHANG))
      if (sigwaitinfo(&awaited, NULL) == SIGTERM) break;
  end_everything(program);
  end_of_program.kind = CROSSHEAP_LAUNCH_ENDED;
  end_of_program.pid = program;
  tell(&end_of_program);
  return 0;
}
