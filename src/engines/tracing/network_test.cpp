#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "base/json.hpp"
#include "engines/tracing/network_fcl.hpp"

using namespace zhian;
using namespace zhian::tracing;

namespace {

PartialDate Date(std::string_view text) { return ParsePartialDate(text).value(); }

// The plain implementation: sets that grow until nothing is new, straight from the words of the semantics.
struct Plain {
  const DeliveryNetwork& net;
  bool ignore_time;
  [[nodiscard]] bool InOrder(std::size_t in, std::size_t out) const {
    const PartialDate &a = net.deliveries[in].arrival, &b = net.deliveries[out].departure;
    if (ignore_time || a.year == 0 || b.year == 0) return true;
    if (a.year != b.year) return a.year < b.year;
    if (a.month == 0 || b.month == 0) return true;
    if (a.month != b.month) return a.month < b.month;
    return a.day == 0 || b.day == 0 || a.day <= b.day;
  }
  [[nodiscard]] bool Linked(std::uint32_t a, std::uint32_t b) const {
    const Delivery &in = net.deliveries[a], &out = net.deliveries[b];
    if (in.kill || net.stations[in.to].kill || net.stations[out.from].kill) return false;
    for (const auto& [from, to] : net.links) {
      if (to != b) continue;
      if (from == a) return true;
      const Delivery& other = net.deliveries[from];
      if (in.cross_contamination && other.cross_contamination && other.to == in.to && InOrder(a, b)) return true;
    }
    return net.stations[in.to].cross_contamination && in.to == out.from && InOrder(a, b);
  }
  [[nodiscard]] std::set<std::uint32_t> Closure(std::set<std::uint32_t> set, bool forward) const {
    for (std::size_t before = 0; before != set.size();) {
      before = set.size();
      for (const std::uint32_t d : std::set<std::uint32_t>(set))
        for (std::uint32_t e = 0; e < net.deliveries.size(); ++e)
          if (forward ? Linked(d, e) : Linked(e, d)) set.insert(e);
    }
    return set;
  }
  [[nodiscard]] double Score(const std::set<std::uint32_t>& reached, const std::set<std::uint32_t>& itself) const {
    std::set<std::uint32_t> stations = itself;
    double sum = 0, plus = 0, minus = 0;
    for (const std::uint32_t d : reached) {
      sum += net.deliveries[d].weight;
      stations.insert(net.deliveries[d].to);
    }
    for (const std::uint32_t s : stations) sum += net.stations[s].weight;
    const auto add = [&](double w) { w > 0 ? plus += w : minus -= w; };
    for (const auto& s : net.stations) add(s.weight);
    for (const auto& d : net.deliveries) add(d.weight);
    const double whole = std::max(plus, minus);
    return whole == 0 ? 0 : sum / whole;
  }
};

rc::Gen<DeliveryNetwork> AnyNetwork() {
  return rc::gen::exec([] {
    DeliveryNetwork net;
    const auto below = [](int n) { return *rc::gen::inRange(0, n); };
    const int stations = 1 + below(6), deliveries = below(14), links = deliveries == 0 ? 0 : below(12);
    const auto weight = [&] { return below(3) == 0 ? below(9) - 3.0 : 0.0; };
    const auto date = [&] {
      PartialDate d;
      if (below(4) > 0) d.year = 2012 + below(2);
      if (d.year > 0 && below(4) > 0) d.month = 1 + below(3);
      if (d.month > 0 && below(4) > 0) d.day = 1 + below(3);
      return d;
    };
    for (int s = 0; s < stations; ++s)
      net.stations.push_back({std::to_string(s), weight(), below(3) == 0, below(6) == 0});
    for (int d = 0; d < deliveries; ++d)
      net.deliveries.push_back({std::to_string(d), static_cast<std::uint32_t>(below(stations)),
                                static_cast<std::uint32_t>(below(stations)), date(), date(), weight(), below(3) == 0,
                                below(6) == 0});
    for (int l = 0; l < links; ++l) net.links.emplace_back(below(deliveries), below(deliveries));
    return net;
  });
}

// The network as FoodChain-Lab's template and its JSON say it.
struct Sheets {
  std::string
      stations =
          "Our template,,\nCompany_ID,Name,Country,Additional Fields ->,Weight,CrossContamination,Kill Contamination\n",
      relations = "From DeliveryID,Into DeliveryID\n";
  std::string deliveries =
      "DeliveryID,Station,Product Name,Lot Number,Delivery Date Departure,,,Delivery Date Arrival,,,Recipient,Weight,CrossContamination,Kill Contamination\n,,,,Day,Month,Year,Day,Month,Year,,,,\n";
};
std::string Part(int number) { return number == 0 ? "" : std::to_string(number); }
std::string Written(double number) {
  std::string text;
  base::AppendCanonical(text, number);
  return text;
}
Sheets SheetsOf(const DeliveryNetwork& net) {
  Sheets sheets;
  const auto marks = [](const auto& thing) {
    return (thing.weight == 0 ? std::string() : Written(thing.weight)) + "," +
           (thing.cross_contamination ? "yes" : "") + "," + (thing.kill ? "TRUE" : "0");
  };
  const auto date = [](const PartialDate& d) { return Part(d.day) + "," + Part(d.month) + "," + Part(d.year); };
  for (const auto& s : net.stations) sheets.stations += s.id + ",\"a, b\",,," + marks(s) + "\n,,,\n";
  for (const auto& d : net.deliveries)
    sheets.deliveries += d.id + "," + net.stations[d.from].id + ",tea,L1," + date(d.departure) + "," + date(d.arrival) +
                         "," + net.stations[d.to].id + "," + marks(d) + "\n";
  for (const auto& [from, to] : net.links)
    sheets.relations += net.deliveries[from].id + "," + net.deliveries[to].id + "\n";
  return sheets;
}
boost::json::object JsonOf(const DeliveryNetwork& net) {
  namespace json = boost::json;
  const auto cell = [](const char* id, const auto& value) { return json::object{{"id", id}, {"value", value}}; };
  const auto date = [](const PartialDate& d) -> json::value {
    if (d.year == 0) return nullptr;
    const auto two = [](int n) { return (n < 10 ? "-0" : "-") + std::to_string(n); };
    return json::value(std::to_string(d.year) + (d.month == 0 ? "" : two(d.month)) + (d.day == 0 ? "" : two(d.day)));
  };
  const auto marks = [](const auto& thing) {
    return json::object{{"id", thing.id},
                        {"weight", thing.weight},
                        {"crossContamination", thing.cross_contamination},
                        {"killContamination", thing.kill ? json::value(true) : json::value(nullptr)},
                        {"observed", false}};
  };
  json::array stations, deliveries, relations, nodes, edges;
  for (const auto& s : net.stations)
    stations.push_back(json::array{cell("Name", "x"), cell("ID", s.id)}), nodes.push_back(marks(s));
  for (const auto& d : net.deliveries) {
    deliveries.push_back(json::array{cell("ID", std::stoi(d.id)), cell("from", net.stations[d.from].id),
                                     cell("to", net.stations[d.to].id), cell("Date Delivery", date(d.departure)),
                                     cell("Date Delivery Arrival", date(d.arrival))});
    edges.push_back(marks(d));
  }
  for (const auto& [from, to] : net.links)
    relations.push_back(json::array{cell("ID", std::to_string(from) + ">" + std::to_string(to)),
                                    cell("from", net.deliveries[from].id), cell("to", net.deliveries[to].id)});
  nodes.push_back(json::object{{"id", "a group"}, {"weight", 0}});
  const auto table = [](json::array rows) {
    return json::object{{"columnProperties", json::array{}}, {"data", std::move(rows)}};
  };
  return {{"version", "1.0.0"},
          {"data", json::object{{"stations", table(std::move(stations))},
                                {"deliveries", table(std::move(deliveries))},
                                {"deliveryRelations", table(std::move(relations))}}},
          {"tracing", json::object{{"nodes", std::move(nodes)}, {"deliveries", std::move(edges)}}},
          {"settings",
           json::object{{"metaNodes", json::array{json::object{{"id", "a group"}, {"members", json::array{"0"}}}}}}}};
}
bool AreEqual(const DeliveryNetwork& a, const DeliveryNetwork& b) {
  const auto marks = [](const auto& x, const auto& y) {
    return x.id == y.id && x.weight == y.weight && x.cross_contamination == y.cross_contamination && x.kill == y.kill;
  };
  return std::equal(a.stations.begin(), a.stations.end(), b.stations.begin(), b.stations.end(), marks) &&
         std::equal(a.deliveries.begin(), a.deliveries.end(), b.deliveries.begin(), b.deliveries.end(),
                    [&](const Delivery& x, const Delivery& y) {
                      return marks(x, y) && x.from == y.from && x.to == y.to && x.departure == y.departure &&
                             x.arrival == y.arrival;
                    }) &&
         a.links == b.links;
}

std::vector<std::uint32_t> Without(std::set<std::uint32_t> set, std::uint32_t one) {
  set.erase(one);
  return {set.begin(), set.end()};
}

constexpr const char* kStations = "id,weight,cross_contamination,kill\nfarm,,,\nmill,,1,\nshop,1,0,0\nkitchen,1,,\n";

}  // namespace

TEST_CASE("property: networks trace and score as the semantics say, word by word") {
  CHECK(rc::check([] {
    const DeliveryNetwork net = *AnyNetwork();
    const bool ignore_time = *rc::gen::inRange(0, 4) == 0;
    const Plain plain{net, ignore_time};
    const auto traces = TraceNetwork(net, {.ignore_time = ignore_time});
    RC_ASSERT(traces.ok());
    for (std::uint32_t s = 0; s < net.stations.size(); ++s) {
      std::set<std::uint32_t> in, out;
      for (std::uint32_t d = 0; d < net.deliveries.size(); ++d) {
        if (net.deliveries[d].to == s) in.insert(d);
        if (net.deliveries[d].from == s && !net.stations[s].kill) out.insert(d);
      }
      const auto forward = plain.Closure(out, true);
      RC_ASSERT(traces->stations[s].forward == Without(forward, 0xffffffff));
      RC_ASSERT(traces->stations[s].backward == Without(plain.Closure(in, false), 0xffffffff));
      RC_ASSERT(std::abs(traces->stations[s].score - plain.Score(forward, {s})) < 1e-12);
    }
    for (std::uint32_t d = 0; d < net.deliveries.size(); ++d) {
      const auto forward = plain.Closure({d}, true);
      RC_ASSERT(traces->deliveries[d].forward == Without(forward, d));
      RC_ASSERT(traces->deliveries[d].backward == Without(plain.Closure({d}, false), d));
      RC_ASSERT(std::abs(traces->deliveries[d].score - plain.Score(forward, {})) < 1e-12);
    }
  }));
}

TEST_CASE("partial dates compare part by part, and only those that exist are taken") {
  CHECK(MayBeNoLater(Date("2012"), Date("2012-01-01")));
  CHECK(MayBeNoLater(Date("2012-11"), Date("2012-11-01")));
  CHECK_FALSE(MayBeNoLater(Date("2012-11"), Date("2012-10-30")));
  CHECK_FALSE(MayBeNoLater(Date("2013"), Date("2012-12-31")));
  CHECK(MayBeNoLater(Date(""), Date("1990")));
  CHECK(MayBeNoLater(Date("2012-11-05"), Date("2012-11-05")));
  for (const char* bad :
       {"2012-13", "2012-02-30", "12", "2012-1", "2012/11", "2012-11-5", "abcd", "0000", "2012-11-05T"})
    CHECK_FALSE(ParsePartialDate(bad).ok());
}

TEST_CASE("a delivery network is read from its tables, and faults are told with their place") {
  const auto english = [](const char* stations, const char* deliveries, const char* links) {
    const auto net = ReadDeliveryNetwork(stations, deliveries, links);
    return net.ok() ? std::string("read") : net.error().message.In(Language::kEnglish);
  };
  const char* deliveries =
      "id,from,to,departure,arrival,weight,cross_contamination,kill\nd1,farm,mill,2012-11,2012-11-03,,,\nd2,mill,shop,2012-11-04,,,,\nd3,mill,kitchen,2012-11-02,,,,\n";
  const char* links = "from_delivery,to_delivery\n";
  const auto net = ReadDeliveryNetwork(kStations, deliveries, links);
  REQUIRE(net.ok());
  const auto traces = TraceNetwork(*net);
  CHECK(traces->stations[0].score == doctest::Approx(.5));  // d3 left before d1 arrived
  CHECK(traces->deliveries[0].forward == std::vector<std::uint32_t>{1});
  CHECK(TraceNetwork(*net, {.ignore_time = true})->stations[0].score == doctest::Approx(1));
  CHECK_FALSE(TraceNetwork(*net, {.links_max = 0}).ok());
  CHECK_FALSE(TraceNetwork(*net, {.listed_max = 3}).ok());
  CHECK(english("", deliveries, links) ==
        "stations is an empty table; the first line must be the names of the columns");
  CHECK(english("weight\n1\n", deliveries, links) ==
        "stations must have exactly one column id; correct the names in the first line");
  CHECK(english("id,id\na,b\n", deliveries, links) ==
        "stations must have exactly one column id; correct the names in the first line");
  CHECK(english("id,weight\nfarm,1e400\n", deliveries, links) == "stations line 2 weight: must be a number");
  CHECK(english("id,kill\nfarm,maybe\n", deliveries, links) == "stations line 2 kill: must be 1 or 0");
  CHECK(english("id\nfarm\nfarm\n", deliveries, links) == "stations line 3 id: farm is listed twice");
  CHECK(english(kStations, "id,from,to,departure\nd1,farm,moon,\n", links) ==
        "deliveries line 2 to: there is no moon; list it first");
  CHECK(
      english(kStations, "id,from,to,departure\nd1,farm,mill,2012-31\n", links) ==
      "deliveries line 2 departure: must be a date, of which only the year, or year and month, may be given, for example 2012, 2012-11, 2012-11-05");
  CHECK(english(kStations, deliveries, "from_delivery,to_delivery\nd1,d9\n") ==
        "links line 2 to_delivery: there is no d9; list it first");
}

TEST_CASE("property: FoodChain-Lab's sheets and JSON are read as what they say, and score as the semantics say") {
  CHECK(rc::check([] {
    const DeliveryNetwork net = *AnyNetwork();
    const Sheets sheets = SheetsOf(net);
    const auto from_sheets = ReadFclSheets(sheets.stations, sheets.deliveries, sheets.relations);
    if (!from_sheets.ok()) RC_FAIL(from_sheets.error().message.In(Language::kEnglish));
    const auto from_json = ReadFclJson(boost::json::serialize(JsonOf(net)));
    if (!from_json.ok()) RC_FAIL(from_json.error().message.In(Language::kEnglish));
    RC_ASSERT(AreEqual(*from_sheets, net));
    RC_ASSERT(AreEqual(*from_json, net));
    const Plain plain{net, false};
    const auto traces = TraceNetwork(*from_json);
    for (std::uint32_t s = 0; s < net.stations.size(); ++s) {
      std::set<std::uint32_t> out;
      for (std::uint32_t d = 0; d < net.deliveries.size(); ++d)
        if (net.deliveries[d].from == s && !net.stations[s].kill) out.insert(d);
      RC_ASSERT(std::abs(traces->stations[s].score - plain.Score(plain.Closure(out, true), {s})) < 1e-12);
    }
  }));
}

TEST_CASE("faults of FoodChain-Lab's files are told with their place") {
  const auto sheets = [](const char* stations, const char* deliveries, const char* relations) {
    const auto net = ReadFclSheets(stations, deliveries, relations);
    return net.ok() ? std::string("read") : net.error().message.In(Language::kEnglish);
  };
  const std::string head =
      "DeliveryID,Station,Delivery Date Departure,,,Delivery Date Arrival,,,Recipient\n,,Day,Month,Year,Day,Month,Year,\n";
  const char* stations = "Company_ID\nfarm\nmill\n";
  const char* relations = "From DeliveryID,Into DeliveryID\n";
  CHECK(sheets(stations, (head + "d1,farm,5,11,2012,,,,mill\nd2,mill,,,2012,6,11,2012.0,farm\n").c_str(),
               "From DeliveryID,Into DeliveryID\nd1,d2\n") == "read");
  CHECK(sheets("", head.c_str(), relations) ==
        "Stations must have exactly one column Company_ID; correct the names in the first line");
  CHECK(sheets("Company_ID,ID\n", head.c_str(), relations) ==
        "Stations must have exactly one column Company_ID; correct the names in the first line");
  CHECK(sheets("Company_ID\nfarm\nfarm\n", head.c_str(), relations) == "Stations line 3 ID: farm is listed twice");
  CHECK(sheets("Company_ID,Weight\nfarm,much\n", head.c_str(), relations) ==
        "Stations line 2 Weight: must be a number");
  CHECK(sheets(stations, "DeliveryID,Station,Recipient\n", relations) ==
        "Deliveries must have exactly one column Delivery Date Departure; correct the names in the first line");
  CHECK(
      sheets(
          stations,
          "DeliveryID,Station,Delivery Date Departure,,,Delivery Date Arrival,,,Recipient\nd1,farm,1,2,2012,1,2,2012,mill\n",
          relations) ==
      "Deliveries must have exactly one column Delivery Date Departure day; correct the names in the first line");
  CHECK(sheets(stations, (head + "d1,farm,31,2,2012,,,,mill\n").c_str(), relations) ==
        "Deliveries line 3 Delivery Date Departure: there is no such day; correct the date");
  CHECK(sheets(stations, (head + "d1,farm,,,,,13,,mill\n").c_str(), relations) ==
        "Deliveries line 3 Delivery Date Arrival: day, month and year must be numbers; leave empty what is not known");
  CHECK(sheets(stations, (head + "d1,farm,,,,,,,moon\n").c_str(), relations) ==
        "Deliveries line 3 Recipient: there is no moon; list it first");
  CHECK(sheets(stations, head.c_str(), "From DeliveryID,Into DeliveryID\nd1,d2\n") ==
        "Deliveries2Deliveries line 2 From DeliveryID: there is no d1; list it first");
  const auto with = [](auto&& change) {
    DeliveryNetwork net;
    net.stations = {{.id = "0"}, {.id = "1"}};
    net.deliveries = {{.id = "7", .from = 0, .to = 1}};
    boost::json::object root = JsonOf(net);
    change(root);
    const auto read = ReadFclJson(boost::json::serialize(root));
    return read.ok() ? std::string("read") : read.error().message.In(Language::kEnglish);
  };
  const auto row = [](boost::json::object& root, const char* table) -> boost::json::array& {
    return root["data"].as_object()[table].as_object()["data"].as_array()[0].as_array();
  };
  CHECK(with([](auto&) {}) == "read");
  CHECK(with([](auto& root) { root.erase("tracing"); }) == "read");
  CHECK(with([](auto& root) { root.erase("data"); }) ==
        "data: must be an object with stations, deliveries and deliveryRelations");
  CHECK(with([](auto& root) { root["data"].as_object().erase("deliveries"); }) ==
        "data.deliveries: must be a table with data");
  CHECK(with([&](auto& root) { row(root, "stations").push_back(5); }) ==
        "data.stations line 1 : must be a list of pairs of id and value");
  CHECK(with([&](auto& root) {
          row(root, "stations").push_back(boost::json::object{{"id", "ID"}, {"value", "2"}});
        }) == "data.stations line 1 ID: ID is listed twice");
  CHECK(with([&](auto& root) { row(root, "deliveries")[0].as_object()["value"] = boost::json::array{}; }) ==
        "data.deliveries line 1 ID: must be text or a number");
  CHECK(
      with([&](auto& root) { row(root, "deliveries")[3].as_object()["value"] = "5.11.2012"; }) ==
      "data.deliveries line 1 Date Delivery: must be a date, of which only the year, or year and month, may be given, for example 2012, 2012-11, 2012-11-05");
  CHECK(with([&](auto& root) { row(root, "deliveries")[1].as_object()["value"] = "9"; }) ==
        "data.deliveries line 1 from: there is no 9; list it first");
  const auto node = [](boost::json::object& root, std::size_t i) -> boost::json::object& {
    return root["tracing"].as_object()["nodes"].as_array()[i].as_object();
  };
  CHECK(with([&](auto& root) { node(root, 0)["weight"] = "1"; }) == "tracing.nodes line 1 weight: must be a number");
  CHECK(with([&](auto& root) { node(root, 0)["crossContamination"] = 1; }) ==
        "tracing.nodes line 1 crossContamination: Must be true or false");
  CHECK(with([&](auto& root) { node(root, 0)["id"] = "9"; }) ==
        "tracing.nodes line 1 id: there is no 9; list it first");
  CHECK(with([&](auto& root) { node(root, 2)["weight"] = 1; }) ==
        "tracing.nodes line 3 id: group a group bears a weight, cross-contamination or a kill; set it on its members");
  CHECK_FALSE(ReadFclJson("{\"data\":{}").ok());
  CHECK_FALSE(ReadFclJson("[]").ok());
}
