#include "rooms/traceability/trace_names.hpp"

#include <algorithm>
#include <cstring>

namespace zhian::traceability {
namespace {

char* PutNumber(char* at, std::uint32_t number) {
  for (; number >= 128; number >>= 7) *at++ = static_cast<char>(number | 128);
  *at++ = static_cast<char>(number);
  return at;
}
const char* TakeNumber(const char* at, std::uint32_t& number) {
  number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= std::uint32_t{byte & 127u} << shift;
    if (byte < 128) return at;
  }
}
constexpr std::size_t kNumberMax = 5;  // bytes

}  // namespace

std::uint32_t HoldingNames::Interned::Number(std::string_view text) {
  if (const auto known = numbers.find(text); known != numbers.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(numbers.size());
  std::string& kept = texts.Make(number);
  kept = text;
  numbers.emplace(kept, number);
  return number;
}

HoldingNames::Name HoldingNames::operator[](std::uint32_t v) const {
  const Entry& entry = shown_entries_[v / kEntries].load(std::memory_order_acquire)[v % kEntries];
  if (entry.at == kNotKept) return {.head = {}, .tail = {}, .place = {}, .kept = false};
  const char* at = shown_[entry.at / kBlock].load(std::memory_order_acquire) + entry.at % kBlock;
  std::uint32_t head = 0, length = 0;
  at = TakeNumber(TakeNumber(at, head), length);
  return {heads_.texts[head], {at, length}, places_.texts[entry.place]};
}

bool HoldingNames::Add(std::string_view item, std::string_view place) {
  const std::uint32_t v = size_.load(std::memory_order_relaxed);
  std::size_t cut = item.find_last_of("/:.");
  cut = cut == std::string_view::npos || heads_.numbers.size() >= kHeadsMax ? 0 : cut + 1;
  const std::string_view tail = item.substr(cut);
  const bool keeps = item.size() <= kTextMax && place.size() <= kTextMax;
  const std::size_t most = keeps ? tail.size() + 2 * kNumberMax : 0;
  if (v / kEntries >= owned_entries_.size() || (used_ + most) / kBlock + 1 >= owned_.size()) return false;
  if (keeps && used_ % kBlock + most > kBlock) used_ = (used_ / kBlock + 1) * kBlock;  // a name lies within one block
  if (auto& block = owned_[used_ / kBlock]; block == nullptr) {
    block = std::make_unique_for_overwrite<char[]>(kBlock);
    shown_[used_ / kBlock].store(block.get(), std::memory_order_release);
    bytes_ += kBlock;
  }
  if (auto& block = owned_entries_[v / kEntries]; block == nullptr) {
    block = std::make_unique_for_overwrite<Entry[]>(kEntries);
    shown_entries_[v / kEntries].store(block.get(), std::memory_order_release);
    bytes_ += kEntries * sizeof(Entry);
  }
  if (!keeps) {
    owned_entries_[v / kEntries][v % kEntries] = {kNotKept, 0};
    size_.store(v + 1, std::memory_order_release);
    return true;
  }
  char* const begin = owned_[used_ / kBlock].get() + used_ % kBlock;
  char* const at = PutNumber(PutNumber(begin, heads_.Number(item.substr(0, cut))), static_cast<std::uint32_t>(tail.size()));
  std::memcpy(at, tail.data(), tail.size());
  owned_entries_[v / kEntries][v % kEntries] = {static_cast<std::uint32_t>(used_), places_.Number(place)};
  used_ += static_cast<std::size_t>(at - begin) + tail.size();
  size_.store(v + 1, std::memory_order_release);
  return true;
}

}  // namespace zhian::traceability
