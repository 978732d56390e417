// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the allocation ABI costs. The measuring is done in the programs lib/crossheap/bench/abi-PROVIDER: all variants
// in one process and on one heap, in shuffled blocks (plugins/workloads/abi). A launch fixes where the linker, the
// loader and the kernel put things, so a program is launched several times: the figure is the median launch, the
// interval the widest of all.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "bench/process.h"
#include "bench/run.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "abi-";

struct Row {
  std::string heading;  // "hot"
  std::string variant;
  bool again;
  std::string base;
  std::vector<double> values;
  std::vector<double> ratios;
  std::vector<double> added;
  double low;
  double high;
};

double number(std::string_view text) { return std::strtod(std::string(text).c_str(), nullptr); }

}  // namespace

std::vector<std::string> abi_providers() {
  std::vector<std::string> all;
  std::error_code none;
  for (const fs::directory_entry &entry : fs::directory_iterator(library_folder() / "bench", none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && entry.path().extension().empty()) all.push_back(name.substr(kPrefix.size()));
  }
  std::sort(all.begin(), all.end());
  return all;
}

void measure_abi(const std::string &provider, std::uint32_t launches, std::uint32_t rounds, Results &results,
                 const std::function<void()> &progress) {
  std::vector<Row> rows;
  for (std::uint32_t launch = 0; launch < launches; ++launch) {
    progress();
    measure::Launch started =
        launch_of({library_file(fmt::format("bench/{}{}", kPrefix, provider)).string(), std::to_string(rounds)});
    started.deadline = std::chrono::minutes{10};
    const measure::Ran ran = measure::run(started);
    if (interrupted()) return;  // less than all launches is no figure
    if (const std::string failure = failure_of(ran); !failure.empty()) {
      results.failures.push_back({"abi " + provider, provider, failure});
      return;
    }
    // heading, variant, base or "again", ns, ratio, low, high, added
    for (const std::string_view line : split(ran.output, '\n')) {
      const std::vector<std::string_view> fields = split(line, '\t');
      if (fields.size() != 8) continue;
      auto row = std::find_if(rows.begin(), rows.end(), [&](const Row &one) {
        return one.heading == fields[0] && one.variant == fields[1] && one.again == (fields[2] == "again");
      });
      const double low = number(fields[5]);
      const double high = number(fields[6]);
      if (row == rows.end())
        row = rows.insert(rows.end(), {std::string(fields[0]),
                                       std::string(fields[1]),
                                       fields[2] == "again",
                                       std::string(fields[2] == "again" ? fields[1] : fields[2]),
                                       {},
                                       {},
                                       {},
                                       low,
                                       high});
      row->values.push_back(number(fields[3]));
      row->ratios.push_back(number(fields[4]));
      row->added.push_back(number(fields[7]));
      row->low = std::min(row->low, low);
      row->high = std::max(row->high, high);
    }
  }
  if (rows.empty()) results.failures.push_back({"abi " + provider, provider, "printed no figures"});
  for (const Row &row : rows)
    results.cells.push_back({.load = fmt::format("{}, {}", provider, row.heading),
                             .arguments = {},
                             .metric = "ns",
                             .variant = row.variant,
                             .base = row.base,
                             .again = row.again,
                             .value = measure::median(row.values),
                             .added = measure::median(row.added),
                             .ratio = {measure::median(row.ratios), {row.low, row.high}, rounds * row.values.size()}});
}

void run_abi(const Request &request, const Progress &progress, Results &results) {
  const std::vector<std::string> all = abi_providers();
  if (all.empty())
    throw Error(Blame::Work, "crossheap bench --abi", "has no program to measure with",
                "build the targets whose names begin with bench_abi");
  const std::vector<std::string> chosen = selected(all, request, "provider of the allocation ABI");
  const auto rounds = static_cast<std::uint32_t>(std::max(7L, std::lround(200 * request.scale)));
  for (std::size_t done = 0; done < chosen.size() && !interrupted(); ++done)
    measure_abi(chosen[done], 3, rounds, results, [&] { progress("abi " + chosen[done], done, chosen.size()); });
}

}  // namespace crossheap::bench
