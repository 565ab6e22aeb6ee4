#include "rooms/traceability/graph/trace_names.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "engines/tracing/snapshot.hpp"

namespace zhian::traceability {
namespace {

char* PutNumber(char* at, std::uint32_t number) {
  for (; number >= 128; number >>= 7) *at++ = static_cast<char>(number | 128);
  *at++ = static_cast<char>(number);
  return at;
}
// nullptr: the text ends before the number does.
const char* TakeNumber(const char* at, const char* end, std::uint32_t& number) {
  number = 0;
  for (int shift = 0; at != nullptr && at != end && shift < 32; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= std::uint32_t{byte & 127u} << shift;
    if (byte < 128) return at;
  }
  return nullptr;
}
constexpr std::size_t kNumberMax = 5;  // bytes

// Before the names of a file: entries, ends of heads, ends of places, their texts, the tails; then, at a multiple of 8,
// the checksum.
struct FileHead {
  std::uint64_t magic = 0x31'53'4d'4e'41'48'5a'00;
  std::uint32_t entries = 0, heads = 0, places = 0, reserved = 0;
  std::uint64_t head_bytes = 0, place_bytes = 0, tail_bytes = 0;
  std::uint64_t rest[2] = {0, 0};
};
static_assert(sizeof(FileHead) == 64);
constexpr std::size_t kPiece = std::size_t{1} << 20;

std::uint64_t ChecksumOf(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0;
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kPiece)))
    sum = tracing::Checksum(bytes.first(std::min(bytes.size(), kPiece)), sum);
  return sum;
}

// Gathers pieces, and their checksum.
class Pieces {
 public:
  explicit Pieces(const std::function<void(std::span<const std::byte>)>& put) : put_(put) { piece_.reserve(kPiece); }
  void Add(const void* bytes, std::size_t size) {
    const auto* at = static_cast<const std::byte*>(bytes);
    written_ += size;
    while (size > 0) {
      const std::size_t some = std::min(size, kPiece - piece_.size());
      piece_.insert(piece_.end(), at, at + some);
      at += some;
      size -= some;
      if (piece_.size() == kPiece) Flush();
    }
  }
  void Finish() {
    static constexpr std::uint64_t kZero = 0;
    Add(&kZero, (8 - written_ % 8) % 8);
    Flush();
    put_(std::as_bytes(std::span(&sum_, 1)));
  }

 private:
  void Flush() {
    if (piece_.empty()) return;
    sum_ = tracing::Checksum(piece_, sum_);
    put_(piece_);
    piece_.clear();
  }
  const std::function<void(std::span<const std::byte>)>& put_;
  std::vector<std::byte> piece_;
  std::size_t written_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace

std::string_view HoldingNames::Interned::operator[](std::uint32_t number) const {
  if (number >= shown_ends.size()) return texts[number - shown_ends.size()];
  const std::uint32_t begin = number == 0 ? 0 : shown_ends[number - 1], end = shown_ends[number];
  return begin <= end && end <= shown_text.size() ? shown_text.substr(begin, end - begin) : std::string_view{};
}

std::uint32_t HoldingNames::Interned::Number(std::string_view text) {
  if (numbers.empty())
    for (std::uint32_t i = 0; i < shown_ends.size(); ++i) numbers.emplace((*this)[i], i);
  if (const auto known = numbers.find(text); known != numbers.end()) return known->second;
  // Two shown texts that are alike (nobody writes such) must not make two numbers one.
  const auto number = static_cast<std::uint32_t>(shown_ends.size()) + added++;
  std::string& kept = texts.Make(number - shown_ends.size());
  kept = text;
  numbers.emplace(kept, number);
  return number;
}

HoldingNames::Parts HoldingNames::PartsOf(std::uint32_t v) const {
  Parts parts;
  const bool is_shown = v < shown_of_file_.size();
  const std::uint32_t own = v - static_cast<std::uint32_t>(shown_of_file_.size());
  const Entry& entry =
      is_shown ? shown_of_file_[v] : shown_entries_[own / kEntries].load(std::memory_order_acquire)[own % kEntries];
  if (entry.at == kNotKept) return parts;
  const char *at = nullptr, *end = nullptr;
  if (!is_shown) {
    const char* const block = shown_[entry.at / kBlock].load(std::memory_order_acquire);
    at = block + entry.at % kBlock;
    end = block + kBlock;
  } else if (entry.at < shown_tails_.size()) {
    at = shown_tails_.data() + entry.at;
    end = shown_tails_.data() + shown_tails_.size();
  }
  std::uint32_t length = 0;
  at = TakeNumber(TakeNumber(at, end, parts.head), end, length);
  if (at == nullptr || length > static_cast<std::size_t>(end - at)) return parts;
  if (is_shown && (parts.head >= heads_.shown_ends.size() || entry.place >= places_.shown_ends.size())) return parts;
  parts.place = entry.place;
  parts.tail = {at, length};
  parts.kept = true;
  return parts;
}

HoldingNames::Name HoldingNames::operator[](std::uint32_t v) const {
  const Parts parts = PartsOf(v);
  if (!parts.kept) return {.head = {}, .tail = {}, .place = {}, .kept = false};
  return {heads_[parts.head], parts.tail, places_[parts.place]};
}

void HoldingNames::Write(std::uint32_t count, const std::function<void(std::span<const std::byte>)>& put) const {
  const auto bytes_of = [](const Parts& parts, char* into) {
    return static_cast<std::size_t>(
        PutNumber(PutNumber(into, parts.head), static_cast<std::uint32_t>(parts.tail.size())) - into);
  };
  char numbers[2 * kNumberMax];
  FileHead head{.entries = count,
                .heads = static_cast<std::uint32_t>(heads_.shown_ends.size()),
                .places = static_cast<std::uint32_t>(places_.shown_ends.size())};
  // What does not fit the 32 bits of an entry is not kept.
  std::uint32_t kept_until = 0;
  for (; kept_until < count; ++kept_until) {
    const Parts parts = PartsOf(kept_until);
    if (!parts.kept) continue;
    const std::size_t size = bytes_of(parts, numbers) + parts.tail.size();
    if (head.tail_bytes + size >= kNotKept) break;
    head.tail_bytes += size;
    head.heads = std::max(head.heads, parts.head + 1);
    head.places = std::max(head.places, parts.place + 1);
  }
  head.entries = kept_until;
  for (std::uint32_t i = 0; i < head.heads; ++i) head.head_bytes += heads_[i].size();
  for (std::uint32_t i = 0; i < head.places; ++i) head.place_bytes += places_[i].size();
  if (head.head_bytes >= kNotKept || head.place_bytes >= kNotKept)
    head = {};  // beyond the 32 bits of an end: nothing is kept
  Pieces out(put);
  out.Add(&head, sizeof head);
  std::size_t at = 0;
  for (std::uint32_t v = 0; v < head.entries; ++v) {
    const Parts parts = PartsOf(v);
    const Entry entry{parts.kept ? static_cast<std::uint32_t>(at) : kNotKept, parts.place};
    if (parts.kept) at += bytes_of(parts, numbers) + parts.tail.size();
    out.Add(&entry, sizeof entry);
  }
  for (const auto& [texts, many] : {std::pair{&heads_, head.heads}, std::pair{&places_, head.places}}) {
    std::uint32_t end = 0;
    for (std::uint32_t i = 0; i < many; ++i) {
      end += static_cast<std::uint32_t>((*texts)[i].size());
      out.Add(&end, sizeof end);
    }
  }
  for (std::uint32_t i = 0; i < head.heads; ++i) out.Add(heads_[i].data(), heads_[i].size());
  for (std::uint32_t i = 0; i < head.places; ++i) out.Add(places_[i].data(), places_[i].size());
  for (std::uint32_t v = 0; v < head.entries; ++v) {
    const Parts parts = PartsOf(v);
    if (!parts.kept) continue;
    out.Add(numbers, bytes_of(parts, numbers));
    out.Add(parts.tail.data(), parts.tail.size());
  }
  out.Finish();
}

Status HoldingNames::Show(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  const auto corrupt = [] { return MakeError(ErrorCode::kCorrupt, "追溯图的快照已损坏；请删去该文件，由事件重建"); };
  FileHead head;
  if (bytes.size() < sizeof head + 8 || bytes.size() % 8 != 0) return corrupt();
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != FileHead{}.magic) return corrupt();
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  bytes = bytes.first(bytes.size() - 8);
  const std::byte* at = bytes.data() + sizeof head;
  std::size_t left = bytes.size() - sizeof head;
  const auto take = [&](std::uint64_t size) -> const std::byte* {
    if (at == nullptr || size > left) return at = nullptr;
    const std::byte* const begin = at;
    at += size;
    left -= size;
    return begin;
  };
  const auto* entries = reinterpret_cast<const Entry*>(take(std::uint64_t{head.entries} * sizeof(Entry)));
  const auto* head_ends = reinterpret_cast<const std::uint32_t*>(take(std::uint64_t{head.heads} * 4));
  const auto* place_ends = reinterpret_cast<const std::uint32_t*>(take(std::uint64_t{head.places} * 4));
  const auto* heads = reinterpret_cast<const char*>(take(head.head_bytes));
  const auto* places = reinterpret_cast<const char*>(take(head.place_bytes));
  const auto* tails = reinterpret_cast<const char*>(take(head.tail_bytes));
  if (at == nullptr || left >= 8 || ChecksumOf(bytes) != sum) return corrupt();
  shown_of_file_ = {entries, head.entries};
  heads_.shown_ends = {head_ends, head.heads};
  heads_.shown_text = {heads, head.head_bytes};
  places_.shown_ends = {place_ends, head.places};
  places_.shown_text = {places, head.place_bytes};
  shown_tails_ = {tails, head.tail_bytes};
  owner_ = std::move(owner);
  bytes_ += bytes.size();
  size_.store(head.entries, std::memory_order_release);
  return Ok();
}

bool HoldingNames::Add(std::string_view item, std::string_view place) {
  const std::uint32_t all = size_.load(std::memory_order_relaxed),
                      v = all - static_cast<std::uint32_t>(shown_of_file_.size());
  std::size_t cut = item.find_last_of("/:.");
  cut = cut == std::string_view::npos || heads_.shown_ends.size() + heads_.added >= kHeadsMax ? 0 : cut + 1;
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
    size_.store(all + 1, std::memory_order_release);
    return true;
  }
  char* const begin = owned_[used_ / kBlock].get() + used_ % kBlock;
  char* const at =
      PutNumber(PutNumber(begin, heads_.Number(item.substr(0, cut))), static_cast<std::uint32_t>(tail.size()));
  std::memcpy(at, tail.data(), tail.size());
  owned_entries_[v / kEntries][v % kEntries] = {static_cast<std::uint32_t>(used_), places_.Number(place)};
  used_ += static_cast<std::size_t>(at - begin) + tail.size();
  size_.store(all + 1, std::memory_order_release);
  return true;
}

}  // namespace zhian::traceability
