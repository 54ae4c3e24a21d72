// What a launch reads in the API's objects, which may have any shape: what is not there, or is of
// another type, is empty.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace harness {

// The text at a JSON pointer, "" where there is none.
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* pointer);
// The list at a JSON pointer, an empty one where there is none.
[[nodiscard]] const nlohmann::json& list_at(const nlohmann::json& object, const char* pointer);
// The condition of that type and status ("True", "False"), null where there is none.
[[nodiscard]] const nlohmann::json& condition_of(const nlohmann::json& object,
                                                 std::string_view type, std::string_view status);

// state.terminated of a pod's container, null where it has not ended.
[[nodiscard]] nlohmann::json end_of_container(const nlohmann::json& pod,
                                              std::string_view container);
// It runs, or has run.
[[nodiscard]] bool container_started(const nlohmann::json& pod, std::string_view container);
// No pod follows any more.
[[nodiscard]] bool job_ended(const nlohmann::json& job);

}  // namespace harness
