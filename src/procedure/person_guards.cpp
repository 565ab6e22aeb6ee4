// Guards about persons: that another one decides, who the named officers are on that day, whom a duty may be handed to.
// What an effect or the clock starts rests on the row that starts it, and is not asked again.
#include <algorithm>
#include <set>

#include "identity/certificates.hpp"
#include "procedure/guard_tools.hpp"
#include "procedure/persons.hpp"

namespace zhian::guards {
namespace json = boost::json;
using namespace procedure;

namespace {

bool ByEffect(const GuardContext& context) { return context.actor.system || context.origin != nullptr; }

bool IsTakenBy(const Transition& step, RoleMark mark) {
  return std::any_of(step.who.begin(), step.who.end(), [&](Text role) { return Has(role, mark); });
}

struct Fitness {
  std::string name, person;  // who the account is; the account itself where nothing more is known
  bool fits = false, tests = false;
};

// Whether the account holds, at this moment and over this territory, a post of the government with the mark; whoever
// enforces needs a certificate that is valid now. `tests`: one of his accounts works in a laboratory.
Result<Fitness> FitnessOf(const GuardContext& context, const std::string& account, RoleMark mark) {
  ZHIAN_ASSIGN(
      const auto posts,
      context.db.Query(
          "SELECT r.role, r.certificate, r.operator_id FROM role_assignments r JOIN accounts a ON a.id=r.account_id AND a.status='active' "
          "JOIN jurisdiction_closure c ON c.ancestor=r.jurisdiction AND c.descendant=$2 WHERE r.account_id=$1 AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3) LIMIT 50",
          {account, context.matter.jurisdiction, context.now.ms}));
  ZHIAN_ASSIGN(const auto known,
               context.db.Query("SELECT name, person_digest FROM accounts WHERE id=$1 LIMIT 1", {account}));
  Fitness fitness{.name = account, .person = account};
  if (!known.empty()) fitness.name = known.front().text(0);
  if (!known.empty() && !known.front().text(1).empty()) fitness.person = known.front().text(1);
  for (const auto& post : posts) {
    if (!post.text(2).empty() || !Has(post.text(0), mark)) continue;
    if (mark != RoleMark::kCertified) {
      fitness.fits = true;
      continue;
    }
    ZHIAN_ASSIGN(const bool certified, identity::IsCertified(context.db, account, post.text(1), context.now));
    fitness.fits |= certified;
  }
  ZHIAN_ASSIGN(
      const auto all,
      context.db.Query(
          "SELECT r.role FROM role_assignments r JOIN accounts a ON a.id=r.account_id WHERE (a.id=$1 OR (a.person_digest=$2 AND $2<>'')) "
          "AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3) LIMIT 200",
          {account, fitness.person == account ? std::string() : fitness.person, context.now.ms}));
  for (const auto& role : all) fitness.tests |= Has(role.text(0), RoleMark::kTests);
  return fitness;
}

// Each is another natural person who may do this work on this day. Sampling is the samplers' work, the rest that of
// officers with a certificate; who tests samples takes none.
GuardResult Officers(const GuardContext& context, const char* field, bool is_sampling) {
  if (ByEffect(context)) return GuardResult::Holds();
  const auto* given = context.input.if_contains(field);
  if (given == nullptr || !given->is_array()) return GuardResult::Fails("从列表中选择人员");
  GuardResult result;
  const auto refuse = [&](Message why) {
    result.holds = false;
    result.open_items.push_back(std::move(why));
  };
  std::set<std::string> persons;
  for (const auto& each : given->get_array()) {
    const std::string account = ScalarText(&each);
    const auto fitness = FitnessOf(context, account, is_sampling ? RoleMark::kSamples : RoleMark::kCertified);
    if (!fitness.ok()) return GuardResult::Fails("人员未能查清，请稍后再试");
    if (is_sampling && fitness->tests)
      refuse(Say("{} 是承检机构的检验人员，抽样与检验须分开", Cut(fitness->name)));
    else if (!fitness->fits && is_sampling)
      refuse(Say("{} 当日在本辖区没有职务，或不是抽样人员", Cut(fitness->name)));
    else if (!fitness->fits)
      refuse(Say("{} 当日在本辖区没有职务，或没有执法证", Cut(fitness->name)));
    else if (!persons.insert(fitness->person).second)
      refuse(Say("{} 只能算一人，须两名不同的人员", Cut(fitness->name)));
  }
  return result;
}

// Of those who are there, two must be those whom this matter's record assigns; where it assigns nobody, there is
// nothing to compare.
GuardResult AreThoseAssigned(const GuardContext& context, const char* present) {
  const auto accounts = [](const json::array& list) {
    std::vector<std::string> ids;
    for (const auto& each : list) ids.push_back(ScalarText(&each));
    return ids;
  };
  std::vector<std::string> assigned;
  for (const char* field : {"officers", "samplers"})
    for (std::string& id : accounts(Items(context.matter, field))) assigned.push_back(std::move(id));
  const auto* given = context.input.if_contains(present);
  if (assigned.empty() || given == nullptr || !given->is_array()) return GuardResult::Holds();
  const auto who = PersonsOfAccounts(context, assigned);
  const auto there = PersonsOfAccounts(context, accounts(given->get_array()));
  const auto both = std::count_if(there.begin(), there.end(), [&](const PersonKey& one) {
    return std::any_of(who.begin(), who.end(), [&](const PersonKey& other) { return IsSamePerson(one, other); });
  });
  return GuardResult::From(both >= 2, "到场的人员须是指派的两名人员，人员有变化的先改派");
}

}  // namespace

GuardResult another_person_decides(const GuardContext& context) {
  if (const auto part = ActorTookPart(context))
    return GuardResult::Fails(
        Say("您参与过这件事项的前面步骤（{}），须由另一人决定", PartText(context, context.kind, *part)));
  // What an effect begins was decided by the step that begins it; what others worked on here is before the decider.
  if (ByEffect(context) || !ParticipantsOf(context).empty()) return GuardResult::Holds();
  // Nobody did anything here before: then it rests on what was found in the matters that it comes from.
  bool somebody_else = false;
  for (const Matter& source : Linked(context, "")) {
    const Kind* kind = FindKind(source.kind);
    if (const auto part = ActorTookPart(context, source); part && kind != nullptr)
      return GuardResult::Fails(
          Say("您参与过所依据的事项 {}（{}），须由另一人决定", source.number, PartText(context, *kind, *part)));
    somebody_else |= !ParticipantsOf(context, source).empty();
  }
  return GuardResult::From(somebody_else, "没有他人先行调查或审查的记录，关联所依据的事项，或由另一人先办");
}

GuardResult two_officers_are_assigned(const GuardContext& context) { return Officers(context, "officers", false); }
GuardResult two_samplers_are_assigned(const GuardContext& context) { return Officers(context, "samplers", true); }
GuardResult two_officers_are_present(const GuardContext& context) {
  GuardResult result = Officers(context, "officers_present", IsTakenBy(context.transition, RoleMark::kSamples));
  return result.holds && !ByEffect(context) ? AreThoseAssigned(context, "officers_present") : result;
}
GuardResult two_officers_signed(const GuardContext& context) { return Officers(context, "officers_signed", false); }

GuardResult officers_are_not_recused(const GuardContext& context) {
  std::vector<std::string> officers;
  for (const auto& officer : Items(context.matter, "officers")) officers.push_back(ScalarText(&officer));
  const auto assigned = PersonsOfAccounts(context, officers);
  // A recusal binds for the operator, not for one matter of it alone.
  auto recusals = LinkedBy(context, "recused");
  for (Matter& other : OfSameOperator(context, "recused")) recusals.push_back(std::move(other));
  for (const Matter& recusal : recusals) {
    const auto recused = PersonsOfAccounts(context, std::vector<std::string>{recusal.Field("person")});
    for (const PersonKey& one : assigned)
      for (const PersonKey& other : recused)
        if (IsSamePerson(one, other)) return GuardResult::Fails("指派的人员中有人须回避");
  }
  // Whoever works for the party is concerned, by whichever of his accounts.
  if (context.matter.operator_id.empty()) return GuardResult::Holds();
  const auto rows = context.db.Query(
      "SELECT a.id, a.person_digest FROM role_assignments r JOIN accounts a ON a.id=r.account_id WHERE r.operator_id=$1 "
      "AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2) LIMIT $3",
      {context.matter.operator_id, context.now.ms, std::int64_t{kRowsMax} + 1});
  if (!rows.ok()) return GuardResult::Fails("人员未能查清，请稍后再试");
  if (rows->size() > static_cast<std::size_t>(kRowsMax)) NoteCut(context);
  for (const auto& row : *rows)
    for (const PersonKey& one : assigned)
      if (IsSamePerson(one, {row.text(0), row.text(1)}))
        return GuardResult::Fails("指派的人员中有人任职于当事人，须回避");
  return GuardResult::Holds();
}

}  // namespace zhian::guards
