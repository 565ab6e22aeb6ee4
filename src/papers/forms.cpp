#include "papers/forms.hpp"

#include <algorithm>
#include <filesystem>

#include "base/time.hpp"
#include "base/toml.hpp"
#include "papers/sheets.hpp"
#include "procedure/form.hpp"

namespace zhian::papers {
namespace json = boost::json;

namespace {
constexpr const char* kBlank = "________";
constexpr const char* kToVerify = "（待核实）";
constexpr std::string_view kRegimes[] = {"food", "product", "agri", "general"};
constexpr std::string_view kReferences[] = {"rule:", "cite:", "ground:"};

// The number of a rule with its unit as a document writes it.
std::string Amount(const policy::Rule& rule) {
  if (rule.unit == "wd") return rule.raw + " 个工作日";
  if (rule.unit == "d") return rule.raw + " 日";
  if (rule.unit == "h") return rule.raw + " 小时";
  if (rule.unit == "mo") return rule.raw + " 个月";
  if (rule.unit == "y") return rule.raw + " 年";
  if (rule.unit == "pct") return rule.raw + "%";
  if (rule.unit == "CNY") return rule.raw + " 元";
  return rule.value_text;
}

const json::object* ObjectOf(const json::object& values, const char* key) {
  const auto* found = values.if_contains(key);
  return found != nullptr && found->is_object() ? &found->get_object() : nullptr;
}

std::string Replaced(std::string name, std::string_view regime) {
  if (const auto star = name.find('*'); star != std::string::npos) name.replace(star, 1, regime);
  return name;
}
}  // namespace

// One document being filled.
class Filling {
 public:
  Filling(const Forms& forms, const json::object& values, const policy::Pack& pack)
      : forms_(forms), values_(values), pack_(pack) {
    const auto day = base::ParseDate(procedure::ScalarText(values.if_contains("issued_on")));
    if (day.ok()) day_ = *day;
    if (const auto* fields = ObjectOf(values, "fields")) regime_ = procedure::ScalarText(fields->if_contains("regime"));
    if (std::find(std::begin(kRegimes), std::end(kRegimes), regime_) == std::end(kRegimes)) regime_ = "food";
  }

  // Fills {…}; drops [[…]] in which something is missing; what is missing elsewhere is a line to fill in.
  [[nodiscard]] std::string Text(const std::string& text) const {
    std::string out;
    std::size_t at = 0;
    bool ignored = false;
    while (at < text.size()) {
      const auto open = text.find("[[", at), close = open == std::string::npos ? open : text.find("]]", open);
      if (close == std::string::npos) break;
      out += Part(text.substr(at, open - at), &ignored);
      bool missing = false;
      const std::string part = Part(text.substr(open + 2, close - open - 2), &missing);
      if (!missing) out += part;
      at = close + 2;
    }
    return out + Part(text.substr(at), &ignored);
  }

  [[nodiscard]] std::string Named(std::string name) const {
    std::string otherwise;
    if (const auto bar = name.find('|'); bar != std::string::npos) {
      otherwise = name.substr(bar + 1);
      name.resize(bar);
    }
    std::string value = Known(name);
    return value.empty() ? otherwise : value;
  }

 private:
  [[nodiscard]] std::string Known(const std::string& name) const {
    if (name.starts_with("rule:") || name.starts_with("cite:")) {
      const policy::Rule* rule = pack_.Find(Replaced(name.substr(5), regime_), day_);
      if (rule == nullptr) return {};
      return (name.starts_with("rule:") ? Amount(*rule) : pack_.Cite(*rule, false)) +
             (rule->to_verify ? kToVerify : "");
    }
    if (name.starts_with("ground:")) {
      const auto rows = forms_.grounds_.find(Replaced(name.substr(7), regime_));
      if (rows == forms_.grounds_.end()) return {};
      for (const Ground& ground : rows->second)
        if (ground.from.days <= day_.days && (!ground.to || day_.days <= ground.to->days))
          return ground.text + (ground.to_verify ? kToVerify : "");
      return {};
    }
    if (name.starts_with("operator.")) {
      const auto* op = ObjectOf(values_, "operator");
      return op == nullptr ? std::string() : procedure::ScalarText(op->if_contains(name.substr(9)));
    }
    return Value(name);
  }
  [[nodiscard]] std::string Value(const std::string& name) const {
    const auto* fields = ObjectOf(values_, "fields");
    const auto* value = fields == nullptr ? nullptr : fields->if_contains(name);
    return value == nullptr ? std::string() : WrittenField(name, *value, nullptr);
  }
  [[nodiscard]] std::string Part(const std::string& part, bool* missing) const {
    std::string out;
    std::size_t at = 0;
    while (at < part.size()) {
      const auto open = part.find('{', at), close = open == std::string::npos ? open : part.find('}', open);
      if (close == std::string::npos) break;
      out += part.substr(at, open - at);
      const std::string value = Named(part.substr(open + 1, close - open - 1));
      if (value.empty()) *missing = true;
      // A sentence that was typed with its full stop does not get a second one.
      const bool stopped = value.ends_with("。") && std::string_view(part).substr(close + 1).starts_with("。");
      out += value.empty() ? kBlank : stopped ? value.substr(0, value.size() - std::string_view("。").size()) : value;
      at = close + 1;
    }
    return out + part.substr(at);
  }

  const Forms& forms_;
  const json::object& values_;
  const policy::Pack& pack_;
  base::Date day_{};
  std::string regime_;
};

namespace {

Result<Form> ReadForm(const toml::table& row) {
  Form form;
  const auto list = [&](const char* key, std::vector<std::string>& to) {
    if (const auto* items = row[key].as_array())
      for (const auto& one : *items) to.push_back(one.value_or(std::string{}));
  };
  list("grounds", form.grounds);
  list("text", form.text);
  list("facts", form.facts);
  list("rights", form.rights);
  list("closing", form.closing);
  list("signs", form.signs);
  for (const auto& [key, to] : {std::pair{"red", &form.red},
                                {"party", &form.party},
                                {"subject", &form.subject},
                                {"blank", &form.blank},
                                {"limits", &form.limits},
                                {"receipt", &form.receipt}})
    *to = row[key].value_or(false);
  form.addressee = row["addressee"].value_or(std::string{});
  form.organ = row["organ"].value_or(std::string{});
  for (const auto& field : form.facts)
    if (procedure::FindLabel("field." + field) == nullptr)
      return MakeError(ErrorCode::kInvalid, "names the field '" + field + "', which no form has");
  return form;
}

}  // namespace

Result<Forms> Forms::Load(const std::string& folder) {
  Forms forms;
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  if (files.empty()) return MakeError(ErrorCode::kInvalid, folder + ": has no forms of documents");
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    const std::string file = path.string();
    toml::table table;
    try {
      table = toml::parse_file(file);
    } catch (const toml::parse_error& fault) {
      return MakeError(ErrorCode::kInvalid, file + ": line " + std::to_string(fault.source().begin.line) + ": " +
                                                std::string(fault.description()));
    }
    const auto rows = [&](const char* key) -> const toml::array& {
      static const toml::array none;
      const auto* found = table[key].as_array();
      return found == nullptr ? none : *found;
    };
    for (const toml::node& node : rows("form")) {
      const toml::table& row = *node.as_table();
      const std::string document = row["document"].value_or(std::string{}), kind = row["kind"].value_or(std::string{}),
                        name = document + (kind.empty() ? "" : "/" + kind);
      if (procedure::FindDocumentKind(document) == nullptr || (!kind.empty() && procedure::FindKind(kind) == nullptr))
        return MakeError(ErrorCode::kInvalid, file + ": form '" + name + "' is no document of the procedures");
      auto form = ReadForm(row);
      if (!form.ok())
        return MakeError(ErrorCode::kInvalid,
                         file + ": form '" + name + "' " + form.error().message.In(Language::kEnglish));
      if (!forms.forms_.emplace(name, std::move(*form)).second)
        return MakeError(ErrorCode::kInvalid, file + ": form '" + name + "' stands twice");
    }
    for (const toml::node& node : rows("ground")) {
      const toml::table& row = *node.as_table();
      const std::string id = row["id"].value_or(std::string{}), to = row["to"].value_or(std::string{});
      const auto from = base::ParseDate(row["from"].value_or(std::string{})), until = base::ParseDate(to);
      Ground ground{row["text"].value_or(std::string{}), {}, {}, row["confidence"].value_or(std::string{}) == "KL"};
      if (id.empty() || ground.text.empty() || !from.ok() || (!to.empty() && !until.ok()))
        return MakeError(ErrorCode::kInvalid, file + ": ground '" + id + "' needs a text and dates");
      ground.from = *from;
      if (!to.empty()) ground.to = *until;
      forms.grounds_[id].push_back(std::move(ground));
    }
    for (const toml::node& node : rows("clause")) {
      const toml::table& row = *node.as_table();
      forms.clauses_[row["id"].value_or(std::string{})] = row["text"].value_or(std::string{});
    }
  }
  return forms;
}

const Form* Forms::Find(std::string_view document, std::string_view kind) const {
  auto it = forms_.find(std::string(document) + "/" + std::string(kind));
  if (it == forms_.end()) it = forms_.find(document);
  return it == forms_.end() ? nullptr : &it->second;
}

std::vector<std::string> Forms::Unknown(const policy::Pack& pack) const {
  std::vector<std::string> faults;
  const auto check = [&](const std::string& where, std::string_view reference, const std::string& name) {
    const bool known = std::any_of(std::begin(kRegimes), std::end(kRegimes), [&](std::string_view regime) {
      const std::string id = Replaced(name, regime);
      return reference == "ground:" ? grounds_.contains(id) : pack.Knows(id);
    });
    if (!known) faults.push_back(where + ": " + std::string(reference) + name);
  };
  const auto scan = [&](const std::string& where, const std::string& text) {
    for (const std::string_view reference : kReferences)
      for (auto at = text.find("{" + std::string(reference)); at != std::string::npos;
           at = text.find("{" + std::string(reference), at + 1)) {
        const auto begin = at + 1 + reference.size();
        check(where, reference, text.substr(begin, text.find('}', begin) - begin));
      }
  };
  for (const auto& [id, text] : clauses_) scan("clause " + id, text);
  for (const auto& [name, form] : forms_) {
    for (const auto& ground : form.grounds) check(name, "ground:", ground);
    for (const auto& right : form.rights)
      if (!clauses_.contains(right)) faults.push_back(name + ": clause " + right);
    for (const auto* list : {&form.text, &form.closing})
      for (const auto& text : *list) scan(name, text);
  }
  return faults;
}

json::object Forms::Compose(const json::object& values, const policy::Pack& pack) const {
  const auto* matter = ObjectOf(values, "matter");
  const Form* form = Find(procedure::ScalarText(values.if_contains("kind")),
                          matter == nullptr ? std::string() : procedure::ScalarText(matter->if_contains("kind_id")));
  if (form == nullptr) return {};
  const Filling filling(*this, values, pack);
  const auto filled = [&](const std::vector<std::string>& from) {
    json::array to;
    for (const auto& one : from)
      if (const std::string text = filling.Text(one); !text.empty()) to.push_back(json::value(text));
    return to;
  };
  const auto plain = [](const std::vector<std::string>& from) {
    json::array to;
    for (const auto& one : from) to.push_back(json::value(one));
    return to;
  };
  std::string grounds;
  for (const auto& ground : form->grounds)
    if (const std::string text = filling.Named("ground:" + ground);
        !text.empty() && grounds.find(text) == std::string::npos)
      grounds += (grounds.empty() ? "" : "；") + text;
  json::array closing = filled(form->closing);
  for (const auto& right : form->rights)
    if (const auto clause = clauses_.find(right); clause != clauses_.end())
      if (const std::string text = filling.Text(clause->second); !text.empty()) closing.push_back(json::value(text));
  const auto whole = [&](const std::string& text) {
    const bool name = text.starts_with("{") && text.ends_with("}");
    return name ? filling.Named(text.substr(1, text.size() - 2)) : text;
  };
  const std::string addressee = whole(form->addressee);
  return {{"head", form->red     ? "red"
                   : form->party ? "party"
                                 : "record"},
          {"organ", whole(form->organ)},
          {"addressee", addressee.empty() ? "" : addressee + "："},
          {"grounds", grounds},
          {"text", filled(form->text)},
          {"closing", std::move(closing)},
          {"facts", plain(form->facts)},
          {"signs", plain(form->signs)},
          {"subject", form->subject},
          {"blank", form->blank},
          {"limits", form->limits},
          {"receipt", form->receipt}};
}

}  // namespace zhian::papers
