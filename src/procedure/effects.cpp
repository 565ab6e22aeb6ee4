// What a transition does beyond its own row: documents, effects of its table row, the ledger leaf.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/move.hpp"
#include "procedure/training.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

std::string EffectName(const Effect& effect) {
  switch (effect.kind) {
    case Effect::Kind::kSet: return "set:" + std::string(effect.target);
    case Effect::Kind::kHold: return "hold:" + std::string(effect.target);
    case Effect::Kind::kFree: return "free:" + std::string(effect.target);
    case Effect::Kind::kStop: return "stop:" + std::string(effect.target);
    case Effect::Kind::kCredit: return "credit";
    case Effect::Kind::kStart:
    case Effect::Kind::kClose:
    case Effect::Kind::kNotify:
    case Effect::Kind::kFlag:
    case Effect::Kind::kUnflag: return {};
  }
  return {};
}

const Transition* CreationRow(const Kind& kind, Text action) {
  for (const Transition& transition : kind.transitions)
    if (transition.from.empty() && (action.empty() || transition.action == action)) return &transition;
  return nullptr;
}

Message FirstReasons(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::vector<Message> parts;
  for (const auto& field : error.fields) parts.push_back(field.message);
  return Say("{}：{}", error.message, Joined(parts, 5));
}

}  // namespace

Result<DocumentRow> Engine::ComposeDocument(const Move& move, bool draft) {
  const Text kind = move.transition.document;
  const DocumentKind* document = FindDocumentKind(kind);
  if (document == nullptr) return MakeError(ErrorCode::kInternal, "unknown document " + std::string(kind));
  const std::string year = std::to_string(move.today.year());
  DocumentRow row;
  row.id = base::NewUuid7(move.now);
  row.matter_id = move.matter.id;
  row.kind = std::string(kind);
  row.issued_at = move.now.ms;
  std::string organ = options_.organ, prefix = options_.document_prefix;  // of what the clock issues
  ZHIAN_ASSIGN(auto body,
               move.db.Query("SELECT name, document_word FROM bodies WHERE id=$1 LIMIT 1", {move.held.body}));
  if (!body.empty() && !body.front().text(1).empty()) {
    organ = body.front().text(0);
    prefix = body.front().text(1);
  }
  const std::string external = move.matter.Field("document_number");
  const bool training = move.matter.Has(kTraining);
  // Papers of exercises have a series of their own: the real ones show no gap.
  const std::string word = prefix + (training ? "演" : std::string(document->word));
  if (document->external && !external.empty()) {
    row.number = external;
  } else if (draft) {
    row.number = word + "〔" + year + "〕" + "　" + "号";
  } else {
    // One series for each word of each body: no two documents of a year bear the same number.
    ZHIAN_ASSIGN(const std::string n, NextNumber(move.db, "document:" + word + ":" + year));
    row.number = word + "〔" + year + "〕" + std::to_string(std::stoll(n)) + "号";
  }
  row.public_code = base::RandomCode(12);
  // What a common action asks for is no part of the record, but it stands on its paper.
  json::object fields = move.matter.fields;
  for (const auto& [name, value] : move.input) fields[name] = value;
  // The limits that this step opened.
  json::array limits;
  for (const DutyRow& duty : move.duties) {
    if (duty.opened_at != move.now.ms || !duty.limit_at || duty.state != DutyState::kOpen) continue;
    const Duty* declared = FindDuty(move.kind, duty.duty);
    const policy::Rule* rule = duty.rule_id.empty()
                                   ? nullptr
                                   : services_.policy.Find(duty.rule_id, base::LocalDate(base::Instant{duty.start_at}));
    limits.push_back(json::object{{"label", declared == nullptr ? Text(duty.duty) : declared->label.zh_hans},
                                  {"on", base::FormatDate(base::LocalDate(base::Instant{*duty.limit_at}))},
                                  {"rule", rule == nullptr ? std::string() : services_.policy.Cite(*rule, false)},
                                  {"to_verify", rule != nullptr && rule->to_verify}});
  }
  row.values = json::object{{"kind", row.kind},
                            {"organ", organ},
                            {"label", document->label.zh_hans},
                            {"number", row.number},
                            {"issued_on", base::FormatDate(move.today)},
                            {"matter", json::object{{"id", move.matter.id},
                                                    {"number", move.matter.number},
                                                    {"title", move.matter.title},
                                                    {"kind", move.kind.label.zh_hans},
                                                    {"kind_id", move.kind.id}}},
                            {"fields", std::move(fields)},
                            {"limits", std::move(limits)},
                            {"actor", move.actor.name},
                            {"second", move.second == nullptr ? "" : move.second->name},
                            {"note", move.row.note}};
  if (training) row.values["training"] = true;
  const Actor& actor = move.actor;
  const GuardContext context{move.db,         services_, move.now,   move.today, move.kind,   move.matter,
                             move.transition, actor,     move.input, {},         move.duties, nullptr};
  if (services_.questions.contains("document.subject")) {
    ZHIAN_ASSIGN(json::value subject, context.Ask("document.subject", {{"operator_id", move.matter.operator_id}}));
    row.values["operator"] = std::move(subject);
  }
  if (services_.questions.contains("document.form")) {
    ZHIAN_ASSIGN(row.values["form"], context.Ask("document.form", row.values));
  }
  return row;
}

Status Engine::IssueDocument(Move& move) {
  ZHIAN_ASSIGN(DocumentRow row, ComposeDocument(move, false));
  row.sha256 = base::HexSha256(base::CanonicalJson(row.values));
  ZHIAN_TRY(move.db.Execute(
      "INSERT INTO document (district, id, matter_id, kind, number, values_json, sha256, public_code, issued_at) "
      "VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8)",
      {row.id, row.matter_id, row.kind, row.number, json::serialize(row.values), row.sha256, row.public_code,
       row.issued_at}));
  move.ledgered.emplace_back("document", row.id);
  move.row.document_id = row.id;
  move.outcome.documents.push_back(row.id);
  return Ok();
}

namespace {
// What an effect wrote from records that it could not read whole is not kept.
Status WasRead(const EffectContext& context) {
  if (context.unread->empty()) return Ok();
  return MakeError(ErrorCode::kGuardFailed, context.unread->front());
}
}  // namespace

Status Engine::RunOwnEffects(Move& move) {
  const bool training = move.matter.Has(kTraining);
  for (const Effect& effect : move.transition.effects) {
    const std::string name = EffectName(effect);
    if (name.empty() || (training && IsFeltOutside(effect))) continue;
    const auto binding = std::find_if(bindings_.effects.begin(), bindings_.effects.end(),
                                      [&](const EffectBinding& b) { return b.effect == name; });
    if (binding == bindings_.effects.end()) return MakeError(ErrorCode::kInternal, "effect without code: " + name);
    EffectContext context{move.db,       services_,       move.now,     move.today, move.kind,
                          move.matter,   move.transition, move.actor,   move.input, std::string(effect.target),
                          move.ledgered, move.computed,   move.history, move.duties};
    ZHIAN_TRY(binding->function(context));
    ZHIAN_TRY(WasRead(context));
  }
  for (const EffectBinding& record : bindings_.records) {
    if (record.effect != move.kind.id || training) continue;
    EffectContext context{move.db,    services_,  move.now, move.today,    move.kind,     move.matter,  move.transition,
                          move.actor, move.input, {},       move.ledgered, move.computed, move.history, move.duties};
    ZHIAN_TRY(record.function(context));
    ZHIAN_TRY(WasRead(context));
  }
  // What an effect could not do is told to who acted, and stays on the matter as work left to do by hand. The effect
  // says it in `computed`, so that the ledger has it too.
  const auto* said = move.computed.if_contains("said");
  if (said == nullptr || !said->is_array()) return Ok();
  for (const json::value& each : said->get_array()) {
    const std::string reason = ScalarText(&each);
    move.outcome.skipped.push_back({move.matter.kind, reason});
    ZHIAN_TRY(move.db.Execute(
        "INSERT INTO handover (district, id, matter_id, kind, action, reason, at, done_at) VALUES ($d,$1,$2,$3,$4,$5,$6,0)",
        {base::NewUuid7(move.now), move.matter.id, move.matter.kind, std::string(move.transition.action), reason,
         move.now.ms}));
  }
  return Ok();
}

Status Engine::Record(Move& move) {
  // The matter wakes at the first limit of its open duties, and at the day after a term of its own runs out.
  std::int64_t wake = 0;
  const auto consider = [&](std::int64_t at) {
    if (at > 0 && (wake == 0 || at < wake)) wake = at;
  };
  for (const DutyRow& duty : move.duties)
    if (duty.state == DutyState::kOpen && duty.limit_at && *duty.limit_at > move.now.ms) consider(*duty.limit_at + 1);
  for (const Text term : move.kind.traits.wakes)
    if (const auto date = base::ParseDate(move.matter.Field(term)); date.ok())
      consider(base::StartOfDay(base::Date{date->days + 1}).ms);
  if (move.matter.terminal) wake = 0;
  ZHIAN_TRY(SaveMatter(move.db, move.matter, false));
  ZHIAN_TRY(SetWake(move.db, move.matter.id, wake));

  json::array rows;
  // The transition knows its own leaf, so that its row can be covered by that very leaf.
  ZHIAN_ASSIGN(move.row.ledger_index, ledger::NextIndex(move.db));
  ZHIAN_TRY(SaveTransition(move.db, move.row));
  move.ledgered.emplace_back("matter_transition", move.row.id);
  move.ledgered.emplace_back("matter", move.matter.id);
  for (const DutyRow& duty : move.duties) move.ledgered.emplace_back("duty", duty.id);
  for (const auto& [table, id] : move.ledgered) {
    ZHIAN_ASSIGN(json::object reference,
                 ledger::RowReference(move.db, table, {{"district", move.db.district()}, {"id", id}}));
    rows.push_back(std::move(reference));
  }
  json::object change{{"matter", move.matter.id},
                      {"kind", move.matter.kind},
                      {"action", move.row.action},
                      {"from", move.row.from},
                      {"to", move.row.to},
                      {"version", move.matter.version},
                      {"actor", move.row.actor},
                      {"role", move.row.role},
                      {"body", move.held.body},
                      {"on_behalf_of", move.row.on_behalf_of},
                      {"second", move.row.second_actor},
                      {"note", move.row.note},
                      {"input", move.row.input},
                      {"transition", move.row.id},
                      {"rows", std::move(rows)},
                      {"attachments", move.attachments}};
  if (!move.computed.empty()) change["computed"] = move.computed;
  const auto index = ledger::Append(move.db, "matter." + move.matter.kind, change, move.now);
  if (!index.ok()) return index.error();
  return Ok();
}

Status Engine::RecordNote(storage::Connection& db, TransitionRow& row) {
  ZHIAN_ASSIGN(row.ledger_index, ledger::NextIndex(db));
  ZHIAN_TRY(SaveTransition(db, row));
  ZHIAN_ASSIGN(json::object reference,
               ledger::RowReference(db, "matter_transition", {{"district", db.district()}, {"id", row.id}}));
  const json::object change{{"matter", row.matter_id}, {"action", row.action},
                            {"actor", row.actor},      {"note", row.note},
                            {"transition", row.id},    {"rows", json::array{std::move(reference)}}};
  const auto index = ledger::Append(db, "matter.note", change, base::Instant{row.recorded_at});
  if (!index.ok()) return index.error();
  return Ok();
}

Status Engine::RunFarEffects(Move& move) {
  for (const Effect& effect : move.transition.effects) {
    if (move.matter.Has(kTraining) && IsFeltOutside(effect)) continue;
    switch (effect.kind) {
      case Effect::Kind::kStart: ZHIAN_TRY(Start(move, effect)); break;
      case Effect::Kind::kClose: ZHIAN_TRY(CloseLinked(move, effect)); break;
      case Effect::Kind::kNotify: {
        const json::object payload{{"kind", move.matter.kind},
                                   {"title", move.matter.title},
                                   {"number", move.matter.number},
                                   {"action", move.transition.label.zh_hans},
                                   {"action_id", move.transition.action},
                                   {"from", move.transition.from},
                                   {"state", move.matter.state}};
        ZHIAN_TRY(move.db.Execute(
            "INSERT INTO outbox (district, id, role, jurisdiction, operator_id, matter_id, topic, payload, at, sent_at) "
            "VALUES ($d,$1,$2,$3,$4,$5,'notice',$6,$7,0)",
            {base::NewUuid7(move.now), std::string(effect.target), move.matter.jurisdiction,
             storage::OrNull(move.matter.operator_id), move.matter.id, json::serialize(payload), move.now.ms}));
        break;
      }
      case Effect::Kind::kCredit:
      case Effect::Kind::kSet:
      case Effect::Kind::kHold:
      case Effect::Kind::kFree:
      case Effect::Kind::kStop:
      case Effect::Kind::kFlag:
      case Effect::Kind::kUnflag: break;  // done in the move itself
    }
  }
  return Ok();
}

Status Engine::Start(Move& move, const Effect& effect) {
  const Kind* kind = FindKind(effect.target);
  if (kind == nullptr) return MakeError(ErrorCode::kInternal, "effect starts no kind: " + std::string(effect.target));
  // Kept as a message, not as a text: who reads it later reads it in his own language.
  const auto keep = [&](const Message& message) -> Status {
    const std::string reason = json::serialize(ToJson(message));
    move.outcome.skipped.push_back({std::string(kind->id), reason});
    ZHIAN_TRY(move.db.Execute(
        "INSERT INTO handover (district, id, matter_id, kind, action, reason, at, done_at) VALUES ($d,$1,$2,$3,$4,$5,$6,0)",
        {base::NewUuid7(move.now), move.matter.id, std::string(kind->id), std::string(effect.action), reason,
         move.now.ms}));
    return Ok();
  };
  if (!kind->live && move.matter.Has(kTraining)) return Ok();  // nothing of an exercise is made up for later
  if (!kind->live) return keep(Say("“{}”尚未启用，启用后补办", kind->label));
  const Transition* row = CreationRow(*kind, effect.action);
  if (row == nullptr) return MakeError(ErrorCode::kInternal, "no creation row of " + std::string(kind->id));

  // A room may say what the new matter takes over, and that several are needed (one for each responsible operator).
  json::array wanted{json::object{}};
  const std::string question = "start." + std::string(kind->id);
  if (services_.questions.contains(question)) {
    const GuardContext context{move.db,         services_,  move.now,   move.today, move.kind,   move.matter,
                               move.transition, move.actor, move.input, {},         move.duties, nullptr};
    ZHIAN_ASSIGN(json::value answer, context.Ask(question, {}));
    if (!answer.is_array()) return MakeError(ErrorCode::kInternal, question + " must answer an array");
    wanted = std::move(answer.get_array());
  }
  for (const json::value& each : wanted) {
    if (!each.is_object()) return MakeError(ErrorCode::kInternal, question + " must answer objects");
    const json::object& object = each.get_object();
    // There is one already: it is linked, and no second one is made.
    if (const std::string known = ScalarText(object.if_contains("matter_id")); !known.empty()) {
      ZHIAN_ASSIGN(const Matter matter, LoadMatter(move.db, known));
      ZHIAN_TRY(MustBeOfOneWorld(move.matter, matter, "/links"));
      ZHIAN_TRY(InsertLink(move.db, move.matter.id, matter.id, "started", move.now.ms));
      move.outcome.started.push_back({matter.id, matter.kind, matter.title});
      continue;
    }
    const auto text = [&](const char* name, const std::string& otherwise) {
      const std::string given = ScalarText(object.if_contains(name));
      return given.empty() ? otherwise : given;
    };
    Command command;
    command.kind = std::string(kind->id);
    command.action = std::string(row->action);
    command.operator_id =
        object.contains("operator_id") ? text("operator_id", "") : move.matter.operator_id;  // "": of nobody on file
    command.jurisdiction = text("jurisdiction", move.matter.jurisdiction);
    command.body = text("body", move.matter.body);
    command.title = text("title", "");
    if (const auto* fields = object.if_contains("fields"); fields != nullptr && fields->is_object())
      command.fields = fields->get_object();
    auto started = TryApply(move.db, move.actor, command, move.depth + 1, &move.matter);
    if (!started.ok()) {
      const ErrorCode code = started.error().code;
      if (code != ErrorCode::kGuardFailed && code != ErrorCode::kInvalid && code != ErrorCode::kConflict)
        return std::move(started).error();
      ZHIAN_TRY(keep(FirstReasons(started.error())));
      continue;
    }
    move.outcome.started.push_back({started->matter.id, started->matter.kind, started->matter.title});
    for (Started& inner : started->started) move.outcome.started.push_back(std::move(inner));
    for (SkippedStart& inner : started->skipped) move.outcome.skipped.push_back(std::move(inner));
  }
  return Ok();
}

Status Engine::CloseLinked(Move& move, const Effect& effect) {
  const Kind* kind = FindKind(effect.target);
  if (kind == nullptr || !kind->live) return Ok();
  // What hangs on the matter may be more than one page holds: those that moved make room for the next.
  std::set<std::string> stayed;
  std::vector<Matter> left;
  for (bool again = true; again;) {
    ZHIAN_ASSIGN(auto open, LoadRelated(move.db, move.matter.id, effect.target, 3, true));
    again = false;
    for (Matter& target : open) {
      if (stayed.contains(target.id)) continue;
      ZHIAN_ASSIGN(const bool moved, Settle(move.db, target.id, move.depth + 1));
      again |= moved && open.cut;
      if (moved) continue;
      stayed.insert(target.id);
      left.push_back(std::move(target));
    }
  }
  for (const Matter& target : left) {
    // Only a person may close it: tell those who may, so that it does not lie unseen. Once each, whatever the number of
    // ways out.
    std::set<Text> told;
    for (const Transition& transition : kind->transitions) {
      const State* to = FindState(*kind, transition.to);
      if (transition.from != target.state || to == nullptr || !to->terminal) continue;
      for (const Text role : transition.who) {
        if (role == kSystemRole || !told.insert(role).second) continue;
        ZHIAN_TRY(move.db.Execute(
            "INSERT INTO outbox (district, id, role, jurisdiction, operator_id, matter_id, topic, payload, at, sent_at) "
            "VALUES ($d,$1,$2,$3,NULL,$4,'may_close',$5,$6,0)",
            {base::NewUuid7(move.now), std::string(role), target.jurisdiction, target.id,
             json::serialize(json::object{{"title", target.title},
                                          {"action", transition.label.zh_hans},
                                          {"action_id", transition.action},
                                          {"from", transition.from}}),
             move.now.ms}));
      }
    }
  }
  return Ok();
}

}  // namespace zhian::procedure
