// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An object behind an interface is used on the other side and destroyed by its owner.
#include "scenarios/scenario.h"

#include <numeric>
#include <vector>

namespace crossheap::scenarios {

// Exported, as an interface between two sides is: of a type that could not be derived from elsewhere, the compiler
// would call the one implementation it knows directly, and the taker would run its own copy of the owner's code.
class [[gnu::visibility("default")]] Counter {
public:
  virtual std::uint64_t add(std::uint64_t amount) = 0;

protected:
  ~Counter() = default;  // only the owner destroys
};

namespace {

class Summing final : public Counter {
public:
  std::uint64_t add(std::uint64_t amount) override {
    amounts_.push_back(amount);
    return std::accumulate(amounts_.begin(), amounts_.end(), std::uint64_t{0});
  }

private:
  std::vector<std::uint64_t> amounts_;
};

void destroy(crossheap_handover *handover) { delete static_cast<Summing *>(static_cast<Counter *>(handover->block)); }

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  handover->block = static_cast<Counter *>(new Summing);
  handover->release = destroy;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto *counter = static_cast<Counter *>(handover->block);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 1; i <= 100; ++i) sum = counter->add(i);
  expect(*host, sum == 5050, "the object did not keep what it was told");
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kOwnerObject, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'b', "owner-object",
                   "An object behind an interface is used on the other side and destroyed by its owner.",
                   "operator new", "owner", give, take);

}  // namespace
}  // namespace crossheap::scenarios
