#include "papers/sheets.hpp"

#include <algorithm>

#include "base/shown.hpp"
#include "base/time.hpp"
#include "figures/figures.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "procedure/form.hpp"
#include "procedure/training.hpp"

namespace zhian::papers {
namespace json = boost::json;

namespace {

constexpr std::size_t kLeafShown =
    16;  // hex digits of the leaf in the foot: enough to tell it, short enough to compare by eye
constexpr const char* kNothing = "/";  // how forms of the field mark what does not apply

std::string ChineseDate(const std::string& text) {
  const auto date = base::ParseDate(text);
  if (!date.ok()) return text;
  return std::to_string(date->year()) + "年" + std::to_string(date->month()) + "月" + std::to_string(date->day()) +
         "日";
}

// In the district's time, to the minute.
std::string Moment(std::int64_t ms) {
  constexpr std::int64_t kEightHours = 8 * 3'600'000;
  std::string text = base::FormatInstant(base::Instant{ms + kEightHours}).substr(0, 16);
  text[10] = ' ';
  return text;
}

// {"value","unit"} and nothing else: a row of results bears both names beside others.
bool IsQuantity(const json::object& object) {
  return object.contains("value") && object.size() == 1u + (object.contains("unit") ? 1u : 0u);
}

bool IsTable(const json::value& value) {
  return value.is_array() && !value.get_array().empty() &&
         std::all_of(value.get_array().begin(), value.get_array().end(),
                     [](const auto& item) { return item.is_object() && !IsQuantity(item.get_object()); });
}

// Columns in the order of the declared field; what the engine added behind comes after, where it has a title.
documents::Table TableOf(const std::string& name, const std::string& caption, const json::array& items,
                         const NameLookup& names) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  };
  const auto declared = [&](std::span<const procedure::Field> fields) {
    for (const auto& field : fields)
      if (keys.empty() && field.name == name && field.type == "items")
        for (const auto& column : procedure::ColumnsOf(field)) add(column.name);
  };
  for (const auto& kind : procedure::Kinds()) declared(kind.fields);
  for (const auto& guard : procedure::Guards()) declared(guard.fields);
  for (const auto& item : items)
    for (const auto& [key, cell] : item.get_object()) add(std::string(key));
  // The register's own number of a thing, shown by its name, says nothing beside the name.
  if (std::find(keys.begin(), keys.end(), "name") != keys.end())
    std::erase_if(keys, [&](const std::string& key) {
      return key == "id" && std::all_of(items.begin(), items.end(), [&](const auto& item) {
               const auto *id = item.get_object().if_contains("id"), *called = item.get_object().if_contains("name");
               return id != nullptr && called != nullptr &&
                      WrittenField("id", *id, &names) == WrittenField("name", *called, &names);
             });
    });
  documents::Table table;
  table.caption = caption;
  table.columns.emplace_back("序号");
  table.rows.resize(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) table.rows[i].push_back(std::to_string(i + 1));
  for (const auto& key : keys) {
    const auto* label = procedure::FindLabel("column." + name + "." + key);
    if (label == nullptr) label = procedure::FindLabel("field." + key);
    std::vector<std::string> cells;
    for (const auto& item : items) {
      const auto* cell = item.get_object().if_contains(key);
      cells.push_back(cell == nullptr ? std::string() : WrittenField(key, *cell, &names));
    }
    if (label == nullptr || std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.empty(); }))
      continue;
    table.columns.emplace_back(label->zh_hans);
    for (std::size_t i = 0; i < cells.size(); ++i) table.rows[i].push_back(cells[i]);
  }
  return table;
}

struct Composed {
  explicit Composed(const json::object& values) {
    if (const auto* found = values.if_contains("form"); found != nullptr && found->is_object())
      form = &found->get_object();
  }
  [[nodiscard]] std::string Text(const char* key) const {
    return form == nullptr ? std::string() : procedure::ScalarText(form->if_contains(key));
  }
  [[nodiscard]] bool Is(const char* key) const {
    const auto* flag = form == nullptr ? nullptr : form->if_contains(key);
    return flag != nullptr && flag->is_bool() && flag->get_bool();
  }
  [[nodiscard]] std::vector<std::string> List(const char* key) const {
    std::vector<std::string> list;
    const auto* items = form == nullptr ? nullptr : form->if_contains(key);
    if (items != nullptr && items->is_array())
      for (const auto& item : items->get_array()) list.push_back(procedure::ScalarText(&item));
    return list;
  }
  const json::object* form = nullptr;
};

const json::object* ObjectOf(const json::object& values, const char* key) {
  const auto* found = values.if_contains(key);
  return found != nullptr && found->is_object() ? &found->get_object() : nullptr;
}

void AddFields(documents::Sheet& sheet, const json::object& fields, std::vector<std::string> wanted, bool blank,
               const NameLookup& names) {
  if (wanted.empty())
    for (const auto& [key, value] : fields) wanted.emplace_back(key);
  for (const auto& key : wanted) {
    const auto* label = procedure::FindLabel("field." + key);
    if (label == nullptr) continue;
    const auto* value = fields.if_contains(key);
    if (value != nullptr && IsTable(*value)) {
      sheet.tables.push_back(TableOf(key, std::string(label->zh_hans), value->get_array(), names));
      continue;
    }
    const std::string text = value == nullptr ? std::string() : WrittenField(key, *value, &names);
    if (!text.empty() || blank) sheet.facts.emplace_back(std::string(label->zh_hans), text.empty() ? kNothing : text);
  }
}

}  // namespace

std::string WrittenField(std::string_view name, const json::value& value, const NameLookup* names) {
  if (value.is_bool()) return value.get_bool() ? "是" : "否";
  if (value.is_object()) {
    const json::object& object = value.get_object();
    if (IsQuantity(object))
      return procedure::ScalarText(object.if_contains("value")) + " " +
             base::UnitSymbol(procedure::ScalarText(object.if_contains("unit")), Language::kSimplified);
    std::string line;
    for (const auto& [column, cell] : object) {
      const std::string part = WrittenField(column, cell, names);
      if (part.empty()) continue;
      const auto* label = procedure::FindLabel("field." + std::string(column));
      line +=
          (line.empty() ? "" : " · ") + (label == nullptr ? std::string() : std::string(label->zh_hans) + " ") + part;
    }
    return line;
  }
  if (value.is_array()) {
    std::string text;
    for (const auto& item : value.get_array())
      text += (text.empty() ? "" : item.is_object() ? "\n" : "、") + WrittenField(name, item, names);
    return text;
  }
  if (value.is_double()) return NumberText(value.get_double());
  std::string text = procedure::ScalarText(&value);
  if (IsMoney(name) && !text.empty()) return text + " 元";
  if (name == "unit" || name.ends_with("_unit")) return base::UnitSymbol(text, Language::kSimplified);
  if (const std::string choice = ChoiceText(name, text, Language::kSimplified); !choice.empty()) return choice;
  if (name == "figure")
    if (const auto* figure = figures::FindFigure(text)) return std::string(figure->zh_hans);
  if (names != nullptr && text.size() == 36 && text[8] == '-') return names->Anyone(text);
  if (name == "on" || name.ends_with("_on") || name.ends_with("_date") || name == "from" || name == "to" ||
      name == "deadline" || name.starts_with("valid_") || name.ends_with("_until"))
    return ChineseDate(text);
  if (name.ends_with("_at"))
    if (const auto at = base::ParseInstant(text); at.ok()) return Moment(at->ms);
  return base::WithLotNumbers(text);
}

documents::Sheet SheetOf(const procedure::DocumentRow& document, const NameLookup& names, const PaperState& state) {
  const json::object& values = document.values;
  const auto text_of = [&](const char* key) { return procedure::ScalarText(values.if_contains(key)); };
  const Composed form(values);
  const std::string head = form.Text("head"), other = form.Text("organ"), body = text_of("organ");
  const bool party = head == "party";
  const auto* op = ObjectOf(values, "operator");
  const std::string name = op == nullptr ? std::string() : procedure::ScalarText(op->if_contains("name"));
  documents::Sheet sheet;
  sheet.red = head.empty() || head == "red";
  sheet.organ = party ? "" : other.empty() ? body : other;
  sheet.title = text_of("label");
  sheet.number = (party ? "收件编号 " : "") + document.number;
  sheet.addressee = form.Text("addressee");
  sheet.paragraphs = form.List("text");
  if (const std::string grounds = form.Text("grounds"); !grounds.empty())
    sheet.paragraphs.push_back("依据：" + grounds + "。");
  if (op != nullptr && !name.empty() && (form.form == nullptr || form.Is("subject"))) {
    sheet.facts.emplace_back("当事人", name);
    for (const auto& [label, key] :
         {std::pair{"统一社会信用代码", "code"}, std::pair{"地址", "address"}, std::pair{"负责人", "person_in_charge"}})
      if (const std::string text = procedure::ScalarText(op->if_contains(key)); !text.empty())
        sheet.facts.emplace_back(label, text);
  }
  if (const auto* fields = ObjectOf(values, "fields"))
    AddFields(sheet, *fields, form.List("facts"), form.Is("blank"), names);
  if (form.Is("limits"))
    if (const auto* limits = values.if_contains("limits"); limits != nullptr && limits->is_array())
      for (const auto& limit : limits->get_array()) {
        const json::object& row = limit.get_object();
        const std::string rule = procedure::ScalarText(row.if_contains("rule"));
        sheet.facts.emplace_back(procedure::ScalarText(row.if_contains("label")) + "（期限）",
                                 ChineseDate(procedure::ScalarText(row.if_contains("on"))) +
                                     (rule.empty() ? "" : "，" + rule) +
                                     (row.at("to_verify").as_bool() ? "（待核实）" : ""));
      }
  if (const std::string note = text_of("note"); !note.empty())
    sheet.facts.emplace_back("说明", base::WithLotNumbers(note));
  if (const auto* matter = ObjectOf(values, "matter"))
    sheet.facts.emplace_back("事项", procedure::ScalarText(matter->if_contains("kind")) + " " +
                                         procedure::ScalarText(matter->if_contains("number")));
  sheet.facts.emplace_back("经办",
                           text_of("actor") + (text_of("second").empty() ? "" : "；覆核：" + text_of("second")));
  sheet.closing = form.List("closing");
  sheet.signs = form.List("signs");
  sheet.signature = party ? name : sheet.organ;
  sheet.date = ChineseDate(text_of("issued_on"));
  // Only an official paper bears a seal. Real seals are put on by hand: nothing is drawn that could pass for one.
  if (sheet.red && !state.draft)
    sheet.seal = state.demo ? std::vector<std::string>{sheet.organ, "电子签章示意", "演示数据　不具效力"}
                            : std::vector<std::string>{"（印章）"};
  if (form.Is("receipt"))
    sheet.receipt = {{"送达文书", sheet.title + " " + sheet.number},
                     {"受送达人", name.empty() ? sheet.addressee.substr(0, sheet.addressee.find("：")) : name},
                     {"送达方式", "直接送达 □　留置 □　邮寄 □　电子 □　公告 □"},
                     {"送达地点", ""},
                     {"收件人签名、日期", ""},
                     {"代收人与受送达人关系", ""},
                     {"拒收事由、见证人", ""},
                     {"送达人签名", ""},
                     {"备注", ""}};
  if (state.draft) sheet.marks.emplace_back("草稿");
  if (!state.withdrawn_on.empty()) {
    sheet.marks.emplace_back("已撤回");
    sheet.notice = "本文书已于 " + ChineseDate(state.withdrawn_on) + " 撤回，不再有效。" +
                   (state.withdrawn_reason.empty() ? "" : "理由：" + state.withdrawn_reason);
  }
  if (state.demo) sheet.marks.emplace_back("演示数据，不具效力");
  if (const auto* training = values.if_contains("training");
      training != nullptr && training->is_bool() && training->get_bool())
    sheet.marks.emplace_back("演练，不具效力");
  if (state.draft) {
    sheet.foot = {"草稿：尚未签发，没有文号，不具效力。"};
    return sheet;
  }
  sheet.code = state.public_origin + "/public/verify/" + document.public_code;
  sheet.foot = {"文书摘要 SHA-256 " + document.sha256};
  if (state.ledger_index >= 0)
    sheet.foot.push_back("账本第 " + std::to_string(state.ledger_index) + " 条，叶 " +
                         state.leaf.substr(0, kLeafShown));
  sheet.foot.push_back("扫码或打开 " + sheet.code + " 核验，摘要一致即为本机关所发。");
  return sheet;
}

Result<documents::Sheet> LoadSheet(const Letterhead& head, storage::Connection& db,
                                   const procedure::DocumentRow& document, const NameLookup& names) {
  PaperState state{.demo = head.demo, .public_origin = head.public_origin};
  ZHIAN_ASSIGN(
      auto steps,
      db.Query(
          "SELECT ledger_index FROM matter_transition WHERE district=$d AND matter_id=$1 AND document_id=$2 LIMIT 1",
          {document.matter_id, document.id}));
  if (!steps.empty() && steps.front().integer(0) >= 0) {
    state.ledger_index = steps.front().integer(0);
    ZHIAN_ASSIGN(const auto entry, ledger::ReadEntry(db, state.ledger_index));
    state.leaf = ledger::HexOf(ledger::LeafHash(entry.text));
  }
  ZHIAN_ASSIGN(auto withdrawals,
               db.Query("SELECT at, reason FROM document_withdrawal WHERE district=$d AND document_id=$1 LIMIT 1",
                        {document.id}));
  if (!withdrawals.empty()) {
    state.withdrawn_on = base::FormatDate(base::LocalDate(base::Instant{withdrawals.front().integer(0)}));
    state.withdrawn_reason = withdrawals.front().text(1);
  }
  return SheetOf(document, names, state);
}

Result<std::vector<documents::Sheet>> LoadFile(const Letterhead& head, storage::Connection& db,
                                               const procedure::Matter& matter) {
  const NameLookup names(db);
  ZHIAN_ASSIGN(const auto documents, procedure::LoadDocuments(db, matter.id));
  ZHIAN_ASSIGN(const auto history, procedure::LoadTransitions(db, matter.id));
  const auto* kind = procedure::FindKind(matter.kind);
  const auto state_label = [&](std::string_view id) {
    const auto* state = kind == nullptr ? nullptr : procedure::FindState(*kind, id);
    return std::string(state == nullptr ? id : state->label.zh_hans);
  };
  documents::Sheet cover;
  cover.organ = head.district_name;
  cover.red = false;
  cover.title = "卷宗";
  cover.number = matter.number;
  cover.facts = {{"事项", kind == nullptr ? matter.kind : std::string(kind->label.zh_hans)},
                 {"名称", MatterTitle(matter, Language::kSimplified, names)},
                 {"状态", state_label(matter.state)}};
  if (!matter.operator_id.empty()) cover.facts.emplace_back("当事人", names.Operator(matter.operator_id));
  cover.facts.emplace_back("辖区", names.Jurisdiction(matter.jurisdiction));
  cover.facts.emplace_back("开始时间", Moment(matter.opened_at));
  cover.facts.emplace_back("打印时间", Moment(head.now.ms));
  if (head.demo) cover.marks.emplace_back("演示数据，不具效力");
  if (matter.Has(procedure::kTraining)) cover.marks.emplace_back("演练，不具效力");
  documents::Table contents{.caption = "目录", .columns = {"序号", "文书", "编号", "日期"}, .contents = true};
  documents::Table steps{.caption = "办理过程", .columns = {"时间", "步骤", "状态", "经办", "账本"}};
  for (const auto& row : history) {
    const auto* transition = kind == nullptr ? nullptr : procedure::FindTransition(*kind, row.from, row.action);
    const std::string label = transition != nullptr ? std::string(transition->label.zh_hans)
                                                    : LabelText("action." + row.action, "action.common." + row.action,
                                                                row.action, Language::kSimplified);
    steps.rows.push_back(
        {Moment(row.at), label + (row.note.empty() ? "" : "\n" + base::WithLotNumbers(row.note)), state_label(row.to),
         row.actor_name + (row.second_actor.empty() ? "" : "；覆核：" + names.Account(row.second_actor)),
         std::to_string(row.ledger_index)});
  }
  // In the order of the steps that issued them: two papers of one moment have no other.
  std::vector<const procedure::DocumentRow*> order;
  for (const auto& row : history)
    for (const auto& document : documents)
      if (document.id == row.document_id) order.push_back(&document);
  std::vector<documents::Sheet> sheets{{}};
  for (const auto* paper : order) {
    const procedure::DocumentRow& document = *paper;
    ZHIAN_ASSIGN(documents::Sheet sheet, LoadSheet(head, db, document, names));
    contents.rows.push_back({std::to_string(sheets.size()), sheet.title + (sheet.notice.empty() ? "" : "（已撤回）"),
                             document.number, base::FormatDate(base::LocalDate(base::Instant{document.issued_at}))});
    sheets.push_back(std::move(sheet));
  }
  cover.tables = {std::move(contents), std::move(steps)};
  sheets.front() = std::move(cover);
  return sheets;
}

}  // namespace zhian::papers
