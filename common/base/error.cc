#include "common/base/error.h"

#include <cerrno>
#include <system_error>

namespace base {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput:
      return "invalid_input";
    case ErrorKind::kNotFound:
      return "not_found";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kTimedOut:
      return "timed_out";
    case ErrorKind::kPermissionDenied:
      return "permission_denied";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view context) && {
  message.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

Error system_error(std::string_view what, int error_number) {
  ErrorKind kind = ErrorKind::kInternal;
  if (error_number == ENOENT || error_number == ENOTDIR) {
    kind = ErrorKind::kNotFound;
  } else if (error_number == EACCES || error_number == EPERM || error_number == EROFS) {
    kind = ErrorKind::kPermissionDenied;
  } else if (error_number == ECONNREFUSED || error_number == EADDRINUSE || error_number == EAGAIN) {
    kind = ErrorKind::kUnavailable;
  }
  return {kind, std::string(what) + ": " + std::generic_category().message(error_number)};
}

}  // namespace base
