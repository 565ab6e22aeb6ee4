// Who took part in a matter 參與人: the one notion of persons behind every guard that says "another", "did not",
// "is not concerned", "independent". A person is a natural person: two accounts with one identity number are one; an
// officer who is only named in a form took part like the one who pressed the button; so did the second person, and
// the one who was stood in for. Each move keeps its persons (TransitionRow::persons) as they were at that moment.
// Pure but for the functions that take a context or a connection, which read and never write.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "procedure/bindings.hpp"

namespace zhian::procedure {

// One part that one person took in one move.
struct Participant {
  MovePerson who;
  std::string action;
  std::int64_t sequence = 0, at = 0;
};

// Which parts are asked for.
struct PartsAsked {
  // The actions that count, whatever they are. None: every step of substance. Those are not: notes, actions of every
  // kind (reassigning, stopping a clock), what an effect started in somebody's name, and the steps of the kind's line
  // "Procedural" (sending back): who only took these judged nothing.
  std::initializer_list<std::string_view> actions = {};
  std::int64_t after = 0;  // only moves with a later sequence: a round (rounds.hpp)
  bool also_named = true;  // those too who are only named in a form
};

// One natural person by all that is known of him.
struct PersonKey {
  std::string account, person;
};
inline PersonKey KeyOf(const MovePerson& who) { return {who.account, who.person}; }
// The same account, or the same identity number.
bool IsSamePerson(const PersonKey& a, const PersonKey& b);

// Everyone who took part, in the order of the moves; one entry for each part. Rows of before persons were kept give the
// actor and the second person by their accounts, and the officers and accounts that their input names.
std::vector<Participant> ParticipantsOf(const Kind& kind, std::span<const TransitionRow> history,
                                        const PartsAsked& asked = {});

// Those of this matter, the identities of old rows filled in from the accounts. What could not be read is noted in
// `context.unread`, so that the guard does not hold.
std::vector<Participant> ParticipantsOf(const GuardContext& context, const PartsAsked& asked = {});
// Those of another matter.
std::vector<Participant> ParticipantsOf(const GuardContext& context, const Matter& other, const PartsAsked& asked = {});

// The actor, and the one in whose place he acts: where either took part, he did.
std::vector<PersonKey> ActingPersons(const GuardContext& context);
// The first part that the actor took; nullopt where he took none.
std::optional<Participant> ActorTookPart(const GuardContext& context, const PartsAsked& asked = {});
std::optional<Participant> ActorTookPart(const GuardContext& context, const Matter& other,
                                         const PartsAsked& asked = {});
// The persons whom these accounts belong to, in their order, one entry each; accounts that are not on file keep their
// id.
std::vector<PersonKey> PersonsOfAccounts(const GuardContext& context, std::span<const std::string> accounts);

// "李某（现场调查）": who, and by which step, for a sentence that refuses.
Message PartText(const GuardContext& context, const Kind& kind, const Participant& participant);

// The persons of a move as it is made. `input` is the validated form of `action`. Errors: those of the reads.
Result<std::vector<MovePerson>> PersonsOfMove(storage::Connection& db, const Kind& kind, Text action,
                                              const boost::json::object& input, const Actor& actor,
                                              const HeldRole& held, const Actor* second);

// Whether nobody who holds a role of `transition.who` over this territory may take it, because the guards that judge
// persons bar each of them, while `held` is a role that stands above (roles.tsv). Then the next level up may act.
// `evaluate` asks one guard for one actor.
using Evaluator = std::function<Result<GuardResult>(const GuardContext&, Text guard)>;
Result<bool> MayActFromAbove(const GuardContext& context, const HeldRole& held, const Evaluator& evaluate);

}  // namespace zhian::procedure
