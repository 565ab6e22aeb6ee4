// Actions of every kind (procedures.md): what they do to the duties and flags of the matter. Their rows stand in
// data/common.tsv.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/move.hpp"
#include "procedure/training.hpp"

namespace zhian::procedure {
namespace json = boost::json;

CommonRow::CommonRow(const CommonAction& action, const Kind& kind, const Matter& matter,
                     std::span<const DutyRow> duties)
    : row_(action.row) {
  const State* state = FindState(kind, matter.state);
  row_.from = row_.to = state == nullptr ? Text{} : state->id;
  for (const Text role : action.row.who) {
    if (role != "holder")
      who_.push_back(role);
    else
      for (const DutyRow& duty : duties)
        if (duty.state == DutyState::kOpen || duty.state == DutyState::kSuspended)
          if (const Duty* declared = FindDuty(kind, duty.duty); declared != nullptr) who_.push_back(declared->holder);
  }
  row_.who = who_;
}

Status Engine::RunCommon(Move& move) {
  const Text action = move.transition.action;
  const std::string wanted = ScalarText(move.input.if_contains("duty_id"));
  const auto duty =
      std::find_if(move.duties.begin(), move.duties.end(), [&](const DutyRow& row) { return row.id == wanted; });
  if (duty == move.duties.end() && (!wanted.empty() || action == "extend_duty"))
    return MakeError(ErrorCode::kNotFound, "这件事项没有这项待办");
  if (action == "reassign") {
    duty->holder_account = ScalarText(move.input.if_contains("successor"));
    return AssignDuty(move.db, *duty);
  }
  if (action == "suspend_clock") {
    Stop(*duty, move.counted, ScalarText(move.input.if_contains("stop_ground")));
    move.matter.flags.emplace_back("suspended");
    return UpdateDuty(move.db, *duty);
  }
  if (action == "resume_clock") {
    // Where one ground alone stops it, nobody has to name it.
    std::string ended = ScalarText(move.input.if_contains("ended_ground"));
    if (ended.empty() && !duty->stopped_by.empty()) ended = duty->stopped_by.front();
    Resume(*duty, move.counted, ended, services_.policy);
    const bool another = std::any_of(move.duties.begin(), move.duties.end(),
                                     [](const DutyRow& row) { return row.state == DutyState::kSuspended; });
    if (!another) std::erase(move.matter.flags, "suspended");
    return UpdateDuty(move.db, *duty);
  }
  if (action == "extend_duty") return Extend(move, *duty);
  if (action == "link_matter") {
    ZHIAN_ASSIGN(const Matter target, LoadMatter(move.db, ScalarText(move.input.if_contains("link_to"))));
    ZHIAN_TRY(MustBeOfOneWorld(move.matter, target, "/fields/link_to"));
    return InsertLink(move.db, move.matter.id, target.id, "linked", move.now.ms);
  }
  if (action == "seal_identity") return SealIdentity(move);
  if (action == "see_identity") return SeeIdentity(move);
  if (action == "void_as_error") {
    ZHIAN_TRY(WithdrawDocuments(move));
    move.matter.flags.emplace_back("voided");
    move.matter.terminal = true;
    for (DutyRow& row : move.duties) {
      if (row.state != DutyState::kOpen && row.state != DutyState::kSuspended) continue;
      row.state = DutyState::kLapsed;
      row.closed_at = move.counted.ms;
      ZHIAN_TRY(UpdateDuty(move.db, row));
    }
  }
  return Ok();
}

Status Engine::SealIdentity(Move& move) {
  const std::string id = base::NewUuid7(move.now), salt = base::RandomCode(24);
  const std::string name = ScalarText(move.input.if_contains("sealed_name")),
                    contact = ScalarText(move.input.if_contains("sealed_contact"));
  ZHIAN_TRY(move.db.Execute(
      "INSERT INTO sealed_identity (district, id, matter_id, name, contact, salt, at) VALUES ($d,$1,$2,$3,$4,$5,$6)",
      {id, move.matter.id, name, contact, salt, move.now.ms}));
  // Neither the history nor the leaf holds the name: only a salted digest of it.
  for (json::object* input : {&move.input, &move.row.input}) {
    input->erase("sealed_name");
    input->erase("sealed_contact");
  }
  move.computed["sealed"] = json::object{{"id", id}, {"digest", base::HexSha256(salt + name + "\n" + contact)}};
  if (!move.matter.Has("confidential")) move.matter.flags.emplace_back("confidential");
  return Ok();
}

Status Engine::SeeIdentity(Move& move) {
  ZHIAN_ASSIGN(
      auto rows,
      move.db.Query(
          "SELECT id, name, contact FROM sealed_identity WHERE district=$d AND matter_id=$1 ORDER BY at, id LIMIT 20",
          {move.matter.id}));
  json::array seen;
  for (const auto& row : rows) {
    move.outcome.revealed.push_back(json::object{{"name", row.text(1)}, {"contact", row.text(2)}});
    seen.push_back(json::value(row.text(0)));
  }
  move.computed["seen"] = std::move(seen);
  return Ok();
}

// Papers of other matters that name the one that was an error: they are marked as withdrawn, and stay readable with
// that mark.
Status Engine::WithdrawDocuments(Move& move) {
  json::array withdrawn;
  std::string last;
  for (;;) {
    ZHIAN_ASSIGN(
        const auto papers,
        move.db.Query(
            "SELECT id FROM document WHERE district=$d AND id > $2 AND (values_json LIKE $3 ESCAPE '\\' OR values_json LIKE $4 ESCAPE '\\') "
            "AND matter_id IN (SELECT to_id FROM matter_link WHERE district=$d AND from_id = $1 UNION "
            "SELECT from_id FROM matter_link WHERE district=$d AND to_id = $1) ORDER BY id LIMIT $5",
            {move.matter.id, last, base::LikePattern(move.matter.id), base::LikePattern(move.matter.number),
             std::int64_t{kRowsMax}}));
    if (papers.empty()) break;
    for (const auto& paper : papers) {
      last = paper.text(0);
      ZHIAN_TRY(move.db.Execute(
          "INSERT INTO document_withdrawal (district, document_id, matter_id, reason, at) VALUES ($d,$1,$2,$3,$4) ON CONFLICT DO NOTHING",
          {last, move.matter.id, ScalarText(move.input.if_contains("reason")), move.now.ms}));
      withdrawn.push_back(json::value(last));
    }
  }
  if (!withdrawn.empty()) move.computed["withdrawn_documents"] = std::move(withdrawn);
  return Ok();
}

}  // namespace zhian::procedure

namespace zhian::guards {
using namespace procedure;

namespace {
const DutyRow* Chosen(const GuardContext& context) {
  const std::string id = ScalarText(context.input.if_contains("duty_id"));
  for (const DutyRow& row : context.duties)
    if (row.id == id) return &row;
  return nullptr;
}
}  // namespace

GuardResult successor_holds_the_role(const GuardContext& context) {
  const DutyRow* duty = Chosen(context);
  if (duty == nullptr || (duty->state != DutyState::kOpen && duty->state != DutyState::kSuspended))
    return GuardResult::Fails("选择一项在办的待办");
  const auto rows = context.db.Query(
      "SELECT 1 FROM role_assignments r JOIN accounts a ON a.id = r.account_id AND a.status = 'active' "
      "JOIN jurisdiction_closure c ON c.ancestor = r.jurisdiction AND c.descendant = $3 "
      "WHERE r.account_id = $1 AND r.role = $2 AND r.valid_from <= $4 AND (r.valid_to IS NULL OR r.valid_to > $4) "
      "AND (r.operator_id IS NULL OR r.operator_id = $5) LIMIT 1",
      {ScalarText(context.input.if_contains("successor")), duty->holder_role, context.matter.jurisdiction,
       context.now.ms, context.matter.operator_id});
  if (!rows.ok()) return GuardResult::Fails("接手的人未能查清，请稍后再试");
  return GuardResult::From(!rows->empty(), "接手的人今天在这个辖区没有相应的角色");
}

GuardResult no_document_was_issued(const GuardContext& context) {
  const auto documents = LoadDocuments(context.db, context.matter.id);
  if (!documents.ok()) return GuardResult::Fails("案卷目录未能读取，请稍后再试");
  return GuardResult::From(documents->empty(), "已制发文书，不能作废，须按程序撤销");
}

}  // namespace zhian::guards
