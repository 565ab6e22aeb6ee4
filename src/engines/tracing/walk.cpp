// Absorption on a supply network: in reverse order of the flow, part by part.
#include <algorithm>
#include <cmath>
#include <map>

#include "engines/tracing/sources.hpp"

namespace zhian::tracing {
namespace {
constexpr std::uint32_t kPart = 0xffffffff;
}

SupplyWalk::SupplyWalk(const SupplyNetwork& network) {
  const auto n = static_cast<std::uint32_t>(network.places.size());
  std::vector<SupplyEdge> edges;
  for (const SupplyEdge& e : network.edges)
    if (e.from != e.to && e.amount > 0) edges.push_back(e);
  std::stable_sort(edges.begin(), edges.end(), [](const SupplyEdge& a, const SupplyEdge& b) {
    return a.from != b.from ? a.from < b.from : a.to < b.to;
  });
  offsets_.assign(n + 1, 0);
  std::vector<double> leaves(n, 0);
  std::vector<char> entered(n, 0);
  for (const SupplyEdge& e : edges) {
    leaves[e.from] += e.amount;
    entered[e.to] = 1;
    if (!shares_.empty() && offsets_[e.from + 1] > 0 && shares_.back().to == e.to) {
      shares_.back().share += e.amount;
      continue;
    }
    shares_.push_back({e.to, e.amount});
    ++offsets_[e.from + 1];
  }
  for (std::uint32_t v = 0; v < n; ++v) offsets_[v + 1] += offsets_[v];
  for (std::uint32_t v = 0; v < n; ++v) {
    for (std::uint32_t e = offsets_[v]; e < offsets_[v + 1]; ++e) shares_[e].share /= leaves[v];
    // A place without any delivery is neither.
    if (entered[v] == 0 && !is_outlet(v)) candidates_.push_back(v);
    if (entered[v] != 0 && is_outlet(v)) outlets_.push_back(v);
  }
  // Tarjan's algorithm finds the parts from the ends of the flow on: the order in which they are solved.
  part_of_.assign(n, kPart);
  std::vector<std::uint32_t> number(n, kPart), low(n, 0), at(n, 0);
  std::vector<char> finished(n, 0);
  std::vector<PlaceIndex> stack, calls;
  std::uint32_t next = 0;
  for (PlaceIndex root = 0; root < n; ++root) {
    if (number[root] != kPart) continue;
    const auto enter = [&](PlaceIndex v) {
      number[v] = low[v] = next++;
      at[v] = offsets_[v];
      stack.push_back(v);
      calls.push_back(v);
    };
    enter(root);
    while (!calls.empty()) {
      const PlaceIndex v = calls.back();
      if (at[v] < offsets_[v + 1]) {
        const PlaceIndex to = shares_[at[v]++].to;
        if (number[to] == kPart)
          enter(to);
        else if (finished[to] == 0)
          low[v] = std::min(low[v], number[to]);
        continue;
      }
      calls.pop_back();
      if (!calls.empty()) low[calls.back()] = std::min(low[calls.back()], low[v]);
      if (low[v] != number[v]) continue;
      Part part;
      for (PlaceIndex w = kPart; w != v;) {
        w = stack.back();
        stack.pop_back();
        finished[w] = 1;
        part.places.push_back(w);
      }
      if (part.places.size() == 1) {
        order_.emplace_back(v, 0);
        continue;
      }
      for (const PlaceIndex w : part.places) part_of_[w] = static_cast<std::uint32_t>(parts_.size());
      order_.emplace_back(kPart, static_cast<std::uint32_t>(parts_.size()));
      parts_.push_back(std::move(part));
    }
  }
  // Elimination state by state without a subtraction (Grassmann, Taksar & Heyman 1985): exact to the last digits
  // however slowly goods leave a part.
  for (std::uint32_t p = 0; p < parts_.size(); ++p) {
    Part& part = parts_[p];
    const std::size_t size = part.places.size();
    std::map<PlaceIndex, std::size_t> place;
    for (std::size_t i = 0; i < size; ++i) place[part.places[i]] = i;
    std::vector<double> exit(size, 0);
    part.closed = true;
    for (std::size_t i = 0; i < size; ++i)
      for (const Share& share : onward(part.places[i]))
        if (part_of_[share.to] != p) {
          exit[i] += share.share;
          part.closed = false;
        }
    if (part.closed || size > kSolvedExactly) continue;
    std::vector<double>& m = part.eliminated;
    m.assign(size * size, 0);
    for (std::size_t i = 0; i < size; ++i)
      for (const Share& share : onward(part.places[i]))
        if (part_of_[share.to] == p) m[i * size + place[share.to]] += share.share;
    part.pivots.assign(size, 0);
    for (std::size_t k = size; k-- > 0;) {
      double leaving = exit[k];
      for (std::size_t j = 0; j < k; ++j) leaving += m[k * size + j];
      part.pivots[k] = leaving;
      for (std::size_t j = 0; j < k; ++j) m[k * size + j] /= leaving;
      for (std::size_t i = 0; i < k; ++i) {
        const double to = m[i * size + k];
        if (to == 0) continue;
        for (std::size_t j = 0; j < k; ++j)
          if (j != i) m[i * size + j] += to * m[k * size + j];
        exit[i] += to * exit[k] / leaving;
      }
    }
  }
}

std::vector<double> SupplyWalk::VisitsTo(PlaceIndex target) const {
  std::vector<double> visits(part_of_.size(), 0);
  std::vector<double> right;
  for (const auto& [place, number] : order_) {
    if (place != kPart) {
      double sum = place == target ? 1 : 0;
      for (const Share& share : onward(place)) sum += share.share * visits[share.to];
      visits[place] = sum;
      continue;
    }
    const Part& part = parts_[number];
    if (part.closed) continue;
    const std::size_t size = part.places.size();
    right.assign(size, 0);
    for (std::size_t i = 0; i < size; ++i) {
      if (part.places[i] == target) right[i] = 1;
      for (const Share& share : onward(part.places[i]))
        if (part_of_[share.to] != number) right[i] += share.share * visits[share.to];
    }
    if (part.eliminated.empty()) {
      for (int round = 0; round < 100'000; ++round) {
        double change = 0, sum = 0;
        for (std::size_t i = 0; i < size; ++i) {
          double value = right[i];
          for (const Share& share : onward(part.places[i]))
            if (part_of_[share.to] == number) value += share.share * visits[share.to];
          change += value - visits[part.places[i]];
          sum += value;
          visits[part.places[i]] = value;
        }
        if (change <= sum * 1e-13) break;
      }
      continue;
    }
    // What was eliminated last is known first.
    for (std::size_t k = size; k-- > 0;) {
      right[k] /= part.pivots[k];
      for (std::size_t i = 0; i < k; ++i) right[i] += part.eliminated[i * size + k] * right[k];
    }
    for (std::size_t k = 0; k < size; ++k) {
      double value = right[k];
      for (std::size_t j = 0; j < k; ++j) value += part.eliminated[k * size + j] * visits[part.places[j]];
      visits[part.places[k]] = value;
    }
  }
  return visits;
}

}  // namespace zhian::tracing
