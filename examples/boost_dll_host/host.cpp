// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opens a plugin with Boost.DLL, takes a block from it and releases that where it is safe:
// host [--deepbind] PLUGIN
#include <crossheap/plugin.h>

#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <exception>
#include <iostream>
#include <string_view>

int main(int count, char **arguments) {
  const bool deepbind = count > 1 && std::string_view(arguments[1]) == "--deepbind";
  if (count != (deepbind ? 3 : 2)) {
    std::cerr << "usage: host [--deepbind] PLUGIN\n";
    return 2;
  }
  try {
    const auto mode = deepbind ? boost::dll::load_mode::rtld_deepbind : boost::dll::load_mode::default_mode;
    boost::dll::shared_library library(arguments[count - 1], mode | boost::dll::load_mode::rtld_now);
    const auto &plugin = library.get<const struct crossheap_plugin>(CROSSHEAP_PLUGIN_SYMBOL);
    if (plugin.abi_version != CROSSHEAP_PLUGIN_ABI_VERSION) {
      std::cerr << library.location() << " follows another version of the plugin contract\n";
      return 1;
    }

    constexpr std::size_t kSize = 1000;
    constexpr std::size_t kAlign = 64;
    void *block = plugin.party.allocate(kSize, kAlign);
    if (block == nullptr) return 1;
    std::memset(block, 1, kSize);
    if (crossheap_same_heap(crossheap_provider(), plugin.party.provider())) {
      std::cout << "one heap: the host releases the block\n";
      crossheap_deallocate(block, kSize, kAlign);
    } else {
      std::cout << "two heaps: the block goes back to " << plugin.party.name << "\n";
      plugin.party.release(block, kSize, kAlign);
    }
  } catch (const std::exception &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
