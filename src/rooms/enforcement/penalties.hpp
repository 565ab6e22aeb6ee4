// What a decision imposes, item by item, and what the law of the day makes of it: the band of each fine, the hearing,
// the discussion in common, the level that decides. Thresholds and bands are dated rows of the policy pack. Pure; safe
// to call concurrently.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/message.hpp"
#include "base/result.hpp"
#include "policy/pack.hpp"
#include "records/enforcement.hpp"

namespace zhian::enforcement {

using Penalty = records::EnforcementCase::PenaltiesRow;

// An article of law as a record names it: 食品安全法第一百二十四条第二款 is {"食品安全法", "124", "2"}.
struct Article {
  std::string law, number, paragraph;  // law: its first name in the pack
};
// nullopt where the text names no law of the pack, or no number behind its name.
std::optional<Article> ArticleIn(std::string_view text, const policy::Pack& pack);

// The rows of the decision (before it: of the notice). An older folder has sums only: they are one row each.
std::vector<Penalty> PenaltiesOf(const records::EnforcementCase& record);
// Quantity times price of the goods of the case, in yuan.
Result<base::Decimal> GoodsValueOf(const records::EnforcementCase& record);
// Whether the party is a natural person: as the record says it, else by its role and the identity number.
bool IsPerson(const records::EnforcementCase& record, std::string_view party);
// The act of a row: the one that it names by its text or its line, or the only one; nullptr where that is not clear.
const records::EnforcementCase::ActsRow* ActOf(const records::EnforcementCase& record, std::string_view named);
// Whether what names acts ("1、2", 全部, the text of one) names this one; with one act alone, naming nothing names it.
bool NamesAct(const records::EnforcementCase& record, std::string_view named, std::size_t act);

// What is wrong with the rows: an unknown party or act, an amount missing, a fine outside the band that the law of the
// day of the act (or today's, where it is lighter) has for goods of this value. Empty where each row stands.
std::vector<Message> PenaltyFaults(const records::EnforcementCase& record, const policy::Pack& pack, base::Date today);
// Whether a row, or the sum of a party's rows, is one for which a hearing must be offered.
bool IsForHearing(const records::EnforcementCase& record, const policy::Pack& pack, base::Date today);
// Whether a party's fines under a law reach the sum from which a city decides.
bool ReachesMunicipal(const records::EnforcementCase& record, const policy::Pack& pack, base::Date today);
// Whether the heads must discuss it together: large sums, what a hearing is offered for, more or less than the band's
// general grade.
bool IsGrave(const records::EnforcementCase& record, const policy::Pack& pack, base::Date today);

}  // namespace zhian::enforcement
