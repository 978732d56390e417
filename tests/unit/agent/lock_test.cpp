// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace crossheap::agent {
namespace {

TEST(Lock, OneHeldWhileTheProcessForkedIsFreeInTheChild) {
  start_fork_detection();
  static Lock lock;  // a thread remembers what it holds
  ASSERT_TRUE(lock.take());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(lock.take() ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  lock.release();
}

// Whom a handler's longjmp took out of our bookkeeping holds its lock until it comes back.
TEST(Lock, OneWhoseHolderDoesNotComeBackIsWaitedForOnceAndNotForEver) {
  static Lock lock;  // a thread remembers what it holds
  ASSERT_TRUE(lock.take());
  std::thread([&] {
    EXPECT_FALSE(lock.take());
    EXPECT_FALSE(lock.take());
  }).join();
  lock.abandon();
  std::thread([&] {
    EXPECT_TRUE(lock.take());
    lock.release();
  }).join();
}

TEST(Lock, AHolderThatCameBackIsWaitedForAgain) {
  static Lock lock;
  ASSERT_TRUE(lock.take());
  std::thread([&] { EXPECT_FALSE(lock.take()); }).join();
  lock.abandon();
  ASSERT_TRUE(lock.take());
  std::atomic<bool> comes{false};
  std::thread waiter([&] {
    comes = true;
    EXPECT_TRUE(lock.take());
    lock.release();
  });
  while (!comes) std::this_thread::yield();
  for (int i = 0; i < 10'000; ++i) std::this_thread::yield();  // most likely it waits by now
  lock.release();
  waiter.join();
}

TEST(Lock, OneThatAnotherThreadHoldsIsNotGivenUpForIt) {
  static Lock lock;  // a thread remembers what it holds
  std::thread([&] { ASSERT_TRUE(lock.take()); }).join();
  lock.abandon();
  EXPECT_FALSE(lock.take());
}

}  // namespace
}  // namespace crossheap::agent
