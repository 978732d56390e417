// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a contract may say of a plugin, one function for each.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define EXPORTED extern "C" __attribute__((visibility("default")))

/// The host frees it.
EXPORTED char *greet(const char *name) {
  char *text = nullptr;
  if (asprintf(&text, "hello %s", name) < 0) return nullptr;
  return text;
}
EXPORTED char *greet_plainly(const char *name) {
  char *text = static_cast<char *>(std::malloc(std::strlen(name) + 1));
  if (text != nullptr) std::strcpy(text, name);
  return text;
}

EXPORTED const char *version() { return "1.0"; }

/// In the host's buffer.
EXPORTED int fill(char *buffer, std::size_t size) { return std::snprintf(buffer, size, "filled"); }

/// In an out-parameter; the host frees it.
EXPORTED int find(const char *key, char **value, int *length) {
  *value = greet(key);
  *length = static_cast<int>(std::strlen(*value));
  return 0;
}

/// A handle.
struct greeter {
  char *name;
};
EXPORTED greeter *greeter_open(const char *name) {
  auto *made = static_cast<greeter *>(std::malloc(sizeof(greeter)));
  if (made != nullptr) made->name = greet_plainly(name);
  return made;
}
EXPORTED std::size_t greeter_length(greeter *one) { return std::strlen(one->name); }
EXPORTED void greeter_close(greeter *one) {
  std::free(one->name);
  std::free(one);
}

/// By a structure of functions.
struct greeter_api {
  std::uint32_t size;
  std::uint32_t version;
  greeter *(*open)(const char *name);
  std::size_t (*length)(greeter *one);
  void (*close)(greeter *one);
};
static const greeter_api kApi = {sizeof kApi, 1, greeter_open, greeter_length, greeter_close};
EXPORTED const greeter_api *greeter_entry() { return &kApi; }
EXPORTED const greeter_api greeter_variable;
const greeter_api greeter_variable = {sizeof kApi, 2, greeter_open, greeter_length, greeter_close};

/// Callbacks: one takes a block over, one gives one.
EXPORTED int each_line(void (*line)(void *context, char *text), void *context) {
  for (int i = 0; i < 3; ++i) line(context, greet("line"));
  return 3;
}
EXPORTED std::size_t ask_host(char *(*question)(int number)) {
  char *answer = question(42);
  const std::size_t length = std::strlen(answer);
  std::free(answer);
  return length;
}

/// The plugin takes the block over.
EXPORTED void take(char *block) { std::free(block); }

/// The host's functions, by a table.
struct host_api {
  std::uint32_t size;
  void *(*allocate)(std::size_t size);
  void (*release)(void *block);
  const char *name;
};
static const host_api *host = nullptr;
EXPORTED int set_host(const host_api *api) {
  host = api;
  return api->size == 32 && std::strcmp(api->name, "stand-in") == 0 ? 0 : -1;
}
EXPORTED void *make_with_host() { return host->allocate(100); }
EXPORTED void use_host() { host->release(host->allocate(10)); }

/// An object with a virtual destructor.
struct Shape {
  virtual ~Shape() = default;
  virtual int corners() { return 0; }
};
struct Square final : Shape {
  int corners() override { return 4; }
};
EXPORTED Shape *make_shape() { return new Square; }
EXPORTED int *make_number() { return new int(5); }
EXPORTED int *make_numbers() { return new int[5]{}; }
EXPORTED double half(double of, float less) { return of / 2 - static_cast<double>(less); }
EXPORTED int answer_status() { return 3; }
