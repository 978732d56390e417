// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the observer and those who start it agree upon.
#pragma once

namespace crossheap::observe {

inline constexpr int kObserverFd = 3;        ///< sandbox::kResultFd
inline constexpr int kObserverFailed = 125;  ///< its exit status when nobody reads what it says

/// What to open, a line each: flags, a space, the path. "- /path" has no flags.
inline constexpr char kOpenVariable[] = "CROSSHEAP_OBSERVER_OPEN";
inline constexpr char kNoFlags = '-';
inline constexpr char kGlobal = 'g';
inline constexpr char kDeepbind = 'd';
inline constexpr char kNoLoad = 'l';
inline constexpr char kNewNamespace = 'n';

/// What it says: for what the loader refused a line with the loader's words, for each object that code of the program
/// opened the address of its link map in hexadecimal, then that it holds still.
inline constexpr char kRefused[] = "refused: ";
inline constexpr char kByCode[] = "by code: ";
inline constexpr char kReady[] = "ready\n";

}  // namespace crossheap::observe
