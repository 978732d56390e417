// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small programs of kinds that people choose allocators for. They use the standard library as such programs do, so that
// strings, vectors and maps make the blocks.
#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "workloads/workload.h"

namespace crossheap::workload {

namespace {

// What is stored under a number, so that every answer can be checked.
std::string value_of(std::uint64_t key, std::uint64_t version) {
  std::string text = std::to_string(key) + ":" + std::to_string(version) + ":";
  text.append(16 + (key * 37 + version * 101) % 400, static_cast<char>('a' + (key + version) % 26));
  return text;
}

// A store of strings under strings: get, set and remove on a skewed choice of keys.
Result key_value_store(const Setup &setup) {
  const std::uint64_t keys = setup.live_or(60'000);
  const std::uint64_t operations = setup.scaled(1'500'000);
  Random random(setup.seed);
  std::unordered_map<std::string, std::string> store;
  std::vector<std::uint32_t> versions(keys, 0);  // 0: not there
  std::uint64_t checked = 0;
  for (std::uint64_t i = 0; i < operations; ++i) {
    // The product of two choices: small numbers are asked for more often.
    const std::uint64_t key = random.below(keys) * random.below(keys) / keys;
    const std::string name = "object:" + std::to_string(key);
    const std::uint64_t what = random.below(10);
    if (what < 6) {
      const auto found = store.find(name);
      const bool there = versions[key] != 0;
      if ((found != store.end()) != there) throw Nonsense("the store forgot a key, or kept one that was removed");
      if (there) {
        const std::string expected = value_of(key, versions[key]);
        if (found->second != expected) throw Nonsense("the store gave another value than was set");
        ++checked;
      }
    } else if (what < 9) {
      store[name] = value_of(key, ++versions[key]);
    } else {
      store.erase(name);
      versions[key] = 0;
    }
  }
  const auto there = static_cast<std::size_t>(
      std::count_if(versions.begin(), versions.end(), [](std::uint32_t version) { return version != 0; }));
  if (store.size() != there) throw Nonsense("the store has another number of keys than were set");
  return {.operations = operations, .checked = checked + 1, .figures = {}};
}

// A document: nested objects, arrays, strings and numbers.
struct Node;
using Object = std::map<std::string, std::unique_ptr<Node>>;
using Array = std::vector<std::unique_ptr<Node>>;
struct Node {
  std::variant<double, std::string, Array, Object> value;
};

struct Sums {
  std::uint64_t nodes = 0;
  std::uint64_t letters = 0;
  double numbers = 0;
  bool operator==(const Sums &) const = default;
};

std::unique_ptr<Node> build(Random &random, unsigned depth, Sums &sums) {
  auto node = std::make_unique<Node>();
  ++sums.nodes;
  const std::uint64_t kind = depth == 0 ? random.below(2) : 2 + random.below(2);
  if (kind == 0) {
    node->value = static_cast<double>(random.below(1000));
    sums.numbers += std::get<double>(node->value);
  } else if (kind == 1) {
    node->value = std::string(4 + random.below(60), 'x');
    sums.letters += std::get<std::string>(node->value).size();
  } else if (kind == 2) {
    Array array;
    for (std::uint64_t i = 3 + random.below(4); i > 0; --i) array.push_back(build(random, depth - 1, sums));
    node->value = std::move(array);
  } else {
    Object object;
    for (std::uint64_t i = 3 + random.below(4); i > 0; --i)
      object.emplace("a key of the object, number " + std::to_string(i), build(random, depth - 1, sums));
    node->value = std::move(object);
  }
  return node;
}

void walk(const Node &node, Sums &sums) {
  ++sums.nodes;
  if (const auto *const number = std::get_if<double>(&node.value)) sums.numbers += *number;
  if (const auto *const text = std::get_if<std::string>(&node.value)) sums.letters += text->size();
  if (const auto *const array = std::get_if<Array>(&node.value))
    for (const auto &one : *array) walk(*one, sums);
  if (const auto *const object = std::get_if<Object>(&node.value))
    for (const auto &[name, one] : *object) walk(*one, sums);
}

Result json_tree(const Setup &setup) {
  const std::uint64_t documents = setup.scaled(700);
  const unsigned threads = setup.threads_or(1);
  std::atomic<std::uint64_t> nodes = 0;
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 19 + index);
    std::deque<std::unique_ptr<Node>> recent;  // documents of different ages are alive together
    for (std::uint64_t i = 0; i < std::max<std::uint64_t>(1, documents / threads); ++i) {
      Sums built;
      recent.push_back(build(random, 5, built));
      Sums found;
      walk(*recent.back(), found);
      if (built != found) throw Nonsense("the tree is not what was built");
      nodes += found.nodes;
      if (recent.size() > 8) recent.pop_front();
    }
  });
  return {.operations = nodes, .checked = nodes, .figures = {}};
}

// SELECT key, count(*), sum(value) ... GROUP BY key, over batches of columns: each thread reads batches, filters them
// into new columns and adds groups to a table of its own; at the end the tables are merged. Very many blocks of varied
// size live for one batch.
Result columnar(const Setup &setup) {
  const unsigned threads = setup.threads_or(2);
  const std::uint64_t batches = setup.scaled(1600);
  struct Group {
    std::uint64_t count = 0;
    double sum = 0;
    std::string longest;
  };
  using Table = std::unordered_map<std::string, Group>;
  std::vector<Table> tables(threads);
  std::vector<std::uint64_t> passed(threads, 0);
  std::atomic<std::uint64_t> next = 0;
  on_threads(threads, [&](unsigned index) {
    for (std::uint64_t batch = next++; batch < batches; batch = next++) {
      Random random(setup.seed * 1000 + batch);
      const std::size_t rows = 512 + random.below(1536);
      std::vector<double> values(rows);
      std::vector<std::string> names(rows);
      for (std::size_t row = 0; row < rows; ++row) {
        values[row] = static_cast<double>(random.below(1000));
        names[row] = "group of the rows number " + std::to_string(random.below(3000));
      }
      std::vector<std::size_t> kept;
      for (std::size_t row = 0; row < rows; ++row)
        if (values[row] >= 250) kept.push_back(row);
      std::vector<double> filtered;
      std::vector<std::string> filtered_names;
      for (const std::size_t row : kept) {
        filtered.push_back(values[row]);
        filtered_names.push_back(names[row]);
      }
      for (std::size_t row = 0; row < filtered.size(); ++row) {
        Group &group = tables[index][filtered_names[row]];
        ++group.count;
        group.sum += filtered[row];
        if (group.longest.size() < 64) group.longest += static_cast<char>('a' + row % 26);
      }
      passed[index] += filtered.size();
    }
  });
  Table merged;
  for (const Table &table : tables)
    for (const auto &[name, group] : table) {
      merged[name].count += group.count;
      merged[name].sum += group.sum;
    }
  // The same from the rows alone, without a table.
  std::uint64_t expected = 0;
  double expected_sum = 0;
  std::uint64_t read = 0;
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    Random random(setup.seed * 1000 + batch);
    const std::size_t rows = 512 + random.below(1536);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto value = static_cast<double>(random.below(1000));
      random.below(3000);
      if (value >= 250) ++expected, expected_sum += value;
    }
    read += rows;
  }
  std::uint64_t count = 0;
  double sum = 0;
  for (const auto &[name, group] : merged) {
    count += group.count;
    sum += group.sum;
  }
  if (count != expected || sum != expected_sum) throw Nonsense("the aggregation is not the sum of its rows");
  return {.operations = read, .checked = count, .figures = {}};
}

// A router of messages: one stage parses, the second chooses the subscribers and copies, the third serialises; each is
// a thread, so a message's blocks are released where they were not allocated.
struct Message {
  std::uint64_t number = 0;
  std::map<std::string, std::string> headers;
  std::shared_ptr<const std::string> body;
};

class Channel {
public:
  void send(Message message) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_.size() < 256; });
    waiting_.push_back(std::move(message));
    filled_.notify_one();
  }
  /// False when the channel was closed and is empty.
  bool receive(std::deque<Message> &all) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return !waiting_.empty() || closed_; });
    all.swap(waiting_);
    waiting_.clear();
    room_.notify_all();
    return !all.empty();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    filled_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable room_;
  std::deque<Message> waiting_;
  bool closed_ = false;
};

std::string wire_form(std::uint64_t number, Random &random) {
  std::string text = "number: " + std::to_string(number) + "\ntopic: orders/" + std::to_string(number % 16) +
                     "\ntrace-id: 4bf92f3577b34da6a3ce929d0e0e4736\ncontent-type: application/json\n\n";
  text.append(64 + random.below(960), static_cast<char>('a' + number % 26));
  return text;
}

Message parse(std::string_view text) {
  Message message;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != at; at = end + 1, end = text.find('\n', at)) {
    const std::string_view line = text.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    message.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  message.body = std::make_shared<const std::string>(text.substr(at + 1));
  message.number = std::stoull(message.headers.at("number"));
  return message;
}

Result message_router(const Setup &setup) {
  const std::uint64_t messages = setup.scaled(220'000);
  constexpr unsigned kSubscribers = 3;
  Channel parsed;
  Channel routed;
  std::uint64_t delivered = 0;
  std::uint64_t bytes = 0;
  on_threads(3, [&](unsigned stage) {
    if (stage == 0) {
      Random random(setup.seed);
      for (std::uint64_t number = 0; number < messages; ++number) parsed.send(parse(wire_form(number, random)));
      parsed.close();
    } else if (stage == 1) {
      for (std::deque<Message> all; parsed.receive(all);)
        for (Message &message : all) {
          for (unsigned subscriber = 0; subscriber < kSubscribers; ++subscriber) {
            Message copy = message;
            copy.headers["subscriber"] = "subscriber number " + std::to_string(subscriber);
            routed.send(std::move(copy));
          }
        }
      routed.close();
    } else {
      std::uint64_t expected = 0;
      for (std::deque<Message> all; routed.receive(all);)
        for (const Message &message : all) {
          std::string text;
          for (const auto &[name, value] : message.headers) {
            text += name;
            text += ": ";
            text += value;
            text += '\n';
          }
          text += *message.body;
          const auto letter = static_cast<char>('a' + message.number % 26);
          if (message.number != expected / kSubscribers || text.back() != letter || message.headers.size() != 5)
            throw Nonsense("a message was not delivered as it was sent");
          ++expected;
          bytes += text.size();
        }
      delivered = expected;
    }
  });
  if (delivered != messages * kSubscribers) throw Nonsense("messages were lost");
  return {
      .operations = messages, .checked = delivered, .figures = {{"delivered_mb", static_cast<double>(bytes) / 1e6}}};
}

constexpr std::array kWorkloads{
    Workload{"kv-store", "an in-memory key-value store", key_value_store},
    Workload{"json-tree", "builds, walks and drops trees like JSON documents", json_tree},
    Workload{"columnar", "a query-like aggregation over batches of columns on several threads", columnar},
    Workload{"message-router", "parses, routes and serialises messages, each stage on a thread", message_router},
};

}  // namespace

std::span<const Workload> application_workloads() { return kWorkloads; }

}  // namespace crossheap::workload
