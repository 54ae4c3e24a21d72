// The request line: which methods, targets and versions are HTTP/1.x for us, and what a target is
// made of.
#pragma once

#include <optional>
#include <string_view>

#include "common/http/head_scanner.h"
#include "common/http/message.h"

namespace http {

// Sets method, target, path and query, or says why not. `target` is the line's second word, which
// may carry scheme and authority ("absolute form").
std::optional<Refusal> read_request_line(std::string_view method, std::string_view target,
                                         Request& request);

// For a line that is no valid HTTP/1.x: the fitting status. 505 for another version of HTTP, else
// 400.
Refusal refuse_request_line(std::string_view line);

// A host, and perhaps a port: nothing that could be taken for a path, a user or a second host.
bool is_host(std::string_view value);

}  // namespace http
