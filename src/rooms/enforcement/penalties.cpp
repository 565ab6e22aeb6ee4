#include "rooms/enforcement/penalties.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.hpp"
#include "policy/exact.hpp"
#include "procedure/typed_record.hpp"
#include "rooms/enforcement/amounts.hpp"

namespace zhian::enforcement {
using base::Decimal;
using records::EnforcementCase;
using Kind = Penalty::Kind;

namespace {

std::vector<std::string> Split(std::string_view text, std::string_view mark) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(mark, start), text.size());
    if (end > start) parts.emplace_back(text.substr(start, end - start));
    start = end + mark.size();
  }
  return parts;
}

// The number at the front of the text, in digits or in Chinese up to 999 (一百二十四); takes it off the text.
std::optional<int> TakeNumber(std::string_view& text) {
  int value = 0;
  if (const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value); error == std::errc{}) {
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  }
  static constexpr std::string_view kDigits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  int digit = -1;
  bool any = false;
  for (;; any = true) {
    const auto found =
        std::find_if(std::begin(kDigits), std::end(kDigits), [&](std::string_view d) { return text.starts_with(d); });
    int unit = text.starts_with("百") ? 100 : text.starts_with("十") ? 10 : 0;
    if (found == std::end(kDigits) && unit == 0) break;
    text.remove_prefix(std::string_view("一").size());
    if (unit == 0) {
      digit = static_cast<int>(found - std::begin(kDigits));
    } else {
      value += unit * (digit < 0 ? 1 : digit);
      digit = -1;
    }
  }
  if (!any) return std::nullopt;
  return value + std::max(digit, 0);
}
void Skip(std::string_view& text, std::initializer_list<std::string_view> words) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view word : words)
      if (!word.empty() && text.starts_with(word)) {
        text.remove_prefix(word.size());
        again = true;
      }
  }
}

const EnforcementCase::PartiesRow* PartyOf(const EnforcementCase& record, std::string_view name) {
  const auto found =
      std::find_if(record.parties.begin(), record.parties.end(), [&](const auto& row) { return row.name == name; });
  return found == record.parties.end() ? nullptr : &*found;
}
bool NeedsAmount(Kind kind) { return kind == Kind::kFine || kind == Kind::kIncome; }
// What a hearing is offered for whatever its sum is: 行政处罚法 63.
bool IsListed(Kind kind) {
  return kind == Kind::kDowngrade || kind == Kind::kRestriction || kind == Kind::kShutdown || kind == Kind::kClosure ||
         kind == Kind::kRevocation || kind == Kind::kSuspension || kind == Kind::kBan;
}
std::string ArticleTextOf(const EnforcementCase& record, const Penalty& row) {
  if (!row.article.empty()) return row.article;
  const auto* act = ActOf(record, row.act);
  return act == nullptr ? std::string() : act->article;
}

// The bands that the pack has for the article on the day, of the tier in which the value lies.
std::vector<const policy::Rule*> BandsOf(const policy::Pack& pack, const Article& article, const Decimal& value,
                                         base::Date on) {
  std::vector<const policy::Rule*> bands;
  for (const policy::Rule& rule : pack.rules()) {
    if (rule.article != article.number || Split(rule.law, "/").front() != article.law) continue;
    if (rule.paragraph != article.paragraph && !(rule.paragraph == "1" && article.paragraph.empty()) &&
        !(rule.paragraph.empty() && article.paragraph == "1"))
      continue;
    if ((rule.goods_from && value < *rule.goods_from) || (rule.goods_below && value >= *rule.goods_below)) continue;
    if (pack.Find(rule.id, on) == &rule) bands.push_back(&rule);
  }
  return bands;
}
// Whether the fine lies in the band; below it only where it is mitigated.
Result<bool> Fits(const policy::Rule& rule, const Decimal& fine, const Decimal& value, bool lighter) {
  auto [low, high] = policy::BandOf(rule);
  if (rule.unit == "x")
    for (auto* bound : {&low, &high})
      if (*bound) {
        ZHIAN_ASSIGN(*bound, (*bound)->Times(value));
      }
  return (!high || fine <= *high) && (lighter || !low || fine >= *low);
}

// Sums of a party's rows: fines, and what is taken away.
struct Sums {
  Decimal fines, taken;
};
Result<std::map<std::string, Sums>> SumsOf(const EnforcementCase& record) {
  std::map<std::string, Sums> sums;
  ZHIAN_ASSIGN(const Decimal value, GoodsValueOf(record));
  for (const Penalty& row : PenaltiesOf(record)) {
    Sums& mine = sums[row.party];
    if (row.kind == Kind::kFine) {
      ZHIAN_ASSIGN(mine.fines, mine.fines.Plus(row.amount.value_or(Decimal())));
    } else if (row.kind == Kind::kIncome || row.kind == Kind::kGoods) {
      // Goods that are taken without a sum beside them are worth what the goods of the case are.
      ZHIAN_ASSIGN(mine.taken, mine.taken.Plus(row.amount.value_or(row.kind == Kind::kGoods ? value : Decimal())));
    }
  }
  return sums;
}
// Whether a party's fines, or what is taken from it, reach the sum of the rule for its kind. A sum that cannot be
// computed, or a rule that is missing, counts as reached: then more is asked for, not less.
bool ReachesSum(const EnforcementCase& record, const policy::Pack& pack, const std::string& rule, base::Date today) {
  const auto sums = SumsOf(record);
  if (!sums.ok()) return true;
  for (const auto& [party, mine] : *sums) {
    const auto limit = policy::Exact(pack, rule + (IsPerson(record, party) ? ".person" : ".entity"), today);
    if (!limit || mine.fines >= *limit || mine.taken >= *limit) return true;
  }
  return false;
}
bool AnyListed(const EnforcementCase& record) {
  const auto rows = PenaltiesOf(record);
  return std::any_of(rows.begin(), rows.end(), [](const Penalty& row) { return IsListed(row.kind); });
}

// What is wrong with one fine; empty where it stands.
Message FineFault(const EnforcementCase& record, const Penalty& row, const policy::Pack& pack, base::Date today) {
  const auto value = GoodsValueOf(record);
  if (!value.ok()) return value.error().message;
  const std::string named = ArticleTextOf(record, row);
  const auto article = ArticleIn(named, pack);
  if (!article) return Say("“{}”没有写明法律和条号，例如“食品安全法第124条”", named);
  const auto* act = ActOf(record, row.act);
  const bool lighter = record.discretion == EnforcementCase::Discretion::kLighter && !record.discretion_ground.empty();
  const base::Date then = act != nullptr && act->to ? *act->to : today;
  const policy::Rule* first = nullptr;
  // The law of the day of the act; today's where it is lighter (行政处罚法 37: 从旧兼从轻).
  for (const base::Date on : {then, today})
    for (const policy::Rule* rule : BandsOf(pack, *article, *value, on)) {
      const auto fits = Fits(*rule, *row.amount, *value, lighter);
      if (!fits.ok()) return fits.error().message;
      if (*fits) return {};
      if (first == nullptr) first = rule;
    }
  if (first == nullptr) return Say("规则包中没有 {} 在行为当日、这一货值（{} 元）的罚款幅度", named, value->Short());
  return Say("罚款须在 {} 之内（{}，货值 {} 元）", first->value_text, pack.Cite(*first, false), value->Short());
}

}  // namespace

std::optional<Article> ArticleIn(std::string_view text, const policy::Pack& pack) {
  const std::string plain = base::Simplified(text);
  std::optional<Article> best;
  std::size_t longest = 0;
  std::set<std::string> laws;
  for (const policy::Rule& rule : pack.rules())
    if (!rule.law.empty()) laws.insert(rule.law);
  for (const std::string& names : laws)
    for (const std::string& name : Split(names, "/"))
      for (std::size_t at = plain.find(name); at != std::string::npos; at = plain.find(name, at + name.size())) {
        std::string_view rest = std::string_view(plain).substr(at + name.size());
        Skip(rest, {"》", "”", "\"", " "});
        // 《食品安全法》（2021年修正）第一百二十四条
        for (const auto& [open, close] : {std::pair{std::string_view("（"), std::string_view("）")}, {"(", ")"}})
          if (const std::size_t end = rest.find(close); rest.starts_with(open) && end != std::string_view::npos)
            rest.remove_prefix(end + close.size());
        Skip(rest, {"》", " ", "第"});
        const auto number = TakeNumber(rest);
        if (!number || name.size() <= longest) continue;
        Article article{.law = Split(names, "/").front(), .number = std::to_string(*number), .paragraph = ""};
        Skip(rest, {"条", " "});
        if (rest.starts_with("第")) {
          rest.remove_prefix(std::string_view("第").size());
          const auto paragraph = TakeNumber(rest);
          if (paragraph && rest.starts_with("款")) article.paragraph = std::to_string(*paragraph);
        }
        best = std::move(article);
        longest = name.size();
      }
  return best;
}

std::vector<Penalty> PenaltiesOf(const EnforcementCase& record) {
  if (!record.penalties.empty()) return record.penalties;
  std::vector<Penalty> rows;
  const std::string party = record.parties.empty() ? std::string() : record.parties.front().name;
  const auto add = [&](Kind kind, const std::optional<Decimal>& amount) {
    if (amount && amount->sign() > 0)
      rows.push_back({.party = party, .kind = kind, .amount = amount, .act = {}, .article = {}});
  };
  add(Kind::kFine, record.fine_decided);
  add(Kind::kIncome, record.confiscation);
  return rows;
}

Result<Decimal> GoodsValueOf(const EnforcementCase& record) {
  if (record.goods.empty()) return record.goods_value.value_or(Decimal());
  return ValueOf(record.goods);
}

bool IsPerson(const EnforcementCase& record, std::string_view party) {
  using Role = EnforcementCase::PartiesRow::Role;
  using PartyKind = EnforcementCase::PartiesRow::Kind;
  const auto* row = PartyOf(record, party);
  if (row == nullptr) return false;
  if (row->kind != PartyKind::kAbsent) return row->kind == PartyKind::kPerson;
  return row->role == Role::kResponsibleManager || row->role == Role::kDirectPerson;
}

const EnforcementCase::ActsRow* ActOf(const EnforcementCase& record, std::string_view named) {
  const EnforcementCase::ActsRow* found = nullptr;
  for (std::size_t i = 0; i < record.acts.size(); ++i)
    if (NamesAct(record, named, i)) {
      if (found != nullptr) return nullptr;
      found = &record.acts[i];
    }
  return found;
}

bool NamesAct(const EnforcementCase& record, std::string_view named, std::size_t act) {
  if (named.empty()) return record.acts.size() == 1;
  if (named == "全部" || base::Fold(named) == base::Fold(record.acts[act].act)) return true;
  for (std::string_view rest = named; !rest.empty();) {
    Skip(rest, {"、", "，", ",", " ", "第", "项"});
    const auto number = TakeNumber(rest);
    if (!number) return false;
    if (static_cast<std::size_t>(*number) == act + 1) return true;
  }
  return false;
}

std::vector<Message> PenaltyFaults(const EnforcementCase& record, const policy::Pack& pack, base::Date today) {
  std::vector<Message> faults;
  const auto rows = PenaltiesOf(record);
  if (rows.empty()) faults.emplace_back("逐项填写处罚：当事人、种类、金额");
  if (record.discretion == EnforcementCase::Discretion::kLighter && record.discretion_ground.empty())
    faults.emplace_back("减轻处罚的，填写法定的减轻情节");
  for (const Penalty& row : rows) {
    if (PartyOf(record, row.party) == nullptr) faults.push_back(Say("{} 不是本案登记的当事人", row.party));
    if (!record.acts.empty() && !row.act.empty() && row.act != "全部" && ActOf(record, row.act) == nullptr)
      faults.push_back(Say("“{}”不是本案登记的违法行为", row.act));
    if (record.acts.size() > 1 && row.act.empty())
      faults.push_back(Say("本案有 {} 个行为，写明对 {} 的处罚针对哪一个", record.acts.size(), row.party));
    if (NeedsAmount(row.kind) && (!row.amount || row.amount->sign() <= 0)) {
      faults.push_back(Say("对 {} 的罚款或没收所得须写明大于零的金额", row.party));
      continue;
    }
    if (row.kind != Kind::kFine) continue;
    if (Message fault = FineFault(record, row, pack, today); !fault.empty()) faults.push_back(std::move(fault));
    // One act, one fine: of several provisions the one with the highest (行政處罰法 29).
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const Penalty& other) {
      return other.kind == Kind::kFine && other.party == row.party &&
             ActOf(record, other.act) == ActOf(record, row.act);
    });
    if (&*same != &row) faults.push_back(Say("对 {} 的同一行为写了两项罚款，按罚款数额高的规定罚一次", row.party));
  }
  return faults;
}

bool IsForHearing(const EnforcementCase& record, const policy::Pack& pack, base::Date today) {
  return AnyListed(record) || ReachesSum(record, pack, "case.hearing", today);
}

bool ReachesMunicipal(const EnforcementCase& record, const policy::Pack& pack, base::Date today) {
  const policy::Rule* threshold = pack.Find("fsl.fine.municipal", today);
  if (threshold == nullptr) return false;
  const auto limit = policy::BandOf(*threshold).low;
  std::map<std::string, Decimal> fines;
  for (const Penalty& row : PenaltiesOf(record)) {
    if (row.kind != Kind::kFine) continue;
    const auto article = ArticleIn(ArticleTextOf(record, row), pack);
    // An article that cannot be read is one of the law of the case's goods.
    if (article ? article->law != threshold->law : record.regime != "food") continue;
    Decimal& sum = fines[row.party];
    const auto more = sum.Plus(row.amount.value_or(Decimal()));
    if (!more.ok()) return true;
    sum = *more;
    if (limit && sum >= *limit) return true;
  }
  return false;
}

bool IsGrave(const EnforcementCase& record, const policy::Pack& pack, base::Date today) {
  using Discretion = EnforcementCase::Discretion;
  return record.discretion == Discretion::kHeavier || record.discretion == Discretion::kLighter || AnyListed(record) ||
         ReachesSum(record, pack, "case.collective", today) || ReachesMunicipal(record, pack, today);
}

}  // namespace zhian::enforcement
