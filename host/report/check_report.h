// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap check` says: the table of verdicts first, then what shows them.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.h"
#include "report/document.h"

namespace crossheap::report {

/// One sentence for the whole table.
std::string verdict_sentence(const check::Check &check);

std::string check_text(const check::Check &check);
std::string check_json(const check::Check &check);

/// The inverse of check_json. Throws Error (Blame::Usage) about `object` where it is no saved check.
check::Check read_check_json(std::istream &in, std::string_view object);
/// The same of JSON that was read already; throws nlohmann's exception too, where a member is missing or has another
/// type.
check::Check check_from_json(const nlohmann::ordered_json &json, std::string_view object);

/// All of it. What went wrong without a hazard of the catalogue (a crash, a refusal) is a problem.
Document document_of(const check::Check &check);

/// The profiles as `--list-profiles` shows them: what each is, where it comes from, whether its host is here.
std::string profiles_text(const std::vector<profile::Profile> &profiles);
std::string profiles_json(const std::vector<profile::Profile> &profiles);

}  // namespace crossheap::report
