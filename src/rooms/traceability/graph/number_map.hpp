// NumberMap: from numbers to numbers, for what one answer looks up thousands of times. Open addressing, half empty;
// grows. Belongs to one thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace zhian::traceability {

class NumberMap {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;  // no key, and the answer where there is none
  explicit NumberMap(std::size_t expected = 0) : slots_(std::bit_ceil(expected * 2 + 16), {kNone, kNone}) {}

  [[nodiscard]] std::uint32_t Find(std::uint32_t key) const {
    const Slot& slot = slots_[Seek(key)];
    return slot.key == key ? slot.value : kNone;
  }
  // The value that stands there now, and whether it is new.
  std::pair<std::uint32_t, bool> TryEmplace(std::uint32_t key, std::uint32_t value) {
    if (count_ * 2 >= slots_.size()) Grow();
    Slot& slot = slots_[Seek(key)];
    if (slot.key == key) return {slot.value, false};
    slot = {key, value};
    ++count_;
    return {value, true};
  }

 private:
  struct Slot {
    std::uint32_t key, value;
  };
  [[nodiscard]] std::size_t Seek(std::uint32_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (key * std::uint64_t{0x9e3779b97f4a7c15u}) >> 32 & mask;
    while (slots_[at].key != key && slots_[at].key != kNone) at = (at + 1) & mask;
    return at;
  }
  void Grow() {
    std::vector<Slot> old(slots_.size() * 2, {kNone, kNone});
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.key != kNone) slots_[Seek(slot.key)] = slot;
  }
  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace zhian::traceability
