// Guards and effects of operator files and pledges.
#include <algorithm>

#include "procedure/guard_tools.hpp"
#include "records/subjects.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/stops.hpp"

namespace zhian::guards {
using namespace procedure;

GuardResult no_duplicate_file_exists(const GuardContext& context) {
  GuardResult result;
  const auto own = subjects::LoadOperator(context.db, context.matter.operator_id);
  if (!own.ok()) return GuardResult::Fails("档案尚未登记主体");
  const auto same = subjects::FindByName(context.db, own->name);
  if (!same.ok()) return GuardResult::Fails("查重未能完成，请稍后再试");
  for (const auto& other : *same) {
    if (other.id == own->id || other.jurisdiction != own->jurisdiction ||
        (other.state != "active" && other.state != "candidate"))
      continue;
    if (!other.code.empty() && !own->code.empty() && other.code != own->code)
      continue;  // two codes: two bodies of one name
    result.holds = false;
    result.open_items.push_back(
        Say("同一辖区已有同名主体：{}{}", other.name, (other.code.empty() ? "" : Say("（{}）", other.code))));
  }
  return result;
}

GuardResult surviving_file_is_active(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto file, records::OperatorFile::Read(context.matter));
  const std::string& survivor = file.surviving_file;
  if (survivor.empty()) return GuardResult::Fails("选择保留的档案");
  if (survivor == context.matter.operator_id) return GuardResult::Fails("不能并入自己");
  const auto op = subjects::LoadOperator(context.db, survivor);
  if (!op.ok() || op->state != "active") return GuardResult::Fails("保留的档案须在营");
  const auto own = subjects::LoadOperator(context.db, context.matter.operator_id);
  if (!own.ok() && own.error().code != ErrorCode::kNotFound) return own.error();
  if (own.ok() && !own->code.empty() && !op->code.empty() && own->code != op->code)
    return GuardResult::Fails("两份档案的统一社会信用代码不同，不能合并");
  return GuardResult::Holds();
}

GuardResult territory_is_assigned(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto rows,
               context.db.Query("SELECT level FROM jurisdictions WHERE id=$1 LIMIT 1", {context.matter.jurisdiction}));
  const bool assigned = !rows.empty() && (rows.front().text(0) == "township" || rows.front().text(0) == "village");
  return GuardResult::From(assigned, "档案须落到乡（镇）或村（社区）");
}

GuardResult no_open_duty_binds_the_operator(const GuardContext& context) {
  GuardResult result;
  for (const Matter& matter : MattersOf(context, context.matter.operator_id, "", {.only_open = true})) {
    const Kind* kind = FindKind(matter.kind);
    if (matter.terminal || kind == nullptr || !Has(*kind, Mark::kBindsOperator)) continue;
    result.holds = false;
    result.open_items.push_back(Say("{} {} 尚未办结", matter.number, matter.title));
  }
  return result;
}

GuardResult operator_file_is_active(const GuardContext& context) {
  const auto op = subjects::LoadOperator(context.db, context.matter.operator_id);
  return GuardResult::From(op.ok() && op->state == "active", "主体档案须已核实并在营");
}

GuardResult operator_file_is_ended(const GuardContext& context) {
  const auto op = subjects::LoadOperator(context.db, context.matter.operator_id);
  return GuardResult::From(op.ok() && (op->state == "closed" || op->state == "merged"), "经营主体档案尚未终止");
}

// Each operator signs for itself: the picture of a signed paper serves one pledge.
GuardResult signature_is_captured(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto form, records::Pledge::ReadFields(context.input));
  if (!form.signed_on || *form.signed_on > context.today) return GuardResult::Fails("签订日期不能晚于今天");
  if (form.signed_paper.empty()) return GuardResult::Fails("附上签字的承诺书照片或扫描件");
  for (const std::string& digest : form.signed_paper) {
    ZHIAN_ASSIGN(const auto stored,
                 context.db.Query("SELECT 1 FROM attachment WHERE district=$d AND sha256=$1 LIMIT 1", {digest}));
    const auto read = context.db.Query(
        "SELECT m.number FROM attachment_of_matter u JOIN matter m ON m.district=$d AND m.id=u.matter_id AND m.kind='pledge' AND m.operator_id<>$2 WHERE u.district=$d AND u.sha256=$1 LIMIT 1",
        {digest, context.matter.operator_id});
    ZHIAN_ASSIGN(const auto used, read);
    if (stored.empty()) return GuardResult::Fails("附上签字的承诺书照片或扫描件");
    if (!used.empty())
      return GuardResult::Fails(
          Say("这份签字已用于另一主体的承诺书 {}：一份承诺书只由一个主体签订", used.front().text(0)));
  }
  return GuardResult::Holds();
}
GuardResult valid_to_has_passed_or_operator_ended(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto pledge, records::Pledge::Read(context.matter));
  if (pledge.valid_to && *pledge.valid_to < context.today) return GuardResult::Holds();
  return operator_file_is_ended(context);
}

}  // namespace zhian::guards

namespace zhian::effects {
using procedure::EffectContext;
using procedure::ScalarText;

namespace {
Status ChangeOperator(EffectContext& context, const std::function<void(subjects::Operator&)>& change) {
  if (context.matter.operator_id.empty()) return Ok();
  ZHIAN_ASSIGN(auto op, subjects::LoadOperator(context.db, context.matter.operator_id));
  change(op);
  ZHIAN_TRY(subjects::SaveOperator(context.db, op, false));
  context.written.emplace_back("operator", op.id);
  return Ok();
}
}  // namespace

Status set_operator_aliases(EffectContext& context) {
  ZHIAN_ASSIGN(const auto file, records::OperatorFile::Read(context.matter));
  const std::string& survivor = file.surviving_file;
  return ChangeOperator(context, [&](subjects::Operator& op) { op.survivor_id = survivor; });
}
Status set_operator_effects(EffectContext& context) {
  // Effects of a listing are read from the listing; the file keeps only which ones there are now.
  return ChangeOperator(context, [&](subjects::Operator& op) {
    boost::json::array listings;
    if (const auto* known = op.more.if_contains("listings"); known != nullptr && known->is_array())
      for (const auto& each : known->get_array())
        if (ScalarText(&each) != context.matter.id) listings.push_back(each);
    if (procedure::Means(context.matter, procedure::Meaning::kInForce))
      listings.push_back(boost::json::value(context.matter.id));
    if (listings.empty())
      op.more.erase("listings");
    else
      op.more["listings"] = std::move(listings);
  });
}
Status set_operator_grade_inputs(EffectContext& context) {
  return ChangeOperator(context, [&](subjects::Operator& op) {
    auto& inputs = op.more["grade_inputs"];
    if (!inputs.is_array()) inputs = boost::json::array{};
    if (inputs.get_array().size() < 200)
      inputs.get_array().push_back(boost::json::object{{"matter", context.matter.id},
                                                       {"action", context.transition.action},
                                                       {"on", base::FormatDate(context.today)}});
  });
}
Status set_operator_pledge(EffectContext&) { return Ok(); }  // the file keeps what its record says
Status stop_operator_activity(EffectContext& context) { return subjects::StopActivity(context); }
Status free_operator_activity(EffectContext& context) { return subjects::LiftStops(context); }

}  // namespace zhian::effects
