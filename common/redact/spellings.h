// How other programs write a value where it may not stand as it is: in JSON, in XML and HTML, as a
// word of a shell, in source code and in what a test framework prints of a string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redact {

// Each without the quotes around it; some may be equal. Bytes that are not UTF-8 are spelt as these
// programs do that meet them. Where one of XML ends in a reference, it is there without the last
// semicolon too: a text that was cut may end so.
std::vector<std::string> json_spellings(std::string_view value);
std::vector<std::string> xml_spellings(std::string_view value);
std::vector<std::string> shell_spellings(std::string_view value);
std::vector<std::string> code_spellings(std::string_view value);

}  // namespace redact
