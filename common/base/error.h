// base: what every room of both programs may use: errors, checks, and the doors to the outside
// (clock, environment, files, log).
//
// Admission: both programs use it today, and it knows neither HTTP, nor LLMs, nor tests.
// May include: nothing of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/base/check.h"

namespace base {

// What the caller may do about an error. The message is for people, the kind is for code.
enum class ErrorKind {
  kInvalidInput,      // The request, file or flag is wrong; trying again will not help.
  kNotFound,          // Nothing is there; the caller may fall through to the next source.
  kUnavailable,       // A peer is not ready; the caller may wait and try again.
  kTimedOut,          // The time allowed was used up.
  kPermissionDenied,  // A peer or the kernel refuses for good.
  kInternal,          // A bug or a broken machine.
};

// "invalid_input", "not_found", ...: for logs and JSON.
std::string_view name_of(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // A lower-case fragment that reads well after "cannot ...: ".

  // The same error with the place it happened in put before its message: "fixtures/a.yaml:3:5:
  // ...".
  [[nodiscard]] Error within(std::string_view context) &&;
};

[[nodiscard]] inline Error invalid_input(std::string message) {
  return {ErrorKind::kInvalidInput, std::move(message)};
}

[[nodiscard]] inline Error not_found(std::string message) {
  return {ErrorKind::kNotFound, std::move(message)};
}

[[nodiscard]] inline Error unavailable(std::string message) {
  return {ErrorKind::kUnavailable, std::move(message)};
}

[[nodiscard]] inline Error timed_out(std::string message) {
  return {ErrorKind::kTimedOut, std::move(message)};
}

[[nodiscard]] inline Error permission_denied(std::string message) {
  return {ErrorKind::kPermissionDenied, std::move(message)};
}

[[nodiscard]] inline Error internal_error(std::string message) {
  return {ErrorKind::kInternal, std::move(message)};
}

// The error of a failed system call: "cannot open x: No such file or directory". `error_number` is
// errno.
[[nodiscard]] Error system_error(std::string_view what, int error_number);

// A value or an Error, with std::expected's verbs: g++ 12 and clang 14 have no <expected>.
// NOLINTBEGIN(google-explicit-constructor): `return value;` and `return error;` are the point.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }

  explicit operator bool() const { return has_value(); }

  T& value() & {
    CHECK(has_value());
    return *std::get_if<0>(&state_);
  }

  const T& value() const& {
    CHECK(has_value());
    return *std::get_if<0>(&state_);
  }

  T&& value() && {
    CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T&& operator*() && { return std::move(*this).value(); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

  const Error& error() const& {
    CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }

  Error&& error() && {
    CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;

  Result(Error error) : error_(std::move(error)) {}

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }

  explicit operator bool() const { return has_value(); }

  const Error& error() const& {
    CHECK(error_.has_value());
    return *error_;
  }

  Error&& error() && {
    CHECK(error_.has_value());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

// NOLINTEND(google-explicit-constructor)

}  // namespace base
