// Bans 禁業: who lost a permit by revocation, and whom the decision or the file names beside the firm, may get no
// permit for the years of the rule (FSL 135). The ban is on the record of the revoked permit, and is asked where a
// permit is issued.
#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/access.hpp"

namespace zhian::access {
using namespace procedure;
using records::Permit;

namespace {
constexpr int kRevokedMax = 2000;  // revoked permits of a district that are looked through

// The person in charge on the operator's file; "" where none is named.
Result<std::string> PersonInCharge(storage::Connection& db, std::string_view operator_id) {
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT contact FROM operator WHERE district=$d AND id=$1 LIMIT 1",
                                         {std::string(operator_id)}));
  return rows.empty() ? std::string() : rows.front().text(0);
}
// The last day of a ban that began then; nullopt where no rule covered that day.
std::optional<base::Date> LastDay(const policy::Pack& pack, base::Date from) {
  const policy::Rule* rule = pack.Find("licence.ban.revoked", from);
  if (rule == nullptr) return std::nullopt;
  return base::AddMonths(from, static_cast<int>(rule->value_max) * 12);
}
}  // namespace
}  // namespace zhian::access

namespace zhian::guards {
using namespace procedure;
using namespace access;

GuardResult no_ban_stands(const GuardContext& context) {
  const std::string& party = context.matter.operator_id;
  ZHIAN_ASSIGN(const std::string person, PersonInCharge(context.db, party));
  ZHIAN_ASSIGN(const auto rows,
               context.db.Query("SELECT id FROM permit WHERE district=$d AND state='revoked' ORDER BY id LIMIT $1",
                                {std::int64_t{kRevokedMax + 1}}));
  if (rows.size() > kRevokedMax) NoteCut(context);
  for (const auto& row : rows) {
    const auto matter = MatterOf(context, row.text(0));
    if (!matter || matter->Has("training") != context.matter.Has("training")) continue;
    ZHIAN_ASSIGN(const auto revoked, Permit::Read(*matter));
    const auto last = revoked.ban_from ? LastDay(context.services.policy, *revoked.ban_from) : std::nullopt;
    if (!last || *last < context.today) continue;
    const bool person_is_banned =
        !person.empty() && std::any_of(revoked.banned.begin(), revoked.banned.end(), [&](const auto& banned) {
          return base::Fold(banned.name) == base::Fold(person);
        });
    if (matter->operator_id == party)
      return GuardResult::Fails(
          Say("许可证 {} 被吊销，{} 之前不得再申请", revoked.permit_number, base::FormatDate(*last)));
    if (person_is_banned)
      return GuardResult::Fails(Say("负责人 {} 因许可证 {} 被吊销，{} 之前不得申请许可或担任负责人", person,
                                    revoked.permit_number, base::FormatDate(*last)));
  }
  return GuardResult::Holds();
}

}  // namespace zhian::guards

namespace zhian::effects {
using namespace procedure;

// From the day of the decision: the person in charge, and every person whom the decision punishes or the case names.
Status set_person_ban(EffectContext& context) {
  records::Permit changes{.ban_from = context.today};
  ZHIAN_ASSIGN(const std::string person, access::PersonInCharge(context.db, context.matter.operator_id));
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::none_of(changes.banned.begin(), changes.banned.end(),
                                      [&](const auto& known) { return known.name == name; }))
      changes.banned.push_back({.name = name});
  };
  add(person);
  const GuardContext view = ViewOf(context);
  for (const Matter& decided : RelatedBy(view, "case", 2)) {
    if (!Means(decided, Meaning::kInForce) || decided.operator_id != context.matter.operator_id) continue;
    ZHIAN_ASSIGN(const auto answer, view.Ask("case.decision", {{"case", decided.id}}));
    if (!answer.is_object()) continue;
    if (const auto* persons = base::ArrayAt(answer.get_object(), "persons"))
      for (const auto& one : *persons) add(std::string(base::TextOf(one)));
    const auto on = base::ParseDate(ScalarText(answer.get_object().if_contains("decided_on")));
    if (on.ok()) changes.ban_from = std::min(*changes.ban_from, *on);
  }
  Merge(context.matter, changes);
  return Ok();
}

}  // namespace zhian::effects
