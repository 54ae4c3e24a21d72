#include <cstddef>
#include <string>
#include <string_view>

#include "harness/config/config.h"
#include "harness/config/references.h"

namespace harness {

base::Result<std::vector<Reference>> references_in(std::string_view text) {
  std::vector<Reference> found;
  std::size_t at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    if (at > 0 && text[at - 1] == '$') {  // "$${" is a literal "${".
      at += 2;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      return base::invalid_input("'${' without its '}'");
    }
    const std::string_view inner = text.substr(at + 2, end - at - 2);
    const std::size_t dot = inner.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == inner.size()) {
      return base::invalid_input("'${" + std::string(inner) + "}' is not ${service.attribute}");
    }
    found.push_back(
        {at, end + 1 - at, std::string(inner.substr(0, dot)), std::string(inner.substr(dot + 1))});
    at = end + 1;
  }
  return found;
}

namespace {

void append_literal(std::string& out, std::string_view text) {
  std::size_t at = 0;
  std::size_t escaped = 0;
  while ((escaped = text.find("$${", at)) != std::string_view::npos) {
    out.append(text.substr(at, escaped - at)).append("${");
    at = escaped + 3;
  }
  out.append(text.substr(at));
}

}  // namespace

base::Result<std::string> substitute(std::string_view text, const Values& values) {
  const base::Result<std::vector<Reference>> references = references_in(text);
  if (!references) {
    return references.error();
  }
  std::string out;
  std::size_t at = 0;
  for (const Reference& reference : *references) {
    const std::string name = reference.service + "." + reference.attribute;
    const auto value = values.find(name);
    if (value == values.end()) {
      return base::invalid_input("${" + name + "} has no value");
    }
    append_literal(out, text.substr(at, reference.at - at));
    out += value->second;
    at = reference.at + reference.length;
  }
  append_literal(out, text.substr(at));
  return out;
}

}  // namespace harness
