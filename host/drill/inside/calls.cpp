// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libffi makes the calls. The functions of the host that a plugin calls are made here without it: on x86-64 the integer
// arguments of any function arrive in six registers, so one function of six integers stands for every signature that a
// contract may give to a callback, and no code has to be written at run time. There are as many as a contract may
// declare.
#include "drill/inside/calls.h"

#include <dlfcn.h>
#include <ffi.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <semaphore>
#include <thread>
#include <utility>

#include "drill/inside/handed_allocator.h"
#include "drill/inside/host.h"
#include "drill/inside/tell.h"

namespace crossheap::drill {

namespace {

using contract::Argument;
using contract::Call;
using contract::Callback;
using contract::Outcome;
using contract::Release;
using contract::Type;

std::atomic<std::uint64_t> call_count{0};

void *as_pointer(std::uint64_t bits) {
  // SAFETY: what a plugin returned as a pointer, kept as its 64 bits.
  return reinterpret_cast<void *>(bits);
}
std::uint64_t as_bits(const void *pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

// Reads all of a text, as whoever receives one does.
std::size_t read_text(const void *block) {
  std::size_t sum = 0;
  for (const volatile char *at = static_cast<const char *>(block); *at != '\0'; ++at) ++sum;
  return sum;
}

// --- Functions of the host ------------------------------------------------------------------------------------------

using Integers = std::array<std::uint64_t, 6>;

struct Host {
  const contract::Contract *contract = nullptr;
  const std::vector<std::vector<void *>> *received = nullptr;
};
Host host;

void release_block(Release release, std::uint32_t slot, void *function, void *block);

std::uint64_t answer(std::size_t index, const Integers &integers) {
  if (host.contract == nullptr || index >= host.contract->callbacks.size()) return 0;
  const Callback &callback = host.contract->callbacks[index];
  // The position of each parameter among the integer registers.
  std::array<std::size_t, 33> registers{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < callback.signature.parameters.size(); ++i) {
    const contract::Parameter &parameter = callback.signature.parameters[i];
    const bool floating = !parameter.out && (parameter.type == Type::Float || parameter.type == Type::Double);
    registers[i] = floating ? integers.size() : next++;
  }
  for (std::size_t i = 0; i < callback.signature.parameters.size(); ++i)
    if (callback.signature.parameters[i].type == Type::String && !callback.signature.parameters[i].out &&
        integers.at(registers[i]) != 0)
      read_text(as_pointer(integers.at(registers[i])));
  for (std::size_t i = 0; i < callback.received.size(); ++i) {
    const Callback::Received &received = callback.received[i];
    release_block(received.release, 1, (*host.received)[index][i],
                  as_pointer(integers.at(registers[received.argument])));
  }
  if (!callback.text) return static_cast<std::uint64_t>(callback.number);
  if (!callback.gives) return as_bits(callback.text->c_str());
  const auto size = static_cast<std::size_t>(callback.number);
  void *block = std::calloc(1, size);
  if (block != nullptr) std::copy(callback.text->begin(), callback.text->end(), static_cast<char *>(block));
  return as_bits(block);
}

template <std::size_t kIndex>
std::uint64_t host_function(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d, std::uint64_t e,
                            std::uint64_t f) {
  return answer(kIndex, {a, b, c, d, e, f});
}

using HostFunction = decltype(&host_function<0>);
template <std::size_t... kIndices>
constexpr std::array<HostFunction, sizeof...(kIndices)> make_host_functions(std::index_sequence<kIndices...>) {
  return {host_function<kIndices>...};
}
constexpr auto kHostFunctions = make_host_functions(std::make_index_sequence<16>());

// SAFETY: POSIX lets a function's address be kept as an object's.
void *address_of_callback(const contract::Contract &contract, int index) {
  const auto at = static_cast<std::size_t>(index);
  switch (contract.callbacks.at(at).kind) {
    case Callback::Kind::Malloc:
      return reinterpret_cast<void *>(&handed::malloc);
    case Callback::Kind::Calloc:
      return reinterpret_cast<void *>(&handed::calloc);
    case Callback::Kind::Realloc:
      return reinterpret_cast<void *>(&handed::realloc);
    case Callback::Kind::Free:
      return reinterpret_cast<void *>(&handed::free);
    case Callback::Kind::Own:
      break;
  }
  return reinterpret_cast<void *>(kHostFunctions.at(at));
}

// --- Releasing ------------------------------------------------------------------------------------------------------

void release_block(Release release, std::uint32_t slot, void *function, void *block) {
  if (block == nullptr) return;
  switch (release) {
    case Release::None:
    case Release::Never:
    case Release::Call:
      return;
    case Release::Free:
    case Release::Host:
      std::free(block);
      return;
    case Release::Delete:
      ::operator delete(block);
      return;
    case Release::DeleteArray:
      ::operator delete[](block);
      return;
    case Release::Function:
      ++call_count;
      // SAFETY: the contract says that it takes the block and nothing else.
      reinterpret_cast<void (*)(void *)>(function)(block);
      return;
    case Release::Destructor: {
      ++call_count;
      // SAFETY: an object with a virtual destructor begins with the address of its vtable, which has the deleting
      // destructor at the slot that the contract says (Itanium C++ ABI).
      void *const *const table = *static_cast<void *const *const *>(block);
      reinterpret_cast<void (*)(void *)>(table[slot])(block);
      return;
    }
  }
}

ffi_type *ffi_type_of(Type type) {
  switch (type) {
    case Type::Void:
      return &ffi_type_void;
    case Type::Int8:
      return &ffi_type_sint8;
    case Type::UInt8:
      return &ffi_type_uint8;
    case Type::Int16:
      return &ffi_type_sint16;
    case Type::UInt16:
      return &ffi_type_uint16;
    case Type::Int32:
      return &ffi_type_sint32;
    case Type::UInt32:
      return &ffi_type_uint32;
    case Type::Int64:
      return &ffi_type_sint64;
    case Type::UInt64:
      return &ffi_type_uint64;
    case Type::Float:
      return &ffi_type_float;
    case Type::Double:
      return &ffi_type_double;
    case Type::Pointer:
    case Type::String:
      return &ffi_type_pointer;
  }
  return &ffi_type_void;
}

// A result as libffi leaves it (integers widened to a register) or as an out-parameter has it (not widened).
std::int64_t as_number(Type type, std::uint64_t bits) {
  switch (type) {
    case Type::Int8:
      return static_cast<std::int8_t>(bits);
    case Type::UInt8:
      return static_cast<std::uint8_t>(bits);
    case Type::Int16:
      return static_cast<std::int16_t>(bits);
    case Type::UInt16:
      return static_cast<std::uint16_t>(bits);
    case Type::Int32:
      return static_cast<std::int32_t>(bits);
    case Type::UInt32:
      return static_cast<std::uint32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

bool is_pointer(Type type) { return type == Type::Pointer || type == Type::String; }

void *allocated(const Argument &argument) {
  const auto size = static_cast<std::size_t>(argument.number);
  void *block = nullptr;
  switch (argument.with) {
    case Argument::With::Malloc:
      block = std::malloc(size);
      break;
    case Argument::With::New:
      block = ::operator new(size);
      break;
    case Argument::With::NewArray:
      block = ::operator new[](size);
      break;
  }
  if (block == nullptr) throw std::bad_alloc();
  std::memset(block, 0, size);
  std::memcpy(block, argument.text.data(), std::min(argument.text.size(), size));
  return block;
}

void release_as_allocated(const Argument &argument, void *block) {
  switch (argument.with) {
    case Argument::With::Malloc:
      std::free(block);
      break;
    case Argument::With::New:
      ::operator delete(block);
      break;
    case Argument::With::NewArray:
      ::operator delete[](block);
      break;
  }
}

}  // namespace

std::uint64_t Caller::calls() noexcept { return call_count; }

Caller::Caller(const contract::Contract &contract, void *plugin) : contract_(contract), plugin_(plugin) {}

void Caller::broken(std::uint32_t line, const std::string &why) {
  if (quiet_ || told_broken_.exchange(true)) return;
  tell(kBroken, std::to_string(line) + "|" + why);
}

void *Caller::symbol(const std::string &name, std::uint32_t line) {
  void *found = ::dlsym(plugin_, name.c_str());
  if (found == nullptr) broken(line, "the plugin does not export `" + name + "`");
  return found;
}

bool Caller::find() {
  for (const contract::Variable &variable : contract_.variables)
    variables_.push_back(symbol(variable.symbol, variable.line));
  for (const Callback &callback : contract_.callbacks) {
    std::vector<void *> &releases = received_.emplace_back();
    for (const Callback::Received &received : callback.received)
      releases.push_back(received.release == Release::Function ? symbol(received.function, callback.line) : nullptr);
  }
  for (const contract::Table &table : contract_.tables) {
    std::vector<std::uint64_t> &words = tables_.emplace_back();
    std::size_t offset = 0;
    const auto size_of = [](const contract::Table::Member &member) -> std::size_t {
      return ffi_type_of(member.type)->size;
    };
    for (const contract::Table::Member &member : table.members) {
      const std::size_t size = size_of(member);
      offset = (offset + size - 1) / size * size;
      words.resize((offset + size + 7) / 8);
      auto bits = static_cast<std::uint64_t>(member.number);
      if (member.callback >= 0) bits = as_bits(address_of_callback(contract_, member.callback));
      if (member.text) bits = as_bits(member.text->c_str());
      // Little-endian: the low bytes come first.
      std::memcpy(reinterpret_cast<char *>(words.data()) + offset, &bits, size);
      offset += size;
    }
  }
  const auto release_of = [&](const Outcome &outcome, std::uint32_t line) {
    return outcome.release == Release::Function ? symbol(outcome.function, line) : nullptr;
  };
  for (const Call &call : contract_.calls) {
    Found &found = found_.emplace_back();
    if (call.through < 0) found.function = symbol(call.function, call.line);
    found.release = release_of(call.outcome, call.line);
    for (const Argument &argument : call.arguments)
      found.releases_of_arguments.push_back(
          argument.kind == Argument::Kind::Out ? release_of(argument.outcome, call.line) : nullptr);
  }
  host = {&contract_, &received_};
  handed::find_witness();
  return !told_broken_;
}

// What came out of a call: is it what the contract expects, and who has it now?
bool Caller::take(const Call &call, const Outcome &outcome, Type type, std::uint64_t bits, void *release_function,
                  Values &values, bool keeps, std::vector<Later> *later, const char *what) {
  if (type == Type::Void) return true;
  const std::string function = "`" + call.function + "` ";
  if (!is_pointer(type)) {
    if (outcome.expected_number && as_number(type, bits) != *outcome.expected_number) {
      broken(call.line, function + what + " " + std::to_string(as_number(type, bits)) + ", and the contract expects " +
                            std::to_string(*outcome.expected_number));
      return false;
    }
  } else if (bits == 0) {
    if (!outcome.nullable) {
      broken(call.line, function + what + " a null pointer; where that is right, add nullable = true");
      return false;
    }
  } else if (type == Type::String) {
    read_text(as_pointer(bits));
    if (outcome.expected_text && *outcome.expected_text != static_cast<const char *>(as_pointer(bits))) {
      broken(call.line, function + what + " another text than the contract expects");
      return false;
    }
  }
  if (outcome.value >= 0 && keeps) {
    values.all[static_cast<std::size_t>(outcome.value)] = {bits, true, &outcome, release_function};
    return true;
  }
  if (!is_pointer(type)) return true;
  if (later != nullptr && outcome.release != Release::None)
    later->push_back({as_pointer(bits), &outcome, release_function});
  else
    release_block(outcome.release, outcome.slot, release_function, as_pointer(bits));
  return true;
}

bool Caller::make(std::size_t index, Values &values, bool keeps, std::vector<Later> *later) {
  const Call &call = contract_.calls[index];
  const Found &found = found_[index];
  void *function = found.function;
  if (call.through >= 0) {
    const char *base = static_cast<const char *>(as_pointer(values.all[static_cast<std::size_t>(call.through)].bits));
    if (base != nullptr && call.is_virtual) std::memcpy(&base, base, sizeof base);
    if (base != nullptr) std::memcpy(&function, base + call.offset, sizeof function);
    if (function == nullptr) {
      broken(call.line, "there is no `" + call.function + "`: its place holds a null pointer");
      return false;
    }
  }
  constexpr std::size_t kMost = 32;
  const std::size_t count = call.arguments.size();
  std::array<ffi_type *, kMost> types{};
  std::array<std::uint64_t, kMost> bits{};
  std::array<std::uint64_t, kMost> outs{};
  std::array<void *, kMost> pointers{};
  for (std::size_t i = 0; i < count; ++i) {
    const Argument &argument = call.arguments[i];
    const contract::Parameter &parameter = call.signature.parameters[i];
    types[i] = parameter.out ? &ffi_type_pointer : ffi_type_of(parameter.type);
    pointers[i] = &bits[i];
    switch (argument.kind) {
      case Argument::Kind::Number:
        bits[i] = static_cast<std::uint64_t>(argument.number);
        break;
      case Argument::Kind::Real:
        if (parameter.type == Type::Float) {
          const auto narrow = static_cast<float>(argument.real);
          std::memcpy(&bits[i], &narrow, sizeof narrow);
        } else {
          std::memcpy(&bits[i], &argument.real, sizeof argument.real);
        }
        break;
      case Argument::Kind::Text:
        bits[i] = as_bits(argument.text.c_str());
        break;
      case Argument::Kind::Null:
        break;
      case Argument::Kind::Use:
      case Argument::Kind::Destroy:
        bits[i] = values.all[static_cast<std::size_t>(argument.index)].bits;
        break;
      case Argument::Kind::Buffer:
      case Argument::Kind::Give:
        bits[i] = as_bits(allocated(argument));
        break;
      case Argument::Kind::Out:
        bits[i] = as_bits(&outs[i]);
        break;
      case Argument::Kind::Callback:
        bits[i] = as_bits(address_of_callback(contract_, argument.index));
        break;
      case Argument::Kind::Table:
        bits[i] = as_bits(tables_[static_cast<std::size_t>(argument.index)].data());
        break;
    }
  }
  ffi_cif interface;
  if (::ffi_prep_cif(&interface, FFI_DEFAULT_ABI, static_cast<unsigned>(count), ffi_type_of(call.signature.result),
                     types.data()) != FFI_OK) {
    broken(call.line, "`" + call.function + "` cannot be called with this signature");
    return false;
  }
  std::uint64_t result = 0;
  ++call_count;
  // SAFETY: the contract says what the function is.
  ::ffi_call(&interface, reinterpret_cast<void (*)()>(function), &result, pointers.data());

  for (std::size_t i = 0; i < count; ++i) {
    const Argument &argument = call.arguments[i];
    if (argument.kind == Argument::Kind::Buffer) release_as_allocated(argument, as_pointer(bits[i]));
    if (argument.kind == Argument::Kind::Destroy) values.all[static_cast<std::size_t>(argument.index)] = {};
  }
  bool good = take(call, call.outcome, call.signature.result, result, found.release, values, keeps, later, "returned");
  for (std::size_t i = 0; i < count; ++i)
    if (call.arguments[i].kind == Argument::Kind::Out)
      good = take(call, call.arguments[i].outcome, call.signature.parameters[i].type, outs[i],
                  found.releases_of_arguments[i], values, keeps, later, "left") &&
             good;
  return good;
}

bool Caller::make_on_threads(std::size_t index, Values &values, std::vector<Later> *later) {
  const Call &call = contract_.calls[index];
  if (call.threads == 1 && !call.own_thread) {
    bool good = true;
    for (std::uint32_t i = 0; i < call.repeat && good; ++i) good = make(index, values, true, later);
    return good;
  }
  std::vector<std::thread> threads;
  std::counting_semaphore<> start(0);
  std::atomic<bool> good{true};
  const bool alone = call.threads == 1 && call.repeat == 1;
  for (std::uint32_t i = 0; i < call.threads; ++i)
    threads.push_back(start_thread([&] {
      start.acquire();
      if (alone) {
        good = make(index, values, true, later);
        return;
      }
      Values own = values;
      for (std::uint32_t round = 0; round < call.repeat && good; ++round)
        if (!make(index, own, false, nullptr)) good = false;
    }));
  start.release(static_cast<std::ptrdiff_t>(call.threads));
  for (std::thread &thread : threads) thread.join();
  return good;
}

bool Caller::go_through(bool tells, std::vector<Later> *later, Threads threads) {
  Values values;
  values.all.resize(contract_.values.size());
  for (std::size_t i = 0; i < variables_.size(); ++i)
    values.all[static_cast<std::size_t>(contract_.variables[i].value)] = {as_bits(variables_[i]), true};
  bool good = true;
  for (std::size_t i = 0; i < contract_.calls.size() && good; ++i) {
    if (tells)
      tell(kDoing, "calling `" + contract_.calls[i].function + "` (line " + std::to_string(contract_.calls[i].line) +
                       " of the contract)");
    good = threads == Threads::Own ? make(i, values, true, later) : make_on_threads(i, values, later);
  }
  if (tells) tell(kDoing, "releasing what the calls of the contract have kept");
  for (std::size_t i = values.all.size(); i-- > 0;) {
    const Values::One &value = values.all[i];
    if (!value.alive || value.outcome == nullptr || value.outcome->release == Release::None || value.bits == 0)
      continue;
    if (later != nullptr)
      later->push_back({as_pointer(value.bits), value.outcome, value.release});
    else
      release_block(value.outcome->release, value.outcome->slot, value.release, as_pointer(value.bits));
  }
  return good;
}

bool Caller::run() {
  bool all_good = true;
  if (contract_.threads == 1) {
    for (std::uint32_t round = 0; round < contract_.repeat && all_good; ++round)
      all_good = go_through(round == 0, nullptr);
    return all_good;
  }
  tell(kDoing, "calling the functions of the contract from " + std::to_string(contract_.threads) + " threads");
  std::vector<std::thread> threads;
  std::counting_semaphore<> start(0);
  std::atomic<bool> good{true};
  for (std::uint32_t i = 0; i < contract_.threads; ++i)
    threads.push_back(start_thread([&] {
      start.acquire();
      for (std::uint32_t round = 0; round < contract_.repeat && good; ++round)
        if (!go_through(false, nullptr)) good = false;
    }));
  start.release(static_cast<std::ptrdiff_t>(contract_.threads));
  for (std::thread &thread : threads) thread.join();
  return good;
}

bool Caller::run_quietly(std::vector<Later> *later) {
  quiet_ = true;
  const bool good = go_through(false, later);
  quiet_ = false;
  return good;
}

void Caller::run_on_one_thread() {
  quiet_ = true;
  go_through(false, nullptr, Threads::Own);
  quiet_ = false;
}

void Caller::release_all(const std::vector<Later> &later) {
  for (const Later &one : later) release_block(one.outcome->release, one.outcome->slot, one.release, one.block);
}

}  // namespace crossheap::drill
