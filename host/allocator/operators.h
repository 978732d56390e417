// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What libstdc++'s form of an operator calls: another form, or a function of libc. Whoever replaces one form replaces
// by that what others end in: a program's own `operator new(size_t)` serves `new T[n]`, too.
//
// Source: libstdc++-v3/libsupc++, new_op*.cc and del_op*.cc.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace crossheap {

struct OperatorForward {
  std::string_view name;
  std::string_view calls;
};

inline constexpr OperatorForward kOperatorForwards[] = {
    {"_Znwm", "malloc"},
    {"_ZnwmRKSt9nothrow_t", "_Znwm"},
    {"_Znam", "_Znwm"},
    {"_ZnamRKSt9nothrow_t", "_Znam"},
    {"_ZnwmSt11align_val_t", "aligned_alloc"},
    {"_ZnwmSt11align_val_tRKSt9nothrow_t", "_ZnwmSt11align_val_t"},
    {"_ZnamSt11align_val_t", "_ZnwmSt11align_val_t"},
    {"_ZnamSt11align_val_tRKSt9nothrow_t", "_ZnamSt11align_val_t"},
    {"_ZdlPv", "free"},
    {"_ZdlPvm", "_ZdlPv"},
    {"_ZdlPvRKSt9nothrow_t", "_ZdlPv"},
    {"_ZdaPv", "_ZdlPv"},
    {"_ZdaPvm", "_ZdaPv"},
    {"_ZdaPvRKSt9nothrow_t", "_ZdaPv"},
    {"_ZdlPvSt11align_val_t", "free"},
    {"_ZdlPvmSt11align_val_t", "_ZdlPvSt11align_val_t"},
    {"_ZdlPvSt11align_val_tRKSt9nothrow_t", "_ZdlPvSt11align_val_t"},
    {"_ZdaPvSt11align_val_t", "_ZdlPvSt11align_val_t"},
    {"_ZdaPvmSt11align_val_t", "_ZdaPvSt11align_val_t"},
    {"_ZdaPvSt11align_val_tRKSt9nothrow_t", "_ZdaPvSt11align_val_t"},
};

/// What the form calls; "" for a name that is no form of an operator.
constexpr std::string_view operator_calls(std::string_view name) {
  const auto *const found = std::find_if(std::begin(kOperatorForwards), std::end(kOperatorForwards),
                                         [name](const OperatorForward &forward) { return forward.name == name; });
  return found == std::end(kOperatorForwards) ? std::string_view() : found->calls;
}

}  // namespace crossheap
