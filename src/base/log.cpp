#include "base/log.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>

#include "base/time.hpp"

namespace zhian::base {
namespace {
std::atomic<LogLevel> least_level{LogLevel::kInfo};
std::mutex write_mutex;

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}
}  // namespace

void SetLogLevel(LogLevel least) { least_level = least; }

void LogLine(std::string_view line) {
  const std::lock_guard lock(write_mutex);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

void Log(LogLevel level, std::string_view message, const boost::json::object& fields) {
  if (level < least_level.load()) return;
  boost::json::object line{
      {"time", FormatInstant(SystemClock{}.Now())}, {"level", LevelName(level)}, {"message", message}};
  for (const auto& [key, value] : fields) line[key] = value;
  LogLine(boost::json::serialize(line));
}

}  // namespace zhian::base
