// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The load modes: every way in which crossheap brings a plugin into a process, in one table. The experiment plays them,
// `bind` predicts them, the runners carry them out. Written so that C reads it too, because the runner for musl is C.
//
// Lazy binding can only differ from immediate binding where the scopes change between dlopen and the first call.
// Opening the plugin changes them only by RTLD_GLOBAL, which adds the plugin to the global scope after it was
// relocated. So there is a lazy form of the two global modes and of no other.
#ifndef CROSSHEAP_BASE_LOAD_MODES_H
#define CROSSHEAP_BASE_LOAD_MODES_H

/// What a mode asks of the loader: RTLD_LOCAL and RTLD_NOW unless one of these says otherwise.
enum {
  CROSSHEAP_LOAD_GLOBAL = 1,         ///< RTLD_GLOBAL
  CROSSHEAP_LOAD_DEEPBIND = 2,       ///< RTLD_DEEPBIND
  CROSSHEAP_LOAD_LAZY = 4,           ///< RTLD_LAZY
  CROSSHEAP_LOAD_NEW_NAMESPACE = 8,  ///< dlmopen with LM_ID_NEWLM
  CROSSHEAP_LOAD_PRELOAD = 16,       ///< LD_PRELOAD, no call of dlopen at all
};

/// ROW(name as typed, its letter in tables, flags, the call in words), in the order in which they are shown.
#define CROSSHEAP_LOAD_MODES(ROW)                                                                                     \
  ROW("local", 'L', 0, "dlopen, RTLD_LOCAL")                                                                          \
  ROW("global", 'G', CROSSHEAP_LOAD_GLOBAL, "dlopen, RTLD_GLOBAL")                                                    \
  ROW("global-lazy", 'g', CROSSHEAP_LOAD_GLOBAL | CROSSHEAP_LOAD_LAZY, "dlopen, RTLD_LAZY | RTLD_GLOBAL")             \
  ROW("deepbind", 'D', CROSSHEAP_LOAD_DEEPBIND, "dlopen, RTLD_LOCAL | RTLD_DEEPBIND")                                 \
  ROW("global+deepbind", 'B', CROSSHEAP_LOAD_GLOBAL | CROSSHEAP_LOAD_DEEPBIND, "dlopen, RTLD_GLOBAL | RTLD_DEEPBIND") \
  ROW("global+deepbind-lazy", 'b', CROSSHEAP_LOAD_GLOBAL | CROSSHEAP_LOAD_DEEPBIND | CROSSHEAP_LOAD_LAZY,             \
      "dlopen, RTLD_LAZY | RTLD_GLOBAL | RTLD_DEEPBIND (as PHP does)")                                                \
  ROW("namespace", 'N', CROSSHEAP_LOAD_NEW_NAMESPACE, "dlmopen, LM_ID_NEWLM")                                         \
  ROW("preload", 'P', CROSSHEAP_LOAD_PRELOAD, "LD_PRELOAD")

#ifdef __cplusplus
#include <array>
#include <string_view>

namespace crossheap {

struct LoadMode {
  std::string_view name;  ///< as typed
  char letter;            ///< in tables
  unsigned flags;         ///< CROSSHEAP_LOAD_*
  std::string_view call;  ///< for people

  constexpr bool global() const noexcept { return (flags & CROSSHEAP_LOAD_GLOBAL) != 0; }
  constexpr bool deepbind() const noexcept { return (flags & CROSSHEAP_LOAD_DEEPBIND) != 0; }
  constexpr bool lazy() const noexcept { return (flags & CROSSHEAP_LOAD_LAZY) != 0; }
  constexpr bool new_namespace() const noexcept { return (flags & CROSSHEAP_LOAD_NEW_NAMESPACE) != 0; }
  constexpr bool preload() const noexcept { return (flags & CROSSHEAP_LOAD_PRELOAD) != 0; }
};

#define CROSSHEAP_LOAD_MODE_ROW(name, letter, flags, call) LoadMode{name, letter, flags, call},
inline constexpr std::array kLoadModes{CROSSHEAP_LOAD_MODES(CROSSHEAP_LOAD_MODE_ROW)};
#undef CROSSHEAP_LOAD_MODE_ROW

/// The mode called so, or null.
constexpr const LoadMode *find_load_mode(std::string_view name) noexcept {
  for (const LoadMode &mode : kLoadModes)
    if (mode.name == name) return &mode;
  return nullptr;
}

/// The mode that differs from a lazy one in nothing but immediate binding; null for a mode that is not lazy.
constexpr const LoadMode *immediate_form(const LoadMode &lazy) noexcept {
  for (const LoadMode &mode : kLoadModes)
    if (lazy.lazy() && mode.flags == (lazy.flags & ~unsigned{CROSSHEAP_LOAD_LAZY})) return &mode;
  return nullptr;
}

}  // namespace crossheap
#endif
#endif
