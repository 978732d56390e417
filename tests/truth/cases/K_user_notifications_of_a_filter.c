// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A parent answers the calls of its child by a filter's notifications, and counts them.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static void send_fd(int to, int fd) {
  char room[CMSG_SPACE(sizeof fd)] = {0}, one = 1;
  struct iovec v = {&one, 1};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(c), &fd, sizeof fd);
  sendmsg(to, &m, 0);
}
static int receive_fd(int from) {
  char room[CMSG_SPACE(sizeof(int))], one;
  struct iovec v = {&one, 1};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  recvmsg(from, &m, 0);
  int fd;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
  return fd;
}
int main(void) {
  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  pid_t pid = fork();
  if (pid == 0) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {5, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    send_fd(pair[1], fd);
    close(fd);
    void *p[100];
    for (int i = 0; i < 100; ++i) p[i] = malloc(3000 * i);
    for (int i = 0; i < 100; ++i) free(p[i]);
    syscall(SYS_getppid);
    _exit(getuid() == 4242 ? 0 : 1);
  }
  int fd = receive_fd(pair[0]), counts[500] = {0};
  for (int ended = 0; !ended;) {
    struct seccomp_notif asked = {0};
    struct seccomp_notif_resp answer = {0};
    if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &asked)) break;
    answer.id = asked.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if (asked.data.nr == SYS_getuid) answer.flags = 0, answer.val = 4242;
    if (asked.data.nr < 500) counts[asked.data.nr]++;
    ended = asked.data.nr == SYS_exit_group;
    ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
  int status;
  waitpid(pid, &status, 0);
  printf("%d\n", status);
  for (int i = 0; i < 500; ++i)
    if (counts[i]) printf("%d: %d\n", i, counts[i]);
}
