#include "policy/pack.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "policy/flat_toml.hpp"

namespace zhian::policy {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kRulesUsual = 512;  // room for the rules of a pack without moving them; more are moved

bool IsNumber(std::string_view text, double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

// "10-20" -> both ends; ">=90", "<60" -> one; "quarter", "02-28" stay text.
void ParseValue(Rule& rule) {
  std::string_view raw = rule.raw;
  if (rule.unit == "month_day" || rule.unit == "date" || rule.unit == "y_list" || rule.unit == "period") return;
  double low = 0, high = 0;
  if (raw.starts_with(">=")) {
    rule.has_number = IsNumber(raw.substr(2), low);
    high = HUGE_VAL;
  } else if (raw.starts_with("<")) {
    rule.has_number = IsNumber(raw.substr(raw.starts_with("<=") ? 2 : 1), high);
    low = -HUGE_VAL;
  } else if (const auto dash = raw.find('-', 1); dash != std::string_view::npos) {
    rule.has_number = IsNumber(raw.substr(0, dash), low) && IsNumber(raw.substr(dash + 1), high);
  } else {
    rule.has_number = IsNumber(raw, low);
    high = low;
  }
  rule.value_min = low;
  rule.value_max = high;
}

std::string ValueText(const Rule& rule) {
  static const std::map<std::string, std::string, std::less<>> kUnits{{"wd", " 个工作日"},
                                                                      {"d", " 日"},
                                                                      {"h", " 小时"},
                                                                      {"mo", " 个月"},
                                                                      {"y", " 年"},
                                                                      {"CNY", " 元"},
                                                                      {"pct", "%"},
                                                                      {"x", " 倍货值"},
                                                                      {"points", " 分"},
                                                                      {"per_year", " 次/年"},
                                                                      {"times", " 次"},
                                                                      {"count", " 个"},
                                                                      {"persons", " 人"},
                                                                      {"month_day", "（每年）"},
                                                                      {"date", ""},
                                                                      {"period", ""},
                                                                      {"d_interval", " 日一次"},
                                                                      {"y_list", " 年"},
                                                                      {"ratio", " 比 1"}};
  const auto unit = kUnits.find(rule.unit);
  return rule.raw + (unit == kUnits.end() ? " " + rule.unit : unit->second);
}

Error At(const fs::path& file, const std::string& what) {
  return MakeError(ErrorCode::kInvalid, file.string() + ": " + what);
}

Result<FlatToml> ReadToml(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return At(file, "cannot be read");
  std::string bytes;
  std::error_code error;
  bytes.resize(static_cast<std::size_t>(fs::file_size(file, error)));
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  auto toml = ReadFlatToml(bytes);
  if (!toml.ok()) return At(file, toml.error().message.Text());
  return toml;
}

Status LoadRules(const fs::path& file, std::vector<Rule>& rules) {
  ZHIAN_ASSIGN(const FlatToml toml, ReadToml(file));
  const auto rows = toml.lists.find("rule");
  if (rows == toml.lists.end()) return At(file, "has no [[rule]]");
  for (const FlatTable& row : rows->second) {
    Rule rule;
    rule.id = row.Text("id");
    rule.name = WithoutVersion(rule.id);
    rule.domain = file.stem().string();
    rule.text_zh = row.Text("zh");
    rule.text_en = row.Text("en");
    rule.raw = row.Text("value");
    rule.unit = row.Text("unit");
    rule.start_event = row.Text("start_event");
    rule.from_text = row.Text("from");
    rule.to_text = row.Text("to");
    rule.strict = row.Flag("strict", false);
    rule.source = row.Text("source");
    rule.confidence = row.Text("confidence");
    rule.law = row.Text("law");
    rule.article = row.Text("article");
    rule.paragraph = row.Text("paragraph");
    rule.touches = row.Text("touches");
    for (const auto& [key, bound] : {std::pair{"goods_from", &rule.goods_from}, {"goods_below", &rule.goods_below}}) {
      if (row.Text(key).empty()) continue;
      const auto amount = base::Decimal::Parse(row.Text(key));
      if (!amount.ok()) return At(file, "rule '" + rule.id + "': " + key + " is no amount");
      *bound = *amount;
    }
    if (rule.id.empty() || rule.raw.empty() || rule.unit.empty() || rule.source.empty() || rule.confidence.empty())
      return At(file, "rule '" + rule.id + "' lacks id, value, unit, source or confidence");
    // A start that is no date makes the row inert; an end that is none leaves it open, and marked.
    if (const auto from = base::ParseDate(rule.from_text); from.ok())
      rule.from = *from;
    else
      rule.inert = true;
    const auto to = base::ParseDate(rule.to_text);
    if (to.ok()) rule.to = *to;
    rule.to_verify = rule.confidence == "KL" || rule.source.find("local default") != std::string::npos || rule.inert ||
                     (!rule.to_text.empty() && !to.ok());
    ParseValue(rule);
    static constexpr std::string_view kTimes[] = {"wd", "d", "h", "mo", "y"};
    if (std::find(std::begin(kTimes), std::end(kTimes), rule.unit) != std::end(kTimes) && !rule.has_number)
      return At(file, "rule '" + rule.id + "': value '" + rule.raw + "' is no number of " + rule.unit);
    rule.value_text = ValueText(rule);
    rules.push_back(std::move(rule));
  }
  return Ok();
}

Status LoadCalendar(const fs::path& file, base::Calendar& calendar) {
  ZHIAN_ASSIGN(const FlatToml toml, ReadToml(file));
  const auto year = toml.top.Integer("year");
  if (!year) return At(file, "has no year");
  calendar.KnowYear(static_cast<int>(*year));
  if (const auto days = toml.lists.find("day"); days != toml.lists.end())
    for (const FlatTable& row : days->second) {
      const auto date = base::ParseDate(row.Text("date"));
      if (!date.ok()) return At(file, "a [[day]] has no date");
      calendar.Set(*date, row.Flag("off", true), std::string(row.Text("name")));
    }
  return Ok();
}

Result<std::vector<fs::path>> TomlFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string WithoutVersion(std::string_view id) {
  std::string out;
  std::size_t start = 0;
  while (start <= id.size()) {
    const std::size_t end = std::min(id.find('.', start), id.size());
    const std::string_view part = id.substr(start, end - start);
    const bool version = part.size() == 5 && part[0] == 'v' &&
                         part.find_first_not_of("0123456789", 1) == std::string_view::npos && end < id.size();
    if (!version) out += (out.empty() ? "" : ".") + std::string(part);
    start = end + 1;
  }
  return out;
}

Result<Pack> Pack::Load(const std::string& folder, const std::string& overlay) {
  Pack pack;
  pack.rules_.reserve(kRulesUsual);
  for (const char* name : {"2007", "current"}) {
    ZHIAN_ASSIGN(const auto files, TomlFiles(fs::path(folder) / name));
    if (files.empty())
      return MakeError(ErrorCode::kNotFound,
                       (fs::path(folder) / name).string() + ": no rules; give the policy folder with --policy");
    for (const auto& file : files) ZHIAN_TRY(LoadRules(file, pack.rules_));
  }
  if (std::ifstream in(fs::path(folder) / "citations.tsv"); in) {
    std::string line;
    std::getline(in, line);  // header
    while (std::getline(in, line)) {
      const auto a = line.find('\t'), b = a == std::string::npos ? a : line.find('\t', a + 1);
      if (b == std::string::npos)
        return MakeError(ErrorCode::kInvalid, folder + "/citations.tsv: each line has short, zh-Hans and en: " +
                                                  std::string(base::PrefixOf(line, 60)));
      pack.citations_.push_back({line.substr(0, a), line.substr(a + 1, b - a - 1), line.substr(b + 1)});
    }
    std::stable_sort(pack.citations_.begin(), pack.citations_.end(),
                     [](const Citation& x, const Citation& y) { return x.shortened.size() > y.shortened.size(); });
  }
  ZHIAN_ASSIGN(const auto calendars, TomlFiles(fs::path(folder) / "calendar"));
  for (const auto& file : calendars) ZHIAN_TRY(LoadCalendar(file, pack.calendar_));
  if (!overlay.empty()) {
    std::vector<Rule> own;
    ZHIAN_ASSIGN(const auto files, TomlFiles(overlay));
    for (const auto& file : files) ZHIAN_TRY(LoadRules(file, own));
    for (Rule& rule : own) {
      std::erase_if(pack.rules_, [&](const Rule& r) { return r.id == rule.id && r.from_text == rule.from_text; });
      pack.rules_.push_back(std::move(rule));
    }
  }
  std::sort(pack.rules_.begin(), pack.rules_.end(), [](const Rule& a, const Rule& b) {
    return std::tie(a.domain, a.name, a.from_text, a.id, a.raw) < std::tie(b.domain, b.name, b.from_text, b.id, b.raw);
  });
  for (std::size_t i = 0; i < pack.rules_.size(); ++i) {
    pack.by_name_[pack.rules_[i].name].push_back(i);
    if (pack.rules_[i].id != pack.rules_[i].name) pack.by_name_[pack.rules_[i].id].push_back(i);
  }
  for (const auto& [name, rows] : pack.by_name_) {
    for (std::size_t a = 0; a < rows.size(); ++a)
      for (std::size_t b = a + 1; b < rows.size(); ++b) {
        const Rule &x = pack.rules_[rows[a]], &y = pack.rules_[rows[b]];
        if (x.inert || y.inert) continue;
        const base::Date none_from{-1'000'000}, none_to{1'000'000};
        if (x.from.value_or(none_from) <= y.to.value_or(none_to) &&
            y.from.value_or(none_from) <= x.to.value_or(none_to))
          return MakeError(ErrorCode::kInvalid, "rules " + x.id + " (" + x.from_text + ") and " + y.id + " (" +
                                                    y.from_text + ") hold on the same day: end the first");
      }
  }
  return pack;
}

std::string Pack::Cite(const Rule& rule, bool english) const {
  std::string out;
  std::size_t start = 0;
  while (start < rule.source.size()) {
    const std::size_t end = std::min(rule.source.find(';', start), rule.source.size());
    std::string part = base::Trim(rule.source.substr(start, end - start));
    start = end + 1;
    if (part.empty()) continue;
    const std::string plain = base::Simplified(part);
    std::string text = english ? part : plain;
    for (const Citation& c : citations_) {
      if (!plain.starts_with(c.shortened)) continue;
      std::string rest = plain.substr(c.shortened.size());
      if (c.shortened.ends_with(" ")) rest = english ? rest : rest + "号";  // an order known by its number only
      rest = base::Trim(rest);
      if (!english) {
        for (const char* word : {"arts ", "art "})
          if (rest.starts_with(word)) rest = rest.substr(std::string_view(word).size());
        // "45" and "45-46" are articles; anything else is said as it stands.
        std::string remark;
        if (const std::size_t bracket = rest.find('(');
            bracket != std::string::npos && bracket > 0 && rest.back() == ')') {
          remark = rest.substr(bracket);
          for (const Citation& known : citations_)
            if (known.shortened == remark) remark = known.chinese;
          rest = base::Trim(rest.substr(0, bracket));
        }
        const bool article = !rest.empty() && rest.find_first_not_of("0123456789-, ") == std::string::npos;
        if (article) rest = "第" + rest + "条";
        rest += remark;
      } else if (!rest.empty()) {
        rest = " " + rest;
      }
      text = (english ? c.english : c.chinese) + rest;
      break;
    }
    out += (out.empty() ? "" : english ? "; " : "；") + text;
  }
  return out;
}

const Rule* Pack::Find(std::string_view name, base::Date on) const {
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return nullptr;
  for (const std::size_t i : it->second) {
    const Rule& rule = rules_[i];
    if (rule.inert || (rule.from && on < *rule.from) || (rule.to && *rule.to < on)) continue;
    return &rule;
  }
  return nullptr;
}

std::optional<double> Pack::Number(std::string_view name, base::Date on) const {
  const Rule* rule = Find(name, on);
  if (rule == nullptr || !rule->has_number) return std::nullopt;
  return rule->value_min;
}

Result<Deadline> ComputeDeadline(const Rule& rule, base::Instant start, const base::Calendar& calendar,
                                 const DeadlineOptions& options) {
  const base::Date from = base::LocalDate(start);
  const int n = static_cast<int>(rule.value_max);
  base::Date last = from;
  if (rule.unit == "h") {
    const std::int64_t ms = static_cast<std::int64_t>(rule.value_max * 3'600'000.0);
    return Deadline{base::Instant{options.before ? start.ms - ms : start.ms + ms}, false};
  }
  if (rule.unit == "wd") {
    last = options.before ? calendar.SubtractWorkingDays(from, n) : calendar.AddWorkingDays(from, n);
  } else if (rule.unit == "d" || rule.unit == "mo" || rule.unit == "y") {
    const int sign = options.before ? -1 : 1;
    last = rule.unit == "d" ? base::Date{from.days + sign * n}
                            : base::AddMonths(from, sign * n * (rule.unit == "y" ? 12 : 1));
    if (!rule.strict) last = options.before ? calendar.PreviousWorkingDay(last) : calendar.NextWorkingDay(last);
  } else if (rule.unit == "month_day") {
    const auto date = base::ParseDate(std::to_string(from.year()) + "-" + rule.raw);
    if (!date.ok()) return date.error();
    last = *date < from ? base::AddMonths(*date, 12) : *date;
  } else if (rule.unit == "date") {
    const auto date = base::ParseDate(rule.raw);
    if (!date.ok()) return date.error();
    last = *date;
  } else {
    return MakeError(ErrorCode::kUnsupported,
                     "rule " + rule.id + " is no period of time: " + rule.raw + " " + rule.unit);
  }
  return Deadline{base::EndOfDay(last), !calendar.Knows(std::min(from, last), std::max(from, last))};
}

}  // namespace zhian::policy
