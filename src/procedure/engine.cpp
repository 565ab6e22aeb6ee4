#include "procedure/engine.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/move.hpp"
#include "procedure/persons.hpp"
#include "procedure/training.hpp"

namespace zhian::procedure {
namespace json = boost::json;
using storage::Value;

Actor Actor::System() {
  Actor actor;
  actor.account_id = kSystemRole;
  actor.name = "系统";
  actor.system = true;
  return actor;
}

Result<json::value> GuardContext::Ask(std::string_view question, const json::object& arguments) const {
  const auto it = services.questions.find(question);
  if (it == services.questions.end())
    return MakeError(ErrorCode::kInternal, "no room answers " + std::string(question));
  GuardContext asked = *this;
  asked.unread = std::make_shared<std::vector<Message>>();
  auto answer = it->second(asked, arguments);
  unread->insert(unread->end(), asked.unread->begin(), asked.unread->end());
  if (answer.ok() && !asked.unread->empty()) return MakeError(ErrorCode::kUnavailable, asked.unread->front());
  return answer;
}

Engine::Engine(storage::Database& database, const Services& services, const Bindings& bindings,
               const base::Clock& clock, EngineOptions options)
    : database_(database), services_(services), bindings_(bindings), clock_(clock), options_(std::move(options)) {}

namespace {

Result<bool> Covers(storage::Connection& db, const std::string& ancestor, const std::string& descendant) {
  if (ancestor == descendant) return true;
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor = $1 AND descendant = $2 LIMIT 1",
                                   {ancestor, descendant}));
  return !rows.empty();
}

bool OwnsOnly(std::string_view role) { return Has(role, RoleMark::kOwn); }

json::object CommandJson(const Command& command) {
  json::object object{{"kind", command.kind},
                      {"matter_id", command.matter_id},
                      {"action", command.action},
                      {"fields", command.fields},
                      {"note", command.note},
                      {"operator_id", command.operator_id},
                      {"jurisdiction", command.jurisdiction},
                      {"body", command.body},
                      {"title", command.title}};
  if (command.expected_version) object["expected_version"] = *command.expected_version;
  if (command.occurred_at) object["occurred_at"] = command.occurred_at->ms;
  json::array links;
  for (const LinkTo& link : command.links)
    links.push_back(json::object{{"matter_id", link.matter_id}, {"relation", link.relation}});
  object["links"] = std::move(links);
  json::array files;
  for (const auto& digest : command.attachments) files.push_back(json::value(digest));
  object["attachments"] = std::move(files);
  return object;
}

Command CommandFrom(const json::object& object) {
  const auto text = [&](const char* name) { return ScalarText(object.if_contains(name)); };
  Command command;
  command.kind = text("kind");
  command.matter_id = text("matter_id");
  command.action = text("action");
  command.note = text("note");
  command.operator_id = text("operator_id");
  command.jurisdiction = text("jurisdiction");
  command.body = text("body");
  command.title = text("title");
  if (const auto* fields = object.if_contains("fields"); fields != nullptr && fields->is_object())
    command.fields = fields->get_object();
  if (const auto* version = object.if_contains("expected_version"); version != nullptr && version->is_int64())
    command.expected_version = version->get_int64();
  if (const auto* at = object.if_contains("occurred_at"); at != nullptr && at->is_int64())
    command.occurred_at = base::Instant{at->get_int64()};
  if (const auto* links = object.if_contains("links"); links != nullptr && links->is_array())
    for (const auto& link : links->get_array())
      if (link.is_object())
        command.links.push_back({ScalarText(link.get_object().if_contains("matter_id")),
                                 ScalarText(link.get_object().if_contains("relation"))});
  if (const auto* files = object.if_contains("attachments"); files != nullptr && files->is_array())
    for (const auto& digest : files->get_array()) command.attachments.push_back(ScalarText(&digest));
  return command;
}

// A step that waits for its second person: what was asked, and by whom.
struct StoredCommand {
  Command command;
  Actor actor;
};
Result<StoredCommand> ReadStoredCommand(const std::string& text, const std::string& approval_id) {
  ZHIAN_ASSIGN(const json::object stored, base::ParseStoredObject(text, "approval", approval_id));
  const json::value *command = stored.if_contains("command"), *actor = stored.if_contains("actor");
  if (command == nullptr || !command->is_object() || actor == nullptr || !actor->is_object())
    return MakeError(ErrorCode::kCorrupt, "stored JSON of approval " + approval_id + ": no command, or no actor");
  return StoredCommand{.command = CommandFrom(command->get_object()), .actor = ActorFrom(actor->get_object())};
}

// A person confirms for another only under another natural person's name: accounts of one person are one person.
bool SamePerson(const Actor& a, const Actor& b) {
  return a.account_id == b.account_id || (!a.person_digest.empty() && a.person_digest == b.person_digest);
}

}  // namespace

Result<bool> Engine::MaySee(storage::Connection& db, const Actor& actor, const Matter& matter) {
  if (actor.system) return true;
  for (const HeldRole& held : actor.roles) {
    if (OwnsOnly(held.role) || !held.operator_id.empty()) {
      if (!matter.operator_id.empty() && held.operator_id == matter.operator_id) return true;
      continue;
    }
    ZHIAN_ASSIGN(const bool covers, Covers(db, held.jurisdiction, matter.jurisdiction));
    if (covers) return true;
  }
  return false;
}

Result<const HeldRole*> Engine::Authorise(storage::Connection& db, const Actor& actor, const Transition& transition,
                                          const Matter& matter) {
  static const HeldRole kOfSystem{std::string(kSystemRole), "", "", "", ""};
  const auto may = [&](Text role) {
    return std::find(transition.who.begin(), transition.who.end(), role) != transition.who.end();
  };
  if (actor.system) {
    if (may(kSystemRole)) return &kOfSystem;
    return MakeError(ErrorCode::kForbidden, "这一步须由人办理");
  }
  bool has_role = false;
  const HeldRole* as_deputy = nullptr;  // one's own right goes before what one holds for another
  for (const HeldRole& held : actor.roles) {
    if (!may(held.role)) continue;
    has_role = true;
    ZHIAN_ASSIGN(const bool covers, OwnsOnly(held.role)
                                        ? !matter.operator_id.empty() && held.operator_id == matter.operator_id
                                        : Covers(db, held.jurisdiction, matter.jurisdiction));
    if (covers && held.on_behalf_of.empty()) return &held;
    if (covers && as_deputy == nullptr) as_deputy = &held;
  }
  if (as_deputy != nullptr) return as_deputy;
  std::string who;
  for (const Text role : transition.who)
    if (const Role* declared = FindRole(role); declared != nullptr && role != kSystemRole)
      who += (who.empty() ? "" : "、") + std::string(declared->label.zh_hans);
  return MakeError(ErrorCode::kForbidden, has_role ? "这件事项不在您的辖区或名下" : Say("这一步由{}办理", who));
}

Result<const HeldRole*> Engine::AuthoriseFromAbove(const GuardContext& context) {
  for (const HeldRole& held : context.actor.roles) {
    if (OwnsOnly(held.role)) continue;
    ZHIAN_ASSIGN(const bool covers, Covers(context.db, held.jurisdiction, context.matter.jurisdiction));
    if (!covers) continue;
    ZHIAN_ASSIGN(const bool may, MayActFromAbove(context, held, [this](const GuardContext& asked, Text guard) {
                   return Evaluate(asked, guard);
                 }));
    if (may) return &held;
  }
  return nullptr;
}

Result<GuardResult> Engine::Evaluate(const GuardContext& context, Text guard_id) {
  const Guard* guard = FindGuard(guard_id);
  if (guard == nullptr) return MakeError(ErrorCode::kInternal, "unknown guard " + std::string(guard_id));
  if (guard->how != Guard::How::kCode && guard->how != Guard::How::kCodeForm)
    return GuardResult::Holds();  // the form or the second person decides
  for (const GuardBinding& binding : bindings_.guards) {
    if (binding.guard != guard_id) continue;
    GuardContext own = context;
    own.unread = std::make_shared<std::vector<Message>>();
    GuardResult result = binding.function(own);
    for (Message& message : *own.unread) {
      result.holds = false;
      const bool said = std::any_of(result.open_items.begin(), result.open_items.end(),
                                    [&](const Message& known) { return known.Text() == message.Text(); });
      if (!said) result.open_items.push_back(std::move(message));
    }
    return result;
  }
  return MakeError(ErrorCode::kInternal, "guard without code: " + std::string(guard_id));
}

Result<std::vector<FieldError>> Engine::FailingGuards(const GuardContext& context, const Actor* second,
                                                      bool* needs_second) {
  std::vector<FieldError> errors;
  for (const Text id : context.transition.guards) {
    const Guard* guard = FindGuard(id);
    if (guard == nullptr) return MakeError(ErrorCode::kInternal, "unknown guard " + std::string(id));
    if (guard->how == Guard::How::kSecond) {
      if (second == nullptr) *needs_second = true;
      continue;
    }
    ZHIAN_ASSIGN(GuardResult result, Evaluate(context, id));
    if (result.holds) continue;
    errors.push_back(
        {std::string(id), "guard." + std::string(id),
         result.open_items.empty() ? Argument(guard->label) : Say("{}：{}", guard->label, Joined(result.open_items))});
  }
  return errors;
}

Result<Outcome> Engine::Execute(const Actor& actor, const Command& command) {
  std::optional<Outcome> outcome;
  const std::string digest = base::HexSha256(base::CanonicalJson(CommandJson(command)));
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    if (!command.idempotency_key.empty()) {
      ZHIAN_ASSIGN(
          auto rows,
          db.Query(
              "SELECT digest, outcome FROM idempotency WHERE district=$d AND account_id=$1 AND idempotency_key=$2 LIMIT 1",
              {actor.account_id, command.idempotency_key}));
      if (!rows.empty()) {
        if (rows.front().text(0) != digest)
          return MakeError(ErrorCode::kConflict, "这个幂等键已用于另一次提交，请换一个新的 Idempotency-Key");
        Outcome replay;
        replay.replayed = true;
        const std::string stored = rows.front().text(1);
        if (stored.starts_with("approval:")) {
          replay.approval_id = stored.substr(9);
          if (!command.matter_id.empty()) {
            ZHIAN_ASSIGN(replay.matter, LoadMatter(db, command.matter_id));
          }
        } else {
          ZHIAN_ASSIGN(replay.matter, LoadMatter(db, stored));
        }
        outcome = std::move(replay);
        return Ok();
      }
    }
    ZHIAN_ASSIGN(outcome, ExecuteIn(db, actor, command));
    if (!command.idempotency_key.empty()) {
      ZHIAN_TRY(db.Execute(
          "INSERT INTO idempotency (district, account_id, idempotency_key, digest, outcome, at) VALUES ($d,$1,$2,$3,$4,$5)",
          {actor.account_id, command.idempotency_key, digest,
           outcome->approval_id.empty() ? outcome->matter.id : "approval:" + outcome->approval_id, clock_.Now().ms}));
    }
    return Ok();
  }));
  if (listener_ && !outcome->replayed) {
    if (!outcome->matter.id.empty()) listener_(outcome->matter.id, outcome->matter.version);
    for (const Started& started : outcome->started) listener_(started.id, 1);
  }
  return std::move(*outcome);
}

Result<Outcome> Engine::ExecuteIn(storage::Connection& db, const Actor& actor, const Command& command,
                                  const Actor* second) {
  return Apply(db, actor, command, second, 0, nullptr);
}

Result<Outcome> Engine::AskApproval(storage::Connection& db, const Actor& actor, const Command& command,
                                    const Matter& matter) {
  ZHIAN_ASSIGN(
      auto open,
      db.Query(
          "SELECT id FROM approval WHERE district=$d AND matter_id=$1 AND action=$2 AND state='open' AND version=$3 LIMIT 1",
          {matter.id, command.action, matter.version}));
  if (!open.empty()) return MakeError(ErrorCode::kConflict, "这一步已有人提出，正等待另一人覆核");
  Outcome outcome;
  outcome.matter = matter;
  outcome.approval_id = base::NewUuid7(clock_.Now());
  ZHIAN_TRY(db.Execute(
      "INSERT INTO approval (district, id, matter_id, action, version, asked_by, asked_name, command, at, state, decided_at) "
      "VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,'open',0)",
      {outcome.approval_id, matter.id, command.action, matter.version, actor.account_id, actor.name,
       json::serialize(json::object{{"command", CommandJson(command)}, {"actor", ActorJson(actor)}}),
       clock_.Now().ms}));
  return outcome;
}

Result<DocumentRow> Engine::Draft(storage::Connection& db, const Actor& actor, const Matter& stored,
                                  std::string_view action) {
  const Kind* kind = FindKind(stored.kind);
  const Transition* transition = kind == nullptr ? nullptr : FindTransition(*kind, stored.state, action);
  if (transition == nullptr || transition->document.empty())
    return MakeError(ErrorCode::kNotFound, "这一步现在不出具文书");
  Matter matter = stored;
  Command command;
  Actor asker = actor;
  ZHIAN_ASSIGN(
      auto asked,
      db.Query(
          "SELECT command, id FROM approval WHERE district=$d AND matter_id=$1 AND action=$2 AND state='open' AND version=$3 LIMIT 1",
          {matter.id, std::string(action), matter.version}));
  if (!asked.empty()) {
    ZHIAN_ASSIGN(StoredCommand pending, ReadStoredCommand(asked.front().text(0), asked.front().text(1)));
    command = std::move(pending.command);
    asker = std::move(pending.actor);
  }
  for (const auto& [name, value] : command.fields) matter.fields[name] = value;
  const auto held = Authorise(db, asker, *transition, matter);
  static const HeldRole kNobody{"", "", "", "", ""};
  const base::Instant now = clock_.Now();
  Outcome outcome;
  Move move{db,
            asker,
            nullptr,
            *kind,
            *transition,
            held.ok() ? **held : kNobody,
            matter,
            command.fields,
            now,
            now,
            base::LocalDate(now),
            {},
            {},
            outcome,
            0,
            {},
            {},
            {},
            {}};
  move.row.note = command.note;
  return ComposeDocument(move, true);
}

Result<Outcome> Engine::Decide(const Actor& actor, const std::string& approval_id, bool confirm,
                               const std::string& reason) {
  std::optional<Outcome> outcome;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query("SELECT matter_id, action, version, command, state FROM approval WHERE district=$d AND id=$1 LIMIT 1",
                 {approval_id}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这件待覆核的事");
    if (rows.front().text(4) != "open") return MakeError(ErrorCode::kConflict, "这件覆核已经办过");
    ZHIAN_ASSIGN(const StoredCommand stored, ReadStoredCommand(rows.front().text(3), approval_id));
    const Actor& asker = stored.actor;
    const Command& command = stored.command;
    if (SamePerson(asker, actor)) return MakeError(ErrorCode::kForbidden, "覆核须由另一人办理，提出的人不能自己覆核");
    Matter matter;
    if (command.matter_id.empty()) {
      matter.jurisdiction = command.jurisdiction;
      matter.operator_id = command.operator_id;
    } else {
      ZHIAN_ASSIGN(matter, LoadMatter(db, command.matter_id));
    }
    ZHIAN_ASSIGN(const bool may, MayApprove(db, actor, command, matter));
    if (!may) return MakeError(ErrorCode::kForbidden, "覆核须由同一层级或上级有职权的另一人办理");
    ZHIAN_TRY(
        db.Execute("UPDATE approval SET state=$2, decided_by=$3, decided_at=$4, reason=$5 WHERE district=$d AND id=$1",
                   {approval_id, std::string(confirm ? "confirmed" : "declined"), actor.account_id, clock_.Now().ms,
                    storage::OrNull(reason)}));
    if (!confirm) {
      if (reason.empty()) return NeedsMending({{"/reason", "error.fill", "填写不同意的理由"}});
      outcome = Outcome{};
      outcome->matter = matter;
      return Ok();
    }
    ZHIAN_ASSIGN(outcome, ExecuteIn(db, asker, command, &actor));
    return Ok();
  }));
  if (listener_ && !outcome->matter.id.empty()) listener_(outcome->matter.id, outcome->matter.version);
  return std::move(*outcome);
}

Result<bool> Engine::MayApprove(storage::Connection& db, const Actor& actor, const Command& command,
                                const Matter& matter) {
  // Source: procedures.md, glossary: the second person has a role of `who`, or leads (same body or above).
  const Kind* kind = FindKind(command.kind);
  const Transition* transition = kind == nullptr ? nullptr : FindTransition(*kind, matter.state, command.action);
  std::optional<CommonRow> common;
  if (transition == nullptr && kind != nullptr)
    if (const CommonAction* found = FindCommon(*kind, command.action); found != nullptr) {
      ZHIAN_ASSIGN(const auto duties, LoadAllDuties(db, matter.id));
      transition = &common.emplace(*found, *kind, matter, duties).row();
    }
  if (transition == nullptr) return false;
  for (const HeldRole& held : actor.roles) {
    const bool named = std::find(transition->who.begin(), transition->who.end(), held.role) != transition->who.end();
    if (!named && !Has(held.role, RoleMark::kLeads)) continue;
    if (OwnsOnly(held.role)) continue;
    ZHIAN_ASSIGN(const bool covers, Covers(db, held.jurisdiction, matter.jurisdiction));
    if (covers) return true;
  }
  return false;
}

Result<std::vector<ActionView>> Engine::Available(storage::Connection& db, const Actor& actor, const Matter& matter) {
  const Kind* kind = FindKind(matter.kind);
  if (kind == nullptr) return MakeError(ErrorCode::kCorrupt, "unknown kind " + matter.kind);
  ZHIAN_ASSIGN(const auto history, LoadHistory(db, matter.id));
  ZHIAN_ASSIGN(const auto duties, LoadAllDuties(db, matter.id));
  const base::Instant now = clock_.Now();
  const json::object nothing;
  std::vector<ActionView> views;
  std::vector<ActionView> open;
  if (matter.Has("voided") || EndedWithExercise(matter, *kind)) return open;
  for (const Transition& transition : kind->transitions)
    if (transition.from == matter.state) open.push_back({.transition = &transition, .common = nullptr});
  for (const CommonAction& common : CommonActions()) {
    if (matter.terminal || FindCommon(*kind, common.row.action) != &common) continue;
    auto row = std::make_shared<CommonRow>(common, *kind, matter, duties);
    open.push_back({.transition = &row->row(), .common = row});
  }
  for (ActionView& view : open) {
    const Transition& transition = *view.transition;
    const auto authorised = Authorise(db, actor, transition, matter);
    if (!authorised.ok() && authorised.error().code != ErrorCode::kForbidden) return authorised.error();
    GuardContext context{db,      services_, now,    base::LocalDate(now), *kind, matter, transition, actor, nothing,
                         history, duties,    nullptr};
    if (authorised.ok()) {
      context.held = *authorised;
    } else {
      ZHIAN_ASSIGN(context.held, AuthoriseFromAbove(context));
    }
    view.actor_has_role = context.held != nullptr;
    for (const Text id : transition.guards) {
      const Guard* guard = FindGuard(id);
      if (guard == nullptr) continue;
      if (guard->how == Guard::How::kSecond) view.needs_second = true;
      // A guard that waits for the form's own fields is judged when the form is sent.
      if (guard->how != Guard::How::kCode || !guard->fields.empty()) continue;
      ZHIAN_ASSIGN(GuardResult result, Evaluate(context, id));
      if (!result.holds) view.failing.emplace_back(guard, std::move(result.open_items));
    }
    view.allowed = view.actor_has_role && view.failing.empty();
    views.push_back(std::move(view));
  }
  return views;
}

Status Engine::AddNote(const Actor& actor, const std::string& matter_id, const std::string& text) {
  if (text.empty() || text.size() > kLongTextBytesMax)
    return NeedsMending({{"/text", "error.fill", "填写记录内容，不超过三万字"}});
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Matter matter, LoadMatter(db, matter_id));
    ZHIAN_ASSIGN(const bool may, MaySee(db, actor, matter));
    if (!may) return MakeError(ErrorCode::kNotFound, Say("没有这件事项：{}", matter_id));
    TransitionRow row;
    row.id = base::NewUuid7(clock_.Now());
    row.matter_id = matter_id;
    row.action = "add_note";
    row.from = row.to = matter.state;
    row.actor = actor.account_id;
    row.actor_name = actor.name;
    row.role = actor.roles.empty() ? "" : actor.roles.front().role;
    row.note = text;
    row.at = row.recorded_at = clock_.Now().ms;
    ZHIAN_ASSIGN(row.sequence, NextSequence(db, matter_id));
    return RecordNote(db, row);
  });
}

}  // namespace zhian::procedure
