#include "mockllm/serve/router.h"

#include <array>
#include <cstddef>

#include "common/base/digest.h"
#include "mockllm/control/control.h"

namespace mockllm {
namespace {

// Takes `prefix` and the slash behind it off `path`, which keeps that slash.
bool take(std::string_view& path, std::string_view prefix) {
  if (path.substr(0, prefix.size()) != prefix || path.substr(prefix.size(), 1) != "/") {
    return false;
  }
  path.remove_prefix(prefix.size());
  return true;
}

// "/s/<session>/...": the session, and `path` is left with what follows.
std::string_view take_session(std::string_view& path) {
  constexpr std::string_view kPrefix = "/s/";
  if (path.substr(0, kPrefix.size()) != kPrefix) {
    return {};
  }
  const std::string_view rest = path.substr(kPrefix.size());
  const std::size_t end = rest.find('/');
  if (end == 0 || end == std::string_view::npos) {
    return {};
  }
  path = rest.substr(end);
  return rest.substr(0, end);
}

}  // namespace

Route route_of(std::string_view path) {
  using Kind = Route::Kind;
  if (Control::owns(path)) {
    return {Kind::kControl, {}, path};
  }
  if (path.size() > 1 && path.back() == '/') {
    path.remove_suffix(1);
  }
  constexpr std::array<std::pair<std::string_view, Kind>, 3> kOwn{
      {{"/healthz", Kind::kHealth}, {"/readyz", Kind::kReady}, {"/metrics", Kind::kMetrics}}};
  for (const auto& [own, kind] : kOwn) {
    if (path == own) {
      return {kind, {}, path};
    }
  }
  Route route;
  route.session = take_session(path);
  if (!take(path, "/v1")) {
    take(path, "/openai/v1");
  }
  route.path = path;
  return route;
}

std::optional<std::string> item_of(std::string_view path, std::string_view list) {
  if (!take(path, list) || path.size() < 2) {
    return std::nullopt;
  }
  return base::percent_decoded(path.substr(1));
}

}  // namespace mockllm
