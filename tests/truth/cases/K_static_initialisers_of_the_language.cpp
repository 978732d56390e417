// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Static objects, thread-local objects with destructors, exceptions in constructors, and iostreams at exit.
//
// build: program -O1 -pthread
// truth: clean
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
struct Loud {
  std::string text;
  explicit Loud(const char *t) : text(t) { text += std::string(100, '.'); }
  ~Loud() { std::cout << text.size() << '\n'; }
};
static Loud global("global");
static thread_local std::unique_ptr<Loud> local;
int main() {
  std::map<std::string, std::vector<int>> all;
  for (int i = 0; i < 500; ++i) all[std::to_string(i % 50)].push_back(i);
  std::thread([] { local = std::make_unique<Loud>("a thread's"); }).join();
  local = std::make_unique<Loud>("main's");
  int caught = 0;
  for (int i = 0; i < 100; ++i) try {
      throw std::runtime_error(std::string(200, 'x'));
    } catch (const std::exception &e) {
      caught += static_cast<int>(std::string(e.what()).size());
    }
  std::cout << all.size() << ' ' << caught << '\n';
}
