#include "procedure/guard_tools.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "procedure/persons.hpp"

namespace zhian::procedure {
namespace json = boost::json;

GuardContext ViewOf(const EffectContext& context) {
  return {context.db,         context.services, context.now,   context.today,   context.kind,   context.matter,
          context.transition, context.actor,    context.input, context.history, context.duties, nullptr,
          context.unread};
}

void NoteUnread(const GuardContext& context, const Error& error) {
  base::LogError("what a guard asks for could not be read",
                 {{"matter", context.matter.id}, {"error", error.message.Text()}});
  context.unread->emplace_back("有关记录未能读取，不能据此认定，请稍后再试或告知管理员");
}
void NoteCut(const GuardContext& context) {
  context.unread->push_back(Say("有关记录超过 {} 件，没有读全，不能据此认定", kRowsMax));
}

Page<Matter> Related(const GuardContext& context, std::string_view kind, int depth) {
  const std::string& start = context.origin != nullptr ? context.origin->id : context.matter.id;
  Page<Matter> found = Noted(context, LoadRelated(context.db, start, kind, depth));
  if (context.origin != nullptr && context.origin->kind == kind) found.rows.push_back(*context.origin);
  return found;
}

Page<Matter> Linked(const GuardContext& context, std::string_view kind) { return Related(context, kind, 1); }

Page<Matter> LinkedWith(const GuardContext& context, std::string_view matter_id, std::string_view kind) {
  return Noted(context, LoadLinked(context.db, matter_id, kind));
}

Page<Matter> MattersOf(const GuardContext& context, std::string_view operator_id, std::string_view kind,
                       const OfOperator& which) {
  if (operator_id.empty()) return {};
  return Noted(context, LoadMattersOfOperator(context.db, operator_id, kind, which));
}

std::optional<Matter> MatterOf(const GuardContext& context, std::string_view id) {
  auto found = LoadMatter(context.db, id);
  if (found.ok()) return std::move(*found);
  if (found.error().code != ErrorCode::kNotFound) NoteUnread(context, found.error());
  return std::nullopt;
}

namespace {

Texts KindsOf(const GuardContext& context, std::string_view relation) {
  const Texts kinds = KindsAsked(context.kind, relation);
  if (kinds.empty())
    base::LogError("a relation is not declared",
                   {{"kind", std::string(context.kind.id)}, {"relation", std::string(relation)}});
  return kinds;
}

}  // namespace

std::vector<Matter> RelatedBy(const GuardContext& context, std::string_view relation, int depth) {
  std::vector<Matter> found;
  for (const Text kind : KindsOf(context, relation))
    for (Matter& matter : Related(context, kind, depth)) found.push_back(std::move(matter));
  return found;
}

std::vector<Matter> LinkedBy(const GuardContext& context, std::string_view relation) {
  return RelatedBy(context, relation, 1);
}

std::vector<Matter> OfSameOperator(const GuardContext& context, std::string_view relation) {
  std::vector<Matter> all;
  for (const Text kind : KindsOf(context, relation))
    for (Matter& matter : MattersOf(context, context.matter.operator_id, kind)) all.push_back(std::move(matter));
  return all;
}

bool Means(const Matter& matter, Meaning meaning) {
  const Kind* kind = FindKind(matter.kind);
  return kind != nullptr && Means(*kind, matter.state, meaning);
}

Result<json::value> AskIfAnswered(const GuardContext& context, std::string_view question) {
  if (!context.services.questions.contains(question)) return json::value(nullptr);
  return context.Ask(question, {});
}

std::string Shown(const Matter& matter, std::string_view field) {
  const Kind* kind = FindKind(matter.kind);
  if (kind != nullptr &&
      std::find(kind->traits.shows.begin(), kind->traits.shows.end(), field) != kind->traits.shows.end())
    return matter.Field(field);
  return {};
}

GuardResult ResultIsPublic(const GuardContext& context) {
  const auto told = [](const Matter& notice) {
    return Means(notice, Meaning::kPublished) || Means(notice, Meaning::kEndedWithout);
  };
  const auto notices = LinkedBy(context, "notice");
  if (std::any_of(notices.begin(), notices.end(), told)) return GuardResult::Holds();
  for (const Matter& through : LinkedBy(context, "published_through"))
    for (const Text kind : KindsAsked(context.kind, "notice"))
      if (const auto linked = LinkedWith(context, through.id, kind); std::any_of(linked.begin(), linked.end(), told))
        return GuardResult::Holds();
  return GuardResult::Fails("结果尚未公开，也没有不予公开的决定");
}

GuardResult IsDayOfService(const GuardContext& context, const char* field, std::int64_t not_before) {
  if (context.actor.system || context.origin != nullptr) return GuardResult::Holds();
  const auto day = base::ParseDate(Asked(context, field));
  if (!day.ok()) return GuardResult::Fails("填写日期");
  if (*day > context.today) return GuardResult::Fails("日期不能晚于今天");
  if (not_before > 0 && *day < base::LocalDate(base::Instant{not_before}))
    return GuardResult::Fails(
        Say("日期不能早于 {}，那时文书尚未作出", base::FormatDate(base::LocalDate(base::Instant{not_before}))));
  return GuardResult::Holds();
}

const DutyRow* LastWindow(const GuardContext& context, WindowSort sort) {
  const Duty* window = FindWindow(context.kind, sort);
  return window == nullptr ? nullptr : LastDuty(context, window->id);
}

bool ActorDid(const GuardContext& context, std::initializer_list<std::string_view> actions) {
  return ActorTookPart(context, {.actions = actions}).has_value();
}

const TransitionRow* LastMove(const GuardContext& context, std::string_view action) {
  const TransitionRow* last = nullptr;
  for (const TransitionRow& row : context.history)
    if (row.action == action) last = &row;
  return last;
}

const DutyRow* LastDuty(const GuardContext& context, std::string_view duty) {
  const DutyRow* last = nullptr;
  for (const DutyRow& row : context.duties)
    if (row.duty == duty) last = &row;
  return last;
}

const json::array& Items(const Matter& matter, std::string_view field) {
  static const json::array kNone;
  const json::value* value = matter.fields.if_contains(field);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::string Cell(const json::value& row, std::string_view column) {
  return row.is_object() ? ScalarText(row.get_object().if_contains(column)) : std::string{};
}

}  // namespace zhian::procedure
