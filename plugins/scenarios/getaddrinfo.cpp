// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A list from getaddrinfo goes back through freeaddrinfo: libc gave it, libc takes it. The address is numeric, so
// no socket is opened.
#include "scenarios/scenario.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace crossheap::scenarios {
namespace {

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo *list = nullptr;
  if (::getaddrinfo("127.0.0.1", "80", &hints, &list) != 0) return 1;
  handover->block = list;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto *list = static_cast<addrinfo *>(handover->block);
  expect(*host, list->ai_family == AF_INET && list->ai_addrlen == sizeof(sockaddr_in),
         "getaddrinfo's entry is not the address asked for");
  ::freeaddrinfo(list);
  return 0;
}

CROSSHEAP_SCENARIO(kGetaddrinfo, kToHost | kInside, CROSSHEAP_STAGING_NONE, 0, 'a', "getaddrinfo",
                   "A list from getaddrinfo goes back through freeaddrinfo.", "libc", "libc", give, take);

}  // namespace
}  // namespace crossheap::scenarios
