// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads what there is to misbehave on; exits with 0 when the misbehaviour was refused and with 1 when it was not.
#include "hostile.h"

const char *file = "";
const char *address = "";
const char *terminal = "";
pid_t supervisor = -1;
pid_t bystander = -1;
int memory = -1;
int queue = -1;
int semaphore = -1;
unsigned long address_there = 0;

int main(int count, char **words) {
  if (count == 10) {
    file = words[1];
    address = words[2];
    terminal = words[3];
    supervisor = (pid_t)strtol(words[4], NULL, 10);
    bystander = (pid_t)strtol(words[5], NULL, 10);
    memory = (int)strtol(words[6], NULL, 10);
    queue = (int)strtol(words[7], NULL, 10);
    semaphore = (int)strtol(words[8], NULL, 10);
    address_there = strtoul(words[9], NULL, 16);
  }
  return misbehave();
}
