// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdio>
#include <exception>

extern "C" __attribute__((visibility("default"))) void describe_current() {
  try {
    throw;  // the exception that is being handled, as this runtime knows it
  } catch (const std::exception &error) {
    std::puts(error.what());
  }
}
