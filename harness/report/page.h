// The page that shows a run, without the run: three texts that travel inside the harness.
#pragma once

#include <string_view>

namespace harness {

std::string_view page_html();  // with %STYLE%, %SCRIPT%, their hashes, and %DATA%
std::string_view page_css();
std::string_view page_js();

}  // namespace harness
