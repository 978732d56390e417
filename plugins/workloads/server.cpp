// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A small HTTP server on Boost.Beast, with its load in another process, so that memory and allocator of the client do
// not count. Each request parses a query, builds a table of strings and answers with them as JSON. The client keeps its
// connections open and checks each answer; it measures the latencies.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include "workloads/http_client.h"
#include "workloads/workload.h"

extern char **environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace crossheap::workload {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

// What the server answers to "/table?rows=N&key=K": both sides compute it.
std::string answer_to(std::uint64_t rows, std::uint64_t key) {
  std::map<std::string, std::string> table;
  for (std::uint64_t row = 0; row < rows; ++row)
    table.emplace("column-" + std::to_string((row * 7919 + key) % 100'003),
                  "value " + std::to_string(key * 31 + row) + std::string((key + row) % 48, '.'));
  std::string text = "{";
  for (const auto &[name, value] : table) {
    if (text.size() > 1) text += ", ";
    text.append("\"").append(name).append("\": \"").append(value).append("\"");
  }
  return text + "}";
}

std::uint64_t number_behind(const std::string &target, const std::string &word) {
  const std::size_t at = target.find(word);
  return at == std::string::npos ? 0 : std::strtoull(target.c_str() + at + word.size(), nullptr, 10);
}

class Session : public std::enable_shared_from_this<Session> {
public:
  explicit Session(Tcp::socket socket) : stream_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->answer();
    });
  }

private:
  void answer() {
    const std::string target(request_.target());
    response_ = std::make_unique<http::response<http::string_body>>(http::status::ok, request_.version());
    response_->set(http::field::server, "crossheap's workload");
    response_->set(http::field::content_type, "application/json");
    response_->keep_alive(request_.keep_alive());
    response_->body() = answer_to(number_behind(target, "rows="), number_behind(target, "key="));
    response_->prepare_payload();
    http::async_write(stream_, *response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error && self->response_->keep_alive()) self->read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::unique_ptr<http::response<http::string_body>> response_;
};

void accept(Tcp::acceptor &acceptor, asio::io_context &context) {
  acceptor.async_accept(asio::make_strand(context), [&](beast::error_code error, Tcp::socket socket) {
    if (error) return;
    socket.set_option(Tcp::no_delay(true));
    std::make_shared<Session>(std::move(socket))->read();
    accept(acceptor, context);
  });
}

// The build without an allocator of its own, if it stands beside ours: the load's allocator is not to be measured.
std::string client_program(const Setup &setup) {
  const std::filesystem::path plain = std::filesystem::path(setup.program).parent_path() / "system";
  return std::filesystem::exists(plain) ? plain.string() : setup.program;
}

struct Load {
  double requests = 0;
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
  double seconds = 0;
};

Load run_client(const Setup &setup, unsigned short port, std::uint64_t requests) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), 0) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, pipe[0]);
  std::vector<std::string> words{client_program(setup),    "--http-client",
                                 std::to_string(port),     std::to_string(setup.live_or(16)),
                                 std::to_string(requests), std::to_string(setup.seed)};
  std::vector<char *> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string &word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<char *> environment;
  for (char **entry = environ; *entry != nullptr; ++entry)
    if (std::string_view(*entry).substr(0, 11) != "LD_PRELOAD=") environment.push_back(*entry);
  environment.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (failed != 0) {
    ::close(pipe[0]);
    throw std::system_error(failed, std::generic_category(), words[0]);
  }
  std::string said;
  std::array<char, 512> part{};
  for (ssize_t got = 0; (got = ::read(pipe[0], part.data(), part.size())) != 0;) {
    if (got < 0 && errno != EINTR) break;
    if (got > 0) said.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw Nonsense("the load was not answered as it must be");
  Load load;
  if (std::sscanf(said.c_str(), "%lf %lf %lf %lf %lf", &load.requests, &load.p50, &load.p99, &load.p999,
                  &load.seconds) != 5)
    throw std::runtime_error("the load did not say how it went: " + said);
  return load;
}

Result http_server(const Setup &setup) {
  const std::uint64_t requests = setup.scaled(20'000);
  asio::io_context context(static_cast<int>(setup.threads_or(2)));
  Tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  accept(acceptor, context);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < setup.threads_or(2); ++i) threads.emplace_back([&] { context.run(); });
  const auto stop = [&] {
    context.stop();
    for (std::thread &one : threads) one.join();
  };
  Load load;
  try {
    load = run_client(setup, acceptor.local_endpoint().port(), requests);
  } catch (...) {
    stop();
    throw;
  }
  const double held = static_cast<double>(resident_kib()) / 1024;
  stop();
  if (static_cast<std::uint64_t>(load.requests) != requests) throw Nonsense("requests were not answered");
  return {.operations = requests,
          .checked = requests,
          .figures = {{"requests_a_second", load.requests / load.seconds},
                      {"p50_us", load.p50},
                      {"p99_us", load.p99},
                      {"p999_us", load.p999},
                      {"resident_mib", held}},
          .seconds = load.seconds};
}

constexpr std::array kWorkloads{
    Workload{"http-server", "a small HTTP server (Boost.Beast), loaded by another process", http_server},
};

}  // namespace

int http_client(int count, char **words) {
  if (count != 6) return 2;
  const auto port = static_cast<unsigned short>(std::strtoul(words[2], nullptr, 10));
  const auto connections = static_cast<unsigned>(std::strtoul(words[3], nullptr, 10));
  const std::uint64_t requests = std::strtoull(words[4], nullptr, 10);
  const std::uint64_t seed = std::strtoull(words[5], nullptr, 10);
  std::vector<std::vector<double>> latencies(connections);
  const auto start = std::chrono::steady_clock::now();
  on_threads(connections, [&](unsigned index) {
    asio::io_context context;
    beast::tcp_stream stream(context);
    stream.connect(Tcp::endpoint(asio::ip::address_v4::loopback(), port));
    stream.socket().set_option(Tcp::no_delay(true));
    beast::flat_buffer buffer;
    Random random(seed * 23 + index);
    const std::uint64_t share = requests / connections + (index < requests % connections ? 1 : 0);
    for (std::uint64_t i = 0; i < share; ++i) {
      // Most answers are small, some are not.
      const std::uint64_t rows = random.below(20) == 0 ? 200 + random.below(400) : 4 + random.below(40);
      const std::uint64_t key = random.below(100'000);
      const std::string expected = answer_to(rows, key);
      http::request<http::empty_body> request(
          http::verb::get, "/table?rows=" + std::to_string(rows) + "&key=" + std::to_string(key), 11);
      request.set(http::field::host, "localhost");
      const auto asked = std::chrono::steady_clock::now();
      http::write(stream, request);
      http::response<http::string_body> response;
      http::read(stream, buffer, response);
      latencies[index].push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - asked).count());
      if (response.body() != expected) throw Nonsense("the server answered with something else");
    }
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::vector<double> all;
  for (const std::vector<double> &some : latencies) all.insert(all.end(), some.begin(), some.end());
  if (all.empty()) return 2;
  std::sort(all.begin(), all.end());
  const auto at = [&](double part) {
    return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))];
  };
  std::printf("%zu %.3f %.3f %.3f %.6f\n", all.size(), at(0.5), at(0.99), at(0.999), seconds);
  return 0;
}

std::span<const Workload> server_workloads() { return kWorkloads; }

}  // namespace crossheap::workload
