// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as results, merged with themselves, summarised and written again; and read as a saved result
// of any verb and written in every format.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "base/error.h"
#include "matrix/merge.h"
#include "matrix/summary.h"
#include "report/format.h"
#include "report/matrix_report.h"
#include "report/saved_result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  using namespace crossheap;
  // SAFETY: any byte is a char.
  const std::string text(reinterpret_cast<const char *>(bytes), size);
  try {
    std::istringstream first(text);
    std::istringstream second(text);
    const matrix::Results results = matrix::merge(
        {{"one", report::read_matrix_json(first, "one")}, {"two", report::read_matrix_json(second, "two")}});
    std::ostringstream out;
    report::write_matrix_json(out, results, matrix::summarise(results));
  } catch (const Error &) {
  }
  try {
    std::istringstream saved(text);
    const report::SavedResult result = report::read_saved_result(saved, "saved");
    if (const auto *const document = std::get_if<report::Document>(&result))
      for (const report::Format &format : report::formats()) {
        std::ostringstream out;
        format.write(out, *document);
      }
  } catch (const Error &) {
  }
  return 0;
}
