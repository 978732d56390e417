// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a run of a drill shows of the plugin: which hazard a thing that it told stands for, or the way it ended.
#pragma once

#include "drill/drill.h"
#include "drill/facts.h"
#include "drill/ran.h"
#include "trace/symbolizer.h"

namespace crossheap::drill {

/// Of a run that came to its end: what it saw on the way.
void judge_what_was_seen(const Ran &ran, const Subject &subject, Result &result);

/// Of a run in which the loader refused to open a file.
void judge_refusal(const Ran &ran, const Subject &subject, Result &result);

/// Of a run that came to a bad end. Which hazard that is depends on what it was doing.
void judge_bad_end(const Ran &ran, const Subject &subject, const Facts &facts, trace::Symbolizer &symbolizer,
                   Result &result);

}  // namespace crossheap::drill
