// Structured log: one JSON object a line on standard error. Never give it a secret or a sealed identity.
// Safe from any thread; a line is written whole.
#pragma once

#include <boost/json.hpp>
#include <string_view>

namespace zhian::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
void SetLogLevel(LogLevel least);
void Log(LogLevel level, std::string_view message, const boost::json::object& fields = {});
inline void LogInfo(std::string_view message, const boost::json::object& fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarning(std::string_view message, const boost::json::object& fields = {}) {
  Log(LogLevel::kWarning, message, fields);
}
inline void LogError(std::string_view message, const boost::json::object& fields = {}) {
  Log(LogLevel::kError, message, fields);
}
// For the access log: the line is JSON already.
void LogLine(std::string_view line);

}  // namespace zhian::base
