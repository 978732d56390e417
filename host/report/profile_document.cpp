// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap compare --profile` shows: the counts of one program, histograms of its sizes and lifetimes, and which
// of the published reasons for an allocator apply to it. A bin of a histogram is a power of two.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"
#include "compare/analysis.h"
#include "report/profile_report.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using namespace compare;  // NOLINT(google-build-using-namespace): this file is about nothing else

struct Bin {
  std::string label;
  std::uint64_t count;
};

struct Histogram {
  std::string_view title;
  std::string_view key;
  Unit unit;
  double scale;  // of a value, to the unit
  const crossheap_powers &powers;
};

std::string bound(double value, Unit unit) {
  if (unit == Unit::Bytes)
    return value < 1024 ? fmt::format("{:.0f} B", value) : fmt::format("{}", in_words(value, unit));
  return in_words(value, unit);
}

/// From the first to the last that is not empty.
std::vector<Bin> bins_of(const Histogram &histogram) {
  std::size_t first = CROSSHEAP_RECORD_POWERS;
  std::size_t last = 0;
  for (std::size_t i = 0; i < CROSSHEAP_RECORD_POWERS; ++i)
    if (histogram.powers[i] > 0) {
      first = std::min(first, i);
      last = i;
    }
  std::vector<Bin> bins;
  for (std::size_t i = first; i <= last && first < CROSSHEAP_RECORD_POWERS; ++i)
    bins.push_back(
        {i == 0 ? "0" : bound(std::exp2(static_cast<double>(i) - 1) * histogram.scale, histogram.unit) + " up",
         histogram.powers[i]});
  return bins;
}

std::vector<Histogram> histograms_of(const Profile &profile) {
  return {{"Sizes", "sizes", Unit::Bytes, 1, profile.record.sizes},
          {"Lifetimes of released blocks", "lifetimes", Unit::Seconds, 1e-9, profile.record.lifetimes},
          {"Alignments asked for", "alignments", Unit::Bytes, 1, profile.record.alignments}};
}

std::vector<std::pair<std::string, std::string>> figures_of(const crossheap_record &record) {
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? std::string("none")
                      : fmt::format("{} ({:.1f} %)", with_commas(part),
                                    100 * static_cast<double>(part) / static_cast<double>(whole));
  };
  return {
      {"processes", with_commas(record.processes)},
      {"threads that allocate", with_commas(record.threads)},
      {"allocations", with_commas(record.allocations)},
      {"  by operator new", share(record.by_operator_new, record.allocations)},
      {"  zeroed by calloc", share(record.zeroed, record.allocations)},
      {"releases", with_commas(record.releases)},
      {"  on another thread", share(record.cross_thread_releases, record.releases)},
      {"  of blocks not recorded", share(record.unknown_releases, record.releases)},
      {"blocks not tracked", with_commas(record.untracked)},
      {"reallocs", with_commas(record.resizes)},
      {"  in place", share(record.resizes_in_place, record.resizes)},
      {"  growing", share(record.resizes_growing, record.resizes)},
      {"  bytes copied", in_words(static_cast<double>(record.resize_copied_bytes), Unit::Bytes)},
      {"peak live", fmt::format("{} in {} blocks", in_words(static_cast<double>(record.peak_live_bytes), Unit::Bytes),
                                with_commas(record.peak_live_blocks))}};
}

struct HeldRow {
  std::string name;
  std::string peak;
  std::string a_live_byte;
  std::string rounding;
  std::string reason;
};

std::vector<HeldRow> held_rows(const Profile &profile) {
  std::vector<HeldRow> rows;
  const auto live = static_cast<double>(profile.record.peak_live_bytes);
  for (const Fragmentation &one : profile.fragmentation)
    rows.push_back({one.allocator, one.peak_rss_bytes > 0 ? in_words(one.peak_rss_bytes, Unit::Bytes) : "-",
                    one.peak_rss_bytes > 0 && live > 0 ? fmt::format("{:.2f}", one.peak_rss_bytes / live) : "-",
                    one.usable_share > 0 ? fmt::format("{:+.1f} %", (one.usable_share - 1) * 100) : "-", one.reason});
  return rows;
}

std::string text_of(const Profile &profile) {
  std::ostringstream to;
  fmt::print(to, "{}\n\n", printable(profile.sentence));
  if (profile.interrupted) fmt::print(to, "It was interrupted: what is missing was not recorded.\n\n");
  for (const auto &[name, value] : figures_of(profile.record)) fmt::print(to, "  {:<26} {}\n", name, value);
  constexpr std::size_t kBar = 40;
  for (const Histogram &histogram : histograms_of(profile)) {
    const std::vector<Bin> bins = bins_of(histogram);
    if (bins.empty()) continue;
    fmt::print(to, "\n{}\n", histogram.title);
    std::uint64_t most = 1;
    for (const Bin &bin : bins) most = std::max(most, bin.count);
    for (const Bin &bin : bins)
      fmt::print(to, "  {:>14} {:>13} {}\n", bin.label, with_commas(bin.count),
                 std::string(
                     static_cast<std::size_t>(static_cast<double>(bin.count) * kBar / static_cast<double>(most)), '#'));
  }
  fmt::print(to, "\nMemory held by each allocator\n  {:<20} {:>12} {:>15} {:>16}\n", "", "peak RSS", "a live byte",
             "size rounding");
  for (const HeldRow &row : held_rows(profile))
    fmt::print(to, "  {:<20} {:>12} {:>15} {:>16}{}\n", row.name, row.peak, row.a_live_byte, row.rounding,
               row.reason.empty() ? "" : "  " + printable_name(row.reason));
  fmt::print(to, "\nPublished reasons, and what this program does\n");
  for (const Reason &reason : profile.reasons)
    fmt::print(to, "  {:<14} {} ({})\n                 {}\n", reason.applies ? "applies" : "does not apply",
               reason.claim, reason.source, printable_name(reason.figure));
  return to.str();
}

std::string markdown_of(const Profile &profile) {
  std::ostringstream to;
  fmt::print(to, "## crossheap compare --profile\n\n{}\n\n| | |\n|---|---|\n", profile.sentence);
  for (const auto &[name, value] : figures_of(profile.record)) fmt::print(to, "| {} | {} |\n", name, value);
  fmt::print(to, "\n| allocator | peak RSS | a live byte | size rounding |\n|---|---|---|---|\n");
  for (const HeldRow &row : held_rows(profile))
    fmt::print(to, "| `{}` | {} | {} | {} |\n", row.name, row.peak, row.a_live_byte, row.rounding);
  fmt::print(to, "\n| reason | source | applies | figure |\n|---|---|---|---|\n");
  for (const Reason &reason : profile.reasons)
    fmt::print(to, "| {} | {} | {} | {} |\n", reason.claim, reason.source, reason.applies ? "yes" : "no",
               reason.figure);
  return to.str();
}

std::string json_of(const Profile &profile) {
  const crossheap_record &record = profile.record;
  Json counts{{"processes", record.processes},
              {"threads", record.threads},
              {"allocations", record.allocations},
              {"by_operator_new", record.by_operator_new},
              {"zeroed", record.zeroed},
              {"releases", record.releases},
              {"cross_thread_releases", record.cross_thread_releases},
              {"unknown_releases", record.unknown_releases},
              {"untracked", record.untracked},
              {"resizes", record.resizes},
              {"resizes_in_place", record.resizes_in_place},
              {"resizes_growing", record.resizes_growing},
              {"resize_copied_bytes", record.resize_copied_bytes},
              {"requested_bytes", record.requested_bytes},
              {"usable_bytes", record.usable_bytes},
              {"peak_live_bytes", record.peak_live_bytes},
              {"peak_live_blocks", record.peak_live_blocks}};
  Json json{{"schema", "crossheap.profile/1"},
            {"sentence", profile.sentence},
            {"command", profile.command},
            {"interrupted", profile.interrupted},
            {"cpu_seconds", profile.cpu_seconds},
            {"wall_seconds", profile.wall_seconds},
            {"counts", counts}};
  Json plots = Json::array();
  for (const Histogram &histogram : histograms_of(profile)) {
    json[std::string(histogram.key)] =
        std::vector<std::uint64_t>(std::begin(histogram.powers), std::end(histogram.powers));
    Json rows = Json::array();
    for (const Bin &bin : bins_of(histogram)) rows.push_back({{"label", bin.label}, {"value", bin.count}});
    if (!rows.empty())
      plots.push_back({{"kind", "histogram"}, {"title", histogram.title}, {"unit", "blocks"}, {"rows", rows}});
  }
  Json fragmentation = Json::array();
  for (const Fragmentation &one : profile.fragmentation)
    fragmentation.push_back({{"allocator", one.allocator},
                             {"peak_rss_bytes", one.peak_rss_bytes},
                             {"usable_share", one.usable_share},
                             {"reason", one.reason}});
  json["fragmentation"] = fragmentation;
  Json reasons = Json::array();
  Json rows = Json::array();
  for (const Reason &reason : profile.reasons) {
    reasons.push_back(
        {{"claim", reason.claim}, {"source", reason.source}, {"applies", reason.applies}, {"figure", reason.figure}});
    rows.push_back({reason.claim, reason.source, reason.applies ? "applies" : "does not apply", reason.figure});
  }
  json["reasons"] = reasons;
  json["table"] = {{"columns", {"published reason", "source", "here", "figure"}}, {"rows", rows}};
  json["findings"] = Json::array();
  json["plots"] = plots;
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Document document_of(const Profile &profile) {
  Document document;
  document.verb = "compare";
  if (!profile.command.empty()) document.subjects.push_back(profile.command.front());
  document.text = text_of(profile);
  document.markdown = markdown_of(profile);
  document.facts = json_of(profile);
  return document;
}

}  // namespace crossheap::report
