// How one transition is carried out: checks, then one after the other everything that the row of the table declares.
#include <algorithm>
#include <random>

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/automatic.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/move.hpp"
#include "procedure/persons.hpp"
#include "procedure/training.hpp"

namespace zhian::procedure {
namespace json = boost::json;

json::object ActorJson(const Actor& actor) {
  json::array roles;
  for (const HeldRole& held : actor.roles)
    roles.push_back(json::object{{"role", held.role},
                                 {"jurisdiction", held.jurisdiction},
                                 {"body", held.body},
                                 {"operator_id", held.operator_id},
                                 {"on_behalf_of", held.on_behalf_of},
                                 {"on_behalf_of_account", held.on_behalf_of_account}});
  return {{"account_id", actor.account_id},
          {"name", actor.name},
          {"person_digest", actor.person_digest},
          {"roles", std::move(roles)},
          {"system", actor.system}};
}

Actor ActorFrom(const json::object& object) {
  const auto text = [](const json::object& from, const char* name) { return ScalarText(from.if_contains(name)); };
  Actor actor;
  actor.account_id = text(object, "account_id");
  actor.name = text(object, "name");
  actor.person_digest = text(object, "person_digest");
  if (const auto* system = object.if_contains("system"); system != nullptr && system->is_bool())
    actor.system = system->get_bool();
  if (const auto* roles = object.if_contains("roles"); roles != nullptr && roles->is_array())
    for (const auto& role : roles->get_array())
      if (role.is_object()) {
        const auto& held = role.get_object();
        actor.roles.push_back({text(held, "role"), text(held, "jurisdiction"), text(held, "body"),
                               text(held, "operator_id"), text(held, "on_behalf_of"),
                               text(held, "on_behalf_of_account")});
      }
  return actor;
}

namespace {

std::string Pad(std::int64_t number) {
  std::string text = std::to_string(number);
  return text.size() < 4 ? std::string(4 - text.size(), '0') + text : text;
}

void SetFlag(Matter& matter, std::string_view flag, bool on) {
  const auto it = std::find(matter.flags.begin(), matter.flags.end(), flag);
  if (on && it == matter.flags.end()) matter.flags.emplace_back(flag);
  if (!on && it != matter.flags.end()) matter.flags.erase(it);
}

// What a matter that is started takes over: every field that both records declare under one name (the generator sees to
// it that they are of one type). A word that is no choice of the new record is left for people to choose.
json::object Inherited(const Kind& kind, const Matter& origin) {
  json::object fields;
  for (const Field& field : kind.fields) {
    const auto* value = origin.fields.if_contains(field.name);
    if (value == nullptr || (!field.automatic.empty() && field.automatic != "auto:engine")) continue;
    const auto choices = SplitArguments(field.args, '|');
    if (field.type == "choice" && std::find(choices.begin(), choices.end(), ScalarText(value)) == choices.end())
      continue;
    fields[field.name] = *value;
  }
  return fields;
}

// "auto:source.kind" and "auto:source.x": the kind, or a field, of the matter that this one comes from.
void FillFromSource(const Kind& kind, const Transition& transition, const Matter& source, Matter& matter) {
  constexpr Text kPrefix = "auto:source.";
  for (const Field& field : kind.fields) {
    if (!field.automatic.starts_with(kPrefix) ||
        std::find(field.actions.begin(), field.actions.end(), transition.action) == field.actions.end())
      continue;
    const Text name = field.automatic.substr(kPrefix.size());
    if (name == "kind")
      matter.fields[field.name] = source.kind;
    else if (const auto* value = source.fields.if_contains(name); value != nullptr)
      matter.fields[field.name] = *value;
  }
}

constexpr std::size_t kTitleBytesMax = 300;

// "大米 20260901": what the matter is called once its record says it, a lot by the number that stands on the pack; ""
// where the first of the fields is empty.
std::string NamedBy(const Kind& kind, const Matter& matter) {
  std::string name;
  for (const Text field : kind.traits.renamed_by) {
    const std::string text = base::LotNumber(matter.Field(field));
    if (text.empty() && name.empty()) return {};
    if (!text.empty()) name += (name.empty() ? "" : " ") + text;
  }
  return name;
}

std::string TitleFor(const Kind& kind, const Command& command, const Matter* origin) {
  if (!command.title.empty()) return command.title;
  for (const Text name : kind.traits.title)
    if (const std::string text = ScalarText(command.fields.if_contains(name)); !text.empty())
      return Cut(text, kTitleBytesMax);
  if (origin == nullptr) return std::string(kind.label.zh_hans);
  const Kind* of = FindKind(origin->kind);
  const std::string named = of == nullptr ? std::string{} : NamedBy(*of, *origin);
  return named.empty() ? origin->title : named;
}

// Whether a step that brings this input renames the matter.
bool Renames(const Kind& kind, const json::object& input) {
  return !kind.traits.renamed_by.empty() && !ScalarText(input.if_contains(kind.traits.renamed_by.front())).empty();
}

}  // namespace

Result<std::string> Engine::NextNumber(storage::Connection& db, const std::string& counter) {
  ZHIAN_TRY(db.Execute(
      "INSERT INTO counter (district, name, value) VALUES ($d,$1,1) ON CONFLICT (district, name) DO UPDATE SET value = counter.value + 1",
      {counter}));
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT value FROM counter WHERE district=$d AND name=$1 LIMIT 1", {counter}));
  return Pad(rows.front().integer(0));
}

Result<Outcome> Engine::TryApply(storage::Connection& db, const Actor& actor, const Command& command, int depth,
                                 const Matter* origin) {
  // What fails inside must leave nothing behind, because the move around it goes on.
  std::optional<Outcome> outcome;
  ZHIAN_TRY(db.Attempt([&](storage::Connection& inner) -> Status {
    ZHIAN_ASSIGN(outcome, Apply(inner, actor, command, nullptr, depth, origin));
    return Ok();
  }));
  return std::move(*outcome);
}

namespace {

// Files of this step: those that are attached to it, and those that its form asks for. Each must have been stored
// before.
Result<std::vector<std::string>> AttachmentsOf(storage::Connection& db, const Kind& kind, const Transition& transition,
                                               const Command& command, const json::object& input) {
  std::vector<std::string> digests = command.attachments;
  for (const FormField& entry : FormOf(kind, transition)) {
    if (entry.field->type != "files") continue;
    if (const auto* list = input.if_contains(entry.field->name); list != nullptr && list->is_array())
      for (const auto& digest : list->get_array()) digests.push_back(ScalarText(&digest));
  }
  std::sort(digests.begin(), digests.end());
  digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
  if (digests.size() > kAttachmentsMax)
    return NeedsMending({{"/attachments", "error.value", "一次不超过 50 个附件，请分次上传"}});
  for (const std::string& digest : digests) {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM attachment WHERE district=$d AND sha256=$1 LIMIT 1", {digest}));
    if (rows.empty()) return NeedsMending({{"/attachments", "error.choose", "附件还没有上传完，请重新选择文件"}});
  }
  return digests;
}

}  // namespace

namespace {
bool IsFilledBy(const Field& field, const Transition& transition) {
  return !field.automatic.empty() &&
         std::find(field.actions.begin(), field.actions.end(), transition.action) != field.actions.end();
}
}  // namespace

void FillEnds(Matter& matter, const Kind& kind, const Transition& transition, const policy::Pack& pack,
              base::Date today, std::span<const DutyRow> duties) {
  constexpr Text kEnd = "auto:end.", kLimit = "auto:limit.", kAtMost = "auto:atmost.", kLast = "auto:last.";
  for (const Field& field : kind.fields) {
    if (!IsFilledBy(field, transition)) continue;
    std::optional<base::Instant> end;
    // "RULE.field": an id of a rule has points of its own.
    const Text rest = field.automatic.substr(std::min(field.automatic.size(), field.automatic.find('.') + 1));
    const auto dot = std::min(rest.rfind('.'), rest.size());
    const Text rule = rest.substr(0, dot), of = rest.substr(std::min(dot + 1, rest.size()));
    if (field.automatic.starts_with(kAtMost)) {
      const auto bound = policy::Exact(pack, rule, today);
      const auto value = base::Decimal::Parse(matter.Field(of));
      matter.fields.erase(field.name);
      if (bound && value.ok()) matter.fields[field.name] = *value <= *bound;
      continue;
    }
    if (field.automatic.starts_with(kLast)) {
      matter.fields.erase(field.name);
      std::string last;
      for (const json::value& row : Items(matter, rule)) last = std::max(last, Cell(row, of));
      if (!last.empty()) matter.fields[field.name] = last;
      continue;
    }
    if (field.automatic.starts_with(kEnd)) {
      if (const auto deadline = EndOfRule(pack, matter, rule, of)) end = deadline->limit_at;
    } else if (field.automatic.starts_with(kLimit)) {
      for (const DutyRow& row : duties)
        if (row.duty == rest && row.limit_at) end = base::Instant{*row.limit_at};
    } else {
      continue;
    }
    if (end)
      matter.fields[field.name] = base::FormatDate(base::LocalDate(*end));
    else
      matter.fields.erase(field.name);
  }
}

void FillAutomatic(Matter& matter, const Kind& kind, const Transition& transition, const json::object& input,
                   base::Instant at, const Actor& actor) {
  for (const Field& field : kind.fields) {
    if (!IsFilledBy(field, transition)) continue;
    if (field.automatic.starts_with("default:") && input.contains(field.name)) {
      // The form knows the day alone; a moment later than now is now.
      const auto given = base::ParseInstant(matter.Field(field.name));
      if (!given.ok() || given->ms <= at.ms) continue;
    }
    if (field.automatic == "auto:now" || field.automatic == "default:now")
      matter.fields[field.name] = base::FormatInstant(at);
    else if (field.automatic == "auto:today" || field.automatic == "default:today")
      matter.fields[field.name] = base::FormatDate(base::LocalDate(at));
    else if (field.automatic == "auto:actor")
      matter.fields[field.name] = actor.account_id;
    else if (field.automatic.starts_with("auto:input.")) {
      if (const auto* value = matter.fields.if_contains(field.automatic.substr(11)); value != nullptr)
        matter.fields[field.name] = json::value(*value);
    }
  }
  constexpr Text kDay = "auto:day.";  // after the moments, of which it takes the day
  for (const Field& field : kind.fields)
    if (IsFilledBy(field, transition) && field.automatic.starts_with(kDay))
      if (const auto moment = base::ParseInstant(matter.Field(field.automatic.substr(kDay.size()))); moment.ok())
        matter.fields[field.name] = base::FormatDate(base::LocalDate(*moment));
}

// A capture without a signal is borne out where an officer (not the party, whose limits it would lengthen) sends it
// with the key of the draft's birth, a UUID of version 7 that was made with the draft, before the act and within a day
// of it, and no later than three days after the act (docs/decisions/0033-clocks.md).
bool IsCapturedOffline(const Command& command, const HeldRole& held, base::Instant now) {
  constexpr std::int64_t kHour = 3'600'000;
  if (!command.occurred_at || Has(held.role, RoleMark::kOwn) || Has(held.role, RoleMark::kOutside)) return false;
  const auto born = base::TimeOfUuid7(command.idempotency_key);
  const std::int64_t at = command.occurred_at->ms;
  return born && born->ms <= at && at - born->ms <= 24 * kHour && now.ms - at <= 72 * kHour;
}

// A matter that the form names is linked under the name of the field, whoever asks for the field: the kind's record or
// a guard. Else the guards that look for it later would not find it.
Status Engine::LinkNamed(Move& move) {
  std::vector<const Field*> fields;
  for (const Field& field : move.kind.fields) fields.push_back(&field);
  for (const FormField& entry : FormOf(move.kind, move.transition)) fields.push_back(entry.field);
  for (const Field* field : fields) {
    const std::string target = ScalarText(move.input.if_contains(field->name));
    if (field->type != "matter" || target.empty()) continue;
    const auto found = LoadMatter(move.db, target);
    const bool is_of_the_kind = found.ok() && (field->args.empty() || field->args == found->kind);
    if (!is_of_the_kind || target == move.matter.id)
      return NeedsMending(
          {{"/fields/" + std::string(field->name), "error.choose", Say("从列表中选择{}", field->label)}});
    ZHIAN_TRY(MustBeOfOneWorld(move.matter, *found, "/fields"));
    ZHIAN_TRY(InsertLink(move.db, move.matter.id, target, std::string(field->name), move.now.ms));
  }
  return Ok();
}

Result<Outcome> Engine::Apply(storage::Connection& db, const Actor& actor, const Command& command, const Actor* second,
                              int depth, const Matter* origin) {
  if (depth > kDepthMax) return MakeError(ErrorCode::kInternal, "effects of " + command.kind + " go round in a circle");
  const base::Instant now = clock_.Now();
  const base::Date today = base::LocalDate(now);
  const bool is_new = command.matter_id.empty();
  Outcome outcome;
  Matter& matter = outcome.matter;
  const Kind* kind = nullptr;
  if (is_new) {
    kind = FindKind(command.kind);
    if (kind == nullptr) return MakeError(ErrorCode::kNotFound, Say("没有这种事项：{}", base::Cut(command.kind, 60)));
    matter.id = base::NewUuid7(now);
    matter.kind = command.kind;
    matter.operator_id = command.operator_id;
    matter.jurisdiction = command.jurisdiction;
    matter.body = command.body;
    matter.opened_at = now.ms;
    matter.opened_by = actor.account_id;
    if (origin != nullptr) matter.fields = Inherited(*kind, *origin);
    if (origin != nullptr && origin->Has(kTraining)) SetFlag(matter, kTraining, true);
    if (matter.jurisdiction.empty()) return NeedsMending({{"/jurisdiction_id", "error.choose", "选择辖区"}});
  } else {
    ZHIAN_ASSIGN(matter, LoadMatter(db, command.matter_id));
    kind = FindKind(matter.kind);
    if (kind == nullptr) return MakeError(ErrorCode::kCorrupt, "unknown kind " + matter.kind);
    ZHIAN_ASSIGN(const bool may_see, MaySee(db, actor, matter));
    if (!may_see) {
      // A role of `who` held elsewhere explains itself; to anybody else the matter does not exist.
      const Transition* wanted = FindTransition(*kind, matter.state, command.action);
      const auto authorised = wanted == nullptr ? Result<const HeldRole*>(MakeError(ErrorCode::kNotFound, ""))
                                                : Authorise(db, actor, *wanted, matter);
      if (!authorised.ok()) return MakeError(ErrorCode::kForbidden, "这件事项不在您的辖区或名下");
    }
  }
  if (matter.Has("voided")) return MakeError(ErrorCode::kConflict, "这件事项已作废，不能再办理");
  if (!is_new && EndedWithExercise(matter, *kind))
    return MakeError(ErrorCode::kConflict, "这件事项已随演练结束，不能再办理");
  if (!kind->live) return MakeError(ErrorCode::kConflict, Say("“{}”尚未启用", kind->label));

  ZHIAN_ASSIGN(auto duties,
               is_new ? Result<std::vector<DutyRow>>(std::vector<DutyRow>{}) : LoadAllDuties(db, matter.id));
  const Transition* transition = FindTransition(*kind, matter.state, command.action);
  std::optional<CommonRow> common;
  if (transition == nullptr && !is_new && !matter.terminal)
    if (const CommonAction* found = FindCommon(*kind, command.action); found != nullptr)
      transition = &common.emplace(*found, *kind, matter, duties).row();
  if (transition == nullptr) {
    const State* state = FindState(*kind, matter.state);
    return MakeError(ErrorCode::kConflict, Say("现在的状态是“{}”，不能办理这一步，请刷新页面",
                                               std::string(state == nullptr ? "" : state->label.zh_hans)));
  }
  // What an effect starts rests on the right of the row that starts it (procedures.md, "effects").
  static const HeldRole kByEffect{"effect", "", "", "", ""};
  const HeldRole* held = &kByEffect;
  ZHIAN_ASSIGN(auto history,
               is_new ? Result<std::vector<TransitionRow>>(std::vector<TransitionRow>{}) : LoadHistory(db, matter.id));
  if (origin == nullptr) {
    auto authorised = Authorise(db, actor, *transition, matter);
    if (!authorised.ok() && authorised.error().code == ErrorCode::kForbidden && !actor.system && !is_new) {
      const json::object nothing;
      const GuardContext before{db, services_, now, today, *kind, matter, *transition, actor, nothing, history, duties};
      ZHIAN_ASSIGN(const HeldRole* from_above, AuthoriseFromAbove(before));
      if (from_above != nullptr) authorised = from_above;
    }
    ZHIAN_ASSIGN(held, std::move(authorised));
  }
  if (!is_new && !actor.system) {
    if (!command.expected_version)
      return MakeError(ErrorCode::kVersionMissing, "请带上所读版本（If-Match），以免覆盖别人的改动");
    if (*command.expected_version != matter.version)
      return MakeError(ErrorCode::kStaleVersion,
                       Say("这件事项刚被别人更新到第 {} 版，请核对后再办", std::to_string(matter.version)));
  }
  base::Instant occurred = now;
  if (command.occurred_at) {
    constexpr std::int64_t kThirtyDays = std::int64_t{30} * 86'400'000;
    if (command.occurred_at->ms > now.ms + 300'000 || command.occurred_at->ms < now.ms - kThirtyDays)
      return NeedsMending({{"/occurred_at", "error.value", "发生时间须在过去三十天之内，请核对手机的时间"}});
    occurred = base::Instant{std::min(command.occurred_at->ms, now.ms)};
  }

  // The system's own moves bring what the tables let them bring; people fill the form.
  json::object input;
  if (actor.system || origin != nullptr) {
    input = command.fields;
  } else {
    ZHIAN_ASSIGN(input, ValidateForm(FormOf(*kind, *transition), command.fields, today));
  }
  ZHIAN_ASSIGN(const auto attachments, AttachmentsOf(db, *kind, *transition, command, input));
  if (!common)  // what a common action asks for is about the matter, not part of its record
    for (const auto& [name, value] : input) matter.fields[name] = value;
  // Limits are judged, and clocks start, by the moment of recording: a time that the sender alone states moves neither.
  const base::Instant counted = IsCapturedOffline(command, *held, now) ? occurred : now;
  FillAutomatic(matter, *kind, *transition, input, counted, actor);
  if (is_new && origin != nullptr) FillFromSource(*kind, *transition, *origin, matter);

  // What a new matter is about is linked before its guards look for it.
  for (const LinkTo& link : command.links) {
    const auto target = LoadMatter(db, link.matter_id);
    const auto seen = target.ok() ? MaySee(db, actor, *target) : Result<bool>(false);
    if (!is_new || !seen.ok() || (origin == nullptr && !*seen))
      return NeedsMending({{"/links", "error.choose", "没有这件事项"}});
    if (&link == &command.links.front()) {
      if (target->Has(kTraining))
        SetFlag(matter, kTraining, true);  // what a person starts from an exercise belongs to it
      if (origin == nullptr) FillFromSource(*kind, *transition, *target, matter);
    }
    ZHIAN_TRY(MustBeOfOneWorld(matter, *target, "/links"));
    ZHIAN_TRY(InsertLink(db, matter.id, target->id, link.relation.empty() ? "about" : link.relation, now.ms));
  }
  // Where nothing is linked, the matter that the form names is the source.
  if (is_new && origin == nullptr && command.links.empty())
    for (const FormField& entry : FormOf(*kind, *transition))
      if (const std::string named = entry.field->type == "matter" ? matter.Field(entry.field->name) : "";
          !named.empty()) {
        if (const auto source = LoadMatter(db, named); source.ok()) FillFromSource(*kind, *transition, *source, matter);
        break;
      }
  FillEnds(matter, *kind, *transition, services_.policy, today, duties);
  bool needs_second = false;
  GuardContext context{db, services_, now, today, *kind, matter, *transition, actor, input, history, duties, origin};
  if (origin == nullptr) context.held = held;
  context.occurred = occurred;
  ZHIAN_ASSIGN(auto failing, FailingGuards(context, second, &needs_second));
  if (!failing.empty()) return MakeError(ErrorCode::kGuardFailed, "还有条件不满足", std::move(failing));
  // An effect starts on behalf of the actor, whose act was confirmed already; a person's own act waits for the second
  // person.
  if (needs_second && !actor.system && origin == nullptr) {
    if (is_new && !command.links.empty())
      ZHIAN_TRY(db.Execute("DELETE FROM matter_link WHERE district=$d AND from_id=$1", {matter.id}));
    return AskApproval(db, actor, command, matter);
  }

  if (is_new) {
    const std::string prefix(kind->traits.number);
    ZHIAN_ASSIGN(const std::string number, NextNumber(db, prefix + "-" + std::to_string(today.year())));
    matter.number = prefix + "-" + options_.district_code + "-" + std::to_string(today.year()) + "-" + number;
    matter.title = TitleFor(*kind, command, origin);
    for (const Effect& effect : transition->effects)
      if (effect.kind == Effect::Kind::kFlag && effect.target == kTraining) SetFlag(matter, kTraining, true);
  }
  // A matter that began before its product was known takes the product's name once it is entered.
  if (!is_new && Renames(*kind, input)) matter.title = NamedBy(*kind, matter);
  if (matter.Has(kTraining)) matter.title = MarkedTitle(std::move(matter.title));
  matter.state = std::string(transition->to);
  matter.version += 1;
  matter.updated_at = now.ms;
  const State* state = FindState(*kind, matter.state);
  matter.terminal = (state != nullptr && state->terminal) || matter.Has("voided");

  Move move{db,
            actor,
            second,
            *kind,
            *transition,
            *held,
            matter,
            std::move(input),
            now,
            occurred,
            counted,
            today,
            std::move(duties),
            {},
            outcome,
            depth,
            {},
            {},
            {},
            std::move(history)};
  move.row.id = base::NewUuid7(now);
  move.row.matter_id = matter.id;
  move.row.sequence = move.history.empty() ? 1 : move.history.back().sequence + 1;
  move.row.action = std::string(transition->action);
  move.row.from = std::string(transition->from);
  move.row.to = matter.state;
  move.row.actor = actor.account_id;
  move.row.actor_name = actor.name;
  move.row.role = held->role;
  move.row.on_behalf_of = held->on_behalf_of;
  move.row.second_actor = second == nullptr ? "" : second->account_id;
  move.row.note = command.note;
  move.row.input = move.input;
  move.row.at = occurred.ms;
  move.row.recorded_at = now.ms;
  ZHIAN_ASSIGN(move.row.persons, PersonsOfMove(db, *kind, transition->action, move.input, actor, *held, second));
  outcome.transition_id = move.row.id;
  for (const std::string& digest : attachments) {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO attachment_of_matter (district, matter_id, sha256, transition_id, at) VALUES ($d,$1,$2,$3,$4)",
        {matter.id, digest, move.row.id, now.ms}));
    move.attachments.push_back(json::value(digest));
  }

  // The row is written first, so that everything that hangs on it can refer to it; it is completed in Record.
  ZHIAN_TRY(SaveMatter(db, matter, is_new));
  if (origin != nullptr) ZHIAN_TRY(InsertLink(db, origin->id, matter.id, "started", now.ms));
  if (!common) ZHIAN_TRY(LinkNamed(move));  // "link_matter" writes its own
  ZHIAN_TRY(common ? RunCommon(move) : RunDuties(move));
  if (!transition->document.empty()) ZHIAN_TRY(IssueDocument(move));
  ZHIAN_TRY(RecordService(move));
  for (const Effect& effect : transition->effects) {
    if (effect.kind == Effect::Kind::kFlag) SetFlag(matter, effect.target, true);
    if (effect.kind == Effect::Kind::kUnflag) SetFlag(matter, effect.target, false);
  }
  ZHIAN_TRY(RunOwnEffects(move));
  ZHIAN_TRY(Record(move));
  ZHIAN_TRY(RunFarEffects(move));
  return outcome;
}

}  // namespace zhian::procedure
