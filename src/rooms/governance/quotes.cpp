#include "rooms/governance/quotes.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace zhian::governance {
namespace json = boost::json;

namespace {

constexpr std::size_t kEntriesMax = 1000;

std::string Text(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

// One decimal is enough to show a difference that rounding cannot explain.
std::string N(double value) { return base::ShortNumber(value, 1); }

Error Fault(const std::string& field, const std::string& mend) {
  return MakeError(ErrorCode::kInvalid, field + ": " + mend, {{"/" + field, "quotes", mend}});
}

using Quotes = std::map<std::string, const Quote*, std::less<>>;

Check ShareOfTotal(const Quote& part, const Quote& whole, const Quote& share) {
  Check check{"share_is_count_over_total", {part.id, whole.id, share.id}, Verdict::kConsistent, {}};
  if (whole.value <= 0) return {check.rule, check.quotes, Verdict::kCannotBeChecked, "总数为零，无法核对"};
  const double computed = 100 * part.value / whole.value;
  check.text = N(part.value) + "/" + N(whole.value) + " = " + N(computed) + "%";
  if (!IntervalOf(share).Holds(computed)) {
    check.verdict = Verdict::kContradiction;
    check.text += "，与引用的 " + N(share.value) + "% 不符";
  }
  return check;
}

Check IntegerTotal(const Quote& part, const Quote& share) {
  Check check{"share_has_an_integer_total", {part.id, share.id}, Verdict::kContradiction, {}};
  const Interval p = IntervalOf(share);
  if (share.value <= 0 || part.value <= 0)
    return {check.rule, check.quotes, Verdict::kCannotBeChecked, "部分或占比为零，无法推出总数"};
  const double exact = 100 * part.value / share.value;
  for (auto n = static_cast<std::int64_t>(std::max(part.value, std::floor(exact) - 2));
       n <= static_cast<std::int64_t>(std::ceil(exact) + 2); ++n)
    if (p.Holds(100 * part.value / static_cast<double>(n))) {
      check.verdict = Verdict::kConsistent;
      check.text = "总数为 " + std::to_string(n) + " 时成立";
      return check;
    }
  const double below = std::max(part.value, std::floor(exact)), above = below + 1;
  check.text = "没有整数总数能使 " + N(part.value) + " 占 " + N(share.value) + "%：" + N(part.value) + "/" + N(above) +
               " = " + N(100 * part.value / above) + "%，" + N(part.value) + "/" + N(below) + " = " +
               N(100 * part.value / below) + "%";
  return check;
}

Check Growth(const Quote& delta, const Quote& later, const Quote& growth) {
  Check check{"growth_is_delta_over_base", {delta.id, later.id, growth.id}, Verdict::kConsistent, {}};
  const Interval d = IntervalOf(delta), v = IntervalOf(later), g = IntervalOf(growth);
  // The growth that the rounding of both inputs allows.
  const double low = 100 * d.low / (v.high - d.low), high = 100 * d.high / (v.low - d.high),
               base = later.value - delta.value;
  if (base <= 0) return {check.rule, check.quotes, Verdict::kCannotBeChecked, "基期不大于零，无法核对"};
  const double computed = 100 * delta.value / base;
  check.text = "基期 " + N(base) + "，增幅 " + N(computed) + "%";
  if (high < g.low || low >= g.high) {
    check.verdict = Verdict::kContradiction;
    const double delta_of = later.value * growth.value / (100 + growth.value),
                 base_of = 100 * delta.value / growth.value;
    check.text += "，与引用的 " + N(growth.value) + "% 不符；按 " + N(growth.value) + "% 应增 " + N(delta_of) +
                  "（基期 " + N(later.value - delta_of) + "），或增 " + N(delta.value) + " 时基期为 " + N(base_of) +
                  "、现值为 " + N(base_of + delta.value);
  }
  return check;
}

Check PartOfWhole(const Quote& part, const Quote& whole) {
  const Interval a = IntervalOf(part), n = IntervalOf(whole);
  const bool good = a.low <= n.high;
  return {"part_is_not_above_whole",
          {part.id, whole.id},
          good ? Verdict::kConsistent : Verdict::kContradiction,
          N(part.value) + (good ? " 不超过 " : " 超过 ") + N(whole.value)};
}

Check HundredPercent(const Quote& share, const Quote* whole) {
  if (whole == nullptr || whole->value <= 0)
    return {"hundred_percent_has_denominator",
            {share.id},
            Verdict::kCannotBeChecked,
            N(share.value) + "% 没有给出批次数，无法核对"};
  return {"hundred_percent_has_denominator",
          {share.id, whole->id},
          Verdict::kConsistent,
          N(share.value) + "%，共 " + N(whole->value)};
}

Check Whole(const Quote& count) {
  const bool good = count.value >= 0 && count.value == std::floor(count.value) && count.decimals == 0;
  return {"count_is_whole",
          {count.id},
          good ? Verdict::kConsistent : Verdict::kContradiction,
          N(count.value) + (good ? " 为整数" : " 不是整数")};
}

Check Band(const Quote& amount, double low, double high) {
  const bool good = amount.value >= low && amount.value <= high;
  return {"amount_is_inside_band",
          {amount.id},
          good ? Verdict::kConsistent : Verdict::kContradiction,
          N(amount.value) + (good ? " 在 " : " 不在 ") + N(low) + "–" + N(high) + " 之内"};
}

}  // namespace

std::string_view Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConsistent: return "consistent";
    case Verdict::kContradiction: return "contradiction";
    case Verdict::kCannotBeChecked: return "cannot_be_checked";
  }
  return "cannot_be_checked";
}

Interval IntervalOf(const Quote& quote) {
  if (quote.qualifier == "about") return {quote.value * 0.95, quote.value * 1.05, false, false};
  if (quote.qualifier == "nearly") return {quote.value * 0.95, quote.value, false, true};
  if (quote.qualifier == "above") return {quote.value, HUGE_VAL, false, false};
  const double half = 0.5 * std::pow(10.0, -quote.decimals);
  return {quote.value - half, quote.value + half, false, true};
}

Result<Statement> CheckStatement(const json::object& file) {
  Statement statement{Text(file, "id"), Text(file, "title"), Text(file, "date"), {}, {}};
  const auto* quotes = file.if_contains("quotes");
  if (quotes == nullptr || !quotes->is_array() || quotes->get_array().size() > kEntriesMax)
    return Fault("quotes", "须是列表，不超过 1000 项");
  for (const auto& entry : quotes->get_array()) {
    if (!entry.is_object()) return Fault("quotes", "每项须有 id 和 value");
    const json::object& object = entry.get_object();
    Quote quote{Text(object, "id"),
                Text(object, "text"),
                Text(object, "unit"),
                Text(object, "figure"),
                Text(object, "qualifier"),
                0,
                0};
    const auto* value = object.if_contains("value");
    if (quote.id.empty() || value == nullptr || !value->is_number())
      return Fault("quotes", "每项须有 id 和 value（数字）");
    quote.value = value->to_number<double>();
    if (const auto* decimals = object.if_contains("decimals"); decimals != nullptr && decimals->is_int64())
      quote.decimals = static_cast<int>(std::clamp<std::int64_t>(decimals->get_int64(), 0, 9));
    statement.quotes.push_back(std::move(quote));
  }
  Quotes by_id;
  for (const Quote& quote : statement.quotes)
    if (!by_id.emplace(quote.id, &quote).second) return Fault("quotes", "编号重复：" + quote.id);
  const auto* relations = file.if_contains("relations");
  if (relations == nullptr) return statement;
  if (!relations->is_array() || relations->get_array().size() > kEntriesMax)
    return Fault("relations", "须是列表，不超过 1000 项");
  for (const auto& entry : relations->get_array()) {
    if (!entry.is_object()) return Fault("relations", "每项须有 rule");
    const json::object& object = entry.get_object();
    const std::string rule = Text(object, "rule");
    const Quote* found[3] = {};
    const auto need = [&](std::initializer_list<const char*> names) -> Status {
      int i = 0;
      for (const char* name : names) {
        const auto at = by_id.find(Text(object, name));
        if (at == by_id.end()) return Fault("relations", rule + " 的 " + name + " 不是已引用的数");
        found[i++] = at->second;
      }
      return Ok();
    };
    if (rule == "share_is_count_over_total") {
      ZHIAN_TRY(need({"part", "whole", "share"}));
      statement.checks.push_back(ShareOfTotal(*found[0], *found[1], *found[2]));
    } else if (rule == "share_has_an_integer_total") {
      ZHIAN_TRY(need({"part", "share"}));
      statement.checks.push_back(IntegerTotal(*found[0], *found[1]));
    } else if (rule == "growth_is_delta_over_base") {
      ZHIAN_TRY(need({"delta", "later", "growth"}));
      statement.checks.push_back(Growth(*found[0], *found[1], *found[2]));
    } else if (rule == "part_is_not_above_whole") {
      ZHIAN_TRY(need({"part", "whole"}));
      statement.checks.push_back(PartOfWhole(*found[0], *found[1]));
    } else if (rule == "hundred_percent_has_denominator") {
      ZHIAN_TRY(need({"share"}));
      const auto whole = by_id.find(Text(object, "whole"));
      statement.checks.push_back(HundredPercent(*found[0], whole == by_id.end() ? nullptr : whole->second));
    } else if (rule == "count_is_whole") {
      ZHIAN_TRY(need({"count"}));
      statement.checks.push_back(Whole(*found[0]));
    } else if (rule == "amount_is_inside_band") {
      ZHIAN_TRY(need({"amount"}));
      const auto* low = object.if_contains("min");
      const auto* high = object.if_contains("max");
      if (low == nullptr || high == nullptr || !low->is_number() || !high->is_number())
        return Fault("relations", "amount_is_inside_band 须有 min 和 max");
      statement.checks.push_back(Band(*found[0], low->to_number<double>(), high->to_number<double>()));
    } else {
      return Fault("relations", "没有这条规则：" + base::Cut(rule, 60));
    }
  }
  return statement;
}

json::object StatementView(const Statement& statement) {
  json::array quotes, checks;
  for (const Quote& q : statement.quotes)
    quotes.push_back(json::object{{"id", q.id},
                                  {"text", q.text},
                                  {"figure", q.figure.empty() ? json::value(nullptr) : json::value(q.figure)},
                                  {"value_text", N(q.value) + " " + q.unit}});
  for (const Check& c : statement.checks) {
    json::array ids;
    for (const std::string& id : c.quotes) ids.push_back(json::value(id));
    const char* label = c.verdict == Verdict::kConsistent      ? "一致"
                        : c.verdict == Verdict::kContradiction ? "矛盾"
                                                               : "无法核对";
    checks.push_back(json::object{{"rule", c.rule},
                                  {"verdict", Name(c.verdict)},
                                  {"verdict_label", label},
                                  {"quotes", std::move(ids)},
                                  {"text", c.text}});
  }
  return {{"id", statement.id},
          {"title", statement.title},
          {"date", statement.date},
          {"quotes", std::move(quotes)},
          {"checks", std::move(checks)}};
}

}  // namespace zhian::governance
