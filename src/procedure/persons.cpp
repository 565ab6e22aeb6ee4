#include "procedure/persons.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "procedure/form.hpp"
#include "procedure/guard_tools.hpp"

namespace zhian::procedure {
namespace json = boost::json;

namespace {

constexpr std::int64_t kHoldersMax = 200;  // of one role over one territory: far above any bureau of a district

bool NamesPersons(const Field& field) { return field.type == "officers" || field.type == "account"; }

// The fields by which a step of this name can name persons: its own and those of its guards, whatever state it is
// taken in.
std::vector<Text> NamingFields(const Kind& kind, Text action) {
  std::vector<Text> names;
  const auto add = [&](const Field& field) {
    if (NamesPersons(field) && std::find(names.begin(), names.end(), field.name) == names.end())
      names.push_back(field.name);
  };
  const auto of_guards = [&](const Transition& step) {
    for (const Text id : step.guards)
      if (const Guard* guard = FindGuard(id); guard != nullptr)
        for (const Field& field : guard->fields) add(field);
  };
  for (const Field& field : kind.fields)
    if (std::find(field.actions.begin(), field.actions.end(), action) != field.actions.end()) add(field);
  for (const Transition& step : kind.transitions)
    if (step.action == action) of_guards(step);
  if (const CommonAction* common = FindCommon(kind, action); common != nullptr) of_guards(common->row);
  return names;
}

std::vector<MovePerson> NamedIn(const Kind& kind, Text action, const json::object& input) {
  std::vector<MovePerson> named;
  for (const Text field : NamingFields(kind, action)) {
    const json::value* value = input.if_contains(field);
    if (value == nullptr) continue;
    const auto add = [&](const json::value& account) {
      if (const std::string id = ScalarText(&account); !id.empty())
        named.push_back({.part = Part::kNamed,
                         .account = id,
                         .person = {},
                         .role = {},
                         .body = {},
                         .operator_id = {},
                         .field = std::string(field)});
    };
    if (value->is_array())
      for (const json::value& each : value->get_array()) add(each);
    else
      add(*value);
  }
  return named;
}

MovePerson ByAccount(Part part, std::string account, std::string role = {}) {
  return {.part = part,
          .account = std::move(account),
          .person = {},
          .role = std::move(role),
          .body = {},
          .operator_id = {},
          .field = {}};
}

// What is known of a row that was written before persons were kept.
std::vector<MovePerson> PersonsOfOldRow(const Kind& kind, const TransitionRow& row) {
  std::vector<MovePerson> persons{ByAccount(Part::kActed, row.actor, row.role)};
  if (!row.second_actor.empty()) persons.push_back(ByAccount(Part::kConfirmed, row.second_actor));
  for (MovePerson& named : NamedIn(kind, row.action, row.input)) persons.push_back(std::move(named));
  return persons;
}

bool IsOfSubstance(const Kind& kind, const TransitionRow& row) {
  const Texts procedural = kind.traits.procedural;
  return row.action != "add_note" && row.actor != kSystemRole && FindCommon(kind, row.action) == nullptr &&
         std::find(procedural.begin(), procedural.end(), row.action) == procedural.end();
}

Result<std::string> DigestOf(storage::Connection& db, const std::string& account) {
  ZHIAN_ASSIGN(const auto rows, db.Query("SELECT person_digest FROM accounts WHERE id=$1 LIMIT 1", {account}));
  return rows.empty() ? std::string() : rows.front().text(0);
}

// Fills in the identity of those whose row was written before it was kept.
void FillIdentities(const GuardContext& context, std::vector<Participant>& participants) {
  std::map<std::string, std::string> known;
  for (Participant& each : participants) {
    if (!each.who.person.empty() || each.who.account.empty()) continue;
    auto found = known.find(each.who.account);
    if (found == known.end()) {
      auto digest = DigestOf(context.db, each.who.account);
      if (!digest.ok()) {
        NoteUnread(context, digest.error());
        return;
      }
      found = known.emplace(each.who.account, std::move(*digest)).first;
    }
    each.who.person = found->second;
  }
}

std::optional<Participant> FirstOfActor(const GuardContext& context, const std::vector<Participant>& participants) {
  const auto acting = ActingPersons(context);
  for (const Participant& each : participants)
    for (const PersonKey& actor : acting)
      if (IsSamePerson(actor, KeyOf(each.who))) return each;
  return std::nullopt;
}

}  // namespace

bool IsSamePerson(const PersonKey& a, const PersonKey& b) {
  return (!a.account.empty() && a.account == b.account) || (!a.person.empty() && a.person == b.person);
}

std::vector<Participant> ParticipantsOf(const Kind& kind, std::span<const TransitionRow> history,
                                        const PartsAsked& asked) {
  std::vector<Participant> participants;
  for (const TransitionRow& row : history) {
    if (row.sequence <= asked.after && asked.after > 0) continue;
    if (row.role == "effect") continue;
    const bool is_named_action =
        std::find(asked.actions.begin(), asked.actions.end(), row.action) != asked.actions.end();
    if (asked.actions.size() == 0 ? !IsOfSubstance(kind, row) : !is_named_action) continue;
    for (MovePerson& who : row.persons.empty() ? PersonsOfOldRow(kind, row) : std::vector<MovePerson>(row.persons)) {
      if (who.part == Part::kNamed && !asked.also_named) continue;
      participants.push_back({.who = std::move(who), .action = row.action, .sequence = row.sequence, .at = row.at});
    }
  }
  return participants;
}

std::vector<Participant> ParticipantsOf(const GuardContext& context, const PartsAsked& asked) {
  auto participants = ParticipantsOf(context.kind, context.history, asked);
  FillIdentities(context, participants);
  return participants;
}

std::vector<Participant> ParticipantsOf(const GuardContext& context, const Matter& other, const PartsAsked& asked) {
  const Kind* kind = FindKind(other.kind);
  if (kind == nullptr) return {};
  const auto history = LoadHistory(context.db, other.id);
  if (!history.ok()) {
    NoteUnread(context, history.error());
    return {};
  }
  auto participants = ParticipantsOf(*kind, *history, asked);
  FillIdentities(context, participants);
  return participants;
}

std::vector<PersonKey> ActingPersons(const GuardContext& context) {
  std::vector<PersonKey> persons{{context.actor.account_id, context.actor.person_digest}};
  if (context.held == nullptr || context.held->on_behalf_of_account.empty()) return persons;
  auto digest = DigestOf(context.db, context.held->on_behalf_of_account);
  if (!digest.ok()) NoteUnread(context, digest.error());
  persons.push_back({context.held->on_behalf_of_account, digest.ok() ? std::move(*digest) : std::string()});
  return persons;
}

std::optional<Participant> ActorTookPart(const GuardContext& context, const PartsAsked& asked) {
  return FirstOfActor(context, ParticipantsOf(context, asked));
}
std::optional<Participant> ActorTookPart(const GuardContext& context, const Matter& other, const PartsAsked& asked) {
  return FirstOfActor(context, ParticipantsOf(context, other, asked));
}

std::vector<PersonKey> PersonsOfAccounts(const GuardContext& context, std::span<const std::string> accounts) {
  std::vector<PersonKey> persons;
  for (const std::string& account : accounts) {
    auto digest = DigestOf(context.db, account);
    if (!digest.ok()) NoteUnread(context, digest.error());
    const PersonKey key{account, digest.ok() ? std::move(*digest) : std::string()};
    const bool known =
        std::any_of(persons.begin(), persons.end(), [&](const PersonKey& one) { return IsSamePerson(one, key); });
    if (!known) persons.push_back(key);
  }
  return persons;
}

Message PartText(const GuardContext& context, const Kind& kind, const Participant& participant) {
  std::string name = participant.who.account;
  const auto rows = context.db.Query("SELECT name FROM accounts WHERE id=$1 LIMIT 1", {participant.who.account});
  if (!rows.ok())
    NoteUnread(context, rows.error());
  else if (!rows->empty())
    name = rows->front().text(0);
  for (const Transition& step : kind.transitions)
    if (step.action == participant.action) return Say("{}（{}）", name, step.label);
  if (const CommonAction* common = FindCommon(kind, participant.action); common != nullptr)
    return Say("{}（{}）", name, common->row.label);
  return Say("{}（{}）", name, participant.action);
}

Result<std::vector<MovePerson>> PersonsOfMove(storage::Connection& db, const Kind& kind, Text action,
                                              const json::object& input, const Actor& actor, const HeldRole& held,
                                              const Actor* second) {
  std::vector<MovePerson> persons;
  if (actor.system) return persons;
  persons.push_back({.part = Part::kActed,
                     .account = actor.account_id,
                     .person = actor.person_digest,
                     .role = held.role,
                     .body = held.body,
                     .operator_id = held.operator_id,
                     .field = {}});
  if (!held.on_behalf_of_account.empty())
    persons.push_back(ByAccount(Part::kStoodFor, held.on_behalf_of_account, held.role));
  if (second != nullptr) {
    persons.push_back(ByAccount(Part::kConfirmed, second->account_id));
    persons.back().person = second->person_digest;
  }
  for (MovePerson& named : NamedIn(kind, action, input)) persons.push_back(std::move(named));
  for (MovePerson& each : persons)
    if (each.person.empty()) {
      ZHIAN_ASSIGN(each.person, DigestOf(db, each.account));
    }
  return persons;
}

Result<bool> MayActFromAbove(const GuardContext& context, const HeldRole& held, const Evaluator& evaluate) {
  std::vector<Text> guards;
  for (const Text id : context.transition.guards)
    if (const Guard* guard = FindGuard(id);
        guard != nullptr && guard->how == Guard::How::kCode && Has(*guard, GuardMark::kPersonal))
      guards.push_back(id);
  if (guards.empty()) return false;
  bool stands_above = false;
  for (const Text role : context.transition.who) {
    const Role* declared = FindRole(role);
    if (declared == nullptr) continue;
    stands_above |= std::find(declared->above.begin(), declared->above.end(), held.role) != declared->above.end();
  }
  if (!stands_above) return false;
  int asked = 0;
  for (const Text role : context.transition.who) {
    ZHIAN_ASSIGN(
        const auto holders,
        context.db.Query(
            "SELECT a.id, a.name, a.person_digest, r.jurisdiction, r.body, r.operator_id, '' FROM role_assignments r "
            "JOIN accounts a ON a.id=r.account_id AND a.status='active' "
            "JOIN jurisdiction_closure c ON c.ancestor=r.jurisdiction AND c.descendant=$2 "
            "WHERE r.role=$1 AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3) UNION ALL "
            "SELECT a.id, a.name, a.person_digest, r.jurisdiction, r.body, r.operator_id, r.account_id FROM deputies d "
            "JOIN role_assignments r ON r.id=d.assignment_id JOIN accounts a ON a.id=d.deputy AND a.status='active' "
            "JOIN jurisdiction_closure c ON c.ancestor=r.jurisdiction AND c.descendant=$2 "
            "WHERE r.role=$1 AND r.valid_from <= $3 AND (r.valid_to IS NULL OR r.valid_to > $3) "
            "AND d.valid_from <= $3 AND d.valid_to > $3 LIMIT $4",
            {std::string(role), context.matter.jurisdiction, context.now.ms, kHoldersMax}));
    if (static_cast<std::int64_t>(holders.size()) == kHoldersMax) return false;  // not all are known
    for (const auto& row : holders) {
      ++asked;
      Actor holder;
      holder.account_id = row.text(0);
      holder.name = row.text(1);
      holder.person_digest = row.text(2);
      holder.roles = {{std::string(role), row.text(3), row.text(4), row.text(5), "", row.text(6)}};
      const GuardContext theirs{.db = context.db,
                                .services = context.services,
                                .now = context.now,
                                .today = context.today,
                                .kind = context.kind,
                                .matter = context.matter,
                                .transition = context.transition,
                                .actor = holder,
                                .input = context.input,
                                .history = context.history,
                                .duties = context.duties,
                                .origin = context.origin,
                                .held = holder.roles.data()};
      bool is_barred = false;
      for (const Text guard : guards) {
        ZHIAN_ASSIGN(const GuardResult result, evaluate(theirs, guard));
        is_barred |= !result.holds;
      }
      if (!is_barred) return false;
    }
  }
  return asked > 0;  // a post that nobody holds is filled by a deputy, not by the level above
}

}  // namespace zhian::procedure
