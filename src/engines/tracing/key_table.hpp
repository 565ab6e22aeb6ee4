// KeyTable: the least key at which a search that looks at time has met each holding. It takes the room of what was met,
// not of the graph: such a search works in order of keys anyway, and several searchers on a large graph must not each
// hold a column of it. Open addressing, half empty, cleared by what was used. Belongs to one searcher.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

class KeyTable {
 public:
  // kLatest: not met.
  [[nodiscard]] std::int64_t Find(HoldingIndex v) const {
    if (slots_.empty()) return kLatest;
    const Slot& slot = slots_[Seek(v)];
    return slot.v == v ? slot.key : kLatest;
  }
  // False, and nothing changes: it was met at this key or before.
  bool Lower(HoldingIndex v, std::int64_t key) {
    if (used_.size() * 2 >= slots_.size()) Grow();
    const std::size_t at = Seek(v);
    Slot& slot = slots_[at];
    if (slot.v == v) {
      if (key >= slot.key) return false;
    } else {
      slot.v = v;
      used_.push_back(static_cast<std::uint32_t>(at));
    }
    slot.key = key;
    return true;
  }
  void Clear() {
    for (const std::uint32_t at : used_) slots_[at].v = kNoHolding;
    used_.clear();
    if (slots_.size() > kKept) std::vector<Slot>().swap(slots_);
  }
  [[nodiscard]] std::size_t bytes() const {
    return slots_.capacity() * sizeof(Slot) + used_.capacity() * sizeof(std::uint32_t);
  }

 private:
  struct Slot {
    HoldingIndex v = kNoHolding;
    std::int64_t key = 0;
  };
  static constexpr std::size_t kFirst = 1024, kKept = std::size_t{1} << 20;  // a larger one is let go after its search
  [[nodiscard]] std::size_t Seek(HoldingIndex v) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (v * std::uint64_t{0x9e3779b97f4a7c15u}) >> 32 & mask;
    while (slots_[at].v != v && slots_[at].v != kNoHolding) at = (at + 1) & mask;
    return at;
  }
  void Grow() {
    std::vector<Slot> old(slots_.empty() ? kFirst : slots_.size() * 2);
    old.swap(slots_);
    for (std::uint32_t& at : used_) {
      const Slot slot = old[at];
      at = static_cast<std::uint32_t>(Seek(slot.v));
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_;  // a power of two of them
  std::vector<std::uint32_t> used_;
};

}  // namespace zhian::tracing
