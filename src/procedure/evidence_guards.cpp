// Guards that a form alone could not answer: who the named officers are, when a paper was served, whether a file is
// there. What an effect or the clock starts rests on the row that starts it, and is not asked again.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;

namespace {

bool ByEffect(const GuardContext& context) { return context.actor.system || context.origin != nullptr; }

// Each is another natural person, in office today in this territory; whose role needs a certificate holds one.
GuardResult Officers(const GuardContext& context, const char* field) {
  if (ByEffect(context)) return GuardResult::Holds();
  const auto* given = context.input.if_contains(field);
  if (given == nullptr || !given->is_array()) return GuardResult::Fails("从列表中选择人员");
  GuardResult result;
  std::set<std::string> persons;
  for (const auto& each : given->get_array()) {
    const auto rows = context.db.Query(
        "SELECT a.name, a.person_digest, r.role, r.certificate, r.operator_id FROM role_assignments r JOIN accounts a ON a.id=r.account_id AND a.status='active' "
        "JOIN jurisdiction_closure c ON c.ancestor=r.jurisdiction AND c.descendant=$2 WHERE r.account_id=$1 AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3) LIMIT 50",
        {ScalarText(&each), context.matter.jurisdiction, context.now.ms});
    if (!rows.ok()) return GuardResult::Fails("人员未能查清，请稍后再试");
    bool fit = false;
    std::string name = ScalarText(&each), person;
    for (const auto& row : *rows) {
      name = row.text(0);
      person = row.text(1).empty() ? ScalarText(&each) : row.text(1);
      const bool officer = Has(row.text(2), RoleMark::kCertified);
      fit |= row.text(4).empty() && (!officer || !row.text(3).empty());
    }
    if (!fit) {
      result.holds = false;
      result.open_items.push_back(Say("{} 当日在本辖区没有职务，或没有执法证", Cut(name)));
    } else if (!persons.insert(person).second) {
      result.holds = false;
      result.open_items.push_back(Say("{} 只能算一人，须两名不同的人员", Cut(name)));
    }
  }
  return result;
}

// When the last paper of this matter was issued; for a new matter: no bound.
std::int64_t LastPaper(const GuardContext& context) {
  const auto last = context.db.Query("SELECT MAX(issued_at) FROM document WHERE district=$d AND matter_id=$1 LIMIT 1",
                                     {context.matter.id});
  if (!last.ok()) NoteUnread(context, last.error());
  if (last.ok() && !last->empty() && !last->front().is_null(0)) return last->front().integer(0);
  return context.history.empty() ? 0 : context.history.front().at;
}

}  // namespace

GuardResult two_officers_are_assigned(const GuardContext& context) { return Officers(context, "officers"); }
GuardResult two_samplers_are_assigned(const GuardContext& context) { return Officers(context, "samplers"); }
GuardResult two_officers_are_present(const GuardContext& context) { return Officers(context, "officers_present"); }
GuardResult two_officers_signed(const GuardContext& context) { return Officers(context, "officers_signed"); }

GuardResult order_was_served(const GuardContext& context) {
  // An order that is entered after it was handed over on the spot is entered within the time of offline capture; one of
  // before was no order of this matter.
  constexpr int kEnteredWithinDays = 30;
  const std::int64_t earliest = context.history.empty()
                                    ? base::StartOfDay(base::Date{context.today.days - kEnteredWithinDays}).ms
                                    : context.history.front().at;
  return IsDayOfService(context, "served_on", earliest);
}
GuardResult notice_was_served(const GuardContext& context) {
  return IsDayOfService(context, "served_on", LastPaper(context));
}
GuardResult extension_notice_is_served(const GuardContext& context) {
  return IsDayOfService(context, "served_on", context.history.empty() ? 0 : context.history.front().at);
}
GuardResult reason_is_given(const GuardContext& context) {
  if (ByEffect(context)) return GuardResult::Holds();
  const std::string text = Asked(context, "reason");
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return GuardResult::From(characters >= 10, "理由须写明事实，不少于十个字");
}

GuardResult evidence_document_is_attached(const GuardContext& context) {
  if (ByEffect(context)) return GuardResult::Holds();
  std::int64_t since = 0;
  for (const DutyOp& op : context.transition.duties)
    if (op.kind == DutyOp::Kind::kClose)
      if (const DutyRow* duty = LastDuty(context, op.duty); duty != nullptr) since = duty->opened_at;
  const auto* files = context.input.if_contains("evidence_files");
  if (files == nullptr || !files->is_array() || files->get_array().empty()) return GuardResult::Fails("附凭证文件");
  for (const auto& digest : files->get_array()) {
    const auto rows =
        context.db.Query("SELECT at FROM attachment WHERE district=$d AND sha256=$1 LIMIT 1", {ScalarText(&digest)});
    if (!rows.ok()) return GuardResult::Fails("附件未能读取，请稍后再试");
    if (rows->empty() || rows->front().integer(0) >= since)
      return GuardResult::Holds();  // one that was not sent is refused by the door itself
  }
  return GuardResult::Fails("凭证文件须在这项待办开始之后提交");
}

GuardResult report_is_signed_and_numbered(const GuardContext& context) {
  if (ByEffect(context)) return GuardResult::Holds();
  const std::string number = Asked(context, "document_number");
  const auto rows = context.db.Query("SELECT 1 FROM document WHERE district=$d AND number=$1 AND matter_id<>$2 LIMIT 1",
                                     {number, context.matter.id});
  if (!rows.ok()) return GuardResult::Fails("案卷目录未能读取，请稍后再试");
  return GuardResult::From(rows->empty(), Say("编号 {} 已用于另一事项", Cut(number)));
}

GuardResult linked_matter_is_in_reach(const GuardContext& context) {
  const auto other = LoadMatter(context.db, Asked(context, "link_to"));
  if (!other.ok()) return GuardResult::Fails("没有这件事项");
  if (other->id == context.matter.id) return GuardResult::Fails("不能与自身关联");
  for (const HeldRole& held : context.actor.roles) {
    const auto rows = context.db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                       {held.jurisdiction, other->jurisdiction});
    if (rows.ok() && !rows->empty() && held.operator_id.empty() && !other->Has("confidential"))
      return GuardResult::Holds();
  }
  return GuardResult::Fails("关联的事项不在您的辖区，或限定知悉");
}

GuardResult identity_is_sealed(const GuardContext& context) {
  const auto rows =
      context.db.Query("SELECT 1 FROM sealed_identity WHERE district=$d AND matter_id=$1 LIMIT 1", {context.matter.id});
  return GuardResult::From(rows.ok() && !rows->empty(), "这件事项没有封存的身份");
}

}  // namespace zhian::guards
