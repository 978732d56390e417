// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every misbehaviour is made of: misbehave() tries one thing, and says whether it could. main.c gives it something
// to try it on.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { kRefused = 0, kDone = 1 };
enum { kBlock = 16 << 20, kFile = 1 << 20 };  // of memory; as long as a file may be

int misbehave(void);

static inline int tried(int succeeded) { return succeeded ? kDone : kRefused; }

// From the command line.
extern const char *file;      // of the program's user, or of root where each run has a user of its own
extern const char *address;   // of a datagram socket
extern const char *terminal;  // of the user
extern pid_t supervisor;
extern pid_t bystander;
extern int memory;  // numbers of System V objects
extern int queue;
extern int semaphore;
extern unsigned long address_there;  // in the supervisor's memory
