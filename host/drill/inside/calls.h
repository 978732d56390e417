// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Makes the calls of a contract, inside the process that opened the plugin. All memory that the host gives or releases
// goes through the malloc, free and operators that this program is bound to, as in any host.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/contract.h"

namespace crossheap::drill {

/// What calls have kept for later ones, for one thread that goes through a contract.
struct Values {
  struct One {
    std::uint64_t bits = 0;
    bool alive = false;
    const contract::Outcome *outcome = nullptr;  ///< how it ends, where nothing destroys it
    void *release = nullptr;                     ///< the plugin's function that ends it, where the outcome names one
  };
  std::vector<One> all;
};

/// A block whose release waits.
struct Later {
  void *block;
  const contract::Outcome *outcome;
  void *release;  ///< the plugin's function, where the outcome names one
};

class Caller {
public:
  /// \param plugin  the handle of dlopen; open while this lives
  Caller(const contract::Contract &contract, void *plugin);

  /// Finds everything that the contract names. False, and told, where something is missing.
  bool find();

  /// Goes through all calls, as often and in as many threads as the contract says, and releases what came of them.
  /// False, and told, where a call did not do what the contract says.
  bool run();

  /// The same once, on this thread. What is to be released is put into `later` instead. Tells nothing.
  bool run_quietly(std::vector<Later> *later);
  /// The same, and the calls that the contract makes on threads of their own are made on this one. A child that was
  /// forked beside other threads may not start any: libc's own locks may be held there.
  void run_on_one_thread();
  static void release_all(const std::vector<Later> &later);

  static std::uint64_t calls() noexcept;

private:
  struct Found {
    void *function = nullptr;                   ///< null: by way of a value
    void *release = nullptr;                    ///< of the result
    std::vector<void *> releases_of_arguments;  ///< one for each argument
  };

  void *symbol(const std::string &name, std::uint32_t line);
  enum class Threads : bool { Own, AsInTheContract };
  bool go_through(bool tells, std::vector<Later> *later, Threads threads = Threads::AsInTheContract);
  bool make(std::size_t index, Values &values, bool keeps, std::vector<Later> *later);
  bool make_on_threads(std::size_t index, Values &values, std::vector<Later> *later);
  bool take(const contract::Call &call, const contract::Outcome &outcome, contract::Type type, std::uint64_t bits,
            void *release_function, Values &values, bool keeps, std::vector<Later> *later, const char *what);
  void broken(std::uint32_t line, const std::string &why);

  const contract::Contract &contract_;
  void *plugin_;
  std::vector<Found> found_;
  std::vector<void *> variables_;
  std::vector<std::vector<std::uint64_t>> tables_;
  std::vector<std::vector<void *>> received_;  ///< of each callback, the functions that release what it gets
  std::atomic<bool> told_broken_{false};
  std::atomic<bool> quiet_{false};
};

}  // namespace crossheap::drill
