#include "common/redact/spellings.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "common/base/text.h"

namespace redact {
namespace {

// One character of a text: a code point where the bytes are UTF-8, else one byte.
struct Character {
  std::string_view bytes;
  std::uint32_t code = 0;

  [[nodiscard]] bool ascii() const { return code < 0x80 && bytes.size() == 1; }
};

// The first of `text`, which is not empty.
Character first_of(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  const std::size_t length = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
  if (length == 1 || length > text.size() || !base::is_utf8(text.substr(0, length))) {
    return {text.substr(0, 1), byte};
  }
  std::uint32_t code = byte & (0xFFU >> (length + 1));
  for (const char tail : text.substr(1, length - 1)) {
    code = code << 6U | (static_cast<unsigned char>(tail) & 0x3FU);
  }
  return {text.substr(0, length), code};
}

// `value` with each character as `spell(character, text after it)` has it.
template <typename Spell>
std::string spelt(std::string_view value, const Spell& spell) {
  std::string out;
  while (!value.empty()) {
    const Character character = first_of(value);
    value.remove_prefix(character.bytes.size());
    out += spell(character, value);
  }
  return out;
}

// How a number is written: "&#xE9;" is {"&#x", 16, 1, true, ";"}.
struct NumberForm {
  const char* before;
  unsigned base;
  std::size_t digits_min;
  bool upper = false;
  const char* after = "";
};

constexpr NumberForm kHexEscape{"\\x", 16, 2};
constexpr NumberForm kUpperHexEscape{"\\x", 16, 2, true};
constexpr NumberForm kShortHexEscape{"\\x", 16, 1, true};
constexpr NumberForm kOctalEscape{"\\", 8, 3};
constexpr NumberForm kUnitEscape{"\\u", 16, 4};
constexpr NumberForm kLongEscape{"\\U", 16, 8};
constexpr NumberForm kDecimalReference{"&#", 10, 1, false, ";"};
constexpr NumberForm kHexReference{"&#x", 16, 1, false, ";"};
constexpr NumberForm kUpperHexReference{"&#x", 16, 1, true, ";"};

std::string written_as(const NumberForm& form, std::uint32_t number) {
  const char* digits = form.upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string text;
  for (; number > 0 || text.size() < form.digits_min; number /= form.base) {
    text.insert(text.begin(), digits[number % form.base]);
  }
  return form.before + text + form.after;
}

// Each byte on its own: "\xC3\xA9", "\303\251".
std::string bytes_as(const NumberForm& form, std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    out += written_as(form, static_cast<unsigned char>(byte));
  }
  return out;
}

// In UTF-16 units: "\u00e9", "\ud83d\ude00".
std::string in_units(std::uint32_t code) {
  return code < 0x10000 ? written_as(kUnitEscape, code)
                        : written_as(kUnitEscape, 0xD800U + ((code - 0x10000U) >> 10U)) +
                              written_as(kUnitEscape, 0xDC00U + (code & 0x3FFU));
}

// One character that stands for itself, or nullptr where `special` has no word for it.
struct Special {
  char character;
  const char* written;
};

template <std::size_t kSize>
const char* special_of(const std::array<Special, kSize>& specials, const Character& character) {
  for (const Special& special : specials) {
    if (character.ascii() && special.written != nullptr &&
        character.bytes.front() == special.character) {
      return special.written;
    }
  }
  return nullptr;
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr std::array<Special, 3> kSpaces{{{'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}}};

// What a dialect of XML writes for what is special in it.
using XmlDialect = std::array<Special, 8>;

constexpr XmlDialect xml_dialect(const char* more, const char* quote, const char* apostrophe,
                                 const char* line_feed, const char* carriage_return,
                                 const char* tab) {
  return {{{'&', "&amp;"},
           {'<', "&lt;"},
           {'>', more},
           {'"', quote},
           {'\'', apostrophe},
           {'\n', line_feed},
           {'\r', carriage_return},
           {'\t', tab}}};
}

constexpr const char* kAsIs = nullptr;
constexpr std::array kXmlDialects{
    xml_dialect(kAsIs, kAsIs, kAsIs, kAsIs, kAsIs, kAsIs),
    xml_dialect("&gt;", kAsIs, kAsIs, kAsIs, kAsIs, kAsIs),     // a text
    xml_dialect("&gt;", kAsIs, kAsIs, kAsIs, "&#13;", kAsIs),   // the same, of libxml2
    xml_dialect("&gt;", "&quot;", kAsIs, kAsIs, kAsIs, kAsIs),  // an attribute
    xml_dialect("&gt;", "&quot;", kAsIs, "&#10;", "&#13;", "&#09;"),
    xml_dialect("&gt;", "&quot;", kAsIs, "&#10;", "&#13;", "&#9;"),
    xml_dialect("&gt;", "&quot;", "&apos;", kAsIs, kAsIs, kAsIs),  // wherever it will stand
    xml_dialect("&gt;", "&quot;", "&apos;", "&#x0A;", "&#x0D;", "&#x09;"),  // GoogleTest
    xml_dialect("&gt;", "&quot;", "&#x27;", kAsIs, kAsIs, kAsIs),           // Python's html
    xml_dialect("&gt;", "&quot;", "&#39;", kAsIs, kAsIs, kAsIs),
    xml_dialect("&gt;", "&quot;", "&#039;", kAsIs, kAsIs, kAsIs),
    xml_dialect("&gt;", "&#34;", "&#39;", kAsIs, kAsIs, kAsIs),  // Go's html
    xml_dialect("&gt;", "&#34;", "&#39;", "&#xA;", "&#xD;", "&#x9;"),
};

std::string in_xml(std::string_view value, const XmlDialect& dialect, const NumberForm* reference) {
  return spelt(value, [&](const Character& character, std::string_view) {
    if (const char* written = special_of(dialect, character)) {
      return std::string(written);
    }
    return character.ascii() || reference == nullptr ? std::string(character.bytes)
                                                     : written_as(*reference, character.code);
  });
}

// A string of C, Python or a shell's $'...': a backslash before `quotes` and before itself; the
// bytes of other alphabets as `form` has them, or as they are.
std::string in_quotes(std::string_view value, std::string_view quotes, const NumberForm* form) {
  return spelt(value, [&](const Character& character, std::string_view) {
    if (const char* written = special_of(kSpaces, character)) {
      return std::string(written);
    }
    if (character.ascii() &&
        (character.bytes == "\\" || quotes.find(character.bytes) != std::string_view::npos)) {
      return "\\" + std::string(character.bytes);
    }
    const bool escaped = form != nullptr && (!character.ascii() || character.code < 0x20);
    return escaped ? bytes_as(*form, character.bytes) : std::string(character.bytes);
  });
}

// GoogleTest ends the literal after "\xC3" where a digit follows: "\xC3" "a".
std::string as_googletest_prints(std::string_view value) {
  return spelt(value, [](const Character& character, std::string_view rest) {
    if (character.ascii()) {
      return in_quotes(character.bytes, "\"", &kShortHexEscape);
    }
    const bool digit = !rest.empty() && is_hex_digit(rest.front());
    return bytes_as(kShortHexEscape, character.bytes) + (digit ? "\" \"" : "");
  });
}

// Python's ascii(), which pytest makes its parameters' names by.
std::string as_python_escapes(std::string_view value, std::string_view quotes) {
  return spelt(value, [&](const Character& character, std::string_view) {
    if (character.ascii()) {
      return in_quotes(character.bytes, quotes, &kHexEscape);
    }
    const NumberForm& form = character.code < 0x100     ? kHexEscape
                             : character.code < 0x10000 ? kUnitEscape
                                                        : kLongEscape;
    return written_as(form, character.code);
  });
}

// A backslash before everything that `unsafe` has.
std::string with_backslashes(std::string_view value, std::string_view unsafe) {
  return spelt(value, [&](const Character& character, std::string_view) {
    const bool escaped = unsafe.find(character.bytes) != std::string_view::npos;
    return (escaped ? "\\" : "") + std::string(character.bytes);
  });
}

std::string apostrophe_as(std::string_view value, std::string_view written) {
  return spelt(value, [&](const Character& character, std::string_view) {
    return std::string(character.bytes == "'" ? written : character.bytes);
  });
}

}  // namespace

std::vector<std::string> json_spellings(std::string_view value) {
  std::string quoted = base::json_quoted(value);
  quoted = quoted.substr(1, quoted.size() - 2);
  const auto with = [&](bool slash, bool markup, bool only_ascii) {
    return spelt(quoted, [&](const Character& character, std::string_view) {
      if (slash && character.bytes == "/") {
        return std::string("\\/");
      }
      const bool is_markup =
          character.bytes == "<" || character.bytes == ">" || character.bytes == "&";
      const bool as_units = (markup && is_markup) || (only_ascii && !character.ascii());
      return as_units ? in_units(character.code) : std::string(character.bytes);
    });
  };
  return {quoted, with(true, false, false), with(false, false, true), with(true, false, true),
          with(false, true, false)};
}

std::vector<std::string> xml_spellings(std::string_view value) {
  std::vector<std::string> spellings;
  for (const XmlDialect& dialect : kXmlDialects) {
    for (const NumberForm* reference : std::initializer_list<const NumberForm*>{
             nullptr, &kDecimalReference, &kHexReference, &kUpperHexReference}) {
      spellings.push_back(in_xml(value, dialect, reference));
      // Who reads HTML takes "&#x27" where the text ends there for "&#x27;".
      if (!value.ends_with(';') && spellings.back().ends_with(';')) {
        spellings.push_back(spellings.back().substr(0, spellings.back().size() - 1));
      }
    }
  }
  return spellings;
}

std::vector<std::string> shell_spellings(std::string_view value) {
  constexpr std::string_view kUnsafe = " \t'\"\\|&;()<>!{}*[]?^$`,";
  return {apostrophe_as(value, "'\\''"),
          apostrophe_as(value, "'\"'\"'"),
          with_backslashes(value, "\"\\$`"),
          with_backslashes(value, kUnsafe),
          with_backslashes(value, std::string(kUnsafe) + "#~=:%@"),
          in_quotes(value, "'", nullptr),
          in_quotes(value, "'", &kOctalEscape)};
}

std::vector<std::string> code_spellings(std::string_view value) {
  return {in_quotes(value, "", nullptr),      in_quotes(value, "\"", nullptr),
          in_quotes(value, "'\"", nullptr),   in_quotes(value, "", &kHexEscape),
          in_quotes(value, "'", &kHexEscape), in_quotes(value, "\"", &kUpperHexEscape),
          as_googletest_prints(value),        as_python_escapes(value, ""),
          as_python_escapes(value, "'"),      base::printable(value)};
}

}  // namespace redact
