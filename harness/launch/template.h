// From a Job template and typed values to a Job. The template is YAML that is valid as it stands; a
// value that is exactly ${name} is replaced by that parameter's value, whatever its type. There is
// no substitution inside a text, so no value can change the shape of anything around it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/error.h"

namespace harness {

using TemplateValues = std::map<std::string, nlohmann::json, std::less<>>;

// kInvalidInput with file:line:column: what is no YAML, a ${name} that has no value, a ${ inside a
// longer text, a document that is not a batch/v1 Job.
base::Result<nlohmann::json> render_job(std::string_view file_name, std::string_view yaml,
                                        const TemplateValues& values);

}  // namespace harness
