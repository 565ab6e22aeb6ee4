// The text that is written straight out against the same answer as a tree.
#include "rooms/traceability/face/trace_view.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"

using namespace zhian;
using namespace zhian::traceability::face;
namespace json = boost::json;
namespace trace = zhian::traceability;

namespace {

json::value Time(std::int64_t ms) {
  return ms == 0 ? json::value(nullptr) : json::value(base::FormatInstant(base::Instant{ms}));
}
// An exact number is read back as the number that it is.
json::value Told(const base::Decimal& quantity) { return json::parse(quantity.Short()); }
std::string Township(const std::string& code) { return code == "440606001" ? "大\"良" : code; }

json::object Tree(const trace::Answer& answer, Language language) {
  json::array nodes, edges, gaps;
  const auto text = [](std::string_view t) { return json::value(std::string(t)); };
  const auto id = [&](int i) {
    return std::string(answer.holdings[static_cast<std::size_t>(i)].item) + "@" +
           std::string(answer.holdings[static_cast<std::size_t>(i)].place);
  };
  double unresolved = 0, total = 0;
  int not_converted = 0, at = 0;
  for (const auto& h : answer.holdings) {
    const std::string area(h.jurisdiction.substr(0, 9));
    nodes.push_back(json::object{{"township", area},
                                 {"township_name", area.empty() ? std::string() : Township(area)},
                                 {"id", id(at++)},
                                 {"item", text(h.item)},
                                 {"place", text(h.place)},
                                 {"place_name", text(h.place_name)},
                                 {"operator", h.operator_id.empty() ? json::value(nullptr) : text(h.operator_id)},
                                 {"layer", h.layer},
                                 {"arrived_at", Time(h.arrived_at)},
                                 {"quantity", Told(h.quantity)},
                                 {"unit", base::UnitSymbol(h.unit, language)},
                                 {"share", h.share},
                                 {"status", text(h.status)},
                                 {"status_label", HoldingStatusLabel(h.status, language)},
                                 {"resolved", h.resolved},
                                 {"origin", h.origin}});
    if (h.layer >= 0 && !h.comparable && h.quantity.sign() > 0) ++not_converted;
    if (h.layer < 0 || !h.comparable) continue;
    total += h.quantity.Estimate() * h.share;
    if (!h.resolved) unresolved += h.quantity.Estimate() * h.share;
  }
  for (const auto& m : answer.movements)
    edges.push_back(json::object{{"from", id(m.from)},
                                 {"to", id(m.to)},
                                 {"kind", text(m.kind)},
                                 {"departed_at", Time(m.departed_at)},
                                 {"arrived_at", Time(m.arrived_at)},
                                 {"quantity", Told(m.quantity)},
                                 {"unit", base::UnitSymbol(m.unit, language)},
                                 {"matched", m.shipped && m.received},
                                 {"unknown", m.kind == "mixed" || !(m.shipped && m.received)}});
  for (const auto& g : answer.gaps)
    gaps.push_back(json::object{{"kind", text(g.kind)},
                                {"text", g.text.In(language)},
                                {"quantity", Told(g.quantity)},
                                {"unit", base::UnitSymbol(g.unit, language)},
                                {"place", text(g.place)}});
  return {{"origin", json::object{{"item", answer.item}, {"product", answer.product}}},
          {"unit", base::UnitSymbol(answer.unit, language)},
          {"nodes", nodes},
          {"edges", edges},
          {"gaps", gaps},
          {"balance", json::object{{"accounted", total - unresolved},
                                   {"unresolved", unresolved},
                                   {"total", total},
                                   {"not_converted", not_converted}}},
          {"reached_limit", answer.reached_limit},
          {"settled", answer.settled}};
}

// Numbers by their value: 5 and 5.0 are one.
std::string Canonical(const json::value& value) { return base::CanonicalJson(value); }

}  // namespace

TEST_CASE("property: the written text of a trace is the tree's, whatever stands in its texts") {
  std::mt19937 random(17);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  static constexpr std::string_view kPieces[] = {"a",         "\"", "\\",   "\n", "\x01", "豆腐",
                                                 "</script>", "é",  "\x7f", "@",  " ",    "😀"};
  static constexpr std::string_view kUnits[] = {"KGM", "C62", "箱", "\"", ""},
                                    kStates[] = {"unknown", "destroyed", "sold_to_unknown", "no\"such"},
                                    kTownships[] = {"", "440606001", "440606002017", "x"},
                                    kKinds[] = {"moved", "mixed", "made"};
  for (int trial = 0; trial < 300; ++trial) {
    trace::Answer answer;
    const auto text = [&] {
      std::string made;
      for (int k = below(6); k > 0; --k) made += kPieces[static_cast<std::size_t>(below(std::size(kPieces)))];
      return answer.texts.Keep(made);
    };
    const auto number = [&]() -> base::Decimal {
      switch (below(6)) {
        case 0: return {};
        case 1: return base::Decimal(below(1000));
        case 2: return base::Decimal::FromUnits(below(1'000'000'000), 6);
        case 3: return base::Decimal(std::int64_t{1'000'000'000'000'000} * below(100));
        case 4: return base::Decimal::FromUnits(below(100), 6);
        default: return base::Decimal::FromUnits(-25 * std::int64_t{below(50)}, 2);
      }
    };
    const auto time = [&] {
      return below(4) == 0 ? std::int64_t{0}
                           : std::int64_t{1'780'000'000'000} + below(100'000'000) * std::int64_t{1000};
    };
    answer.item = text();
    answer.product = text();
    answer.unit = kUnits[static_cast<std::size_t>(below(5))];
    answer.reached_limit = below(2) == 0;
    answer.settled = below(2) == 0;
    const int holdings = below(12);
    for (int i = 0; i < holdings; ++i)
      answer.holdings.push_back({.item = text(),
                                 .place = text(),
                                 .place_name = text(),
                                 .operator_id = text(),
                                 .jurisdiction = kTownships[below(4)],
                                 .status = kStates[below(4)],
                                 .evidence = text(),
                                 .unit = kUnits[below(5)],
                                 .layer = below(5) - 2,
                                 .arrived_at = time(),
                                 .quantity = number(),
                                 .share = below(100) / 99.0,
                                 .resolved = below(2) == 0,
                                 .origin = below(2) == 0,
                                 .comparable = below(2) == 0});
    for (int i = holdings == 0 ? 0 : below(20); i > 0; --i)
      answer.movements.push_back({.kind = kKinds[below(3)],
                                  .unit = kUnits[below(5)],
                                  .from = below(holdings),
                                  .to = below(holdings),
                                  .departed_at = time(),
                                  .arrived_at = time(),
                                  .quantity = number(),
                                  .shipped = below(2) == 0,
                                  .received = below(2) == 0});
    for (int i = below(4); i > 0; --i)
      answer.gaps.push_back({.kind = "imbalance",
                             .item = text(),
                             .place = text(),
                             .operator_id = text(),
                             .unit = kUnits[below(5)],
                             .text = Say("{} 转出多于转入", std::string(text())),
                             .quantity = number()});
    for (const Language language : {Language::kSimplified, Language::kTraditional, Language::kEnglish}) {
      const auto read = base::ParseJson(TraceView(answer, language, &Township));
      REQUIRE(read.ok());
      REQUIRE(Canonical(*read) == Canonical(Tree(answer, language)));
    }
  }
}

TEST_CASE("a number that is none is written as one that can be read") {
  trace::Answer answer;
  answer.holdings.push_back({.item = "a",
                             .place = "b",
                             .place_name = {},
                             .operator_id = {},
                             .jurisdiction = {},
                             .status = "unknown",
                             .evidence = {},
                             .unit = "KGM",
                             .share = std::nan(""),
                             .comparable = false});
  CHECK(base::ParseJson(TraceView(answer, Language::kSimplified, &Township)).ok());
}
