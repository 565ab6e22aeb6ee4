// How codes that machines exchange are shown to people: units of UN/ECE Recommendation 20 by their symbol, lots by the
// number that stands on the package. What is no such code stays as it is. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/message.hpp"

namespace zhian::base {

// "KGM" is kg in every language; pieces are said in the reader's.
std::string UnitSymbol(std::string_view code, Language language);
// "urn:zhian:lot:DF20260512" and "https://id.gs1.org/01/…/10/DF20260512" are DF20260512.
std::string LotNumber(std::string_view item);
// The same for identifiers that stand within a text ("豆腐 urn:zhian:lot:DF20260512").
std::string WithLotNumbers(std::string_view text);

}  // namespace zhian::base
