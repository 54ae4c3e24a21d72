// report.html: the whole run in one file that needs no network and no other file. Its own script
// and style are the only ones that a browser takes from it; what tests said enters as text.
#pragma once

#include <cstddef>
#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// Of output, failures and conversations. Red tests come first; the page says where it leaves some
// out.
inline constexpr std::size_t kHtmlDetailBytesMax = 32 * 1024 * 1024;

std::string html_page(const RunResults& results, const Verdict& verdict,
                      std::size_t detail_bytes_max);

// With kHtmlDetailBytesMax.
std::string report_html(const RunResults& results, const Verdict& verdict);

}  // namespace harness
