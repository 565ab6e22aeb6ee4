// Array: a plain array of one of the graph's columns: not initialised, not copied, on large pages where the system has them
// (a search reads them at random, and a large page saves it the walk through the page table).
// REQUIRES: T is trivial. Not safe for concurrent changes; reads are.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
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
    constexpr std::size_t kLargePage = std::size_t{2} << 20;
    std::size_t bytes = size * sizeof(T);
    const std::size_t alignment = bytes >= kLargePage ? kLargePage : 64;
    bytes = (bytes + alignment - 1) / alignment * alignment;
    data_ = static_cast<T*>(std::aligned_alloc(alignment, bytes));
    if (data_ == nullptr) throw std::bad_alloc();
    if (alignment == kLargePage) madvise(data_, bytes, MADV_HUGEPAGE);
  }
  Array(std::size_t size, T value) : Array(size) { std::fill_n(data_, size, value); }
  Array(Array&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Array() { std::free(data_); }

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
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace zhian::tracing
