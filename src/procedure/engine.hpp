// The one door 唯一入口: every change of a matter passes Engine::Execute, whoever asks and by whatever way.
// authorise (role × jurisdiction × ownership) → validate every field → guards → one transaction {matter, transition,
// duties, documents, effects, ledger leaf, outbox} → notify. Thread-safe; the business clock and randomness are passed
// in.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/ledger.hpp"
#include "policy/pack.hpp"
#include "procedure/bindings.hpp"
#include "procedure/form.hpp"
#include "procedure/matter.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

struct LinkTo {
  std::string matter_id, relation;
};

// A request to move a matter (matter_id set) or to create one (matter_id empty).
struct Command {
  std::string kind, matter_id, action;
  std::optional<std::int64_t> expected_version;  // required for an existing matter, save for the system
  boost::json::object fields;
  std::string note;
  std::string operator_id, jurisdiction, body, title;  // creation only
  std::vector<LinkTo> links;                           // creation only
  std::vector<std::string> attachments;      // SHA-256 of files that were stored before: evidence of this step
  std::optional<base::Instant> occurred_at;  // offline work: not after now, not more than 30 days before
  std::string idempotency_key;
};

// The rule by which this duty could be extended once; nullptr where its table knows none, or it was extended before.
const policy::Rule* ExtensionRule(const policy::Pack& pack, const Matter& matter, const DutyRow& row, base::Date on);

struct Started {
  std::string id, kind, title;
};
struct SkippedStart {
  std::string kind, reason;
};
struct Outcome {
  Matter matter;
  std::string transition_id;
  std::vector<Started> started;
  std::vector<SkippedStart> skipped;
  std::vector<std::string> documents;
  boost::json::array revealed;  // sealed identities, to the keeper who asked with a reason; stored nowhere else
  std::string approval_id;      // set: nothing has moved yet, a second person must confirm
  bool replayed = false;        // the same idempotency key had done it already
};

class CommonRow;

// One row of "what can be done now": derived from the table, with every reason why not.
struct ActionView {
  const Transition* transition;
  std::shared_ptr<const CommonRow> common;  // owns the row of an action of every kind
  bool allowed = false;                     // this actor may press it now
  bool actor_has_role = false;
  bool needs_second = false;
  std::vector<std::pair<const Guard*, std::vector<Message>>> failing;  // guards that records (not the form) decide
};

// Runs inside the transaction, after the move; the ids are for pages that are open.
using Listener = std::function<void(const std::string& matter_id, std::int64_t version)>;

struct EngineOptions {
  std::string district_code = "511113";    // in matter numbers
  std::string organ;                       // issues what no person issues
  std::string document_prefix = "金市监";  // 字號 of documents
};

class Engine {
 public:
  // REQUIRES: all references outlive the engine. `live_only` false lets tests walk every kind.
  Engine(storage::Database& database, const Services& services, const Bindings& bindings, const base::Clock& clock,
         EngineOptions options = {});

  Result<Outcome> Execute(const Actor& actor, const Command& command);
  // The second person confirms or declines; confirming executes the stored command with both persons recorded.
  Result<Outcome> Decide(const Actor& actor, const std::string& approval_id, bool confirm, const std::string& reason);
  // Inside a transaction that the caller holds (imports, the demonstration, effects).
  Result<Outcome> ExecuteIn(storage::Connection& db, const Actor& actor, const Command& command,
                            const Actor* second = nullptr);

  // What may be done now with this matter, by this actor, and why not.
  Result<std::vector<ActionView>> Available(storage::Connection& db, const Actor& actor, const Matter& matter);

  // Fires what is due at the clock's present time: system rows, reminders, escalation. Returns the number of moves. A
  // matter that cannot be moved stops no other: it is kept as a fault (LoadClockFaults) and tried again later.
  Result<int> RunDue();
  // One step of the clock's work at a matter ("" for none), `what` naming the work: where it fails or throws, what it
  // wrote is undone, the fault is kept and logged, and the answer is false. Errors: the fault could not be kept.
  Result<bool> ClockStep(storage::Connection& db, const std::string& matter_id, const std::string& what,
                         const std::function<Status(storage::Connection&)>& work);
  // The earliest instant after now at which something is due, for a clock that is set forward.
  Result<std::optional<base::Instant>> NextDue();

  void OnChange(Listener listener) { listener_ = std::move(listener); }
  // Rooms look after what no duty wakes: runs at every RunDue, in its transaction, as a ClockStep of its own. Returns
  // the number of moves. A watch that goes through many matters takes a ClockStep for each.
  using Watch = std::function<Result<int>(Engine&, storage::Connection&)>;
  void AddWatch(Watch watch) { watches_.push_back(std::move(watch)); }
  // What a room opens for a matter on this cause (one of the questions below), ready to be carried out by the system;
  // nullopt where it opens nothing, or no room answers.
  Result<std::optional<Command>> OpeningFor(storage::Connection& db, std::string_view cause, const Matter& matter,
                                            const boost::json::object& arguments);
  // Puts a flag on a matter, in the ledger, without a move: its state and decision stay as they are.
  Status Flag(storage::Connection& db, const std::string& matter_id, std::string_view flag);
  [[nodiscard]] base::Instant Now() const { return clock_.Now(); }
  [[nodiscard]] const Services& services() const { return services_; }

  // Whether this actor may see this matter at all (jurisdiction or ownership).
  Result<bool> MaySee(storage::Connection& db, const Actor& actor, const Matter& matter);

  // The rule by which this duty could be extended; nullptr where the law knows none, or it was extended before.
  [[nodiscard]] const policy::Rule* ExtensionRule(const Matter& matter, const DutyRow& row, base::Date on) const {
    return procedure::ExtensionRule(services_.policy, matter, row, on);
  }
  // The paper that the action would issue, with what is on file and, where the action waits for a second person, with
  // what was asked; without a number, and nothing is written. REQUIRES: the caller may see the matter. Errors:
  // kNotFound.
  Result<DocumentRow> Draft(storage::Connection& db, const Actor& actor, const Matter& matter, std::string_view action);
  // add_note 記錄: allowed in any state; adds, never changes.
  Status AddNote(const Actor& actor, const std::string& matter_id, const std::string& text);

 private:
  struct Move;  // one transition under way
  Result<const HeldRole*> Authorise(storage::Connection& db, const Actor& actor, const Transition& transition,
                                    const Matter& matter);
  // The role in which the actor may act for a level below that is barred as a whole (persons.hpp); nullptr: none.
  Result<const HeldRole*> AuthoriseFromAbove(const GuardContext& context);
  Result<Outcome> Apply(storage::Connection& db, const Actor& actor, const Command& command, const Actor* second,
                        int depth, const Matter* origin);
  // Apply within a savepoint: for moves whose failure the caller survives.
  Result<Outcome> TryApply(storage::Connection& db, const Actor& actor, const Command& command, int depth,
                           const Matter* origin);
  Status RunDuties(Move& move);
  Status OpenDuty(Move& move, const Duty& duty);
  Status Extend(Move& move, DutyRow& row);
  Status SealIdentity(Move& move);
  Status SeeIdentity(Move& move);
  Status WithdrawDocuments(Move& move);
  Status RunCommon(Move& move);  // what a common action does to duties and flags
  Result<DocumentRow> ComposeDocument(const Move& move, bool draft);
  Status IssueDocument(Move& move);
  Status RunOwnEffects(Move& move);  // set, hold, free, stop, credit: rows of this matter and its subject
  Status RunFarEffects(Move& move);  // start, close, notify: other matters and people
  Status Start(Move& move, const Effect& effect);
  Status CloseLinked(Move& move, const Effect& effect);
  Status Record(Move& move);
  Result<GuardResult> Evaluate(const GuardContext& context, Text guard);
  Result<std::vector<FieldError>> FailingGuards(const GuardContext& context, const Actor* second, bool* needs_second);
  Result<bool> Settle(storage::Connection& db, const std::string& matter_id, int depth);
  Result<int> EscalateOverdue(storage::Connection& db);
  Status RecordDuty(storage::Connection& db, const std::string& duty_id, const std::string& kind);
  Status RecordRow(storage::Connection& db, const std::string& table, const std::string& id, const std::string& kind);
  Result<std::string> NextNumber(storage::Connection& db, const std::string& counter);
  Result<bool> MayApprove(storage::Connection& db, const Actor& actor, const Command& command, const Matter& matter);
  Status RecordNote(storage::Connection& db, TransitionRow& row);
  Result<Outcome> AskApproval(storage::Connection& db, const Actor& actor, const Command& command,
                              const Matter& matter);

  storage::Database& database_;
  const Services& services_;
  const Bindings& bindings_;
  const base::Clock& clock_;
  EngineOptions options_;
  Listener listener_;
  std::vector<Watch> watches_;
};

}  // namespace zhian::procedure
