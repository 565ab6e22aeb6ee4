#include "base/han.hpp"

#include <algorithm>

namespace zhian::base {
namespace {

const HanPair* Find(const HanPair* pairs, std::size_t count, char32_t c) {
  const auto* at = std::lower_bound(pairs, pairs + count, c,
                                    [](const HanPair& pair, char32_t wanted) { return pair.from < wanted; });
  return at == pairs + count || at->from != c ? nullptr : at;
}

}  // namespace

char32_t SimplifiedOf(char32_t c) {
  const HanPair* const pair = Find(kSimplified, kSimplifiedCount, c);
  return pair == nullptr ? c : static_cast<char32_t>(pair->to);
}

char InitialOf(char32_t c) {
  const HanPair* const pair = Find(kInitials, kInitialsCount, c);
  return pair == nullptr ? '\0' : static_cast<char>(pair->to);
}

}  // namespace zhian::base
