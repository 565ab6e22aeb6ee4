// Guards of publications 公開.
#include <algorithm>

#include "procedure/guard_tools.hpp"
#include "records/guard_fields.hpp"
#include "records/publicity.hpp"
#include "rooms/publicity/redaction.hpp"

namespace zhian::guards {
using namespace procedure;

namespace {
Result<std::vector<Matter>> SourceOf(const GuardContext& context) {
  if (context.origin != nullptr) return std::vector<Matter>{*context.origin};
  ZHIAN_ASSIGN(const auto publication, records::Publication::Read(context.matter));
  if (!publication.source_id.empty())
    if (auto source = MatterOf(context, publication.source_id)) return std::vector<Matter>{std::move(*source)};
  std::vector<Matter> linked;
  for (Matter& matter : Linked(context, ""))
    if (matter.kind != "publication") linked.push_back(std::move(matter));
  return linked;
}
}  // namespace

namespace {

bool Has(const Transition& step, Effect::Kind kind) {
  return std::any_of(step.effects.begin(), step.effects.end(), [&](const Effect& effect) {
    return effect.kind == kind && effect.target == records::Publication::kKind;
  });
}

// The last step of the source whose row starts a publication, or overturns what was published, as its table declares.
struct Declared {
  std::int64_t published_at = 0, overturned_at = 0;
};
Result<Declared> DeclaredOf(const GuardContext& context, const Matter& source) {
  Declared declared;
  const Kind* kind = FindKind(source.kind);
  if (kind == nullptr) return declared;
  ZHIAN_ASSIGN(const auto history, LoadHistory(context.db, source.id));
  for (const TransitionRow& row : history)
    for (const Transition& step : kind->transitions) {
      if (step.action != row.action) continue;
      if (Has(step, Effect::Kind::kStart)) declared.published_at = row.at;
      if (Has(step, Effect::Kind::kClose)) declared.overturned_at = row.at;
      break;
    }
  return declared;
}

// An open matter by which one of these is contested, wherever it hangs; it names it in the field that its kind
// declares.
Result<bool> IsContested(const GuardContext& context, const std::vector<Matter>& contested) {
  for (const Kind& kind : Kinds()) {
    if (kind.traits.contests.empty()) continue;
    ZHIAN_ASSIGN(const auto rows,
                 context.db.Query("SELECT id FROM matter WHERE district=$d AND kind=$1 AND terminal=0 LIMIT $2",
                                  {std::string(kind.id), std::int64_t{kWholeMax}}));
    if (rows.size() >= kWholeMax) NoteCut(context);
    for (const auto& row : rows) {
      ZHIAN_ASSIGN(const Matter other, LoadMatter(context.db, row.text(0)));
      const std::string named = other.Field(kind.traits.contests);
      if (std::any_of(contested.begin(), contested.end(), [&](const Matter& m) { return m.id == named; })) return true;
    }
  }
  return false;
}

}  // namespace

GuardResult source_matter_allows_publication(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sources, SourceOf(context));
  if (sources.empty()) return GuardResult::Fails("没有来源事项");
  for (const Matter& source : sources) {
    if (source.Has("training") || source.Has("voided") || source.Has("confidential"))
      return GuardResult::Fails("来源事项为演练、已作废或限定知悉，不能公开");
    if (context.origin != nullptr) continue;          // the row of the source that starts it says so
    if (!Shown(source, "verdict").empty()) continue;  // a result stands; what contests it is asked at `publish`
    ZHIAN_ASSIGN(const Declared declared, DeclaredOf(context, source));
    if (declared.published_at == 0 || declared.overturned_at >= declared.published_at)
      return GuardResult::Fails(Say("来源事项 {} 尚未到可以公开的一步", source.number));
  }
  return GuardResult::Holds();
}

GuardResult source_matter_is_not_disputed_or_law_requires(const GuardContext& context) {
  ZHIAN_ASSIGN(auto sources, SourceOf(context));
  // What a source passes on is as disputed as what it comes from: the disposal of a sample.
  std::vector<Matter> contested;
  for (const Matter& source : sources) {
    contested.push_back(source);
    const auto behind = LinkedWith(context, source.id, "");
    contested.insert(contested.end(), behind.begin(), behind.end());
  }
  std::erase_if(contested, [](const Matter& matter) {
    const Kind* kind = FindKind(matter.kind);
    return kind == nullptr || FindWindow(*kind, WindowSort::kContest) == nullptr;
  });
  const Message open = "复检或异议尚在办理，结果不能公开";
  for (const Matter& matter : contested)
    if (matter.Has("disputed")) return GuardResult::Fails(open);
  if (contested.empty()) return GuardResult::Holds();
  ZHIAN_ASSIGN(const bool running, IsContested(context, contested));
  return GuardResult::From(!running, open);
}

GuardResult no_sealed_identity_is_contained(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto publication, records::Publication::Read(context.matter));
  const std::string text =
      publication.publication_title + "\n" + publication.public_text + "\n" + publication.correction_text;
  GuardResult result;
  const auto open = [&](Message item) { result.holds = false, result.open_items.push_back(std::move(item)); };
  for (const std::string& item : publicity::FindPersonalData(text)) open(item);
  // Whoever is sealed in a matter that the text may come from; the sentence does not say who it is.
  constexpr int kSealedMax = 1'000;
  for (const Matter& matter : Related(context, "")) {
    ZHIAN_ASSIGN(
        const auto rows,
        context.db.Query("SELECT name, contact FROM sealed_identity WHERE district=$d AND matter_id=$1 LIMIT $2",
                         {matter.id, std::int64_t{kSealedMax}}));
    if (rows.size() >= kSealedMax) NoteCut(context);
    for (const auto& row : rows)
      if (publicity::Reveals(text, row.text(0), row.text(1))) {
        open("公开文本透露了封存的身份，请删去");
        return result;
      }
  }
  return result;
}

GuardResult quoted_figures_are_consistent(const GuardContext& context) {
  // A text without percentages quotes no figure; one with them must say of how many ("n/m" or a count beside it).
  ZHIAN_ASSIGN(const auto quoting, guard_fields::QuotedFiguresAreConsistent::ReadFields(context.matter.fields));
  return GuardResult::From(publicity::PercentagesHaveBases(quoting.public_text + quoting.circular_body),
                           "百分比须同时写出分子和分母，例如 3/20");
}

// Since the text was drafted a step overturned what it says, and it was not told yet.
GuardResult source_decision_changed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto sources, SourceOf(context));
  const TransitionRow* told = LastMove(context, "order_withdrawal");
  for (const Matter& source : sources) {
    ZHIAN_ASSIGN(const Declared declared, DeclaredOf(context, source));
    const std::int64_t since = std::max(context.matter.opened_at, told == nullptr ? 0 : told->at);
    if (declared.overturned_at > since) return GuardResult::Holds();
  }
  return GuardResult::From(told == nullptr && AnyMeans(sources, Meaning::kUndone), "来源事项的决定没有变更");
}

GuardResult display_period_is_over(const GuardContext& context) {
  const DutyRow* display = LastDuty(context, "end_display");
  return GuardResult::From(display != nullptr && display->limit_at && *display->limit_at < context.now.ms,
                           "公示期尚未届满");
}

}  // namespace zhian::guards
