// For tests: a graph of holdings drawn as text, and answers as text.
//   "leaf -> tea -> gift-box; honey -> tea"    edges of one unit each; a holding is named by its first mention
//   "a@t5 -> b@t3 -> c"                        the edge into a holding arrives at the holding's time; it left at the
//   same time "a -10-> b"                                a quantity on an edge; "a=40" the quantity of a holding
//   "a/mill -> b/mill"                         the premises of a holding
// Pure; only tests include it.
#pragma once

#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

struct Drawn {
  TraceGraph graph;
  GraphColumns columns;
  std::vector<std::string> names;
  std::map<std::string, HoldingIndex> index;

  [[nodiscard]] std::string Names(std::span<const HoldingIndex> holdings) const {
    std::string text;
    for (const HoldingIndex v : holdings) text += (text.empty() ? "" : " ") + names[v];
    return text;
  }
};

inline Drawn Draw(std::string_view text) {
  Drawn drawn;
  std::map<std::string, std::uint32_t> premises;
  std::map<HoldingIndex, std::int64_t> time;
  std::size_t at = 0;
  const auto word = [&](std::string_view stop) {
    const std::size_t from = at;
    while (at < text.size() && stop.find(text[at]) == std::string_view::npos) ++at;
    return std::string(text.substr(from, at - from));
  };
  HoldingIndex before = kNoHolding;
  std::int64_t quantity = 1;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == ';') {
      before = kNoHolding;
      ++at;
    } else if (text[at] == '-') {
      ++at;
      const std::string number = word(">-");
      quantity = number.empty() ? 1 : std::stoll(number);
      while (at < text.size() && (text[at] == '-' || text[at] == '>')) ++at;
    } else {
      const std::string name = word(" @/=;");
      const auto [known, is_new] = drawn.index.try_emplace(name, static_cast<HoldingIndex>(drawn.names.size()));
      const HoldingIndex v = known->second;
      if (is_new) {
        drawn.names.push_back(name);
        drawn.columns.ids.push_back(v * 10 + 7);
        drawn.columns.quantities.push_back(0);
        drawn.columns.premises.push_back(kNoPremises);
      }
      while (at < text.size() && text[at] != ' ' && text[at] != ';') {
        const char mark = text[at++];
        const std::string value = word(" @/=;");
        if (mark == '@') time[v] = std::stoll(value.substr(1));
        if (mark == '=') drawn.columns.quantities[v] = std::stoll(value);
        if (mark == '/') {
          const auto place = premises.try_emplace(value, static_cast<std::uint32_t>(premises.size()));
          if (place.second) drawn.columns.operators.push_back(place.first->second);
          drawn.columns.premises[v] = place.first->second;
        }
      }
      if (before != kNoHolding) {
        drawn.columns.from.push_back(before);
        drawn.columns.to.push_back(v);
        drawn.columns.edge_quantities.push_back(quantity);
      }
      before = v;
      quantity = 1;
    }
  }
  for (const HoldingIndex to : drawn.columns.to)
    drawn.columns.edge_times.push_back(time.contains(to) ? EdgeTime{TimeRange::At(time[to]), TimeRange::At(time[to])}
                                                         : EdgeTime{});
  drawn.graph = TraceGraph::Build(drawn.columns).value();
  return drawn;
}

}  // namespace zhian::tracing
