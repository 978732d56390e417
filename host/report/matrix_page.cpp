// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The experiment as its page takes it. 200,000 cases as JSON objects are 60 MB; as columns of small numbers into lists
// of words they are a tenth of that, and a browser reads them in a blink.
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "report/matrix_report.h"

namespace crossheap::report {

namespace {

using namespace matrix;  // NOLINT(google-build-using-namespace): this file is about nothing else
using Json = nlohmann::ordered_json;

// What a program said as it died may differ from case to case; beyond this many only that there was something.
constexpr std::size_t kMostWords = 5'000;

class Column {
public:
  std::size_t add(const std::string &word) {
    if (const auto known = index_.find(word); known != index_.end()) return put(known->second);
    if (words_.size() >= kMostWords) return add("(more)");
    index_.emplace(word, words_.size());
    words_.push_back(word);
    return put(words_.size() - 1);
  }
  Json json() const { return {{"words", words_}, {"of", of_}}; }

private:
  std::size_t put(std::size_t index) {
    of_.push_back(static_cast<std::uint32_t>(index));
    return index;
  }
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> words_;
  std::vector<std::uint32_t> of_;
};

std::string in_words(Crossing crossing) {
  return crossing == Crossing::Yes ? "crosses" : crossing == Crossing::No ? "stays" : "not known";
}

}  // namespace

std::string matrix_page_json(const Results &results, const Summary &summary) {
  Column host;
  Column plugin;
  Column mode;
  Column scenario;
  Column direction;
  Column contract;
  Column crosses;
  Column outcome;
  Column said;
  std::vector<int> is_safe;
  for (const CaseResult &one : results.cases) {
    host.add(one.of.host);
    plugin.add(one.of.plugin);
    mode.add(one.of.mode);
    scenario.add(one.of.scenario);
    direction.add(one.of.direction);
    contract.add(std::string(1, one.contract));
    crosses.add(in_words(one.crossing));
    std::string ending = name_of(one.outcome.ending);
    // With --repeat a case may be unsafe that once ended well.
    if (safe(one) != survived(one.outcome)) ending += ", not always";
    const std::size_t index = outcome.add(ending);
    if (index >= is_safe.size()) is_safe.resize(index + 1, 0);
    is_safe[index] = safe(one) ? 1 : 0;
    said.add(one.outcome.message);
  }
  Json contracts = Json::array();
  for (const ContractSummary &one : summary.contracts)
    contracts.push_back({{"contract", std::string(1, one.contract)},
                         {"about", contract_words(one.contract)},
                         {"cases", one.all.cases},
                         {"safe", one.all.safe}});
  Json columns{{"count", results.cases.size()}, {"host", host.json()},
               {"plugin", plugin.json()},       {"mode", mode.json()},
               {"scenario", scenario.json()},   {"direction", direction.json()},
               {"contract", contract.json()},   {"crosses", crosses.json()},
               {"outcome", outcome.json()},     {"said", said.json()}};
  columns["outcome"]["safe"] = is_safe;
  Json left_out = Json::array();
  for (const LeftOut &one : results.left_out) left_out.push_back({{"what", one.what}, {"reason", one.reason}});
  const Json whole{{"schema", "crossheap.matrix/1"},     {"contracts", std::move(contracts)},
                   {"interrupted", results.interrupted}, {"seconds", results.took.count()},
                   {"left_out", std::move(left_out)},    {"cases", std::move(columns)}};
  return whole.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace crossheap::report
