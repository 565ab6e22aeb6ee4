// Source finding 溯源排查 on the movements of the district: from where the people fell ill to who is likeliest to have
// supplied it.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "rooms/traceability/face/routes.hpp"
#include "rooms/traceability/graph/outbreak.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;
namespace trace = traceability;

// It lays open who supplies whom in the whole district: for those who watch over all of it.
Status MaySearchSources(App& app, storage::Connection& db, const Caller& caller) {
  static constexpr std::string_view kRoles[] = {"inspector",   "inspection_lead", "risk_officer", "district_office",
                                                "bureau_head", "district_leader", "sampling_lead"};
  const bool held = std::any_of(caller.actor.roles.begin(), caller.actor.roles.end(), [&](const auto& role) {
    return std::find(std::begin(kRoles), std::end(kRoles), role.role) != std::end(kRoles);
  });
  ZHIAN_ASSIGN(const bool covered, ScopeOf(caller.actor).Covers(db, app.district_root));
  if (!held || !covered) return MakeError(ErrorCode::kForbidden, "溯源排查由覆盖全区的检查、风险、应急岗位使用");
  return Ok();
}

namespace {

constexpr std::size_t kRankedMax = 50, kCompared = 5;
constexpr double kNoiseOfTrials = .05;  // of the made outbreaks where the real one shows none
constexpr int kYearsMax = 5;

struct Asked {
  trace::SupplyQuestion supply;
  std::vector<std::pair<std::string, double>> cases, priors;
  double mass = .9;
};

// [{operator_id, count}]: numbers above zero, each operator once.
void ReadWeights(const json::object& body, const char* name, const char* column, bool whole,
                 std::vector<std::pair<std::string, double>>& out, std::vector<FieldError>& faults) {
  const json::value* list = body.if_contains(name);
  if (list == nullptr) return;
  const std::string at = std::string("/") + name;
  if (!list->is_array() || list->get_array().size() > trace::kCasePlacesMax) {
    faults.push_back({at, "error.value", Say("填写列表，不超过 {} 行", trace::kCasePlacesMax)});
    return;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->get_array().size(); ++i) {
    const json::value& row = list->get_array()[i];
    const std::string line = at + "/" + std::to_string(i) + "/";
    const std::string id =
        row.is_object() ? procedure::ScalarText(row.get_object().if_contains("operator_id")) : std::string{};
    if (id.empty() || id.size() > 300)
      faults.push_back({line + "operator_id", "error.choose", "选择主体"});
    else if (!seen.insert(id).second)
      faults.push_back({line + "operator_id", "error.value", "同一主体只填一行"});
    const json::value* number = row.is_object() ? row.get_object().if_contains(column) : nullptr;
    const double value = number != nullptr && number->is_number() ? number->to_number<double>() : -1;
    constexpr double kMost = 1e6;
    if (!(value > 0) || value > kMost || (whole && value != std::floor(value)))
      faults.push_back({line + column, "error.value",
                        whole ? Message("填写人数，一到一百万") : Message("填写大于零的数，不超过一百万")});
    out.emplace_back(id, value);
  }
}

Result<Asked> ReadQuestion(App& app, const json::object& body) {
  Asked asked;
  std::vector<FieldError> faults;
  ReadWeights(body, "cases", "count", true, asked.cases, faults);
  ReadWeights(body, "priors", "weight", false, asked.priors, faults);
  if (asked.cases.empty() && faults.empty()) faults.push_back({"/cases", "error.fill", "填写病例所在的主体和人数"});
  const auto day = [&](const char* name, base::Date otherwise) {
    const std::string text = procedure::ScalarText(body.if_contains(name));
    if (text.empty()) return otherwise;
    const auto date = base::ParseDate(text);
    if (!date.ok()) faults.push_back({std::string("/") + name, "error.fill", "填写日期，例如 2026-11-24"});
    return date.ok() ? *date : otherwise;
  };
  const base::Date today = base::LocalDate(app.clock.Now());
  constexpr int kDays = 90;
  const base::Date to = day("to", today), from = day("from", base::Date{to.days - kDays});
  if (faults.empty() && (from > to || to.days - from.days > kYearsMax * 366))
    faults.push_back({"/from", "error.value", Say("起止日期从早到晚，不超过 {} 年", kYearsMax)});
  asked.supply.from = base::StartOfDay(from);
  asked.supply.to = base::EndOfDay(to);
  asked.supply.product = base::Trim(procedure::ScalarText(body.if_contains("product")));
  if (asked.supply.product.size() > 200) faults.push_back({"/product", "error.value", "品名不超过 200 字节"});
  if (const auto* mass = body.if_contains("mass"); mass != nullptr) {
    asked.mass = mass->is_number() ? mass->to_number<double>() : 0;
    if (!(asked.mass >= .5 && asked.mass <= .99))
      faults.push_back({"/mass", "error.value", "嫌疑集合的概率在 0.5 到 0.99 之间"});
  }
  if (!faults.empty()) return NeedsMending(std::move(faults));
  for (const auto& [id, count] : asked.cases) asked.supply.retail.push_back(id);
  return asked;
}

Result<trace::Supply> SupplyFor(App& app, const Caller& caller, const Asked& asked) {
  trace::Supply supply;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(MaySearchSources(app, db, caller));
    ZHIAN_ASSIGN(supply, trace::ReadSupply(db, asked.supply));
    return Ok();
  }));
  return supply;
}

json::object PlaceView(const trace::Supply& supply, tracing::PlaceIndex place) {
  const trace::SupplyPlace& one = supply.of(place);
  json::object view{
      {"id", one.id}, {"name", one.on_file ? one.name : base::LotNumber(one.id)}, {"on_file", one.on_file}};
  view["href"] = one.on_file ? json::value("/operators/" + one.id) : json::value(nullptr);
  return view;
}

json::array RankedView(const trace::Supply& supply, const std::vector<tracing::RankedSource>& ranked) {
  json::array list;
  for (std::size_t i = 0; i < std::min(ranked.size(), kRankedMax); ++i) {
    json::object view = PlaceView(supply, ranked[i].place);
    view["rank"] = i + 1;
    view["score"] = ranked[i].score > -1e300 ? json::value(ranked[i].score) : json::value(nullptr);  // null: impossible
    view["probability"] = ranked[i].probability ? json::value(*ranked[i].probability) : json::value(nullptr);
    list.push_back(std::move(view));
  }
  return list;
}

// Rank of each candidate that a method does not hold for impossible, from 1.
int RankIn(const std::vector<tracing::RankedSource>& ranked, tracing::PlaceIndex place) {
  for (std::size_t i = 0; i < ranked.size(); ++i)
    if (ranked[i].place == place) return ranked[i].score > -1e300 ? static_cast<int>(i) + 1 : 0;
  return 0;
}

Result<http::Response> FindSources(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  ZHIAN_ASSIGN(const Asked asked, ReadQuestion(app, body));
  ZHIAN_ASSIGN(const trace::Supply supply, SupplyFor(app, caller, asked));
  std::map<std::string, const trace::SupplyPlace*, std::less<>> by_id;
  for (const auto& place : supply.places) by_id[place.id] = &place;
  std::vector<FieldError> faults;
  std::vector<tracing::CaseCount> cases;
  double count = 0;
  for (std::size_t i = 0; i < asked.cases.size(); ++i) {
    const auto& [id, n] = asked.cases[i];
    const auto found = by_id.find(id);
    if (found == by_id.end())
      faults.push_back({"/cases/" + std::to_string(i) + "/operator_id", "error.value",
                        "这段时间没有它的进货记录；请放宽日期或品名，或先补录进货"});
    else
      cases.push_back({found->second->end, n});
    count += n;
  }
  std::vector<double> priors;
  if (!asked.priors.empty()) priors.assign(supply.network.places.size(), 0);
  for (std::size_t i = 0; i < asked.priors.size(); ++i) {
    const auto found = by_id.find(asked.priors[i].first);
    if (found == by_id.end())
      faults.push_back({"/priors/" + std::to_string(i) + "/operator_id", "error.value", "供应网络中没有这个主体"});
    else
      priors[static_cast<std::size_t>(found->second - supply.places.data())] = asked.priors[i].second;
  }
  if (!faults.empty()) return NeedsMending(std::move(faults));
  const tracing::SupplyWalk walk(supply.network);
  ZHIAN_ASSIGN(const auto answer,
               tracing::FindSources(supply.network, walk, cases, {.priors = priors, .noise = {}, .mass = asked.mass}));
  const auto evidence = tracing::NextEvidence(supply.network, walk, cases, answer);
  const auto trials = tracing::Calibrate(supply.network, walk, static_cast<int>(count), priors,
                                         {.noise = std::max(kNoiseOfTrials, answer.noise),
                                          .seed = static_cast<std::uint64_t>(cases.size()),
                                          .mass = asked.mass});

  const std::pair<const char*, const std::vector<tracing::RankedSource>*> methods[] = {
      {"walk_noise_floor", &answer.walk_noise_floor},
      {"walk", &answer.walk},
      {"effective_distance", &answer.effective_distance},
      {"sales_likelihood", &answer.sales_likelihood}};
  json::object ranked, agreement;
  for (const auto& [name, list] : methods) ranked[name] = RankedView(supply, *list);
  const std::size_t compared = std::min(kCompared, answer.walk_noise_floor.size());
  for (const auto& [name, list] : methods) {
    if (list == &answer.walk_noise_floor) continue;
    int shared = 0;
    for (std::size_t i = 0; i < compared; ++i) {
      const int rank = RankIn(*list, answer.walk_noise_floor[i].place);
      shared += rank > 0 && static_cast<std::size_t>(rank) <= compared ? 1 : 0;
    }
    agreement[name] = shared;
  }
  json::array suspects, next;
  double stated = 0;
  for (std::size_t i = 0; i < answer.suspects.size(); ++i) {
    const auto& source = answer.walk_noise_floor[i];
    stated += source.probability.value_or(0);
    if (i >= kRankedMax) continue;
    json::object view = PlaceView(supply, source.place);
    view["probability"] = source.probability.value_or(0);
    json::object ranks;
    for (const auto& [name, list] : methods) {
      const int rank = RankIn(*list, source.place);
      ranks[name] = rank == 0 ? json::value(nullptr) : json::value(rank);
    }
    view["ranks"] = std::move(ranks);
    suspects.push_back(std::move(view));
  }
  constexpr double kWorthAsking = .005;  // bits
  for (const auto& one : evidence) {
    if (one.expected_bits < kWorthAsking) continue;
    json::object view = PlaceView(supply, one.place);
    view["expected_bits"] = one.expected_bits;
    next.push_back(std::move(view));
  }
  json::value calibration = nullptr;
  if (trials.outbreaks > 0)
    calibration = json::object{{"outbreaks", trials.outbreaks},
                               {"held", trials.held},
                               {"top1", trials.top1},
                               {"suspects_mean", trials.suspects},
                               {"stated", trials.stated}};
  return Json(json::object{{"network", json::object{{"places", supply.places.size()},
                                                    {"sources", walk.candidates().size()},
                                                    {"ends", walk.outlets().size()},
                                                    {"movements", supply.movements},
                                                    {"not_mass", supply.not_mass},
                                                    {"cut", supply.cut},
                                                    {"from", base::FormatDate(base::LocalDate(asked.supply.from))},
                                                    {"to", base::FormatDate(base::LocalDate(asked.supply.to))},
                                                    {"product", asked.supply.product}}},
                           {"cases", count},
                           {"noise", answer.noise},
                           {"mass", asked.mass},
                           {"stated", stated},
                           {"suspects_count", answer.suspects.size()},
                           {"suspects", std::move(suspects)},
                           {"methods", std::move(ranked)},
                           {"compared", compared},
                           {"agreement", std::move(agreement)},
                           {"next_evidence", std::move(next)},
                           {"calibration", std::move(calibration)}});
}

// The network and the cases as plain files: `zhian trace-sources` computes the same of them.
Result<http::Response> ExportFile(App& app, Caller& caller) {
  const std::string file = caller.request.PathParameter("file");
  if (file != "network.csv" && file != "cases.csv") return MakeError(ErrorCode::kNotFound, "没有这个文件");
  json::object body;
  for (const char* name : {"from", "to", "product"}) body[name] = TextParameter(caller.request, name);
  json::array cases;
  for (const std::string_view one : caller.request.query.All("case")) {  // count:operator
    const auto colon = one.find(':');
    const std::string count(one.substr(0, colon));
    cases.push_back(json::object{{"operator_id", colon == std::string_view::npos ? "" : one.substr(colon + 1)},
                                 {"count", std::strtod(count.c_str(), nullptr)}});
  }
  body["cases"] = std::move(cases);
  ZHIAN_ASSIGN(const Asked asked, ReadQuestion(app, body));
  ZHIAN_ASSIGN(const trace::Supply supply, SupplyFor(app, caller, asked));
  std::string csv;
  const auto& places = supply.network.places;
  if (file == "network.csv") {
    csv = "from,to,amount\r\n";
    for (const auto& edge : supply.network.edges)
      csv += base::CsvCell(places[edge.from]) + "," + base::CsvCell(places[edge.to]) + "," +
             base::ShortNumber(edge.amount, 6) + "\r\n";
  } else {
    csv = "place,count\r\n";
    for (const auto& [id, n] : asked.cases)
      for (const auto& place : supply.places)
        if (place.id == id) csv += base::CsvCell(places[place.end]) + "," + base::ShortNumber(n, 0) + "\r\n";
  }
  http::Response response = http::Response::Bytes(std::move(csv), "text/csv; charset=utf-8");
  return std::move(response.With("Content-Disposition", "attachment; filename=" + file));
}

std::vector<Member> PlaceMembers() {
  return {{"id", Text()}, {"name", Text()}, {"on_file", Truth()}, {"href", Nullable(Text())}};
}

Schema SourcesSchema() {
  const Schema place = Object(PlaceMembers());
  const Schema ranked = Named("RankedSource", With(place, {{"rank", Integer()},
                                                           {"score", Nullable(Number()).Says("null: impossible")},
                                                           {"probability", Nullable(Number())}}));
  const auto each = [](const Schema& schema) {
    return Object(
        {{"walk_noise_floor", schema}, {"walk", schema}, {"effective_distance", schema}, {"sales_likelihood", schema}});
  };
  const Schema network = Object({{"places", Integer()},
                                 {"sources", Integer()},
                                 {"ends", Integer()},
                                 {"movements", Integer()},
                                 {"not_mass", Integer()},
                                 {"cut", Truth()},
                                 {"from", Day()},
                                 {"to", Day()},
                                 {"product", Text()}});
  const Schema calibration = Object({{"outbreaks", Integer()},
                                     {"held", Number()},
                                     {"top1", Number()},
                                     {"suspects_mean", Number()},
                                     {"stated", Number()}});
  return Named(
      "Sources",
      Object({{"network", network},
              {"cases", Number()},
              {"noise", Number()},
              {"mass", Number()},
              {"stated", Number()},
              {"suspects_count", Integer()},
              {"suspects", ListOf(Named("Suspect", With(place, {{"probability", Number()},
                                                                {"ranks", each(Nullable(Integer()))}})))},
              {"methods", each(ListOf(ranked))},
              {"compared", Integer()},
              {"agreement",
               Object({{"walk", Integer()}, {"effective_distance", Integer()}, {"sales_likelihood", Integer()}})},
              {"next_evidence", ListOf(Named("NextEvidence", With(place, {{"expected_bits", Number()}})))},
              {"calibration", Nullable(calibration)}}));
}

Schema SourceQuestionSchema() {
  return Named("SourceQuestion",
               Object({{"cases", ListOf(Object({{"operator_id", Text()}, {"count", Integer()}}))},
                       Maybe("priors", ListOf(Object({{"operator_id", Text()}, {"weight", Number()}}))),
                       Maybe("from", Text()),
                       Maybe("to", Text()),
                       Maybe("product", Text()),
                       Maybe("mass", Number())}));
}

}  // namespace

void AddSourceRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/trace-sources",
                    .id = "findSources",
                    .summary = "溯源排查：按病例推断最可能的来源",
                    .action = &FindSources,
                    .body_max_bytes = 256 * 1024,
                    .takes = SourceQuestionSchema(),
                    .answers = Answers(SourcesSchema())});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/trace-sources/{file}",
                    .id = "exportSources",
                    .summary = "溯源排查所用的供应网络和病例（network.csv、cases.csv）",
                    .action = &ExportFile,
                    .query = {{"from", "first day", Day()},
                              {"to", "last day", Day()},
                              {"product", "part of the name of the goods"},
                              {"case", "number of people, a colon, the operator; one or more", ListOf(Text())}},
                    .answers = AnswersFile({"text/csv"})});
}

}  // namespace zhian::traceability::face
