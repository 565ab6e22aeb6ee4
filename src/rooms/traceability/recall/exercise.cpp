// What exercises ask of the trace: mock recalls of their lots, and the recall that walks its procedure as an exercise.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <vector>

#include "base/shown.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/traceability.hpp"
#include "rooms/traceability/recall/mock_recall.hpp"
#include "rooms/traceability/recall/recall.hpp"
#include "rooms/traceability/store/holdings.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult exercise_lots_are_on_file(const GuardContext& context) {
  const auto lots = traceability::LotsOf(context.matter);
  if (lots.empty()) return GuardResult::Fails("没有指明批次");
  GuardResult result;
  for (const std::string& lot : lots)
    if (const auto found = traceability::FindItem(context.db, lot); !found.ok()) {
      result.holds = false;
      result.open_items.push_back(found.error().message);
    }
  return result;
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;
// What this room reads and keeps of an exercise, whichever kind that is: the
// guard says which fields they are.
using Exercise = guard_fields::ExerciseLotsAreOnFile;

namespace {
constexpr std::size_t kLotsMax = 20, kRunsMax = 200;  // of one exercise
}  // namespace

// Both directions of each lot with their balance: kept as a run of its own, and told in the record of the exercise.
Status set_exercise_mock_recall(EffectContext& context) {
  const auto lots = traceability::LotsOf(context.matter);
  ZHIAN_ASSIGN(auto exercise, Exercise::ReadFields(context.matter.fields));
  auto& runs = exercise.mock_runs;
  if (lots.size() > kLotsMax || runs.size() + lots.size() > kRunsMax)
    return NeedsMending(
        {{"/fields/lots", "error.value", Say("一次演练不超过 {} 个批次、{} 次模拟召回", kLotsMax, kRunsMax)}});
  const base::Decimal tolerance = traceability::ToleranceOn(context.services.policy, context.today);
  for (const std::string& lot : lots) {
    const auto began = std::chrono::steady_clock::now();
    ZHIAN_ASSIGN(const std::string item, traceability::FindItem(context.db, lot));
    ZHIAN_ASSIGN(const auto recall, traceability::ComputeMockRecall(context.db, item, tolerance));
    ZHIAN_ASSIGN(const auto back, traceability::Trace(context.db, item, traceability::Direction::kBackward));
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
    ZHIAN_ASSIGN(const auto run,
                 traceability::KeepMockRecall(context.db, recall, context.actor.account_id, elapsed, context.now));
    std::vector<bool> fed(back.holdings.size());  // what nothing came to is a source
    for (const auto& movement : back.movements) fed[static_cast<std::size_t>(movement.to)] = true;
    const auto sources = std::count(fed.begin(), fed.end(), false);
    using Balanced = Exercise::MockRunsRow::Balanced;
    // A share that the trace computes: kept to the hundredth of a per cent.
    ZHIAN_ASSIGN(const base::Decimal share, base::Decimal::Parse(base::ShortNumber(100 * recall.share, 2)));
    runs.push_back(
        {.lot = lot,
         .run_at = base::Instant{run.at},
         .holders = std::ssize(recall.holders),
         .reachable = recall.reachable,
         .accounted_share = share,
         .unaccounted = recall.unaccounted.Short(3) + " " + base::UnitSymbol(recall.unit, Language::kSimplified),
         .sources = sources,
         .balanced = recall.balanced ? Balanced::kYes : Balanced::kNo});
  }
  Merge(context.matter, Exercise{.mock_runs = std::move(runs)});
  return Ok();
}

}  // namespace zhian::effects

namespace zhian::traceability {
using namespace procedure;
namespace json = boost::json;

// A mock recall that an exercise begins is one of the lots' producer; other exercises start none. Anything else starts
// one as it is.
Result<json::value> StartRecall(const GuardContext& context, const json::object&) {
  ZHIAN_ASSIGN(const json::value exercise, AskIfAnswered(context, "exercise.practised"));
  if (!exercise.is_object()) return json::value(json::array{json::object{}});
  json::array wanted;
  using records::Recall;
  const auto practised = [&](const char* what) { return ScalarText(exercise.get_object().if_contains(what)); };
  if (practised("practises_recall") != "true") return json::value(std::move(wanted));
  json::object recall;
  Recall fields{.origin = Recall::Origin::kVoluntary, .hazard = practised("scenario")};
  for (const std::string& lot : LotsOf(context.matter)) {
    const auto item = FindItem(context.db, lot);
    if (!item.ok()) continue;
    ZHIAN_ASSIGN(
        const auto rows,
        context.db.Query(
            "SELECT o.id, o.jurisdiction, l.product, o.food FROM lot l JOIN operator o ON o.district=$d AND o.id=l.operator_id WHERE l.district=$d AND l.item=$1 LIMIT 1",
            {*item}));
    if (rows.empty()) continue;
    recall["operator_id"] = rows.front().text(0);
    recall["jurisdiction"] = rows.front().text(1);
    if (practised("product_name").empty()) fields.product_name = rows.front().text(2);
    fields.regime = rows.front().integer(3) != 0 ? Recall::Regime::kFood : Recall::Regime::kProduct;
    break;
  }
  recall["fields"] = fields.Fields();
  wanted.push_back(std::move(recall));
  return json::value(std::move(wanted));
}

void AddExerciseQuestions(Services& services) { services.questions["start.recall"] = &StartRecall; }

}  // namespace zhian::traceability
