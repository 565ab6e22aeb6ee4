#include "rooms/sampling/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace zhian::sampling {
namespace {

using base::Decimal;

Error Unread(Message mend) { return MakeError(ErrorCode::kInvalid, std::move(mend)); }

// Signs and words of one meaning under one spelling, full width as half width; letters keep their case, because m and
// M are two things.
std::string Plain(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
      {"≤", "<="},      {"≦", "<="},      {"≥", ">="},      {"≧", ">="},      {"＜", "<"},      {"＞", ">"},
      {"＝", "="},      {"不大于", "<="}, {"不大於", "<="}, {"不超过", "<="}, {"不超過", "<="}, {"不高于", "<="},
      {"不高於", "<="}, {"不小于", ">="}, {"不小於", ">="}, {"不低于", ">="}, {"不低於", ">="}, {"不少于", ">="},
      {"不少於", ">="}, {"小于", "<"},    {"小於", "<"},    {"大于", ">"},    {"大於", ">"},    {"～", "~"},
      {"—", "~"},       {"–", "~"},       {"－", "-"},      {"至", "~"},      {"，", ","},      {"、", "/"},
      {"／", "/"},      {"（", "("},      {"）", ")"},      {"．", "."},      {"檢", "检"},     {"　", ""},
      {" ", ""}};
  std::string plain;
  while (!text.empty()) {
    const auto spelling = std::find_if(std::begin(kSpellings), std::end(kSpellings),
                                       [&](const auto& pair) { return text.starts_with(pair.first); });
    if (spelling != std::end(kSpellings)) {
      plain += spelling->second;
      text.remove_prefix(spelling->first.size());
    } else if (text.size() >= 3 && text.starts_with("\xEF\xBC") && static_cast<unsigned char>(text[2]) >= 0x90 &&
               static_cast<unsigned char>(text[2]) <= 0x99) {  // ０ to ９
      plain += static_cast<char>('0' + (static_cast<unsigned char>(text[2]) - 0x90));
      text.remove_prefix(3);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

std::optional<Decimal> Number(std::string_view text) {
  const auto read = Decimal::Parse(text);
  return read.ok() ? std::optional(*read) : std::nullopt;
}

bool IsAnyOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Error NoLimit(std::string_view text) {
  return Unread(Say("限量“{}”读不出：写成 ≤5、≥11、5.5-8.5、不得检出 或 n=5,c=2,m=100,M=1000", std::string(text)));
}

Result<Limit> ReadClasses(std::string_view plain, std::string_view text) {
  Limit limit{.kind = Limit::Kind::kClasses};
  bool has_n = false, has_c = false;
  for (const std::string_view part : Split(plain, ',')) {
    const auto value = part.size() > 2 && part[1] == '=' ? Number(part.substr(2)) : std::nullopt;
    if (!value || value->sign() < 0) return NoLimit(text);
    switch (part[0]) {
      case 'n': {
        ZHIAN_ASSIGN(limit.units, value->Whole());
        has_n = true;
        break;
      }
      case 'c': {
        ZHIAN_ASSIGN(limit.above, value->Whole());
        has_c = true;
        break;
      }
      case 'm': limit.m = value; break;
      case 'M': limit.most = value; break;
      default: return NoLimit(text);
    }
  }
  if (!has_n || !has_c || !limit.m || limit.units < 1 || limit.above >= limit.units) return NoLimit(text);
  if (limit.most && *limit.most < *limit.m) return NoLimit(text);
  return limit;
}

}  // namespace

Result<Limit> ReadLimit(std::string_view text, std::string_view unit) {
  const std::string plain = Plain(text);
  Limit limit{.unit = std::string(unit)};
  std::string_view rest = plain;
  if (rest.empty()) return NoLimit(text);
  if (IsAnyOf(rest, {"不得检出", "未检出", "不应检出", "不得使用", "ND", "nd", "not_detected"})) {
    limit.kind = Limit::Kind::kNotDetected;
    return limit;
  }
  if (rest.find('=') != std::string_view::npos && rest.starts_with("n")) {
    ZHIAN_ASSIGN(limit, ReadClasses(rest, text));
    limit.unit = std::string(unit);
    return limit;
  }
  const bool at_most = rest.starts_with("<"), at_least = rest.starts_with(">");
  if (at_most || at_least) {
    rest.remove_prefix(1);
    const bool open = !rest.starts_with("=");
    if (!open) rest.remove_prefix(1);
    const auto bound = Number(rest);
    if (!bound) return NoLimit(text);
    (at_most ? limit.high : limit.low) = bound;
    (at_most ? limit.high_is_open : limit.low_is_open) = open;
    return limit;
  }
  if (const auto dash = rest.find_first_of("~-", 1); dash != std::string_view::npos) {
    limit.low = Number(rest.substr(0, dash));
    limit.high = Number(rest.substr(dash + 1));
    if (!limit.low || !limit.high || *limit.high < *limit.low) return NoLimit(text);
    return limit;
  }
  limit.kind = Limit::Kind::kPlain;
  limit.high = Number(rest);
  if (!limit.high) return NoLimit(text);
  return limit;
}

Result<Measured> ReadMeasured(std::string_view text, std::string_view unit) {
  const auto unreadable = [&] {
    return Unread(Say("结果“{}”读不出：写成 7.9、<0.01、未检出、检出 或各份样的值 10/20/30/40/50", std::string(text)));
  };
  const std::string plain = Plain(text);
  std::string_view rest = plain;
  Measured measured{.unit = std::string(unit)};
  if (IsAnyOf(rest, {"检出", "阳性"})) {
    measured.kind = Measured::Kind::kDetected;
    return measured;
  }
  for (const std::string_view word : {"未检出", "阴性", "ND", "nd"})
    if (rest.starts_with(word)) {
      measured.kind = Measured::Kind::kNotDetected;
      rest.remove_prefix(word.size());
      if (rest.empty()) return measured;
      if (!rest.starts_with("(") || !rest.ends_with(")")) return unreadable();
      rest = rest.substr(1, rest.size() - 2);
      if (rest.starts_with("检出限")) rest.remove_prefix(std::string_view("检出限").size());
      if (rest.starts_with(":") || rest.starts_with("<")) rest.remove_prefix(1);
      const auto detection = Number(rest);
      if (!detection || detection->sign() < 0) return unreadable();
      measured.values = {*detection};
      return measured;
    }
  if (rest.starts_with("<") || rest.starts_with(">")) {
    measured.kind = rest.front() == '<' ? Measured::Kind::kBelow : Measured::Kind::kAbove;
    const auto bound = Number(rest.substr(1));
    if (!bound) return unreadable();
    measured.values = {*bound};
    return measured;
  }
  for (std::string_view part : Split(rest, '/')) {
    if (part.starts_with("<")) part.remove_prefix(1);  // below the bound: counted as the bound, which is never less
    const auto value = Number(part);
    if (!value) return unreadable();
    measured.values.push_back(*value);
  }
  return measured;
}

Result<Decimal> UnitFactor(std::string_view from, std::string_view to) {
  struct Known {
    std::string_view unit;
    int measures;      // units of one number convert
    int tenth_powers;  // of the family's own unit
  };
  static constexpr Known kKnown[] = {{"g/100g", 1, 4},  {"%", 1, 4},         {"g/kg", 1, 3},     {"mg/g", 1, 3},
                                     {"mg/100g", 1, 1}, {"mg/kg", 1, 0},     {"ug/g", 1, 0},     {"ug/kg", 1, -3},
                                     {"ng/g", 1, -3},   {"ug/100g", 1, -2},  {"ng/kg", 1, -6},   {"g/100ml", 2, 4},
                                     {"g/l", 2, 3},     {"mg/ml", 2, 3},     {"mg/100ml", 2, 1}, {"mg/l", 2, 0},
                                     {"ug/ml", 2, 0},   {"ug/l", 2, -3},     {"ng/ml", 2, -3},   {"kg", 3, 3},
                                     {"g", 3, 0},       {"mg", 3, -3},       {"bq/kg", 4, 0},    {"bq/g", 4, 3},
                                     {"cfu/g", 5, 0},   {"cfu/100g", 5, -2}, {"cfu/ml", 6, 0},   {"cfu/100ml", 6, -2}};
  const auto known = [](std::string_view unit) {
    std::string folded = base::Fold(unit);  // µ and ℓ and full width under one spelling
    for (std::size_t at = folded.find("μ"); at != std::string::npos; at = folded.find("μ"))
      folded.replace(at, std::string_view("μ").size(), "u");
    std::erase(folded, ' ');
    return folded;
  };
  const std::string a = known(from), b = known(to);
  if (a == b) return Decimal(1);
  const auto of = [](std::string_view unit) {
    return std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& each) { return each.unit == unit; });
  };
  const auto first = of(a), second = of(b);
  if (first == std::end(kKnown) || second == std::end(kKnown) || first->measures != second->measures)
    return Unread(Say("单位 {} 不能换算为限量的单位 {}", std::string(from), std::string(to)));
  const int powers = first->tenth_powers - second->tenth_powers;
  Decimal factor(1);
  for (int i = 0; i < powers; ++i) {
    ZHIAN_ASSIGN(factor, factor.Times(Decimal(10)));
  }
  return powers < 0 ? Decimal::FromUnits(1, -powers) : factor;
}

Result<bool> Within(const Measured& found, const Limit& limit) {
  using Found = Measured::Kind;
  if (limit.kind == Limit::Kind::kPlain)
    return Unread(Say("限量“{}”没有写明是上限（≤）还是下限（≥）", limit.high->Text()));
  if (limit.kind == Limit::Kind::kNotDetected) {
    if (found.kind == Found::kBelow || found.kind == Found::kNotDetected) return true;
    if (found.kind == Found::kDetected || found.kind == Found::kAbove) return false;
    return std::all_of(found.values.begin(), found.values.end(), [](const Decimal& v) { return v.sign() == 0; });
  }
  if (found.kind == Found::kDetected) return Unread("只写“检出”不能与数值限量比较，填写实测值");
  // What is not detected lies below the detection limit; without one it is taken as nothing, which no maximum forbids.
  ZHIAN_ASSIGN(const Decimal factor,
               found.values.empty() ? Result<Decimal>(Decimal(1)) : UnitFactor(found.unit, limit.unit));
  std::vector<Decimal> values;
  for (const Decimal& value : found.values) {
    ZHIAN_ASSIGN(const Decimal converted, value.Times(factor));
    values.push_back(converted);
  }
  if (limit.kind == Limit::Kind::kClasses) {
    if (found.kind == Found::kAbove || found.kind == Found::kBelow)
      return Unread(Say("须填写 {} 份样各自的值", std::to_string(limit.units)));
    if (found.kind == Found::kNotDetected) return true;
    if (std::ssize(values) != limit.units) return Unread(Say("须填写 {} 份样各自的值", std::to_string(limit.units)));
    const auto over = std::count_if(values.begin(), values.end(), [&](const Decimal& v) { return v > *limit.m; });
    const bool beyond =
        limit.most && std::any_of(values.begin(), values.end(), [&](const Decimal& v) { return v > *limit.most; });
    return over <= limit.above && !beyond;
  }
  if (values.size() > 1) return Unread("这项限量只比较一个值");
  const auto low_ok = [&](const Decimal& v) {
    return !limit.low || *limit.low < v || (!limit.low_is_open && *limit.low == v);
  };
  const auto high_ok = [&](const Decimal& v) {
    return !limit.high || v < *limit.high || (!limit.high_is_open && v == *limit.high);
  };
  if (found.kind == Found::kValue) return low_ok(values.front()) && high_ok(values.front());
  if (found.kind == Found::kAbove) {
    if (limit.high && *limit.high <= values.front()) return false;
    if (!limit.high && low_ok(values.front())) return true;
    return Unread("实测只写“大于”，不足以判断，填写实测值");
  }
  // Somewhere from nothing up to the detection limit.
  const Decimal top = values.empty() ? Decimal() : values.front();
  if (limit.low && limit.low->sign() > 0) {
    if (top <= *limit.low) return false;
    return Unread(Say("检出限 {} 高于下限，不足以判断", top.Text()));
  }
  if (high_ok(top) || (limit.high && top == *limit.high)) return true;
  return Unread(Say("检出限 {} 高于限量，不足以判断", top.Text()));
}

std::vector<TableLimit> LimitsOn(const policy::Pack& pack, base::Date day) {
  std::vector<TableLimit> limits;
  for (const policy::Rule& rule : pack.rules()) {
    if (!rule.name.starts_with("limit.") || rule.inert || pack.Find(rule.name, day) != &rule) continue;
    const auto colon = rule.text_zh.find("：");
    if (colon == std::string::npos) continue;
    limits.push_back({.category = rule.text_zh.substr(0, colon),
                      .item = rule.text_zh.substr(colon + std::string_view("：").size()),
                      .limit = rule.raw,
                      .unit = rule.unit,
                      .basis = rule.source});
  }
  return limits;
}

Result<Limit> LimitFor(const std::vector<TableLimit>& kept, std::string_view category, std::string_view item,
                       std::string_view written, std::string_view unit) {
  const std::string wanted = base::Fold(item), of = base::Fold(category);
  std::vector<Limit> elsewhere;
  for (const TableLimit& row : kept) {
    if (base::Fold(row.item) != wanted) continue;
    ZHIAN_ASSIGN(Limit limit, ReadLimit(row.limit, row.unit));
    if (!of.empty() && base::Fold(row.category) == of) return limit;
    elsewhere.push_back(std::move(limit));
  }
  ZHIAN_ASSIGN(const Limit own, ReadLimit(written, unit));
  // The category is not told: what is written must be the limit of one of those that the table knows.
  if (of.empty() && !elsewhere.empty()) {
    for (const Limit& limit : elsewhere) {
      const auto factor = UnitFactor(own.unit, limit.unit);
      if (!factor.ok()) continue;
      const auto same = [&](const std::optional<Decimal>& mine, const std::optional<Decimal>& theirs) {
        if (!mine || !theirs) return !mine && !theirs;
        const auto converted = mine->Times(*factor);
        return converted.ok() && *converted == *theirs;
      };
      if (own.kind == Limit::Kind::kPlain
              ? same(own.high, limit.high) || same(own.high, limit.low)
              : own.kind == limit.kind && same(own.high, limit.high) && same(own.low, limit.low) &&
                    same(own.m, limit.m) && same(own.most, limit.most))
        return limit;
    }
    return Unread(Say("“{}”的限量与标准表不符：收样时写明食品类别，按表判定", std::string(item)));
  }
  if (own.kind == Limit::Kind::kPlain)
    return Unread(Say("“{}”的限量 {} 没有写明是上限（≤）还是下限（≥）", std::string(item), std::string(written)));
  return own;
}

bool IsMicrobiological(const policy::Pack& pack, base::Date day, std::string_view item, std::string_view unit,
                       std::string_view method) {
  const std::string folded = base::Fold(item), measured_in = base::Fold(unit), by = base::Fold(method);
  for (const std::string_view word : {"cfu", "mpn", "pfu"})
    if (measured_in.find(word) != std::string::npos) return true;
  if (by.find("4789.") != std::string::npos) return true;  // GB 4789: the series of microbiological methods
  const policy::Rule* items = pack.Find("sampling.noreinspect.items", day);
  if (items == nullptr) return false;
  for (const std::string_view word : Split(items->raw, '|'))
    if (!word.empty() && folded.find(base::Fold(word)) != std::string::npos) return true;
  return false;
}

std::optional<base::Date> ShelfLifeEnd(base::Date made, std::string_view shelf_life) {
  const std::string plain = base::Fold(shelf_life);
  int count = 0;
  const auto [end, fault] = std::from_chars(plain.data(), plain.data() + plain.size(), count);
  if (fault != std::errc{} || count < 1 || count > 1200) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(plain.data() + plain.size() - end));
  while (unit.starts_with(" ")) unit.remove_prefix(1);
  if (IsAnyOf(unit, {"天", "日", "d"})) return base::Date{made.days + count};
  if (IsAnyOf(unit, {"个月", "個月", "月"})) return base::AddMonths(made, count);
  if (IsAnyOf(unit, {"年"})) return base::AddMonths(made, 12 * count);
  return std::nullopt;
}

}  // namespace zhian::sampling
