#include "harness/secret/shape.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "harness/config/url.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kPartsMax = 500;
constexpr int kDepthMax = 64;
constexpr std::string_view kDashes = "-----";

// Whole values, in lower case, with '-', '_' and spaces left out.
constexpr std::array<std::string_view, 29> kPlaceholderWords{
    "changeme",   "changethis", "changeit",   "replaceme",  "replacethis",  "placeholder",
    "todo",       "tbd",        "fixme",      "none",       "null",         "undefined",
    "example",    "dummy",      "fake",       "mock",       "mockkey",      "mockapikey",
    "fakekey",    "fakeapikey", "dummykey",   "dummyvalue", "testkey",      "yourkey",
    "yourapikey", "yourtoken",  "yoursecret", "notset",     "insertkeyhere"};

// What templates leave behind, whole or in a value: `${TOKEN}`, `{{ token }}`, `$(TOKEN)`,
// `<token>`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kBrackets{
    std::pair("${", "}"), std::pair("{{", "}}"), std::pair("$(", ")"), std::pair("<", ">")};

// Whether a name stands between two brackets. A password of chance may have brackets too.
bool holds_a_name(std::string_view text, std::string_view open, std::string_view close) {
  constexpr std::size_t kNameBytesMin = 3;
  for (std::size_t begin = text.find(open); begin != std::string_view::npos;
       begin = text.find(open, begin + 1)) {
    const std::string_view rest = text.substr(begin + open.size());
    const std::string_view name = base::trimmed(rest.substr(0, rest.find(close)));
    const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    });
    if (rest.find(close) != std::string_view::npos && name.size() >= kNameBytesMin && is_name) {
      return true;
    }
  }
  return false;
}

std::string bare(std::string_view value) {
  std::string word;
  for (const char c : base::to_lower(value)) {
    if (c != '-' && c != '_' && c != ' ' && c != '\n' && c != '\r') {
      word += c;
    }
  }
  return word;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_base64(std::string_view text, std::string_view also) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

// "-----BEGIN X-----" without its ends, for `word` BEGIN; empty for any other line.
std::string_view label_of(std::string_view line, std::string_view word) {
  const std::string begin = "-----" + std::string(word) + " ";
  const bool is_border = line.size() > begin.size() + kDashes.size() && line.starts_with(begin) &&
                         line.ends_with(kDashes);
  return is_border ? line.substr(begin.size(), line.size() - begin.size() - kDashes.size())
                   : std::string_view();
}

// Blocks whose ends agree, each of base64 after headers such as "Proc-Type: 4,ENCRYPTED".
bool is_pem(std::string_view value) {
  std::string_view open;
  std::size_t lines = 0;
  std::size_t blocks = 0;
  for (std::string_view line : base::split(value, '\n')) {
    line = base::trimmed(line.substr(0, line.find('\r')));
    if (open.empty()) {
      open = label_of(line, "BEGIN");
      lines = 0;
      if (open.empty() && !line.empty()) {
        return false;
      }
    } else if (const std::string_view end = label_of(line, "END"); !end.empty()) {
      if (end != open || lines == 0) {
        return false;
      }
      open = {};
      ++blocks;
    } else if (!line.empty()) {
      ++lines;
      if (line.find(": ") == std::string_view::npos && !is_base64(line, "+/=")) {
        return false;
      }
    }
  }
  return blocks > 0 && open.empty();
}

bool is_jwt(std::string_view value) {
  const std::vector<std::string_view> parts = base::split(value, '.');
  return parts.size() == 3 &&
         std::all_of(parts.begin(), parts.end(),
                     [](std::string_view part) { return is_base64(part, "-_"); }) &&
         parts[0].starts_with("eyJ");  // base64 of `{"`
}

bool is_json(std::string_view value) {
  const json parsed = json::parse(value, nullptr, false);
  return parsed.is_object() || parsed.is_array();
}

bool is_url(std::string_view value) {
  const UrlParts parts = split_url(value);
  return !parts.scheme.empty() && !parts.host.empty() &&
         value.find_first_of(" \t\n\"") == std::string_view::npos;
}

bool is_padded_base64(std::string_view value) {
  const std::size_t end = value.find_last_not_of('=');
  return value.size() % 4 == 0 && value.size() - (end + 1) <= 2 &&
         is_base64(value.substr(0, end + 1), "+/");
}

bool is_uuid(std::string_view value) {
  static const RE2 kUuid("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
  return RE2::FullMatch({value.data(), value.size()}, kUuid);
}

struct NamedShape {
  std::string_view name;
  bool (*fits)(std::string_view value);
  std::string_view wanted;
};

constexpr std::array<NamedShape, 7> kShapes{
    NamedShape{"pem", &is_pem, "PEM: -----BEGIN ...-----, base64, -----END ...-----"},
    NamedShape{"json", &is_json, "a JSON object or list"},
    NamedShape{"url", &is_url, "a URL with a scheme and a host"},
    NamedShape{"jwt", &is_jwt, "a JSON Web Token: three parts of base64url between dots"},
    NamedShape{
        "hex",
        [](std::string_view value) { return std::all_of(value.begin(), value.end(), is_hex); },
        "hexadecimal digits"},
    NamedShape{"base64", &is_padded_base64, "base64 with its padding"},
    NamedShape{"uuid", &is_uuid, "a UUID"}};

bool is_secret_parameter(std::string_view name) {
  const std::string lower = base::to_lower(name);
  constexpr std::array<std::string_view, 7> kNames{"password", "passwd", "token", "secret",
                                                   "key",      "sig",    "auth"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; });
}

void add_url_parts(std::string_view value, std::vector<std::string>& parts) {
  UrlParts url = split_url(value);
  if (url.scheme.empty()) {
    return;
  }
  if (url.raw_password != url.password) {
    parts.push_back(std::move(url.raw_password));
  }
  parts.push_back(std::move(url.password));
  const std::size_t query = url.path.find('?');
  if (query == std::string::npos) {
    return;
  }
  const std::string_view all = std::string_view(url.path).substr(query + 1);
  for (const std::string_view parameter : base::split(all.substr(0, all.find('#')), '&')) {
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos && is_secret_parameter(parameter.substr(0, equals))) {
      parts.emplace_back(parameter.substr(equals + 1));
      parts.push_back(base::percent_decoded(parameter.substr(equals + 1)));
    }
  }
}

void add_texts(const json& value, std::vector<std::string>& parts, int depth = 0) {
  if (value.is_string() && parts.size() < kPartsMax) {
    parts.push_back(value.get<std::string>());
    add_url_parts(value.get_ref<const std::string&>(), parts);
  } else if (value.is_structured() && depth < kDepthMax) {
    for (const json& item : value) {
      add_texts(item, parts, depth + 1);
    }
  }
}

}  // namespace

std::optional<std::string> placeholder_in(std::string_view value) {
  const std::string word = bare(value);
  if (std::find(kPlaceholderWords.begin(), kPlaceholderWords.end(), word) !=
      kPlaceholderWords.end()) {
    return "a word that stands for one";
  }
  if (!word.empty() && word.find_first_not_of(word.front()) == std::string::npos) {
    return "one character again and again";
  }
  const std::string_view text = base::trimmed(value);
  for (const auto& [open, close] : kBrackets) {
    const bool is_all = text.starts_with(open) && text.ends_with(close);
    if (is_all || (open != "<" && holds_a_name(text, open, close))) {
      return "a " + std::string(open) + "..." + std::string(close) + " that nobody filled in";
    }
  }
  return std::nullopt;
}

std::optional<std::string> shape_fault(std::string_view shape, std::string_view value) {
  if (shape.size() > 2 && shape.front() == '/' && shape.back() == '/') {
    const std::string_view expression = shape.substr(1, shape.size() - 2);
    const RE2 compiled({expression.data(), expression.size()}, RE2::Quiet);
    return RE2::FullMatch({value.data(), value.size()}, compiled)
               ? std::nullopt
               : std::optional("does not match " + std::string(shape));
  }
  for (const NamedShape& named : kShapes) {
    if (named.name == shape && !named.fits(value)) {
      return "is not " + std::string(named.wanted);
    }
  }
  return std::nullopt;
}

std::vector<std::string> secret_parts(std::string_view value) {
  std::vector<std::string> parts;
  add_url_parts(value, parts);
  const std::size_t first = value.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (value[first] == '{' || value[first] == '[')) {
    const json parsed = json::parse(value, nullptr, false);
    if (parsed.is_structured()) {
      add_texts(parsed, parts);
    }
  }
  return parts;
}

}  // namespace harness
