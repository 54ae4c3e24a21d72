#include "mockllm/control/answers.h"

#include <utility>

#include "common/base/text.h"

namespace mockllm {

http::Response json_response(int status, std::string json) {
  http::Response response;
  response.status = status;
  response.headers = {{"content-type", "application/json"}, {"cache-control", "no-store"}};
  response.body = std::move(json);
  response.body += '\n';
  return response;
}

http::Response error_response(int status, std::string_view code, std::string_view message) {
  return json_response(status, "{\"error\":{\"code\":" + base::json_quoted(code) +
                                   ",\"message\":" + base::json_quoted(message) + "}}");
}

http::Response method_not_allowed(const std::vector<std::string>& allowed) {
  const std::string methods = base::join(allowed, ", ");
  http::Response response = error_response(405, "method_not_allowed", "allowed here: " + methods);
  response.headers.emplace_back("allow", methods);
  return response;
}

}  // namespace mockllm
