// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The supervisor's side of serve.h: starts servers as they are wanted, keeps the latest few, and asks them for runs.
#pragma once

#include <sys/types.h>

#include <list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/owned_fd.h"
#include "sandbox/sandbox.h"
#include "sandbox/serve.h"

namespace crossheap::sandbox {

/// A program that waits to be forked. Its end ends it: the socket is closed, and the process is waited for.
class Server {
public:
  /// \param process  our child, which was started with kServe and has the other end of `socket`
  Server(std::string what, pid_t process, OwnedFd socket);
  ~Server();
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  /// The program and environment it was started with.
  const std::string &what() const noexcept { return what_; }

  /// Waits until it is ready, and hands it the filter. \return whether it can serve
  bool begin(std::span<const sock_filter> filter);

  struct Forked {
    pid_t process;
    OwnedFd pidfd;
  };
  /// Waits for the server, which does nothing but fork. \param descriptors  in the order of RunDescriptor
  /// \return the run's process, which is our child; nullopt where the server cannot, and is of no more use
  std::optional<Forked> fork(const ServedRun &run, std::span<const int> descriptors);

private:
  /// One message. \return its descriptor (none: empty), or nullopt where none came in time.
  std::optional<OwnedFd> receive(void *to, std::size_t size);

  std::string what_;
  pid_t process_;
  OwnedFd socket_;
};

/// The servers that were used last.
class Servers {
public:
  static constexpr std::size_t kAtMost = 8;

  /// Null where there is none.
  Server *find(std::string_view what);
  /// One that cannot serve is remembered too, so that it is not tried for each run.
  Server *add(std::unique_ptr<Server> server);
  void cannot_serve(std::string what) { unable_.push_back(std::move(what)); }
  bool is_unable(std::string_view what) const;
  void remove(const Server *server);
  void clear() { servers_.clear(); }

private:
  std::list<std::unique_ptr<Server>> servers_;  // the latest first
  std::vector<std::string> unable_;
};

}  // namespace crossheap::sandbox
