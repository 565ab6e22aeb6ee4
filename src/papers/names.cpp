#include <algorithm>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "papers/value_text.hpp"
#include "procedure/form.hpp"
#include "procedure/training.hpp"

namespace zhian::papers {
namespace json = boost::json;
using procedure::Kind;
using procedure::Matter;

std::string_view LabelIn(const procedure::Label& label, Language language) {
  switch (language) {
    case Language::kSimplified: return label.zh_hans;
    case Language::kTraditional: return label.zh_hant;
    case Language::kEnglish: return label.en;
  }
  return label.zh_hans;
}

std::string NameLookup::Find(const char* sql, const std::string& id) const {
  if (id.empty()) return {};
  const std::string key = std::string(sql) + id;
  if (const auto it = known_.find(key); it != known_.end()) return it->second;
  const auto rows = db_.Query(sql, {id});
  std::string name = rows.ok() && !rows->empty() ? rows->front().text(0) : id;
  known_[key] = name;
  return name;
}
std::string NameLookup::Account(const std::string& id) const {
  return id == "system" ? "系统" : Find("SELECT name FROM accounts WHERE id=$1 LIMIT 1", id);
}
std::string NameLookup::Operator(const std::string& id) const {
  return Find("SELECT name FROM operator WHERE district=$d AND id=$1 LIMIT 1", id);
}
std::string NameLookup::Jurisdiction(const std::string& id) const {
  return Find("SELECT name FROM jurisdictions WHERE id=$1 LIMIT 1", id);
}

std::string NameLookup::Anyone(const std::string& id) const {
  for (const char* sql : {"SELECT name FROM accounts WHERE id=$1 LIMIT 1",
                          "SELECT name FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                          "SELECT number FROM matter WHERE district=$d AND id=$1 LIMIT 1"})
    if (const std::string name = Find(sql, id); name != id) return name;
  return {};
}

std::string NameLookup::Rule(const std::string& id, Language language) const {
  if (rules_ == nullptr || id.empty()) return id;
  const policy::Rule* rule = rules_->Find(id, on_);
  return rule == nullptr ? id : language == Language::kEnglish ? rule->text_en : rule->text_zh;
}

json::array NameLookup::RuleOptions(std::string_view prefixes, Language language) const {
  json::array options;
  const auto wanted = procedure::SplitArguments(prefixes, '|');
  if (rules_ == nullptr) return options;
  for (const policy::Rule& rule : rules_->rules())
    if (std::any_of(wanted.begin(), wanted.end(),
                    [&](const std::string& prefix) { return rule.name.starts_with(prefix); }) &&
        rules_->Find(rule.name, on_) == &rule)
      options.push_back(
          json::object{{"value", rule.name}, {"label", Rule(rule.name, language) + " · " + rule.value_text}});
  return options;
}

json::array NameLookup::Holders(std::span<const std::string_view> roles, const std::string& jurisdiction) const {
  json::array names;
  for (const auto role : roles) {
    if (role == "system" || role == "operator_user" || names.size() >= 3) continue;
    const auto rows = db_.Query(
        "SELECT DISTINCT a.name FROM role_assignments r JOIN accounts a ON a.id=r.account_id JOIN jurisdiction_closure c ON c.ancestor=r.jurisdiction "
        "WHERE r.role=$1 AND c.descendant=$2 ORDER BY a.name LIMIT 3",
        {std::string(role), jurisdiction});
    if (rows.ok())
      for (const auto& row : *rows)
        if (names.size() < 3) names.push_back(json::value(row.text(0)));
  }
  return names;
}

std::string LabelText(const std::string& key, const std::string& second, const std::string& fallback,
                      Language language) {
  for (const std::string& wanted : {key, second}) {
    if (wanted.empty()) continue;
    if (const auto* label = procedure::FindLabel(wanted)) return std::string(LabelIn(*label, language));
  }
  return fallback;
}

std::string StoredText(const std::string& stored, Language language) {
  if (!stored.starts_with("{\"say\"")) return stored;
  auto parsed = base::ParseJson(stored);
  if (!parsed.ok()) return stored;
  return MessageFrom(*parsed).In(language);
}

std::string MatterTitle(const Matter& matter, Language language, const NameLookup& names) {
  if (matter.Has(procedure::kTraining) && matter.title.starts_with(procedure::kTrainingMark)) {
    Matter plain = matter;
    plain.title.erase(0, procedure::kTrainingMark.size());
    std::erase(plain.flags, procedure::kTraining);
    return Message("【演练】").In(language) + MatterTitle(plain, language, names);
  }
  // A matter that another started may bear the title of that one: the name of any kind counts as made by the system.
  const bool of_system =
      matter.title.empty() || std::any_of(procedure::Kinds().begin(), procedure::Kinds().end(),
                                          [&](const Kind& kind) { return kind.label.zh_hans == matter.title; });
  const Kind* kind = procedure::FindKind(matter.kind);
  if (!of_system || kind == nullptr) return base::WithLotNumbers(matter.title);
  const std::string label(LabelIn(kind->label, language));
  if (!matter.operator_id.empty()) return label + " · " + names.Operator(matter.operator_id);
  return matter.jurisdiction.empty() ? label : label + " · " + names.Jurisdiction(matter.jurisdiction);
}

std::string MaskName(std::string_view name) {
  if (name.empty()) return {};
  const auto length = [](unsigned char c) -> std::size_t { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; };
  std::size_t at = std::min(length(static_cast<unsigned char>(name[0])), name.size());
  std::string masked(name.substr(0, at));
  while (at < name.size()) {
    masked += "＊";
    at += length(static_cast<unsigned char>(name[at]));
  }
  return masked;
}

std::string PublicName(std::string_view name, std::string_view operator_type) {
  return operator_type == "farm_household" ? MaskName(name) : std::string(name);
}

}  // namespace zhian::papers
