// What grows while others read it, without locks: an array whose elements never move, and a table of numbers. One
// writer at a time; readers see at least what the writer did before it told them (by a release that they acquired),
// never anything half done.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace zhian::tracing {

// Chunks of 64, 128, 256 … elements. REQUIRES: T can be made without arguments.
template <class T>
class Chunks {
 public:
  // Writer only: the index exists afterwards.
  T& Make(std::size_t index) {
    const Place at = Find(index);
    if (owned_[at.chunk] == nullptr) {
      owned_[at.chunk] = std::make_unique<T[]>(kFirst << at.chunk);
      shown_[at.chunk].store(owned_[at.chunk].get(), std::memory_order_release);
    }
    return owned_[at.chunk][at.offset];
  }
  // REQUIRES: the index was made.
  T& operator[](std::size_t index) {
    const Place at = Find(index);
    return shown_[at.chunk].load(std::memory_order_acquire)[at.offset];
  }
  const T& operator[](std::size_t index) const {
    const Place at = Find(index);
    return shown_[at.chunk].load(std::memory_order_acquire)[at.offset];
  }

 private:
  static constexpr std::size_t kFirst = 64;
  struct Place {
    std::size_t chunk, offset;
  };
  static Place Find(std::size_t index) {
    const std::size_t shifted = index + kFirst;
    const auto chunk = static_cast<std::size_t>(std::bit_width(shifted) - std::bit_width(kFirst));
    return {chunk, shifted - (kFirst << chunk)};
  }
  std::array<std::unique_ptr<T[]>, 28> owned_;
  std::array<std::atomic<T*>, 28> shown_{};
};

// Open addressing. A reader may still look at the table as it was before it grew: it finds there all that it has been
// told of. So a Value holds atomics and has CopyFrom(const Value&); what hangs on it (chains) goes on growing for both.
template <class Value>
class GrowingTable {
 public:
  [[nodiscard]] const Value* Find(std::uint64_t key) const {
    const Slots* slots = now_.load(std::memory_order_acquire);
    return slots == nullptr ? nullptr : slots->Find(key);
  }
  [[nodiscard]] bool empty() const { return now_.load(std::memory_order_acquire) == nullptr; }
  // Writer only; made where there is none.
  Value& At(std::uint64_t key) {
    if (kept_.empty() || count_ * 2 >= kept_.back()->slots.size()) Grow();
    Slot& slot = kept_.back()->Seek(key);
    if (!slot.used.load(std::memory_order_relaxed)) {
      slot.key = key;
      slot.used.store(true, std::memory_order_release);
      ++count_;
    }
    return slot.value;
  }

 private:
  struct Slot {
    std::atomic<bool> used{false};
    std::uint64_t key = 0;
    Value value;
  };
  struct Slots {
    explicit Slots(std::size_t size) : slots(size) {}
    Slot& Seek(std::uint64_t key) {
      std::size_t at = Start(key);
      while (slots[at].used.load(std::memory_order_relaxed) && slots[at].key != key) at = (at + 1) & (slots.size() - 1);
      return slots[at];
    }
    const Value* Find(std::uint64_t key) const {
      for (std::size_t at = Start(key);; at = (at + 1) & (slots.size() - 1)) {
        if (!slots[at].used.load(std::memory_order_acquire)) return nullptr;
        if (slots[at].key == key) return &slots[at].value;
      }
    }
    [[nodiscard]] std::size_t Start(std::uint64_t key) const {
      return (key * 0x9e3779b97f4a7c15u) >> 32 & (slots.size() - 1);
    }
    std::vector<Slot> slots;  // a power of two of them, half of them free
  };
  void Grow() {
    auto larger = std::make_unique<Slots>(kept_.empty() ? 64 : kept_.back()->slots.size() * 2);
    if (!kept_.empty())
      for (const Slot& old : kept_.back()->slots) {
        if (!old.used.load(std::memory_order_relaxed)) continue;
        Slot& slot = larger->Seek(old.key);
        slot.key = old.key;
        slot.value.CopyFrom(old.value);
        slot.used.store(true, std::memory_order_relaxed);
      }
    now_.store(larger.get(), std::memory_order_release);
    kept_.push_back(std::move(larger));
  }
  std::atomic<Slots*> now_{nullptr};
  std::vector<std::unique_ptr<Slots>> kept_;  // the former ones too: somebody may be reading them
  std::size_t count_ = 0;
};

}  // namespace zhian::tracing
