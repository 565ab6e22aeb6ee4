#include "api/sheets.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "base/time.hpp"
#include "procedure/form.hpp"

namespace zhian::api {
namespace json = boost::json;

namespace {

constexpr const char* kBlank = "________";

// A value as a document writes it: labels for choices, names for people and operators, quantities with their unit.
std::string Written(const json::value& value, const NameLookup* names) {
  if (value.is_bool()) return value.get_bool() ? "是" : "否";
  if (value.is_object()) {
    const json::object& object = value.get_object();
    if (object.contains("value")) return procedure::ScalarText(object.if_contains("value")) + " " + procedure::ScalarText(object.if_contains("unit"));
    std::string line;
    for (const auto& [column, cell] : object) {
      const std::string part = Written(cell, names);
      if (part.empty()) continue;
      const auto* label = procedure::FindLabel("field." + std::string(column));
      line += (line.empty() ? "" : " · ") + (label == nullptr ? std::string() : std::string(label->zh_hans) + " ") + part;
    }
    return line;
  }
  if (value.is_array()) {
    std::string text;
    for (const auto& item : value.get_array()) text += (text.empty() ? "" : item.is_object() ? "\n" : "、") + Written(item, names);
    return text;
  }
  std::string text = procedure::ScalarText(&value);
  if (const auto* choice = procedure::FindLabel("choice." + text)) return std::string(choice->zh_hans);
  if (names != nullptr && text.size() == 36 && text[8] == '-') {
    const std::string account = names->Account(text);
    return account == text ? names->Operator(text) : account;
  }
  return text;
}

std::string ChineseDate(const std::string& text) {
  const auto date = base::ParseDate(text);
  if (!date.ok()) return text;
  return std::to_string(date->year()) + "年" + std::to_string(date->month()) + "月" + std::to_string(date->day()) + "日";
}

std::string ValueOf(const json::object& values, const std::string& name) {
  const json::object* from = nullptr;
  std::string key = name;
  if (name.starts_with("operator.")) {
    if (const auto* op = values.if_contains("operator"); op != nullptr && op->is_object()) from = &op->get_object();
    key = name.substr(9);
  } else if (const auto* fields = values.if_contains("fields"); fields != nullptr && fields->is_object()) {
    from = &fields->get_object();
  }
  const auto* value = from == nullptr ? nullptr : from->if_contains(key);
  if (value == nullptr) return {};
  const std::string text = Written(*value, nullptr);
  return key.ends_with("_on") || key.ends_with("_date") ? ChineseDate(text) : text;
}

std::string FillPart(const std::string& part, const json::object& values, bool* missing) {
  std::string out;
  std::size_t at = 0;
  while (at < part.size()) {
    const auto open = part.find('{', at), close = open == std::string::npos ? open : part.find('}', open);
    if (close == std::string::npos) break;
    out += part.substr(at, open - at);
    const std::string value = ValueOf(values, part.substr(open + 1, close - open - 1));
    if (value.empty()) *missing = true;
    out += value.empty() ? kBlank : value;
    at = close + 1;
  }
  return out + part.substr(at);
}

}  // namespace

std::string FillText(const std::string& text, const json::object& values) {
  std::string out;
  std::size_t at = 0;
  bool ignored = false;
  while (at < text.size()) {
    const auto open = text.find("[[", at), close = open == std::string::npos ? open : text.find("]]", open);
    if (close == std::string::npos) break;
    out += FillPart(text.substr(at, open - at), values, &ignored);
    bool missing = false;
    const std::string part = FillPart(text.substr(open + 2, close - open - 2), values, &missing);
    if (!missing) out += part;
    at = close + 2;
  }
  return out + FillPart(text.substr(at), values, &ignored);
}

Result<Forms> Forms::Load(const std::string& file) {
  Forms forms;
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return MakeError(ErrorCode::kInvalid, file + ": line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
  const auto* rows = table["form"].as_array();
  if (rows == nullptr) return MakeError(ErrorCode::kInvalid, file + ": has no [[form]]");
  for (const toml::node& node : *rows) {
    const auto* row = node.as_table();
    const std::string document = row == nullptr ? std::string{} : (*row)["document"].value_or(std::string{});
    if (procedure::FindDocumentKind(document) == nullptr) return MakeError(ErrorCode::kInvalid, file + ": form '" + document + "' is no document of the procedures");
    Form form;
    const auto texts = [&](const char* key, std::vector<std::string>& to) {
      if (const auto* list = (*row)[key].as_array())
        for (const auto& one : *list) to.push_back(one.value_or(std::string{}));
    };
    texts("text", form.text);
    texts("closing", form.closing);
    texts("facts", form.facts);
    form.addressee = (*row)["addressee"].value_or(false);
    form.receipt = (*row)["receipt"].value_or(false);
    for (const auto& field : form.facts)
      if (procedure::FindLabel("field." + field) == nullptr) return MakeError(ErrorCode::kInvalid, file + ": form '" + document + "' names the field '" + field + "', which no form has");
    if (!forms.forms_.emplace(document, std::move(form)).second) return MakeError(ErrorCode::kInvalid, file + ": form '" + document + "' stands twice");
  }
  return forms;
}

json::object Forms::Compose(const std::string& document, const json::object& values) const {
  const auto it = forms_.find(document);
  if (it == forms_.end()) return {};
  const Form& form = it->second;
  json::array text, closing, facts;
  for (const auto& one : form.text)
    if (const std::string filled = FillText(one, values); !filled.empty()) text.push_back(json::value(filled));
  for (const auto& one : form.closing) closing.push_back(json::value(FillText(one, values)));
  for (const auto& one : form.facts) facts.push_back(json::value(one));
  const std::string name = ValueOf(values, "operator.name");
  return {{"addressee", form.addressee && !name.empty() ? name + "：" : ""}, {"text", std::move(text)}, {"closing", std::move(closing)}, {"facts", std::move(facts)}, {"receipt", form.receipt}};
}

documents::Sheet SheetOf(const procedure::DocumentRow& document, const NameLookup& names, const std::string& public_origin, bool demo) {
  const json::object& values = document.values;
  const auto text_of = [&](const char* key) { return procedure::ScalarText(values.if_contains(key)); };
  documents::Sheet sheet;
  sheet.organ = text_of("organ");
  sheet.title = text_of("label");
  sheet.number = document.number;
  sheet.signature = sheet.organ;
  sheet.date = ChineseDate(text_of("issued_on"));
  sheet.mark = demo ? "演示数据，不具效力" : "";
  std::vector<std::string> wanted;
  bool receipt = false;
  if (const auto* composed = values.if_contains("form"); composed != nullptr && composed->is_object()) {
    const json::object& form = composed->get_object();
    const auto list = [&](const char* key, std::vector<std::string>& to) {
      if (const auto* items = form.if_contains(key); items != nullptr && items->is_array())
        for (const auto& item : items->get_array()) to.push_back(procedure::ScalarText(&item));
    };
    sheet.addressee = procedure::ScalarText(form.if_contains("addressee"));
    list("text", sheet.paragraphs);
    list("closing", sheet.closing);
    list("facts", wanted);
    const auto* paper = form.if_contains("receipt");
    receipt = paper != nullptr && paper->is_bool() && paper->get_bool();
  }
  std::string name;
  if (const auto* op = values.if_contains("operator"); op != nullptr && op->is_object() && op->get_object().contains("name")) {
    name = procedure::ScalarText(op->get_object().if_contains("name"));
    sheet.facts.emplace_back("当事人", name);
    for (const auto& [label, key] : {std::pair{"统一社会信用代码", "code"}, std::pair{"地址", "address"}})
      if (const std::string text = procedure::ScalarText(op->get_object().if_contains(key)); !text.empty()) sheet.facts.emplace_back(label, text);
  }
  if (const auto* fields = values.if_contains("fields"); fields != nullptr && fields->is_object()) {
    const json::object& all = fields->get_object();
    if (wanted.empty())
      for (const auto& [key, value] : all) wanted.emplace_back(key);
    for (const auto& key : wanted) {
      const auto* label = procedure::FindLabel("field." + key);
      const auto* value = all.if_contains(key);
      if (label == nullptr || value == nullptr) continue;
      if (const std::string text = Written(*value, &names); !text.empty()) sheet.facts.emplace_back(std::string(label->zh_hans), text);
    }
  }
  if (const std::string note = text_of("note"); !note.empty()) sheet.facts.emplace_back("说明", note);
  sheet.facts.emplace_back("经办", text_of("actor") + (text_of("second").empty() ? "" : "；覆核：" + text_of("second")));
  if (receipt)
    sheet.receipt = {{"送达文书", sheet.title + " " + sheet.number}, {"受送达人", name}, {"送达方式", "直接送达 □　留置 □　邮寄 □　电子 □　公告 □"}, {"送达地点", ""}, {"收件人签名、日期", ""}, {"代收人与受送达人关系", ""}, {"拒收事由、见证人", ""}, {"送达人签名", ""}, {"备注", ""}};
  sheet.code = public_origin + "/public/verify/" + document.public_code;
  sheet.foot = {"文书摘要 SHA-256 " + document.sha256, "扫码或打开 " + sheet.code + " 核验，摘要一致即为本机关所发。"};
  return sheet;
}

}  // namespace zhian::api
