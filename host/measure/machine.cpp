// SPDX-License-Identifier: MIT OR Apache-2.0
#include "measure/machine.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <vector>

#include "base/text.h"

namespace crossheap::measure {

namespace {

std::string first_line(const char *file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::string processor_name() {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with("model name"))
      if (const std::size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return {};
}

unsigned usable_processors() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set)) : 0;
}

}  // namespace

Machine this_machine() {
  Machine machine;
  machine.cpu = processor_name();
  machine.processors = usable_processors();
  struct sysinfo system {};
  if (::sysinfo(&system) == 0) machine.memory_bytes = static_cast<std::uint64_t>(system.totalram) * system.mem_unit;
  utsname names{};
  if (::uname(&names) == 0) machine.kernel = fmt::format("{} {} {}", names.sysname, names.release, names.machine);
  machine.libc = fmt::format("glibc {}", ::gnu_get_libc_version());
  machine.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  machine.load = std::strtod(first_line("/proc/loadavg").c_str(), nullptr);
  machine.time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return machine;
}

std::string why_incomparable(const Machine &one, const Machine &other) {
  std::vector<std::string> reasons;
  const auto compare = [&reasons](std::string_view what, const auto &before, const auto &now) {
    if (!(before == now)) reasons.push_back(fmt::format("the {} was {} and is {}", what, before, now));
  };
  compare("processor", one.cpu, other.cpu);
  compare("number of processors", one.processors, other.processors);
  compare("kernel", one.kernel, other.kernel);
  compare("C library", one.libc, other.libc);
  compare("governor", one.governor.empty() ? "unknown" : one.governor,
          other.governor.empty() ? "unknown" : other.governor);
  return enumeration(reasons);
}

}  // namespace crossheap::measure
