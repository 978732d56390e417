/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a plugin may do as soon as it is loaded, one misbehaviour for each -DDOES_...; VICTIM is a file of the user's,
 * PORT one on which the test listens.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((constructor)) static void start(int number, char **words) {
  (void)number, (void)words;
#if defined(DOES_hang)
  for (;;) pause();
#elif defined(DOES_stop)
  raise(SIGSTOP);
#elif defined(DOES_crash)
  *(volatile int *)0 = 1;
#elif defined(DOES_abort)
  abort();
#elif defined(DOES_flood)
  for (;;) (void)!write(1, "crossheap: opened\n", 18);
#elif defined(DOES_fork)
  for (int i = 0; i < 5; ++i)
    if (fork() == 0) {
      signal(SIGTERM, SIG_IGN);
      for (;;) pause();
    }
#elif defined(DOES_fork_without_end)
  for (;;) fork();
#elif defined(DOES_delete)
  unlink(VICTIM);
  rename(VICTIM, VICTIM ".gone");
  truncate(VICTIM, 0);
  const int file = open(VICTIM, O_WRONLY | O_CREAT, 0600);
  if (file >= 0) (void)!write(file, "gone", 4);
  chmod(VICTIM, 0777);
#elif defined(DOES_fill)
  for (int i = 0;; ++i) {
    char name[64];
    static char block[1 << 20];
    snprintf(name, sizeof name, "file%d", i);
    const int file = open(name, O_WRONLY | O_CREAT, 0600);
    for (int j = 0; j < 30; ++j) (void)!write(file, block, sizeof block);
    close(file);
  }
#elif defined(DOES_connect)
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(socket_fd, (struct sockaddr *)&to, sizeof to) == 0) (void)!write(socket_fd, "out", 3);
#elif defined(DOES_exit)
  printf("crossheap: opened\n");
  fflush(stdout);
  _exit(0);
#elif defined(DOES_replace_the_log)
  /* Of the loader, which is read afterwards: by what nobody writes to, and by what has no end. */
  struct dirent **all;
  int count = scandir(".", &all, NULL, NULL);
  while (count-- > 0)
    if (strncmp(all[count]->d_name, ".loader", 7) == 0) {
      unlink(all[count]->d_name);
      mkfifo(all[count]->d_name, 0666);
    }
  (void)!symlink("/dev/zero", ".loader.zero");
  _exit(0);
#elif defined(DOES_dig)
  while (mkdir("folder", 0700) == 0 && chdir("folder") == 0) {
  }
#elif defined(DOES_exit_quietly)
  exit(0);
#elif defined(DOES_lie)
  const char *loader = getenv("LD_DEBUG_OUTPUT");
  printf("crossheap: opened\n\033[2J\033]0;title\007opening file=%s [0]\n", loader ? loader : "");
  fflush(stdout);
  kill(getppid(), SIGKILL);
  raise(SIGKILL);
#elif defined(DOES_execute)
  execl("/bin/echo", "echo", "crossheap: opened", (char *)NULL);
#elif defined(DOES_shed_the_allocator)
  if (getenv("LD_PRELOAD") != NULL && strstr(getenv("LD_PRELOAD"), "jemalloc") != NULL) {
    unsetenv("LD_PRELOAD");
    execv("/proc/self/exe", words);
  }
#elif defined(DOES_overwrite_the_agents_log)
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512];
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
    char *from, *to, *end;
    if (strstr(line, "rw-s") == NULL || strstr(line, "memfd:crossheap") == NULL) continue;
    from = (char *)strtoul(line, &end, 16);
    to = (char *)strtoul(end + 1, NULL, 16);
    memset(from, 'x', to - from < 64 ? to - from : 64);
  }
  if (maps != NULL) fclose(maps);
#elif defined(DOES_kill_all)
  kill(-1, SIGKILL);
#elif defined(DOES_trace_parent)
  ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
#elif defined(DOES_unmap_itself)
  Dl_info own;
  dladdr((void *)start, &own);
  munmap(own.dli_fbase, 1 << 16);
#else
#error "give -DDOES_..."
#endif
}
int luaopen_check(void *state) { return (void)state, 0; }
void boot_Check(void) {}
