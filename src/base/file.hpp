// Whole files, bounded. Pure but for the file system; safe from any thread.
#pragma once

#include <string>

#include "base/result.hpp"

namespace zhian::base {

// Errors: kNotFound (cannot be read), kTooLarge (more than `bytes_max`).
Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max);

}  // namespace zhian::base
