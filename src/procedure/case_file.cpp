#include "procedure/case_file.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <map>
#include <set>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "procedure/form.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

constexpr std::size_t kFaultsMax = 100, kNestingMax = 12;
constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr int kOfficeHour = 10;  // a day that names no time of day stands for ten in the morning
constexpr int kEndOfDay = 24;    // or for its last millisecond

// Reads one case file; every fault is kept with its line, so that all are mended at once.
class Reader {
 public:
  Reader(const std::string& file, std::vector<FieldError>& faults) : file_(file), faults_(faults) {}
  std::vector<Case> Read(const toml::table& top);

 private:
  using Keys = std::initializer_list<std::string_view>;
  // What was copied from a base has lost its line: the case's own stands for it.
  int LineOf(const toml::node& at) const {
    return at.source().begin.line == 0 ? line_ : static_cast<int>(at.source().begin.line);
  }
  void Fault(const toml::node& at, Message text) {
    if (faults_.size() < kFaultsMax)
      faults_.push_back({file_ + ":" + std::to_string(LineOf(at)), "case.fault", std::move(text)});
  }
  void Only(const toml::table& table, Keys known);
  std::string Words(const toml::table& table, std::string_view key, std::string otherwise = {});
  std::vector<std::string> List(const toml::table& table, std::string_view key);
  bool Flag(const toml::table& table, std::string_view key);
  double Number(const toml::table& table, std::string_view key);
  std::optional<base::Instant> Moment(const toml::table& table, std::string_view key, int hour, bool* is_day = nullptr);
  std::optional<base::Instant> MomentOf(const toml::node& node, int hour, bool* is_day = nullptr);
  json::value Json(const toml::node& node, std::size_t depth = 0);
  json::value Fitted(const toml::node& node, const Field& field);
  json::object Fields(const toml::table& table, std::string_view key, const Kind& kind);
  json::object Form(const toml::table& table, const Case& one);
  template <class Each>
  void EachTable(const toml::table& table, std::string_view key, const Each& each);

  bool FindStep(const toml::table& table, Case& one);
  std::string Account(const toml::table& table, std::string_view key, const std::string& otherwise);
  void ReadHistory(const toml::table& table, CaseMatter& matter);
  void ReadDuties(const toml::table& table, CaseMatter& matter);
  void ReadDocuments(const toml::table& table, CaseMatter& matter);
  void ReadMatter(const toml::table& table, CaseMatter& matter);
  void ReadOthers(const toml::table& table, Case& one);
  void ReadPeople(const toml::table& table, Case& one);
  void ReadGoods(const toml::table& table, Case& one);
  void ReadRows(const toml::table& table, Case& one);
  void ReadThen(const toml::table& table, Case& one);
  void ReadExpected(const toml::table& table, Case& one);
  toml::table OnBase(const toml::table& table);
  void ReadCase(const toml::table& given, Case& one);

  const std::string& file_;
  std::vector<FieldError>& faults_;
  std::optional<base::Instant> day_;    // of the file, for cases that name none
  const toml::table* bases_ = nullptr;  // what several cases have on file
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>>
      written_;                                  // by kind: fields that effects write
  std::set<std::string, std::less<>> accounts_;  // of the case that is read
  base::Instant now_;
  int line_ = 1;  // of the case that is read
};

std::string Listed(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : "、") + std::string(word);
  return text;
}
std::string Names(const std::vector<FormField>& fields) {
  std::string text;
  for (const FormField& each : fields) text += (text.empty() ? "" : "、") + std::string(each.field->name);
  return text;
}

// "100 kg" is a quantity of 100 in kg.
json::value Quantity(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return json::value(text);
  return json::object{{"value", text.substr(0, space)}, {"unit", base::Trim(text.substr(space + 1))}};
}

// A field that a step of the kind may have written: of its record, or asked for by a guard.
const Field* FieldOf(const Kind& kind, std::string_view name) {
  for (const Field& field : kind.fields)
    if (field.name == name) return &field;
  const auto among = [&](const Transition& row) -> const Field* {
    for (const Text id : row.guards)
      if (const Guard* guard = FindGuard(id); guard != nullptr)
        for (const Field& field : guard->fields)
          if (field.name == name) return &field;
    return nullptr;
  };
  for (const Transition& row : kind.transitions)
    if (const Field* field = among(row); field != nullptr) return field;
  for (const CommonAction& action : CommonActions())
    if (action.kinds.empty() || std::find(action.kinds.begin(), action.kinds.end(), kind.id) != action.kinds.end())
      if (const Field* field = among(action.row); field != nullptr) return field;
  return nullptr;
}

bool Acts(const Kind& kind, std::string_view action) {
  return FindCommon(kind, action) != nullptr ||
         std::any_of(kind.transitions.begin(), kind.transitions.end(),
                     [&](const Transition& row) { return row.action == action; });
}

bool Asks(const Transition& row, const Case& one) {
  if (one.guard != nullptr) return std::find(row.guards.begin(), row.guards.end(), one.guard->id) != row.guards.end();
  return std::any_of(row.duties.begin(), row.duties.end(),
                     [&](const DutyOp& op) { return op.kind == DutyOp::Kind::kOpen && op.duty == one.duty->id; });
}

void Reader::Only(const toml::table& table, Keys known) {
  for (const auto& [key, node] : table)
    if (std::find(known.begin(), known.end(), key.str()) == known.end())
      Fault(node, Say("没有“{}”这一项，这里可以写：{}", std::string(key.str()), Listed(known)));
}

std::string Reader::Words(const toml::table& table, std::string_view key, std::string otherwise) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return otherwise;
  if (const auto* text = node->as_string()) return text->get();
  Fault(*node, Say("“{}”须是加引号的文字", std::string(key)));
  return otherwise;
}

std::vector<std::string> Reader::List(const toml::table& table, std::string_view key) {
  std::vector<std::string> list;
  const toml::node* node = table.get(key);
  if (node == nullptr) return list;
  const auto* array = node->as_array();
  bool good = array != nullptr;
  if (good)
    for (const toml::node& each : *array) {
      const auto* text = each.as_string();
      if (text == nullptr)
        good = false;
      else
        list.push_back(text->get());
    }
  if (!good) Fault(*node, Say("“{}”须是加引号的文字的列表，写在方括号里", std::string(key)));
  return list;
}

bool Reader::Flag(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return false;
  if (const auto* flag = node->as_boolean()) return flag->get();
  Fault(*node, Say("“{}”须是 true 或 false", std::string(key)));
  return false;
}

double Reader::Number(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return 0;
  if (const auto* whole = node->as_integer()) return static_cast<double>(whole->get());
  if (const auto* number = node->as_floating_point()) return number->get();
  Fault(*node, Say("“{}”须是数字", std::string(key)));
  return 0;
}

std::optional<base::Instant> Reader::MomentOf(const toml::node& node, int hour, bool* is_day) {
  const auto day_of = [&](const toml::date& date) -> std::optional<base::Date> {
    if (date.year < 1900 || date.year > 2200 || !base::Date::IsCivil(date.year, date.month, date.day)) {
      Fault(node, "日期须在 1900 年至 2200 年之间");
      return std::nullopt;
    }
    return base::Date::FromYmd(date.year, date.month, date.day);
  };
  if (is_day != nullptr) *is_day = node.is_date();
  if (const auto* date = node.as_date()) {
    const auto day = day_of(date->get());
    if (!day) return std::nullopt;
    return hour == kEndOfDay ? base::EndOfDay(*day) : base::Instant{base::StartOfDay(*day).ms + hour * kHour};
  }
  if (const auto* stamp = node.as_date_time()) {
    const toml::date_time& at = stamp->get();
    const auto day = day_of(at.date);
    if (!day) return std::nullopt;
    std::int64_t ms = base::StartOfDay(*day).ms + at.time.hour * kHour + at.time.minute * kMinute +
                      at.time.second * 1000 + at.time.nanosecond / 1'000'000;
    if (at.offset) ms += (480 - at.offset->minutes) * kMinute;  // the day was taken as one of the district's zone
    return base::Instant{ms};
  }
  Fault(node, "须是日期或时间，不加引号，例如 2026-10-12 或 2026-10-12T15:30:00");
  return std::nullopt;
}

std::optional<base::Instant> Reader::Moment(const toml::table& table, std::string_view key, int hour, bool* is_day) {
  const toml::node* node = table.get(key);
  return node == nullptr ? std::nullopt : MomentOf(*node, hour, is_day);
}

// As the records hold it: numbers and days are texts, exactly as they were written.
json::value Reader::Json(const toml::node& node, std::size_t depth) {
  if (depth > kNestingMax) {
    Fault(node, "层次太多");
    return nullptr;
  }
  if (const auto* text = node.as_string()) return json::value(text->get());
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* whole = node.as_integer()) return json::value(std::to_string(whole->get()));
  if (const auto* number = node.as_floating_point()) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, number->get(), std::chars_format::fixed);
    if (end.ec == std::errc{}) return json::value(std::string_view(digits, end.ptr - digits));
    Fault(node, "须是平常的数字");
    return nullptr;
  }
  if (node.is_date() || node.is_date_time()) {
    bool is_day = false;
    const auto at = MomentOf(node, 0, &is_day);
    if (!at) return nullptr;
    return json::value(is_day ? base::FormatDate(base::LocalDate(*at)) : base::FormatInstant(*at));
  }
  if (const auto* array = node.as_array()) {
    json::array list;
    for (const toml::node& each : *array) list.push_back(Json(each, depth + 1));
    return list;
  }
  if (const auto* table = node.as_table()) {
    json::object object;
    for (const auto& [key, each] : *table) object[key.str()] = Json(each, depth + 1);
    return object;
  }
  Fault(node, "须是文字、数字、日期、true、false、列表或表");
  return nullptr;
}

// The value as the form would have taken it; a fault says why it would not.
json::value Reader::Fitted(const toml::node& node, const Field& field) {
  json::value value = Json(node);
  if (field.automatic.starts_with("auto:engine")) return value;  // written by an effect, in a form of its own
  if (field.type == "quantity" && value.is_string()) value = Quantity(value.get_string());
  if (field.type == "items" && value.is_array())
    for (const Column& column : ColumnsOf(field))
      if (column.type == "quantity")
        for (json::value& row : value.get_array())
          if (row.is_object())
            if (json::value* cell = row.get_object().if_contains(column.name); cell != nullptr && cell->is_string())
              *cell = Quantity(std::string(cell->get_string()));
  if (Message fault = CheckValue(field, value, base::LocalDate(now_)); !fault.empty()) Fault(node, std::move(fault));
  return value;
}

json::object Reader::Fields(const toml::table& table, std::string_view key, const Kind& kind) {
  json::object fields;
  const toml::node* node = table.get(key);
  if (node == nullptr) return fields;
  const auto* given = node->as_table();
  if (given == nullptr) return Fault(*node, Say("“{}”须写成 栏 = 值", std::string(key))), fields;
  for (const auto& [name, value] : *given) {
    if (const Field* field = FieldOf(kind, name.str()); field != nullptr)
      fields[name.str()] = Fitted(value, *field);
    else if (const auto known = written_.find(kind.id); known != written_.end() && known->second.contains(name.str()))
      fields[name.str()] = Json(value);
    else
      Fault(value,
            Say("“{}”没有“{}”这一栏，请核对 procedures.md 的表；由程序写入的栏，写在文件开头的 written_by_effects 里",
                kind.label, std::string(name.str())));
  }
  return fields;
}

json::object Reader::Form(const toml::table& table, const Case& one) {
  json::object form;
  const toml::node* node = table.get("form");
  if (node == nullptr) return form;
  const auto* given = node->as_table();
  if (given == nullptr) return Fault(*node, Say("“{}”须写成 栏 = 值", std::string("form"))), form;
  const auto fields = FormOf(*one.matter.kind, *one.step);
  for (const auto& [name, value] : *given) {
    const auto asked =
        std::find_if(fields.begin(), fields.end(), [&](const FormField& f) { return f.field->name == name.str(); });
    if (asked != fields.end()) {
      form[name.str()] = Fitted(value, *asked->field);
      continue;
    }
    Fault(value, Say("这一步不填“{}”，它填：{}", std::string(name.str()), Names(fields)));
  }
  return form;
}

template <class Each>
void Reader::EachTable(const toml::table& table, std::string_view key, const Each& each) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return Fault(*node, Say("“{}”须是表的列表", std::string(key)));
  for (const toml::node& one : *array)
    if (const auto* row = one.as_table())
      each(*row);
    else
      Fault(one, Say("“{}”须是表的列表", std::string(key)));
}

// Accounts that are always there: each role's id, and the same with ".2" for a second person who holds it.
std::string Reader::Account(const toml::table& table, std::string_view key, const std::string& otherwise) {
  const std::string id = Words(table, key, otherwise);
  if (id.empty() || id == "system" || accounts_.contains(id)) return id;
  const std::string_view role = id.ends_with(".2") ? std::string_view(id).substr(0, id.size() - 2) : id;
  if (FindRole(role) == nullptr)
    Fault(table, Say("没有“{}”这个人：写角色的名称（第二人加 .2），或在 people 里写明", id));
  return id;
}

void Reader::ReadHistory(const toml::table& table, CaseMatter& matter) {
  EachTable(table, "history", [&](const toml::table& row) {
    Only(row, {"did", "by", "role", "at", "input"});
    CaseMove move;
    move.did = Words(row, "did");
    if (!Acts(*matter.kind, move.did) && move.did != "add_note")
      Fault(row, Say("“{}”没有“{}”这一步", matter.kind->label, move.did));
    move.by = Account(row, "by", "system");
    move.role = Words(row, "role");
    move.at = Moment(row, "at", kOfficeHour).value_or(base::Instant{now_.ms - kDay});
    move.input = Fields(row, "input", *matter.kind);
    matter.history.push_back(std::move(move));
  });
}

void Reader::ReadDuties(const toml::table& table, CaseMatter& matter) {
  EachTable(table, "duties", [&](const toml::table& row) {
    Only(row, {"duty", "id", "state", "limit", "opened", "suspended", "rule", "extended", "holder"});
    CaseDuty duty;
    duty.duty = Words(row, "duty");
    if (FindDuty(*matter.kind, duty.duty) == nullptr)
      Fault(row, Say("“{}”没有“{}”这项待办", matter.kind->label, duty.duty));
    duty.id = Words(row, "id", matter.id == "this" ? duty.duty : matter.id + "." + duty.duty);
    duty.limit = Moment(row, "limit", kEndOfDay);
    duty.opened = Moment(row, "opened", kOfficeHour).value_or(base::Instant{now_.ms - kDay});
    duty.suspended = Moment(row, "suspended", kOfficeHour).value_or(base::Instant{0});
    duty.rule = Words(row, "rule");
    duty.holder = Account(row, "holder", "");
    duty.extended = Flag(row, "extended");
    const std::string state = Words(row, "state", "open");
    bool known = false;
    for (const DutyState each :
         {DutyState::kOpen, DutyState::kSuspended, DutyState::kDone, DutyState::kDoneLate, DutyState::kLapsed})
      if (Name(each) == state) duty.state = each, known = true;
    if (!known) Fault(row, Say("待办没有“{}”这种状态：open、suspended、done、done_late、lapsed", state));
    matter.duties.push_back(std::move(duty));
  });
}

void Reader::ReadDocuments(const toml::table& table, CaseMatter& matter) {
  EachTable(table, "documents", [&](const toml::table& row) {
    Only(row, {"kind", "number", "issued"});
    CaseDocument document;
    document.kind = Words(row, "kind");
    if (FindDocumentKind(document.kind) == nullptr) Fault(row, Say("没有“{}”这种文书", document.kind));
    document.number = Words(row, "number", matter.id + "-" + std::to_string(matter.documents.size() + 1));
    document.issued = Moment(row, "issued", kOfficeHour).value_or(base::Instant{now_.ms - kDay});
    matter.documents.push_back(std::move(document));
  });
}

// What is the same for the matter of the case and for others.
void Reader::ReadMatter(const toml::table& table, CaseMatter& matter) {
  matter.operator_id = Words(table, "operator", "op");
  matter.place = Words(table, "place", "township");
  matter.title = Words(table, "title", std::string(matter.kind->label.zh_hans));
  matter.number = Words(table, "number", matter.id);
  matter.opened_by = Account(table, "opened_by", "system");
  matter.flags = List(table, "flags");
  matter.opened = Moment(table, "opened", kOfficeHour).value_or(base::Instant{now_.ms - 30 * kDay});
  matter.updated = Moment(table, "updated", kOfficeHour).value_or(matter.opened);
  ReadHistory(table, matter);
  ReadDuties(table, matter);
  ReadDocuments(table, matter);
}

void Reader::ReadOthers(const toml::table& table, Case& one) {
  std::set<std::string, std::less<>> ids{"this"};
  EachTable(table, "other", [&](const toml::table& row) {
    Only(row, {"id", "kind", "state", "fields", "flags", "operator", "place", "title", "number", "opened_by", "opened",
               "updated", "link_to", "relation", "history", "duties", "documents"});
    CaseMatter matter;
    const std::string kind = Words(row, "kind");
    matter.kind = FindKind(kind);
    if (matter.kind == nullptr) return Fault(row, Say("没有“{}”这种事项", kind));
    matter.id = Words(row, "id", kind);
    if (!ids.insert(matter.id).second) Fault(row, Say("事项“{}”写了两次，请用 id 分别命名", matter.id));
    matter.state = Words(row, "state");
    if (FindState(*matter.kind, matter.state) == nullptr)
      Fault(row, Say("“{}”没有“{}”这种状态", matter.kind->label, matter.state));
    matter.fields = Fields(row, "fields", *matter.kind);
    matter.link_to = Words(row, "link_to", "this");
    if (!matter.link_to.empty() && !ids.contains(matter.link_to)) Fault(row, Say("关联的“{}”须先写", matter.link_to));
    matter.relation = Words(row, "relation", "about");
    ReadMatter(row, matter);
    one.others.push_back(std::move(matter));
  });
  one.origin = Words(table, "origin");
  if (!one.origin.empty() && !ids.contains(one.origin)) Fault(table, Say("关联的“{}”须先写", one.origin));
}

void Reader::ReadPeople(const toml::table& table, Case& one) {
  EachTable(table, "people", [&](const toml::table& row) {
    Only(row, {"id", "name", "person", "certificate", "operator", "place", "body", "roles", "from", "to"});
    CasePerson person;
    person.id = Words(row, "id");
    if (person.id.empty()) return Fault(row, "写明 id");
    person.name = Words(row, "name", person.id);
    person.person = Words(row, "person", person.id);
    person.certificate = Words(row, "certificate", "执法证");
    person.operator_id = Words(row, "operator");
    person.place = Words(row, "place", "district");
    person.body = Words(row, "body", "bureau");
    person.roles = List(row, "roles");
    person.from = Moment(row, "from", 0);
    person.to = Moment(row, "to", 0);
    for (const std::string& role : person.roles)
      if (FindRole(role) == nullptr) Fault(row, Say("没有“{}”这种角色", role));
    accounts_.insert(person.id);
    one.people.push_back(std::move(person));
  });
}

void Reader::ReadGoods(const toml::table& table, Case& one) {
  EachTable(table, "goods", [&](const toml::table& row) {
    Only(row, {"made", "sent", "received", "moved", "used", "settled", "held", "at", "from", "to", "into", "quantity",
               "output", "unit", "status", "evidence", "product", "on", "by"});
    CaseGoods goods;
    goods.line = LineOf(row);
    for (const char* act : {"made", "sent", "received", "moved", "used", "settled", "held"})
      if (row.contains(act)) {
        if (!goods.act.empty()) Fault(row, "一行只写一次货物往来");
        goods.act = act;
        goods.lot = Words(row, act);
      }
    if (goods.lot.empty())
      Fault(row,
            Say("货物往来须写明批次，写在 {} 之一", std::string("made、sent、received、moved、used、settled、held")));
    goods.at = Words(row, "at", "op");
    goods.from = Words(row, "from", "op");
    goods.to = Words(row, "to", "op2");
    goods.into = Words(row, "into");
    goods.unit = Words(row, "unit", "KGM");
    goods.status = Words(row, "status");
    goods.evidence = Words(row, "evidence");
    goods.by = Words(row, "by", "another");
    goods.product = Words(row, "product");
    goods.quantity = Number(row, "quantity");
    goods.output = Number(row, "output");
    goods.on = Moment(row, "on", kOfficeHour).value_or(base::Instant{now_.ms - 20 * kDay});
    one.goods.push_back(std::move(goods));
  });
}

void Reader::ReadRows(const toml::table& table, Case& one) {
  static constexpr std::pair<const char*, const char*> kTables[] = {{"operators", "operator"},
                                                                    {"permits", "permit"},
                                                                    {"certifications", "certification"},
                                                                    {"credit", "credit_record"},
                                                                    {"indications", "no_indication"}};
  for (const auto& [key, name] : kTables)
    EachTable(table, key, [&, name = name](const toml::table& given) {
      CaseRow row{.table = name, .columns = {}, .line = LineOf(given)};
      for (const auto& [column, value] : given) {
        const std::string_view id = column.str();
        if (value.is_date() || value.is_date_time()) {
          const auto at = MomentOf(value, id.ends_with("_to") ? kEndOfDay : 0);
          row.columns[id] = at ? at->ms : 0;
        } else if (const auto* whole = value.as_integer()) {
          row.columns[id] = whole->get();
        } else if (const auto* flag = value.as_boolean()) {
          row.columns[id] = flag->get();
        } else if (const auto* text = value.as_string()) {
          row.columns[id] = text->get();
        } else {
          Fault(value, "须是文字、数字、日期、true、false");
        }
      }
      one.rows.push_back(std::move(row));
    });
  EachTable(table, "files", [&](const toml::table& row) {
    Only(row, {"name", "used_by", "at"});
    one.files.push_back({Words(row, "name"), Words(row, "used_by"),
                         Moment(row, "at", kOfficeHour).value_or(base::Instant{now_.ms - kHour})});
  });
  EachTable(table, "identities", [&](const toml::table& row) {
    Only(row, {"matter", "name", "contact"});
    one.identities.push_back({Words(row, "matter", "this"), Words(row, "name"), Words(row, "contact")});
  });
}

bool Reader::FindStep(const toml::table& table, Case& one) {
  const std::string guard = Words(table, "guard"), duty = Words(table, "duty");
  if (guard.empty() == duty.empty())
    return Fault(table, "写明 guard（条件）或 duty（期限，写作 事项.待办），二者取一"), false;
  std::string kind, action = Words(table, "step");
  if (const auto dot = action.find('.'); dot != std::string::npos) {
    kind = action.substr(0, dot);
    action = action.substr(dot + 1);
  }
  if (!guard.empty()) {
    one.guard = FindGuard(guard);
    if (one.guard == nullptr) return Fault(table, Say("没有“{}”这个条件，请核对 guards.tsv", guard)), false;
    if (one.guard->how != Guard::How::kCode && one.guard->how != Guard::How::kCodeForm)
      return Fault(table, Say("条件“{}”由表单或另一人确认，不由程序判断，不写案例", guard)), false;
  } else {
    const auto dot = duty.find('.');
    const std::string of = duty.substr(0, dot);
    if (!kind.empty() && kind != of) return Fault(table, "step 与 duty 须属同一种事项"), false;
    kind = of;
    const Kind* declared = FindKind(kind);
    one.duty = declared == nullptr || dot == std::string::npos ? nullptr : FindDuty(*declared, duty.substr(dot + 1));
    if (one.duty == nullptr) return Fault(table, Say("没有“{}”这项待办，写作 事项.待办", duty)), false;
  }
  if (!kind.empty() && FindKind(kind) == nullptr) return Fault(table, Say("没有“{}”这种事项", kind)), false;
  const bool names_state = table.contains("state");
  const std::string state = Words(table, "state");
  for (const Kind& declared : Kinds()) {
    if (!declared.live || (!kind.empty() && declared.id != kind)) continue;
    for (const Transition& row : declared.transitions) {
      if ((!action.empty() && row.action != action) || (names_state && row.from != state) || !Asks(row, one)) continue;
      one.matter.kind = &declared;
      one.step = &row;
      one.matter.state = std::string(row.from);
      return true;
    }
    if (kind.empty() || one.guard == nullptr) continue;
    for (const CommonAction& common : CommonActions()) {
      if ((!action.empty() && common.row.action != action) || !Asks(common.row, one) ||
          FindCommon(declared, common.row.action) != &common)
        continue;
      one.matter.kind = &declared;
      one.step = &common.row;
      one.common = &common;
      one.matter.state = state;
      if (FindState(declared, state) == nullptr)
        return Fault(table, Say("“{}”没有“{}”这种状态", declared.label, state)), false;
      return true;
    }
  }
  return Fault(table, Say("没有哪一步问到“{}”：核对 step（事项.步骤）和 state", guard.empty() ? duty : guard)), false;
}

void Reader::ReadThen(const toml::table& table, Case& one) {
  EachTable(table, "then", [&](const toml::table& row) {
    Only(row, {"did", "by", "at", "form"});
    CaseThen step;
    step.did = Words(row, "did");
    if (!Acts(*one.matter.kind, step.did)) Fault(row, Say("“{}”没有“{}”这一步", one.matter.kind->label, step.did));
    step.by = Account(row, "by", one.by);
    const auto at = Moment(row, "at", kOfficeHour);
    if (!at) Fault(row, "写明 at = 办理的日期或时间");
    step.at = at.value_or(now_);
    step.form = Fields(row, "form", *one.matter.kind);
    one.then.push_back(std::move(step));
  });
  if (one.guard != nullptr && !one.then.empty()) Fault(table, Say("“{}”只用于期限", std::string("then")));
}

void Reader::ReadExpected(const toml::table& table, Case& one) {
  one.known_false = Words(table, "known_false");
  if (table.contains("known_false") && one.known_false.empty()) Fault(table, "known_false 写明理由");
  if (one.guard != nullptr) {
    for (const char* key : {"limit", "rule"})
      if (table.contains(key)) Fault(table, Say("“{}”只用于期限", std::string(key)));
    one.open = List(table, "open");
    one.holds = Flag(table, "holds");
    if (!table.contains("holds") && one.open.empty())
      Fault(table, "写明 holds = true 或 false，或 open = [未满足的事项]");
    if (one.holds && !one.open.empty()) Fault(table, "成立的条件没有未满足的事项");
    return;
  }
  for (const char* key : {"holds", "open"})
    if (table.contains(key)) Fault(table, Say("“{}”只用于条件", std::string(key)));
  one.rule = Words(table, "rule");
  const toml::node* limit = table.get("limit");
  if (limit == nullptr) return Fault(table, "写明 limit = 期限届满的日期或时间，没有期限的写加引号的 none");
  if (const auto* text = limit->as_string(); text != nullptr && text->get() == "none") {
    one.no_limit = true;
    return;
  }
  bool is_day = false;
  one.limit = MomentOf(*limit, kEndOfDay, &is_day);
  one.to_the_minute = !is_day;
  if (one.rule.empty()) Fault(table, "写明 rule = 依据的规则编号");
}

// A case on a base has on file what the base has, save for what it says itself; fields of its matter are added one by
// one.
toml::table Reader::OnBase(const toml::table& given) {
  toml::table table(given);
  const std::string name = Words(given, "base");
  const toml::node* base = bases_ == nullptr ? nullptr : bases_->get(name);
  if (base == nullptr || !base->is_table()) {
    Fault(given, Say("没有“{}”这个底稿，请写在文件开头的 base 里", name));
    return table;
  }
  for (const auto& [key, node] : *base->as_table()) {
    toml::node* own = table.get(key.str());
    if (own == nullptr) {
      table.insert(key.str(), node);
    } else if (key.str() == "matter" && own->is_table() && node.is_table()) {
      for (const auto& [field, value] : *node.as_table())
        if (!own->as_table()->contains(field.str())) own->as_table()->insert(field.str(), value);
    }
  }
  return table;
}

void Reader::ReadCase(const toml::table& given, Case& one) {
  line_ = static_cast<int>(given.source().begin.line);
  const toml::table on_base = given.contains("base") ? OnBase(given) : toml::table();
  const toml::table& table = given.contains("base") ? on_base : given;  // a copy would lose its lines
  Only(table,
       {"says",     "base",      "guard",   "duty",           "step",        "day",         "by",        "state",
        "operator", "place",     "title",   "number",         "flags",       "opened",      "updated",   "opened_by",
        "matter",   "form",      "other",   "origin",         "history",     "duties",      "documents", "people",
        "goods",    "operators", "permits", "certifications", "credit",      "indications", "files",     "identities",
        "holds",    "open",      "limit",   "rule",           "known_false", "then"});
  one.file = file_;
  one.line = line_;
  one.says = Words(table, "says");
  if (one.says.empty()) Fault(table, "写明 says = 一句话说清这个案例");
  const auto day = Moment(table, "day", kOfficeHour);
  if (!day && !day_) Fault(table, "写明 day = 办理之日，或写在文件开头");
  one.now = now_ = day.value_or(day_.value_or(base::Instant{0}));
  accounts_.clear();
  one.matter.id = "this";
  if (!FindStep(table, one)) return;
  ReadPeople(table, one);
  const std::string first = one.step->who.empty() ? "system" : std::string(one.step->who.front());
  one.by = Account(table, "by", first == "holder" ? "" : first);
  if (one.by.empty()) Fault(table, "写明 by = 办理的人");
  one.matter.fields = Fields(table, "matter", *one.matter.kind);
  ReadMatter(table, one.matter);
  if (one.matter.state.empty()) one.matter.opened = one.matter.updated = now_;
  ReadOthers(table, one);
  ReadGoods(table, one);
  ReadRows(table, one);
  one.form = Form(table, one);
  ReadThen(table, one);
  ReadExpected(table, one);
}

std::vector<Case> Reader::Read(const toml::table& top) {
  Only(top, {"day", "written_by_effects", "base", "case"});
  if (const toml::node* bases = top.get("base"); bases != nullptr && bases->is_table()) bases_ = bases->as_table();
  day_ = Moment(top, "day", kOfficeHour);
  if (const toml::node* node = top.get("written_by_effects"); node != nullptr) {
    const auto* kinds = node->as_table();
    if (kinds == nullptr) Fault(*node, Say("“{}”须写成 栏 = 值", std::string("written_by_effects")));
    if (kinds != nullptr)
      for (const auto& [kind, fields] : *kinds) {
        if (FindKind(kind.str()) == nullptr) Fault(fields, Say("没有“{}”这种事项", std::string(kind.str())));
        for (std::string& name : List(*kinds, kind.str())) written_[std::string(kind.str())].insert(std::move(name));
      }
  }
  std::vector<Case> cases;
  EachTable(top, "case", [&](const toml::table& table) {
    if (cases.size() >= kCasesMax) return;
    Case one;
    ReadCase(table, one);
    cases.push_back(std::move(one));
  });
  if (cases.empty()) Fault(top, "文件里没有案例：以 [[case]] 开头写一个");
  return cases;
}

}  // namespace

Result<std::vector<Case>> ReadCases(std::string_view text, const std::string& file) {
  if (text.size() > kCaseFileBytesMax) return MakeError(ErrorCode::kTooLarge, Say("{}：案例文件太大，请分开", file));
  if (!base::IsValidUtf8(text)) return MakeError(ErrorCode::kInvalid, Say("{}：须是 UTF-8 的文字文件", file));
  toml::table top;
  try {
    top = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return MakeError(ErrorCode::kInvalid, Say("{}：不是 TOML", file),
                     {{file + ":" + std::to_string(error.source().begin.line), "case.fault",
                       Say("这一行读不懂：{}", std::string(error.description()))}});
  }
  std::vector<FieldError> faults;
  std::vector<Case> cases = Reader(file, faults).Read(top);
  if (!faults.empty()) return NeedsMending(std::move(faults));
  return cases;
}

}  // namespace zhian::procedure
