// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the host of the drills tells its supervisor: a word and what belongs to it, as a record of its own
// (run_record.h). host/drill/drill.cpp reads them.
#pragma once

#include <string>
#include <string_view>

#include "runner/channel.h"

namespace crossheap::drill {

// The words.
inline constexpr std::string_view kDoing = "doing";         ///< what is done from now on, for people
inline constexpr std::string_view kOpened = "opened";       ///< the plugin
inline constexpr std::string_view kRefused = "refused";     ///< by the loader, in its words
inline constexpr std::string_view kAccount = "account";     ///< round|bytes of blocks|threads|mapped bytes|mappings
inline constexpr std::string_view kResident = "resident";   ///< closing does not unload the plugin
inline constexpr std::string_view kFault = "fault";         ///< signal|address of the code|object|offset|caller|offset
inline constexpr std::string_view kBroken = "broken";       ///< line|why a call of the contract could not be made
inline constexpr std::string_view kForeign = "foreign";     ///< function|whether the block is from before the handshake
inline constexpr std::string_view kChild = "child";         ///< how a process that was forked ended, where not well
inline constexpr std::string_view kCalls = "calls";         ///< how many functions were called
inline constexpr std::string_view kNotTried = "not tried";  ///< why
inline constexpr std::string_view kDone = "done";           ///< everything

/// What is being done while it is opened once more as the first of another link namespace.
inline constexpr std::string_view kOpeningInAnother = "opening the plugin once more, in another link namespace";

/// The exit status of the host where somebody has closed the descriptor by which it tells.
inline constexpr int kCannotTell = 86;
inline constexpr int kResultFd = 3;  // sandbox::kResultFd; this program includes no layer of the supervisor

inline void tell(std::string_view word, std::string_view what = {}) {
  std::string text(word);
  text += '|';
  text += what;
  runner::report(event::RunStep::Told, text);
}

}  // namespace crossheap::drill
