// SPDX-License-Identifier: MIT OR Apache-2.0
//
// THE table of report formats. A new one is its file (a function of a Document) and its row in format.cpp: the command
// line, its help and the choice by a file's name read the table.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "report/document.h"

namespace crossheap::report {

struct Format {
  std::string_view name;       ///< as --format takes it
  std::string_view extension;  ///< of the files that are in it unless the user says otherwise: ".json"
  std::string_view about;
  void (*write)(std::ostream &to, const Document &document);
};

/// All formats; the first is the one for people.
std::span<const Format> formats() noexcept;

/// The two that verbs with very long results write as they go, from what they have at hand.
const Format &text_format() noexcept;
const Format &json_format() noexcept;
/// Its page takes facts that a verb with very long results makes only when somebody asks for the page.
const Format &html_format() noexcept;

/// Null where there is none of that name.
const Format *find_format(std::string_view name) noexcept;

/// The format that the file's extension stands for; null where it stands for none.
const Format *format_of_file(std::string_view file) noexcept;

/// "text, json, markdown, sarif, junit or html".
std::string format_names();

// The functions of the rows.
void write_markdown(std::ostream &to, const Document &document);
void write_sarif(std::ostream &to, const Document &document);
void write_junit(std::ostream &to, const Document &document);
void write_html(std::ostream &to, const Document &document);

}  // namespace crossheap::report
