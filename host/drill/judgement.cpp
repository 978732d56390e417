// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A drill that did not hold is not always the plugin's fault: what the sandbox refused, a machine that was busy, and a
// slow plugin that went on working are "not tried", with the reason.
#include "drill/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "allocator/names.h"
#include "base/text.h"
#include "contract/contract.h"
#include "drill/drills.h"

namespace crossheap::drill {

namespace fs = std::filesystem;

namespace {

Finding finding(HazardId hazard, Level level, const Subject &subject, std::string summary,
                std::vector<std::string> evidence) {
  Finding made;
  made.hazard = hazard;
  made.level = level;
  made.subject = subject.plugin.string();
  made.summary = std::move(summary);
  made.evidence = std::move(evidence);
  return made;
}

std::string in_words(const Subject &subject) {
  return fmt::format("load mode: {}; malloc: {}", subject.mode->call,
                     subject.preload.empty() ? "libc's" : fmt::format("of {}, preloaded", subject.preload));
}

void fail(Result &result, Finding found) {
  result.state = State::Failed;
  result.reason = found.summary;
  result.findings.push_back(std::move(found));
}

// Three accounts with rounds between them. What grows by the same with each round in both spans is left behind; what
// is taken once, or now and then by an allocator for itself, is not. Neither is the little that the loader keeps of
// libraries that stay when the plugin goes: that is not the same each time.
void judge_accounts(const Ran &ran, const Subject &subject, Result &result) {
  std::vector<std::vector<std::uint64_t>> accounts;
  for (const auto &[word, what] : ran.told.words) {
    if (word != kAccount) continue;
    std::vector<std::uint64_t> &numbers = accounts.emplace_back();
    for (std::string_view one : split(what, '|')) numbers.push_back(number(one));
    if (numbers.size() != 5) return;
  }
  // Where closing unloads nothing, nothing is loaded again. A link namespace of its own brings a libc of its own, and
  // what the loader keeps of that is not the plugin's.
  // The last three: a slow plugin goes through fewer rounds, and has its first account early.
  if (accounts.size() > 3) accounts.erase(accounts.begin(), accounts.end() - 3);
  if (accounts.size() != 3 || ran.told.has(kResident) || subject.mode->new_namespace()) return;
  constexpr std::size_t kBlockBytes = 1;
  const auto growth = [&](std::size_t column, std::uint64_t least) -> std::uint64_t {
    const auto each = [&](std::size_t from) -> std::uint64_t {
      const std::uint64_t rounds = accounts[from + 1][0] - accounts[from][0];
      const std::uint64_t before = accounts[from][column];
      const std::uint64_t after = accounts[from + 1][column];
      return rounds == 0 || after < before ? 0 : (after - before) / rounds;
    };
    const auto same_each_time = [&](std::size_t from) {
      return (accounts[from + 1][column] - accounts[from][column]) % (accounts[from + 1][0] - accounts[from][0]) == 0;
    };
    const std::uint64_t first = each(0);
    const std::uint64_t second = each(1);
    const bool steady = first >= least && second >= least && first <= 2 * second && second <= 2 * first;
    if (!steady) return 0;
    constexpr std::uint64_t kOfLoader = 1024;
    const bool exact = first == second && same_each_time(0) && same_each_time(1);
    return exact || second >= kOfLoader || column != kBlockBytes ? second : 0;
  };
  constexpr std::uint64_t kSmallestBlock = 16;
  constexpr std::uint64_t kPage = 4096;
  if (const std::uint64_t bytes = growth(kBlockBytes, kSmallestBlock); bytes != 0)
    fail(result, finding(HazardId::BlocksOutliveOwner, Level::Warning, subject,
                         fmt::format("each time the plugin is loaded and unloaded, {} bytes of blocks are left",
                                     with_commas(bytes)),
                         {fmt::format("bytes in blocks after {} rounds: {}; after {}: {}", accounts[1][0],
                                      with_commas(accounts[1][1]), accounts[2][0], with_commas(accounts[2][1])),
                          in_words(subject)}));
  else if (const std::uint64_t mapped = growth(3, kPage); mapped != 0)
    fail(result,
         finding(HazardId::BlocksOutliveOwner, Level::Warning, subject,
                 fmt::format("each time the plugin is loaded and unloaded, {} bytes stay mapped", with_commas(mapped)),
                 {fmt::format("bytes mapped after {} rounds: {}; after {}: {}", accounts[1][0],
                              with_commas(accounts[1][3]), accounts[2][0], with_commas(accounts[2][3])),
                  in_words(subject)}));
  if (growth(2, 1) != 0)
    fail(result, finding(HazardId::AllocatorUnloaded, Level::Error, subject,
                         "each time the plugin is loaded and unloaded, a thread of it is left",
                         {fmt::format("threads after {} rounds: {}; after {}: {}", accounts[1][0], accounts[1][2],
                                      accounts[2][0], accounts[2][2]),
                          in_words(subject)}));
}

// The function of the plugin that called a null pointer while it was opened; "" where that is not what happened.
std::string caller_of_null(const Ran &ran, trace::Symbolizer &symbolizer) {
  const std::string *fault = ran.told.last(kFault);
  if (fault == nullptr) return {};
  const std::vector<std::string_view> parts = split(*fault, '|');
  if (parts.size() != 6 || number(parts[1]) != 0 || parts[4].empty() || number(parts[5]) == 0) return {};
  const Place caller = symbolizer.find(std::string(parts[4]), number(parts[5]) - 1);
  return caller.function.empty() ? std::string(parts[4]) : caller.function;
}

bool is_allocator(const std::string &function) {
  return function.starts_with("operator new") || function.starts_with("operator delete") ||
         find_function(function) != nullptr;
}

}  // namespace

void judge_what_was_seen(const Ran &ran, const Subject &subject, Result &result) {
  for (const auto &[word, what] : ran.told.words) {
    const std::vector<std::string_view> parts = split(what, '|');
    if (word == kBroken && parts.size() >= 2 && result.state == State::Held) {
      result.state = State::NotTried;
      result.reason = fmt::format("{}:{}: {}", printable_name(subject.calls->file.string()), parts[0],
                                  printable_name(what.substr(parts[0].size() + 1)));
    } else if (word == kNotTried && result.state == State::Held) {
      result.state = State::NotTried;
      result.reason = printable_name(what);
    } else if (word == kChild && ran.task.drill->kind == Kind::ForkInCalls && !what.starts_with("hangs")) {
      // Data that a thread was changing is half changed in the child. Without a lock that is so for every plugin, and
      // no host calls such a one in the child. A lock that stays held is a promise that is not kept.
      if (result.state != State::Held) continue;
      result.state = State::NotTried;
      result.reason = fmt::format("a child process {}, which had its data half changed", printable_name(what));
    } else if (word == kChild) {
      fail(result, finding(HazardId::ForkWithSeveralAllocators, Level::Error, subject,
                           fmt::format("a child process {}", printable_name(what)), {in_words(subject)}));
    } else if (word == kForeign && parts.size() == 2 && ran.task.drill->kind == Kind::Constructors) {
      const std::string function = printable_name(parts[0]);
      if (parts[1] == "early")
        fail(result, finding(HazardId::AllocationBeforeHandshake, Level::Error, subject,
                             fmt::format("the plugin hands a block to the host's {} that it allocated before the host "
                                         "handed over its allocator",
                                         function),
                             {"the block was allocated while the plugin was opened", in_words(subject)}));
      else
        fail(result, finding(HazardId::CrossingFree, Level::Error, subject,
                             fmt::format("the plugin hands a block to the host's {} that the host's allocator did not "
                                         "hand out",
                                         function),
                             {"the contract hands the host's allocator over", in_words(subject)}));
    }
  }
  if (ran.task.drill->kind == Kind::LoadUnload) judge_accounts(ran, subject, result);
}

void judge_refusal(const Ran &ran, const Subject &subject, Result &result) {
  const std::string words = printable_name(*ran.told.last(kRefused));
  const bool for_static_tls = words.find("static TLS") != std::string::npos;
  const Kind kind = ran.task.drill->kind;
  if (for_static_tls && kind == Kind::Load && !subject.mode->new_namespace()) {
    fail(result, finding(HazardId::StaticTlsExhausted, Level::Error, subject,
                         "the loader refuses to open the plugin: its static TLS does not fit", {words}));
  } else if (for_static_tls && kind == Kind::StaticTls) {
    fail(result,
         finding(HazardId::StaticTlsExhausted, Level::Warning, subject,
                 fmt::format("the plugin cannot be opened when other plugins have used up half of the static TLS "
                             "surplus ({} of {} bytes)",
                             kSurplus / 2, with_commas(kSurplus)),
                 {words}));
  } else if (result.state == State::Held) {
    result.state = State::NotTried;
    result.reason = fmt::format("the loader refuses: {}", words);
    // Others fail for what is around the plugin; load fails for the plugin in this mode.
    if (kind != Kind::Load) result.reason += fmt::format(" ({})", while_doing(ran.told));
  }
}

void judge_bad_end(const Ran &ran, const Subject &subject, const Facts &facts, trace::Symbolizer &symbolizer,
                   Result &result) {
  std::string how = how_it_ended(ran);
  if (std::holds_alternative<sandbox::Refused>(ran.observation.ending) ||
      std::holds_alternative<sandbox::NotStarted>(ran.observation.ending) || ran.told.damaged ||
      sandbox::was_starved(ran.observation) ||
      // It went on, and is slow.
      (std::holds_alternative<sandbox::TimedOut>(ran.observation.ending) && ran.told.has(kAccount))) {
    if (result.state == State::Held) {
      result.state = State::NotTried;
      result.reason = how;
      result.starved = sandbox::was_starved(ran.observation);
    }
    return;
  }
  const std::string *last = ran.told.last(kDoing);
  const std::string doing = last == nullptr ? "" : *last;
  std::optional<HazardId> hazard;
  Level level = Level::Error;
  std::vector<std::string> evidence{in_words(subject)};
  switch (ran.task.drill->kind) {
    case Kind::Threads:
      if (doing.starts_with("ending a thread")) hazard = HazardId::AllocatorUnloaded;
      if (doing.starts_with("releasing blocks whose thread")) hazard = HazardId::FreedAfterThreadEnded;
      break;
    case Kind::LoadUnload:
      if (doing.starts_with("loading and unloading")) hazard = HazardId::AllocatorUnloaded;
      if (doing == kOpeningInAnother) {
        hazard = HazardId::SecondNamespace;
        level = Level::Warning;
      }
      break;
    case Kind::Fork:
    case Kind::ForkInCalls:
      if (doing.starts_with("forking"))
        hazard = doing.ends_with("closed") ? HazardId::AllocatorUnloaded : HazardId::ForkWithSeveralAllocators;
      break;
    case Kind::ExitOpen:
    case Kind::ExitClosed:
      if (doing.starts_with("leaving")) hazard = HazardId::TeardownOrder;
      break;
    case Kind::TwoCopies:
      level = Level::Warning;
      if (subject.mode->new_namespace()) {
        hazard = HazardId::SecondNamespace;
      } else if (subject.mode->global()) {
        hazard = HazardId::PluginCapturesPlugin;
      } else if (facts.unique_symbols) {
        hazard = HazardId::UniqueSymbols;
        evidence.push_back("a symbol that is one for all copies: " + printable_name(facts.first_unique_symbol));
      }
      break;
    case Kind::AfterAnother:
    case Kind::BeforeAnother:
      hazard = HazardId::PluginCapturesPlugin;
      for (const fs::path &other : subject.with)
        evidence.push_back("the other plugin: " + printable_name(other.string()));
      break;
    case Kind::SecondNamespace:
      level = Level::Warning;
      hazard = HazardId::SecondNamespace;
      break;
    default:
      break;
  }
  if (hazard == HazardId::SecondNamespace)
    evidence.emplace_back(
        "each link namespace has a libc of its own, and all of them number thread-specific values (pthread_key_create) "
        "from zero, in one table of the thread: a library that keeps such values finds another's");
  if (const std::string caller = caller_of_null(ran, symbolizer); !caller.empty()) {
    how += fmt::format(", by a call through a null pointer in {}", printable_name(caller));
    // A constructor that asks the host's allocator before it was handed over.
    if (is_allocator(caller)) {
      hazard = HazardId::AllocationBeforeHandshake;
      level = Level::Error;
    }
  }
  result.state = State::Failed;
  result.reason = how;
  // Where the agent saw a block cross at the exit, that is why, and not the order of teardown.
  const bool crossed = std::any_of(result.incidents.begin(), result.incidents.end(),
                                   [](const trace::Incident &one) { return one.hazard == HazardId::CrossingFree; });
  if (hazard && !(hazard == HazardId::TeardownOrder && crossed))
    result.findings.push_back(finding(*hazard, level, subject, how, std::move(evidence)));
}

}  // namespace crossheap::drill
