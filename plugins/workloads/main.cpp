// SPDX-License-Identifier: MIT OR Apache-2.0
//
// workloads NAME [--scale X] [--threads N] [--size SMALLEST-LARGEST] [--live N] [--seed N]
// workloads --list
// workloads --allocator-version
//
// Runs one workload and prints one line of JSON: what it did, how long it took, what memory it had, and which object's
// malloc served it. Ends with 1 where the workload computed nonsense, with 2 for a wrong command line, with 3 where it
// could not be run.
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "workloads/http_client.h"
#include "workloads/second_heap.h"
#include "workloads/workload.h"

namespace {

using namespace crossheap::workload;  // NOLINT(google-build-using-namespace): this file is the program

const Workload *find(const std::string &name) {
  for (const auto table : {classic_workloads(), memory_workloads(), application_workloads(), server_workloads()})
    for (const Workload &one : table)
      if (name == one.name) return &one;
  return nullptr;
}

void list() {
  for (const auto table : {classic_workloads(), memory_workloads(), application_workloads(), server_workloads()})
    for (const Workload &one : table) std::printf("%s\t%s\n", one.name, one.about);
}

double seconds_of(const timeval &time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// The object in which the malloc stands that this program calls.
std::string object_of_malloc() {
  void *(*const ours)(std::size_t) = &std::malloc;
  void *address = nullptr;
  std::memcpy(&address, &ours, sizeof address);
  Dl_info info{};
  return ::dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

std::string json_string(const std::string &text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "\"";
}

[[noreturn]] void refuse(const std::string &word, const char *reason) {
  std::fprintf(stderr, "workloads: %s: %s\n", word.c_str(), reason);
  std::exit(2);
}

double number(const std::string &text, const std::string &option) {
  char *end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value > 0) || value > 1e15) refuse(option, "needs a number above 0");
  return value;
}

Setup parse(int count, char **words) {
  Setup setup;
  std::array<char, 4096> self{};
  const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
  setup.program = length > 0 ? std::string(self.data(), static_cast<std::size_t>(length)) : words[0];
  for (int i = 2; i < count; i += 2) {
    const std::string option = words[i];
    if (i + 1 == count) refuse(option, "needs a value");
    const std::string value = words[i + 1];
    if (option == "--scale") {
      setup.scale = number(value, option);
    } else if (option == "--threads") {
      setup.threads = static_cast<unsigned>(number(value, option));
      if (setup.threads > 256) refuse(option, "is at most 256");
    } else if (option == "--live") {
      setup.live = static_cast<std::size_t>(number(value, option));
    } else if (option == "--seed") {
      setup.seed = static_cast<std::uint64_t>(number(value, option));
    } else if (option == "--size") {
      const std::size_t dash = value.find('-');
      setup.smallest = static_cast<std::size_t>(number(value.substr(0, dash), option));
      setup.largest =
          dash == std::string::npos ? setup.smallest : static_cast<std::size_t>(number(value.substr(dash + 1), option));
      if (setup.largest < setup.smallest || setup.largest > (std::size_t{1} << 30))
        refuse(option, "needs SMALLEST-LARGEST, up to 1073741824");
    } else {
      refuse(option, "is no option; there are --scale, --threads, --size, --live and --seed");
    }
  }
  return setup;
}

void print(const Workload &workload, const Setup &setup, const Result &result, double seconds, double processor) {
  const auto operations = static_cast<double>(result.operations);
  const double counted = result.seconds > 0 ? result.seconds : seconds;
  std::printf(R"({"workload": %s, "seed": %llu, "operations": %llu, "checked": %llu, "seconds": %.6f, )",
              json_string(workload.name).c_str(), static_cast<unsigned long long>(setup.seed),
              static_cast<unsigned long long>(result.operations), static_cast<unsigned long long>(result.checked),
              counted);
  std::printf(R"("processor_seconds": %.6f, "ns_an_operation": %.3f, "peak_kib": %ld, "end_kib": %ld, )", processor,
              counted * 1e9 / operations, peak_kib(), resident_kib());
  std::printf(R"("malloc": %s, "second_heap": %s, "figures": {)", json_string(object_of_malloc()).c_str(),
              json_string(second_heap_name()).c_str());
  const char *comma = "";
  for (const auto &[name, value] : result.figures) {
    std::printf("%s%s: %.6g", comma, json_string(name).c_str(), value);
    comma = ", ";
  }
  std::puts("}}");
}

int run(int count, char **words) {
  const std::string name = count > 1 ? words[1] : "";
  if (name == "--list") {
    list();
    return 0;
  }
  if (name == "--allocator-version") {
    std::puts(linked_version());
    return 0;
  }
  if (name == "--http-client") return http_client(count, words);
  if (name == "--nothing") return short_lived_child();
  const Workload *const workload = find(name);
  if (workload == nullptr) refuse(name, "is no workload; --list names them");
  const Setup setup = parse(count, words);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const Result result = workload->run(setup);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  if (result.operations == 0 || result.checked == 0) throw Nonsense("nothing was done, or nothing was checked");
  print(*workload, setup, result, took.count(),
        seconds_of(after.ru_utime) + seconds_of(after.ru_stime) - seconds_of(before.ru_utime) -
            seconds_of(before.ru_stime) + result.children_processor_seconds);
  return 0;
}

}  // namespace

int main(int count, char **words) {
  try {
    const int status = run(count, words);
    return std::fflush(stdout) == 0 ? status : 3;
  } catch (const Nonsense &nonsense) {
    std::fprintf(stderr, "workloads: %s: computed nonsense: %s\n", words[1], nonsense.what());
    return 1;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "workloads: %s\n", error.what());
    return 3;
  }
}
