// How a call found its session: decided by session, told by journal. Contract: contracts 2.
#pragma once

#include <string_view>

namespace mockllm {

// In the order in which they are asked; the first that names a session decides.
enum class SelectedBy { kPrefix, kHeader, kBaggage, kKey, kAlias, kDefault };

// "prefix", "header", ...: a journal's `selected_by`.
constexpr std::string_view name_of(SelectedBy selected_by) {
  switch (selected_by) {
    case SelectedBy::kPrefix:
      return "prefix";
    case SelectedBy::kHeader:
      return "header";
    case SelectedBy::kBaggage:
      return "baggage";
    case SelectedBy::kKey:
      return "key";
    case SelectedBy::kAlias:
      return "alias";
    case SelectedBy::kDefault:
      return "default";
  }
  return "default";
}

}  // namespace mockllm
