// Guards that a form alone could not answer: when a paper was served, whether a file is there. What an effect or the
// clock starts rests on the row that starts it, and is not asked again.
#include <algorithm>

#include "base/text.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;

namespace {

bool ByEffect(const GuardContext& context) { return context.actor.system || context.origin != nullptr; }

// When the paper came into being that the step says was served: with the step itself where the step issues it, else
// with the last paper of the matter.
std::int64_t PaperIsOf(const GuardContext& context) {
  const DocumentKind* issued = FindDocumentKind(context.transition.document);
  if (issued != nullptr && !issued->external && !issued->is_receipt)
    return context.occurred.ms > 0 ? context.occurred.ms : context.now.ms;
  const auto last = context.db.Query("SELECT MAX(issued_at) FROM document WHERE district=$d AND matter_id=$1 LIMIT 1",
                                     {context.matter.id});
  if (!last.ok()) NoteUnread(context, last.error());
  if (last.ok() && !last->empty() && !last->front().is_null(0)) return last->front().integer(0);
  return context.history.empty() ? context.matter.opened_at : context.history.front().at;
}

// Served on a day on which the paper existed, to somebody; what was left behind had a witness. The engine keeps it as a
// record of its own (document_service).
GuardResult WasServed(const GuardContext& context, const char* field) {
  GuardResult result = IsDayOfService(context, field, PaperIsOf(context));
  if (result.holds && !ByEffect(context) && Asked(context, "service_way") == "left" &&
      Asked(context, "service_witness").empty())
    return GuardResult::Fails("留置送达须写明见证人，或者全程录音录像");
  return result;
}

}  // namespace

GuardResult order_was_served(const GuardContext& context) { return WasServed(context, "served_on"); }
GuardResult notice_was_served(const GuardContext& context) { return WasServed(context, "served_on"); }
GuardResult extension_notice_is_served(const GuardContext& context) { return WasServed(context, "served_on"); }
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
  if (!other.ok() && other.error().code != ErrorCode::kNotFound) return other.error();
  if (!other.ok()) return GuardResult::Fails("没有这件事项");
  if (other->id == context.matter.id) return GuardResult::Fails("不能与自身关联");
  for (const HeldRole& held : context.actor.roles) {
    ZHIAN_ASSIGN(const auto rows,
                 context.db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                  {held.jurisdiction, other->jurisdiction}));
    if (!rows.empty() && held.operator_id.empty() && !other->Has("confidential")) return GuardResult::Holds();
  }
  return GuardResult::Fails("关联的事项不在您的辖区，或限定知悉");
}

GuardResult identity_is_sealed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto rows,
               context.db.Query("SELECT 1 FROM sealed_identity WHERE district=$d AND matter_id=$1 LIMIT 1",
                                {context.matter.id}));
  return GuardResult::From(!rows.empty(), "这件事项没有封存的身份");
}

}  // namespace zhian::guards
