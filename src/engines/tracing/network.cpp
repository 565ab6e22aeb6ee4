#include "engines/tracing/network.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/time.hpp"
#include "engines/tracing/table.hpp"

namespace zhian::tracing {

Result<PartialDate> ParsePartialDate(std::string_view text) {
  PartialDate date;
  if (text.empty()) return date;
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const bool shape = (text.size() == 4 || text.size() == 7 || text.size() == 10) &&
                     (text.size() < 7 || text[4] == '-') && (text.size() < 10 || text[7] == '-');
  if (shape) {
    date.year = digits(0, 4);
    if (text.size() >= 7) date.month = digits(5, 2);
    if (text.size() >= 10) date.day = digits(8, 2);
  }
  const bool exists = shape && date.year > 0 && (text.size() < 7 || (date.month >= 1 && date.month <= 12)) &&
                      (text.size() < 10 || base::Date::IsCivil(date.year, date.month, date.day));
  if (!exists) return MakeError(ErrorCode::kInvalid, "须是日期，可以只写年或年月，例如 2012、2012-11、2012-11-05");
  return date;
}

bool MayBeNoLater(const PartialDate& first, const PartialDate& second) {
  for (const auto& [a, b] :
       {std::pair{first.year, second.year}, {first.month, second.month}, {first.day, second.day}}) {
    if (a == 0 || b == 0) return true;
    if (a != b) return a < b;
  }
  return true;
}

Result<DeliveryNetwork> ReadDeliveryNetwork(std::string_view stations, std::string_view deliveries,
                                            std::string_view links) {
  DeliveryNetwork network;
  using Columns = std::vector<NamedTable::Column>;
  ZHIAN_ASSIGN(const NamedTable of_stations,
               NamedTable::Read("stations", stations,
                                Columns{{"id"}, {"weight", false}, {"cross_contamination", false}, {"kill", false}}));
  ZHIAN_ASSIGN(const NamedTable of_deliveries, NamedTable::Read("deliveries", deliveries,
                                                                Columns{{"id"},
                                                                        {"from"},
                                                                        {"to"},
                                                                        {"departure", false},
                                                                        {"arrival", false},
                                                                        {"weight", false},
                                                                        {"cross_contamination", false},
                                                                        {"kill", false}}));
  ZHIAN_ASSIGN(const NamedTable of_links,
               NamedTable::Read("links", links, Columns{{"from_delivery"}, {"to_delivery"}}, 10'000'000));
  std::unordered_map<std::string, std::uint32_t> station_of, delivery_of;
  const auto enter = [](const NamedTable& table, std::size_t row, auto& index) -> Status {
    const std::string& id = table.cell(row, 0);
    if (id.empty()) return table.At(row, 0, "不能为空");
    if (!index.try_emplace(id, static_cast<std::uint32_t>(row)).second) return table.At(row, 0, Say("{} 列了两次", id));
    return Ok();
  };
  const auto find = [](const NamedTable& table, std::size_t row, std::size_t column,
                       const auto& index) -> Result<std::uint32_t> {
    const auto at = index.find(table.cell(row, column));
    if (at == index.end()) return table.At(row, column, Say("没有 {}；请先列出", table.cell(row, column)));
    return at->second;
  };
  constexpr double kAny = -std::numeric_limits<double>::infinity();
  for (std::size_t row = 0; row < of_stations.size(); ++row) {
    ZHIAN_TRY(enter(of_stations, row, station_of));
    Station station{.id = of_stations.cell(row, 0)};
    ZHIAN_ASSIGN(station.weight, of_stations.Number(row, 1, 0, kAny));
    ZHIAN_ASSIGN(station.cross_contamination, of_stations.Flag(row, 2));
    ZHIAN_ASSIGN(station.kill, of_stations.Flag(row, 3));
    network.stations.push_back(std::move(station));
  }
  for (std::size_t row = 0; row < of_deliveries.size(); ++row) {
    ZHIAN_TRY(enter(of_deliveries, row, delivery_of));
    Delivery delivery{.id = of_deliveries.cell(row, 0)};
    ZHIAN_ASSIGN(delivery.from, find(of_deliveries, row, 1, station_of));
    ZHIAN_ASSIGN(delivery.to, find(of_deliveries, row, 2, station_of));
    for (const std::size_t column : {std::size_t{3}, std::size_t{4}}) {
      auto date = ParsePartialDate(of_deliveries.cell(row, column));
      if (!date.ok()) return of_deliveries.At(row, column, date.error().message);
      (column == 3 ? delivery.departure : delivery.arrival) = *date;
    }
    ZHIAN_ASSIGN(delivery.weight, of_deliveries.Number(row, 5, 0, kAny));
    ZHIAN_ASSIGN(delivery.cross_contamination, of_deliveries.Flag(row, 6));
    ZHIAN_ASSIGN(delivery.kill, of_deliveries.Flag(row, 7));
    network.deliveries.push_back(std::move(delivery));
  }
  for (std::size_t row = 0; row < of_links.size(); ++row) {
    ZHIAN_ASSIGN(const std::uint32_t from, find(of_links, row, 0, delivery_of));
    ZHIAN_ASSIGN(const std::uint32_t to, find(of_links, row, 1, delivery_of));
    network.links.emplace_back(from, to);
  }
  return network;
}

namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

Lists Transposed(const Lists& lists) {
  Lists turned(lists.size());
  for (std::uint32_t from = 0; from < lists.size(); ++from)
    for (const std::uint32_t to : lists[from]) turned[to].push_back(from);
  return turned;
}

// The links that count: those given, those of mixing, less those that a kill step cuts.
Result<Lists> OnwardLinks(const DeliveryNetwork& network, const Lists& incoming, const Lists& outgoing,
                          const NetworkTraceOptions& options) {
  const auto& deliveries = network.deliveries;
  Lists given(deliveries.size());
  for (const auto& [from, to] : network.links) given[from].push_back(to);
  std::size_t count = network.links.size();
  Lists onward = given;
  const auto infer = [&](std::uint32_t from, std::uint32_t to) {
    if (!options.ignore_time && !MayBeNoLater(deliveries[from].arrival, deliveries[to].departure)) return true;
    onward[from].push_back(to);
    return ++count <= options.links_max;
  };
  const auto too_many = [&] {
    return MakeError(ErrorCode::kTooLarge, Say("混合推出的关联超过 {} 条；请缩小范围或少设混合", options.links_max));
  };
  if (count > options.links_max) return too_many();
  for (std::uint32_t s = 0; s < network.stations.size(); ++s) {
    if (network.stations[s].cross_contamination)
      for (const std::uint32_t in : incoming[s])
        for (const std::uint32_t out : outgoing[s])
          if (!infer(in, out)) return too_many();
    for (const std::uint32_t one : incoming[s])
      if (deliveries[one].cross_contamination)
        for (const std::uint32_t other : incoming[s])
          if (other != one && deliveries[other].cross_contamination)
            for (const std::uint32_t to : given[other])
              if (!infer(one, to)) return too_many();
  }
  for (std::uint32_t d = 0; d < deliveries.size(); ++d) {
    auto& links = onward[d];
    if (deliveries[d].kill || network.stations[deliveries[d].to].kill) links.clear();
    std::erase_if(links, [&](std::uint32_t to) { return network.stations[deliveries[to].from].kill; });
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
  }
  return onward;
}

// Deliveries reachable from some along links, ascending, the starts among them.
class Reach {
 public:
  explicit Reach(const Lists& links) : links_(links), seen_(links.size(), 0) {}
  std::vector<std::uint32_t> From(const std::vector<std::uint32_t>& starts) {
    std::vector<std::uint32_t> list;
    const auto meet = [&](std::uint32_t d) {
      if (seen_[d] == 0) list.push_back(d);
      seen_[d] = 1;
    };
    for (const std::uint32_t d : starts) meet(d);
    for (std::size_t done = 0; done < list.size(); ++done)
      for (const std::uint32_t to : links_[list[done]]) meet(to);
    for (const std::uint32_t d : list) seen_[d] = 0;
    std::sort(list.begin(), list.end());
    return list;
  }

 private:
  const Lists& links_;
  std::vector<char> seen_;
};

}  // namespace

Result<NetworkTraces> TraceNetwork(const DeliveryNetwork& network, const NetworkTraceOptions& options) {
  const auto& stations = network.stations;
  const auto& deliveries = network.deliveries;
  Lists incoming(stations.size()), outgoing(stations.size());
  for (std::uint32_t d = 0; d < deliveries.size(); ++d) {
    outgoing[deliveries[d].from].push_back(d);
    incoming[deliveries[d].to].push_back(d);
  }
  ZHIAN_ASSIGN(const Lists onward, OnwardLinks(network, incoming, outgoing, options));
  const Lists back = Transposed(onward);
  Reach forward(onward), backward(back);

  double positive = 0, negative = 0;
  const auto add = [&](double weight) { (weight > 0 ? positive : negative) += std::abs(weight); };
  for (const Station& station : stations) add(station.weight);
  for (const Delivery& delivery : deliveries) add(delivery.weight);
  const double whole = std::max(positive, negative);

  std::vector<std::uint32_t> counted(stations.size(), 0);
  std::uint32_t round = 0;
  // `reached` are the deliveries reachable from x, with x where it is one; `itself` is the station x, or none.
  const auto score = [&](const std::vector<std::uint32_t>& reached, std::uint32_t itself) {
    ++round;
    double sum = 0;
    const auto count = [&](std::uint32_t station) {
      if (counted[station] != round) sum += stations[station].weight;
      counted[station] = round;
    };
    if (itself < stations.size()) count(itself);
    for (const std::uint32_t d : reached) {
      sum += deliveries[d].weight;
      count(deliveries[d].to);
    }
    return whole > 0 ? sum / whole : 0;
  };

  NetworkTraces traces;
  std::size_t listed = 0;
  const auto fits = [&](const NetworkTrace& trace) {
    return (listed += trace.forward.size() + trace.backward.size()) <= options.listed_max;
  };
  const auto too_long = [&] {
    return MakeError(ErrorCode::kTooLarge, Say("结果超过 {} 项；请缩小网络的范围", options.listed_max));
  };
  for (std::uint32_t s = 0; s < stations.size(); ++s) {
    NetworkTrace trace;
    if (!stations[s].kill) trace.forward = forward.From(outgoing[s]);
    trace.backward = backward.From(incoming[s]);
    trace.score = score(trace.forward, s);
    if (!fits(trace)) return too_long();
    traces.stations.push_back(std::move(trace));
  }
  for (std::uint32_t d = 0; d < deliveries.size(); ++d) {
    NetworkTrace trace;
    trace.forward = forward.From({d});
    trace.backward = backward.From({d});
    trace.score = score(trace.forward, static_cast<std::uint32_t>(stations.size()));
    std::erase(trace.forward, d);
    std::erase(trace.backward, d);
    if (!fits(trace)) return too_long();
    traces.deliveries.push_back(std::move(trace));
  }
  return traces;
}

}  // namespace zhian::tracing
