// Array: a plain array of one of the graph's columns: not initialised, not copied, on large pages where the system has
// them (a search reads them at random, and a large page saves it the walk through the page table). REQUIRES: T is
// trivial. Not safe for concurrent changes; reads are.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace zhian::tracing {

template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  Array() = default;
  explicit Array(std::size_t size) : size_(size) {
    if (size == 0) return;
    const std::size_t bytes = size * sizeof(T);
    if (bytes < kLargePage) {
      data_ = static_cast<T*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
      if (data_ == nullptr) throw std::bad_alloc();
      return;
    }
    // From the system itself, and so all zeros; begins at a large page.
    mapped_ = (bytes + kLargePage - 1) / kLargePage * kLargePage + kLargePage;
    raw_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw_ == MAP_FAILED) throw std::bad_alloc();
    const std::size_t over = reinterpret_cast<std::uintptr_t>(raw_) % kLargePage;
    data_ = reinterpret_cast<T*>(static_cast<std::byte*>(raw_) + (over == 0 ? 0 : kLargePage - over));
    madvise(data_, mapped_ - kLargePage, MADV_HUGEPAGE);
  }
  // Zeros cost nothing until they are looked at.
  Array(std::size_t size, T value) : Array(size) {
    if (mapped_ == 0 || !(value == T{})) std::fill_n(data_, size, value);
  }
  Array(Array&& other) noexcept { *this = std::move(other); }
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(raw_, other.raw_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~Array() {
    if (mapped_ != 0)
      munmap(raw_, mapped_);
    else
      std::free(data_);
  }

  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  operator std::span<const T>() const { return {data_, size_}; }  // NOLINT: implicit by design

 private:
  static constexpr std::size_t kLargePage = std::size_t{2} << 20;
  T* data_ = nullptr;
  std::size_t size_ = 0;
  void* raw_ = nullptr;  // of what was taken from the system itself
  std::size_t mapped_ = 0;
};

}  // namespace zhian::tracing
