#include "common/redact/encodings.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "common/redact/redactor.h"
#include "common/redact/spellings.h"

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

// As `base64` and `openssl base64` write it: a newline after every so many characters.
std::string wrapped(const std::string& text, std::size_t width) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) {
    out += (at == 0 ? "" : "\n") + text.substr(at, width);
  }
  return out;
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
  for (const auto& spellings : {json_spellings(value), xml_spellings(value), shell_spellings(value),
                                code_spellings(value)}) {
    forms.insert(spellings.begin(), spellings.end());
  }
  const std::string of_a_form = replaced(percent_encoded(value, "* "), ' ', "+");
  for (const std::string& encoded :
       {percent_encoded(value, ""), percent_encoded(value, "/"), percent_encoded(value, "!*'()"),
        percent_encoded(value, "!*'();,/?:@&=+$#"), percent_encoded(value, "$&+=:@"),
        replaced(percent_encoded(value, " "), ' ', "+"), of_a_form,
        replaced(of_a_form, '~', "%7E")}) {
    forms.insert(encoded);
    forms.insert(with_lower_escapes(encoded));
  }
  for (std::size_t offset = 0; offset < 3; ++offset) {
    forms.insert(base64_at(value, offset));
    forms.insert(base64_for_urls(base64_at(value, offset)));
  }
  for (const std::size_t width : {std::size_t{64}, std::size_t{76}}) {
    forms.insert(wrapped(base64_at(value, 0), width));
  }
  forms.insert(base::to_hex(value));
  forms.insert(upper(base::to_hex(value)));
}

// At most `at`, so that no character of UTF-8 is cut there.
std::size_t border_before(std::string_view text, std::size_t at) {
  std::size_t border = at;
  for (int i = 0; i < 3 && border > 0 && border < text.size() &&
                  (static_cast<unsigned char>(text[border]) & 0xC0U) == 0x80U;
       ++i) {
    --border;
  }
  return border;
}

// Pieces of a longer value, each of which begins with the end of the one before: who prints it may
// cut it, as pytest does in the middle of "assert 'abc...xyz'", and what is left of it is masked
// but for less than a piece. Not of a URL, whose host is no secret, nor of a row of the same few
// characters.
std::vector<std::string_view> pieces_of(std::string_view value) {
  constexpr std::size_t kPieceBytes = 12;
  constexpr std::size_t kDistinctMin = 5;
  constexpr std::size_t kBytesMax = 4 * 1024;  // a larger one is a file, of which lines are known
  std::vector<std::string_view> pieces;
  const auto add = [&](std::size_t from, std::size_t to) {
    const std::string_view piece = value.substr(from, to - from);
    if (std::set<char>(piece.begin(), piece.end()).size() >= kDistinctMin) {
      pieces.push_back(piece);
    }
  };
  if (value.size() < 2 * kPieceBytes || value.size() > kBytesMax ||
      value.find("://") != std::string_view::npos) {
    return pieces;
  }
  for (std::size_t from = 0; from + kPieceBytes < value.size();) {
    const std::size_t end = border_before(value, from + kPieceBytes);
    add(from, end);
    from = border_before(value, end - 1);
  }
  add(border_before(value, value.size() - kPieceBytes), value.size());
  return pieces;
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
  for (const std::string_view piece : pieces_of(value)) {
    add_forms(piece, forms);
  }
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
