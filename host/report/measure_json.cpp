// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/measure_json.h"

#include <nlohmann/json.hpp>

namespace crossheap::report {

using Json = nlohmann::ordered_json;

Json machine_json(const measure::Machine &machine) {
  return {{"cpu", machine.cpu},
          {"processors", machine.processors},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel},
          {"libc", machine.libc},
          {"governor", machine.governor},
          {"load", machine.load},
          {"time", machine.time}};
}

measure::Machine machine_from(const Json &json) {
  measure::Machine machine;
  json.at("cpu").get_to(machine.cpu);
  json.at("processors").get_to(machine.processors);
  json.at("memory_bytes").get_to(machine.memory_bytes);
  json.at("kernel").get_to(machine.kernel);
  json.at("libc").get_to(machine.libc);
  json.at("governor").get_to(machine.governor);
  json.at("load").get_to(machine.load);
  json.at("time").get_to(machine.time);
  return machine;
}

}  // namespace crossheap::report
