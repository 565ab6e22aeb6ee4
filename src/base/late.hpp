// A part of the program that is loaded when it is first needed: a shared object that stands beside the program, or in
// ../lib/zhian of an installed one. It is never unloaded. Thread-safe; a failure is tried again at the next call.
#pragma once

#include <mutex>
#include <string>

#include "base/result.hpp"

namespace zhian::base {

class Late {
 public:
  Late(std::string library, std::string function) : library_(std::move(library)), function_(std::move(function)) {}
  // The address of the function. kInternal where the shared object is missing or does not fit.
  Result<void*> Get();

 private:
  const std::string library_, function_;
  std::mutex mutex_;
  void* address_ = nullptr;
};

}  // namespace zhian::base
