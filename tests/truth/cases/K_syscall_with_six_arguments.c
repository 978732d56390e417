// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc's syscall() passes six arguments, the last from the stack: mmap, futex, pselect and process_vm_readv by it.
//
// build: program -O1
// truth: clean
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  int sum = 0;
  for (int i = 0; i < 10; ++i) {
    char *p = (char *)syscall(SYS_mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(p, "some text");
    char copy[20] = {0};
    struct iovec to = {copy, 10}, from = {p, 10};
    sum += (int)syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0);
    sum += strcmp(copy, "some text");
    unsigned word = 5;
    struct timespec soon = {0, 1000};
    sum += (int)syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 4, &soon, 0, 0xffffffffu);
    sum += (int)syscall(SYS_pselect6, 0, 0, 0, 0, &soon, 0);
    char name[16];
    prctl(PR_SET_NAME, "a name", 0, 0, 0);
    prctl(PR_GET_NAME, name, 0, 0, 0);
    sum += strcmp(name, "a name");
    munmap(p, 8192);
    free(malloc(100));
  }
  printf("%d\n", sum);
}
