#include "base/late.hpp"

#include <dlfcn.h>

#include <filesystem>

namespace zhian::base {

Result<void*> Late::Get() {
  const std::lock_guard lock(mutex_);
  if (address_ != nullptr) return address_;
  std::error_code error;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::string tried;
  for (const auto& file : {beside / library_, beside / "../lib/zhian" / library_}) {
    if (!std::filesystem::exists(file, error)) {
      tried += (tried.empty() ? "" : ", ") + file.string();
      continue;
    }
    // RTLD_NOW: what is missing is said here, and not in the middle of the work.
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
      return MakeError(ErrorCode::kInternal, std::string("cannot load a part of the program: ") + dlerror());
    address_ = dlsym(library, function_.c_str());
    if (address_ == nullptr)
      return MakeError(ErrorCode::kInternal,
                       file.string() + " has no " + function_ + ": it belongs to another version");
    return address_;
  }
  return MakeError(ErrorCode::kInternal, "a part of the program is missing: none of " + tried);
}

}  // namespace zhian::base
