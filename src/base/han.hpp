// Han characters one by one: the Simplified 簡體 form of a Traditional one and the initial of its pinyin 拼音. From
// tables that the build makes of ICU's data (tools/han-tables.cpp), sorted by character. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zhian::base {

char32_t SimplifiedOf(char32_t c);  // itself where there is no other
char InitialOf(char32_t c);         // 'a' to 'z', by the reading that ICU puts first; 0 where it knows none

struct HanPair {
  std::uint32_t from, to;
};
extern const std::size_t kSimplifiedCount, kInitialsCount;
extern const HanPair kSimplified[], kInitials[];

}  // namespace zhian::base
