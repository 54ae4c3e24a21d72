#include "common/redact/encodings.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/redact/redactor.h"

namespace redact {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) {
    if (c == from) {
      out += to;
    } else {
      out += c;
    }
  }
  return out;
}

std::string json_escaped(std::string_view value) {
  const std::string quoted = base::json_quoted(value);
  return quoted.substr(1, quoted.size() - 2);
}

// As writers do that keep to ASCII: UTF-16 units as \uXXXX.
std::string json_escaped_ascii(std::string_view value) {
  const std::string escaped = json_escaped(value);
  std::string out;
  for (std::size_t i = 0; i < escaped.size();) {
    const auto first = static_cast<unsigned char>(escaped[i]);
    if (first < 0x80) {
      out += escaped[i++];
      continue;
    }
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned code = first & (0xFFU >> (length + 1));
    for (std::size_t tail = 1; tail < length; ++tail) {
      code = code << 6U | (static_cast<unsigned char>(escaped[i + tail]) & 0x3FU);
    }
    const auto append_unit = [&](unsigned unit) {
      const char bytes[] = {static_cast<char>(unit >> 8U), static_cast<char>(unit & 0xFFU)};
      out += "\\u" + base::to_hex({bytes, sizeof(bytes)});
    };
    if (code >= 0x10000) {
      append_unit(0xD800U + ((code - 0x10000U) >> 10U));
      append_unit(0xDC00U + (code & 0x3FFU));
    } else {
      append_unit(code);
    }
    i += length;
  }
  return out;
}

std::string percent_encoded(std::string_view value, std::string_view also_kept) {
  std::string out;
  for (const char c : value) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      std::string_view("-._~").find(c) != std::string_view::npos ||
                      also_kept.find(c) != std::string_view::npos;
    if (kept) {
      out += c;
    } else {
      out += "%" + upper(base::to_hex({&c, 1}));
    }
  }
  return out;
}

// The digits of escapes in lower case, the rest as it is.
std::string with_lower_escapes(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '%') {
      const std::string digits = base::to_lower(std::string_view(text).substr(i + 1, 2));
      text.replace(i + 1, 2, digits);
    }
  }
  return text;
}

// What base64 shows of `value` wherever it stands in a longer text, with `offset` bytes of its
// group before it. A character that holds bits of a neighbour is left out.
std::string base64_at(std::string_view value, std::size_t offset) {
  constexpr std::size_t kDroppedFirst[] = {0, 2, 3};
  constexpr std::size_t kKeptLast[] = {4, 1, 2};
  const std::string text = base::to_base64(std::string(offset, '\0') + std::string(value));
  const std::size_t end = text.size() - 4 + kKeptLast[(value.size() + offset) % 3];
  return text.substr(kDroppedFirst[offset], end - kDroppedFirst[offset]);
}

std::string base64_for_urls(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

// The password of "scheme://user:password@host", as written there.
std::optional<std::string> password_of(std::string_view value) {
  const std::size_t scheme = value.find("://");
  if (scheme == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = value.substr(scheme + 3);
  const std::size_t at = rest.rfind('@', rest.find_first_of("?#"));
  const std::size_t colon = rest.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) {
    return std::nullopt;
  }
  return std::string(rest.substr(colon + 1, at - colon - 1));
}

void add_forms(std::string_view value, std::set<std::string>& forms) {
  if (value.size() < kSecretBytesMin) {
    return;
  }
  forms.emplace(value);
  forms.insert(json_escaped(value));
  forms.insert(replaced(json_escaped(value), '/', "\\/"));
  forms.insert(json_escaped_ascii(value));
  for (const std::string& encoded :
       {percent_encoded(value, ""), percent_encoded(value, "/"), percent_encoded(value, "!*'()"),
        replaced(percent_encoded(value, " "), ' ', "+")}) {
    forms.insert(encoded);
    forms.insert(with_lower_escapes(encoded));
  }
  for (std::size_t offset = 0; offset < 3; ++offset) {
    forms.insert(base64_at(value, offset));
    forms.insert(base64_for_urls(base64_at(value, offset)));
  }
  forms.insert(base::to_hex(value));
  forms.insert(upper(base::to_hex(value)));
}

std::string_view without_space(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos
             ? std::string_view()
             : line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::vector<std::string> forms_of(std::string_view value) {
  std::set<std::string> forms;
  add_forms(value, forms);
  for (const std::string_view line : base::split(value, '\n')) {
    add_forms(without_space(line), forms);
  }
  const std::optional<std::string> password = password_of(value);
  if (password.has_value()) {
    add_forms(*password, forms);
    add_forms(base::percent_decoded(*password), forms);
  }
  std::erase_if(forms, [](const std::string& form) { return form.size() < kSecretBytesMin; });
  return {forms.begin(), forms.end()};
}

}  // namespace redact
