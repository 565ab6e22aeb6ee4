#include "base/shown.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace zhian::base {
namespace {
constexpr std::string_view kLot = "urn:zhian:lot:", kLink = "https://id.gs1.org/01/";
}

std::string UnitSymbol(std::string_view code, Language language) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kSymbols{{{"KGM", "kg"},
                                                                                          {"GRM", "g"},
                                                                                          {"MGM", "mg"},
                                                                                          {"TNE", "t"},
                                                                                          {"LTR", "L"},
                                                                                          {"MLT", "mL"},
                                                                                          {"MTR", "m"},
                                                                                          {"MTQ", "m³"},
                                                                                          {"MTK", "m²"}}};
  for (const auto& [known, symbol] : kSymbols)
    if (known == code) return std::string(symbol);
  for (const std::string_view piece : {"piece", "H87", "EA", "C62", "NAR"})
    if (piece == code) return Message("件").In(language);
  return std::string(code);
}

std::string LotNumber(std::string_view item) {
  if (item.starts_with(kLot)) return std::string(item.substr(kLot.size()));
  if (item.starts_with(kLink)) {
    const auto at = item.find("/10/");
    if (at != std::string_view::npos) {
      const std::string_view rest = item.substr(at + 4);
      return std::string(rest.substr(0, rest.find_first_of("/?")));
    }
  }
  return std::string(item);
}

std::string WithLotNumbers(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kLot), text.find(kLink));
    if (at == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \n\t,;\"", at), text.find("，", at));
    const std::size_t stop =
        std::min(end, std::min(text.find("、", at), std::min(text.find("）", at), text.find("；", at))));
    out +=
        std::string(text.substr(0, at)) + LotNumber(text.substr(at, stop == std::string_view::npos ? stop : stop - at));
    text = stop == std::string_view::npos ? std::string_view() : text.substr(stop);
  }
  return out + std::string(text);
}

}  // namespace zhian::base
