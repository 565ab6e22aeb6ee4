// What holdings and their places are called, in memory beside the graph. HoldingNames: the item and the place of a
// holding, which never change once they are committed; added in order of number. Particulars: what may change (who
// keeps a place, what became of a holding), each value read from the tables when it is first asked for and let go when
// the journal of changes names it. One writer at a time; any number of readers beside it, without locks.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "engines/tracing/chunks.hpp"

namespace zhian::traceability {

class HoldingNames {
 public:
  struct Name {
    std::string_view head, tail, place;  // the item is head and tail; valid as long as the names are kept
    bool kept = true;                    // false: too long to be kept, read it from the tables
  };
  [[nodiscard]] std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
  // REQUIRES: v < size().
  [[nodiscard]] Name operator[](std::uint32_t v) const;
  // Writer only: of the holding size(). False where there is no more room: it and what follows is read from the tables.
  bool Add(std::string_view item, std::string_view place);
  [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  // The names of the first `count` holdings as bytes: put(piece), in order. May run beside the writer. REQUIRES: count
  // <= size().
  void Write(std::uint32_t count, const std::function<void(std::span<const std::byte>)>& put) const;
  // Shows what was written where it lies, and goes on from there. kCorrupt: the bytes do not fit together, or are
  // damaged. What they say is looked at again wherever it is read, so that no bytes lead outside of them. REQUIRES:
  // size() == 0, nobody else knows of the names yet, and the bytes begin at a multiple of 8.
  Status Show(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

 private:
  // An item is written as the number of its head (up to the last of "/:.") and its tail: identifiers of one product
  // share their head.
  struct Entry {
    std::uint32_t at, place;  // where its text lies; without initial values: a block is not touched before its time
  };
  static constexpr std::size_t kBlock = std::size_t{1} << 20, kEntries = std::size_t{1} << 16,
                               kHeadsMax = std::size_t{1} << 20, kTextMax = 1000;
  static constexpr std::uint32_t kNotKept = 0xffffffff;
  // A list of different texts: those that are shown first, then those that were added.
  struct Interned {
    std::span<const std::uint32_t> shown_ends;  // where each shown text ends
    std::string_view shown_text;
    tracing::Chunks<std::string> texts;
    std::uint32_t added = 0;  // writer only
    std::unordered_map<std::string_view, std::uint32_t>
        numbers;  // writer only; the shown ones as soon as something is added
    [[nodiscard]] std::string_view operator[](std::uint32_t number) const;
    std::uint32_t Number(std::string_view text);
  };
  // A name as it is written: numbers of head and place.
  struct Parts {
    std::uint32_t head = 0, place = 0;
    std::string_view tail;
    bool kept = false;
  };
  [[nodiscard]] Parts PartsOf(std::uint32_t v) const;
  std::array<std::unique_ptr<char[]>, 4096> owned_;
  std::array<std::atomic<char*>, 4096> shown_{};
  std::array<std::unique_ptr<Entry[]>, 32768> owned_entries_;
  std::array<std::atomic<Entry*>, 32768> shown_entries_{};
  Interned heads_, places_;
  std::span<const Entry> shown_of_file_;
  std::string_view shown_tails_;
  std::shared_ptr<const void> owner_;  // of what is shown
  std::size_t used_ = 0;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint32_t> size_{0};
};

class Particulars {
 public:
  struct Site {
    std::string place_name, operator_id, jurisdiction;  // as answers show them; no operator: the place is not on file
  };
  struct Known {
    std::string status, evidence;
  };
  // The number of the last change that is taken into account.
  [[nodiscard]] std::int64_t seq() const { return seq_.load(std::memory_order_acquire); }
  // nullptr: not read yet.
  [[nodiscard]] const Site* FindSite(std::uint32_t site) const { return Find(sites_, site); }
  // nullptr: nothing is known of the holding.
  [[nodiscard]] const Known* FindKnown(std::uint32_t holding) const { return Find(known_, holding); }

  // Writer only.
  void SetSeq(std::int64_t seq) { seq_.store(seq, std::memory_order_release); }
  void SetSite(std::uint32_t site, Site value) { Set(sites_, site, &kept_sites_.emplace_back(std::move(value))); }
  void ForgetSite(std::uint32_t site) {
    if (FindSite(site) != nullptr) Set<Site>(sites_, site, nullptr);
  }
  void SetKnown(std::uint32_t holding, Known value) {
    const bool nothing = value.status == "unknown" && value.evidence.empty();
    if (nothing && FindKnown(holding) == nullptr) return;
    Set(known_, holding, nothing ? nullptr : &kept_known_.emplace_back(std::move(value)));
  }
  // Values that are kept for readers who may still look at them: past a bound the whole is better read again.
  [[nodiscard]] std::size_t replaced() const { return replaced_; }

 private:
  template <class T>
  struct Slot {
    std::atomic<const T*> value{nullptr};
    void CopyFrom(const Slot& other) {
      value.store(other.value.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
  };
  template <class T>
  static const T* Find(const tracing::GrowingTable<Slot<T>>& table, std::uint32_t key) {
    const auto* slot = table.Find(key);
    return slot == nullptr ? nullptr : slot->value.load(std::memory_order_acquire);
  }
  template <class T>
  void Set(tracing::GrowingTable<Slot<T>>& table, std::uint32_t key, const T* value) {
    auto& slot = table.At(key).value;
    if (slot.load(std::memory_order_relaxed) != nullptr) ++replaced_;
    slot.store(value, std::memory_order_release);
  }
  tracing::GrowingTable<Slot<Site>> sites_;
  tracing::GrowingTable<Slot<Known>> known_;
  std::deque<Site> kept_sites_;
  std::deque<Known> kept_known_;
  std::size_t replaced_ = 0;
  std::atomic<std::int64_t> seq_{0};
};

}  // namespace zhian::traceability
