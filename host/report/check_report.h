// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap check` says: the table of verdicts first, then what shows them.
#pragma once

#include <string>
#include <vector>

#include "check/check.h"
#include "report/document.h"

namespace crossheap::report {

/// One sentence for the whole table.
std::string verdict_sentence(const check::Check &check);

std::string check_text(const check::Check &check);
std::string check_json(const check::Check &check);

/// All of it. What went wrong without a hazard of the catalogue (a crash, a refusal) is a problem.
Document document_of(const check::Check &check);

/// The profiles as `--list-profiles` shows them: what each is, where it comes from, whether its host is here.
std::string profiles_text(const std::vector<profile::Profile> &profiles);
std::string profiles_json(const std::vector<profile::Profile> &profiles);

}  // namespace crossheap::report
