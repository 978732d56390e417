// SPDX-License-Identifier: MIT OR Apache-2.0
#include "sandbox/servers.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace crossheap::sandbox {

namespace {

/// How long a server may take to start, or to fork; then the program is executed for each run, as any other.
constexpr int kAnswerMilliseconds = 10'000;

bool send(int socket, const void *bytes, std::size_t size, std::span<const int> descriptors) {
  // SAFETY: sendmsg only reads.
  iovec text{const_cast<void *>(bytes), size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kRunDescriptors * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent = 0;
  while ((sent = ::sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return sent == static_cast<ssize_t>(size);
}

}  // namespace

Server::Server(std::string what, pid_t process, OwnedFd socket)
    : what_(std::move(what)), process_(process), socket_(std::move(socket)) {}

Server::~Server() {
  // It ends by itself once the socket is closed; but it need not be waited for longer than for a signal.
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

std::optional<OwnedFd> Server::receive(void *to, std::size_t size) {
  pollfd waiting{socket_.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, kAnswerMilliseconds)) < 0 && errno == EINTR) {
  }
  if (ready != 1) return std::nullopt;
  iovec text{to, size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != static_cast<ssize_t>(size))
    return std::nullopt;
  int descriptor = -1;
  if (const cmsghdr *header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_RIGHTS)
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return OwnedFd(descriptor);
}

bool Server::begin(std::span<const sock_filter> filter) {
  Ready ready{ENOTSUP};
  if (!receive(&ready, sizeof ready) || ready.errno_value != 0 || filter.size() > Filter::kLimit) return false;
  // No message is empty; a single byte is no instruction.
  const char none = 0;
  return filter.empty() ? send(socket_.get(), &none, 1, {})
                        : send(socket_.get(), filter.data(), filter.size_bytes(), {});
}

std::optional<Server::Forked> Server::fork(const ServedRun &run, std::span<const int> descriptors) {
  Served served{-1};
  if (!send(socket_.get(), &run, sizeof run, descriptors)) return std::nullopt;
  std::optional<OwnedFd> pidfd = receive(&served, sizeof served);
  if (!pidfd || served.process <= 0) return std::nullopt;
  return Forked{static_cast<pid_t>(served.process), std::move(*pidfd)};
}

Server *Servers::find(std::string_view what) {
  const auto found =
      std::find_if(servers_.begin(), servers_.end(), [&](const auto &one) { return one->what() == what; });
  if (found == servers_.end()) return nullptr;
  servers_.splice(servers_.begin(), servers_, found);
  return servers_.front().get();
}

Server *Servers::add(std::unique_ptr<Server> server) {
  servers_.push_front(std::move(server));
  if (servers_.size() > kAtMost) servers_.pop_back();
  return servers_.front().get();
}

bool Servers::is_unable(std::string_view what) const {
  return std::find(unable_.begin(), unable_.end(), what) != unable_.end();
}

void Servers::remove(const Server *server) {
  servers_.remove_if([&](const auto &one) { return one.get() == server; });
}

}  // namespace crossheap::sandbox
