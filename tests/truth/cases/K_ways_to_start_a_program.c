// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Programs are started in every way that libc has, with environments of every kind.
//
// build: program -O1 -pthread
// prepare: printf 'echo a script without a first line $1\n./program child of the script\n' >script
// prepare: printf '#!/bin/sh -e\necho a script $1\n./program child of the script\n' >script2
// prepare: chmod 755 script script2; ln -sf program link
// truth: clean
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static char *argv0[] = {"program", "child", 0};
static char *script_argv[] = {"script", "a", 0};
static void on_signal(int n) { execl("./program", "program", "child", "from a handler", (char *)0); }
static void *thread(void *unused) {
  execl("./program", "program", "child", "from a thread", (char *)0);
  return 0;
}
static void way(int n) {
  char *one[] = {"A=b", 0}, *broken[] = {"no equals sign", "=x", "LD_AUDIT", "B=", "B=2", "B=3", 0}, *none[] = {0};
  char *audit[] = {"LD_AUDIT=", "C=1", 0},
       *twice[] = {"GLIBC_TUNABLES=glibc.malloc.check=0", "GLIBC_TUNABLES=glibc.malloc.arena_max=1", 0};
  pthread_t t;
  pid_t pid;
  int status, fd;
  posix_spawn_file_actions_t actions;
  switch (n) {
    case 0:
      execv("./program", argv0);
      break;
    case 1:
      execve("./program", argv0, one);
      break;
    case 2:
      execve("./program", argv0, broken);
      break;
    case 3:
      execve("./program", argv0, none);
      break;
    case 4:
      execve("./program", argv0, 0);
      break;
    case 5:
      execve("./program", argv0, audit);
      break;
    case 6:
      execve("./program", argv0, twice);
      break;
    case 7:
      environ = 0;
      execv("./program", argv0);
      break;
    case 8:
      clearenv();
      setenv("X", "y", 1);
      execvp("./program", argv0);
      break;
    case 9:
      execvp("./script", script_argv);
      break;
    case 10:
      execlp("./script", "script", "b", (char *)0);
      break;
    case 11:
      execvpe("./script", script_argv, one);
      break;
    case 12:
      fd = open("./program", O_RDONLY | O_CLOEXEC);
      fexecve(fd, argv0, one);
      break;
    case 13:
      fd = open("./script2", O_RDONLY);
      fexecve(fd, script_argv, one);
      break;
    case 14:
      signal(SIGUSR1, on_signal);
      raise(SIGUSR1);
      break;
    case 15:
      pthread_create(&t, 0, thread, 0);
      pthread_join(t, 0);
      break;
    case 16:
      if ((pid = vfork()) == 0) {
        execv("./program", argv0);
        _exit(9);
      }
      waitpid(pid, &status, 0);
      printf("%d\n", status);
      exit(0);
    case 17:
      posix_spawn_file_actions_init(&actions);
      posix_spawn_file_actions_addopen(&actions, 5, "/dev/null", O_RDONLY, 0);
      posix_spawn(&pid, "./program", &actions, 0, argv0, one);
      waitpid(pid, &status, 0);
      printf("%d\n", status);
      exit(0);
    case 18:
      posix_spawnp(&pid, "./script", 0, 0, script_argv, environ);
      waitpid(pid, &status, 0);
      printf("%d\n", status);
      exit(0);
    case 19:
      printf("%d\n", system("A=1 ./program child from a shell; exit 7"));
      exit(0);
    case 20: {
      char line[100];
      FILE *f = popen("./program child by popen", "r");
      while (fgets(line, sizeof line, f)) fputs(line, stdout);
      printf("%d\n", pclose(f));
      exit(0);
    }
    case 21:
      execveat(AT_FDCWD, "program", argv0, one, 0);
      break;
    case 22: {
      char *empty[] = {0};
      execve("./program", empty, one);
      break;
    }
    case 23:
      execl("/bin/sh", "sh", "-c", "exec ./program child \"$@\"", "x", "", " ", "\n", "*", (char *)0);
      break;
    case 24:
      execl("./link", "another name", "child", (char *)0);
      break;
    case 25:
      fd = open("./program", O_RDONLY | O_CLOEXEC);
      execveat(fd, "", argv0, one, AT_EMPTY_PATH);
      break;
  }
  perror("exec");
  exit(9);
}
int main(int count, char **words) {
  if (count == 0 || !strcmp(words[count > 1], "child") || count == 1 && words[0][0] == 0) {
    free(malloc(10));
    printf("child %d:", count);
    for (int i = 0; i < count; ++i) printf(" [%s]", words[i]);
    for (char **e = environ; e && *e; ++e)
      if (strncmp(*e, "LD_", 3) && strncmp(*e, "CROSSHEAP", 9) && strncmp(*e, "GLIBC", 5) && strncmp(*e, "_=", 2) &&
          strncmp(*e, "TMPDIR", 6) && strncmp(*e, "HOME", 4))
        printf(" %s", *e);
    puts("");
    return 3;
  }
  for (int n = 0; n < 26; ++n) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) way(n);
    int status;
    waitpid(pid, &status, 0);
    printf("%d: %d\n", n, status);
  }
}
