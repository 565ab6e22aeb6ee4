// Result: how a function of Zhian says that it could not do its work.
// Bugs are asserted; what the outside world can cause is returned. No exception crosses the edge of a module.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/message.hpp"

namespace zhian {

// One protocol-neutral list of failures. api/ maps it to HTTP exhaustively: a new code does not compile until it is
// mapped.
enum class ErrorCode {
  kInvalid,          // the input breaks a rule of form: `fields` names each place and its mend
  kUnauthenticated,  // nobody is signed in, or the session has ended
  kForbidden,        // signed in, but not with this role or in this jurisdiction
  kNotFound,         // no such thing, or none that this person may know of
  kConflict,         // the action is not open in the present state, or the same key was used for something else
  kStaleVersion,     // somebody changed the thing since it was read
  kVersionMissing,   // the caller did not say which version was read
  kGuardFailed,      // the procedure's guards do not hold: `fields` names each guard with its open items
  kTooLarge,         // input beyond its limit
  kTooMany,          // too many requests, or attempts
  kUnsupported,      // a media type, encoding or version that is not taken
  kUnavailable,      // busy, draining, or a part is not reachable: the same call may succeed later
  kCorrupt,          // stored data contradicts itself
  kInternal,         // a bug
};

// One place of the input that must be mended. `pointer` is a JSON pointer ("/fields/deadline") or a guard's name;
// `key` says what sort of fault it is, for programs; `message` is for people, in their language once it leaves the
// house.
struct FieldError {
  std::string pointer;
  std::string key;
  Message message;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  Message message;                 // what, where, the mend: one line
  std::vector<FieldError> fields;  // all of them at once
};

// Either a value or an Error. REQUIRES: value() only when ok(), error() only when not.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    assert(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    assert(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    assert(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

struct Unit {};
using Status = Result<Unit>;
inline Status Ok() { return Unit{}; }

inline Error MakeError(ErrorCode code, Message message, std::vector<FieldError> fields = {}) {
  return Error{code, std::move(message), std::move(fields)};
}

// Every place of a form that must be mended, all at once. REQUIRES: fields is not empty.
inline Error NeedsMending(std::vector<FieldError> fields) {
  Message message = Say("有 {} 处需要更正", fields.size());
  return Error{ErrorCode::kInvalid, std::move(message), std::move(fields)};
}

}  // namespace zhian

#define ZHIAN_CONCAT_INNER(a, b) a##b
#define ZHIAN_CONCAT(a, b) ZHIAN_CONCAT_INNER(a, b)
// __COUNTER__, not __LINE__: a lambda inside the argument of one of these may use them again.
#define ZHIAN_TRY_INNER(name, expression)           \
  do {                                              \
    auto name = (expression);                       \
    if (!name.ok()) return std::move(name).error(); \
  } while (false)
// ZHIAN_TRY(status);            returns the error of a Result, if it has one
#define ZHIAN_TRY(...) ZHIAN_TRY_INNER(ZHIAN_CONCAT(zhian_status_, __COUNTER__), (__VA_ARGS__))
#define ZHIAN_ASSIGN_INNER(name, declaration, expression) \
  auto name = (expression);                               \
  if (!name.ok()) return std::move(name).error();         \
  declaration = std::move(name).value()
// ZHIAN_ASSIGN(auto x, Load(id)); the same, and keeps the value
#define ZHIAN_ASSIGN(declaration, ...) \
  ZHIAN_ASSIGN_INNER(ZHIAN_CONCAT(zhian_result_, __COUNTER__), declaration, (__VA_ARGS__))
