// The stored matter 事項 and what hangs on it: transitions, duties, links, documents, credit records, approvals.
// Rows are written by the engine only (the one door); this header gives the rows and bounded reads of them.
// A Connection belongs to one thread; the structs are plain values.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ledger/ledger.hpp"
#include "policy/pack.hpp"
#include "procedure/model.hpp"
#include "storage/database.hpp"

namespace zhian::procedure {

// A matter as it stands now. `fields` holds the record declared by the kind and what the guards asked for.
struct Matter {
  std::string id, kind, number, title, state;
  std::int64_t version = 0;
  std::string operator_id;   // the subject, "" where the matter has none
  std::string jurisdiction;  // the territory that it belongs to
  std::string body;          // the body that holds it, kept even after the institution is renamed
  boost::json::object fields;
  std::vector<std::string> flags;
  std::int64_t opened_at = 0, updated_at = 0;  // ms UTC
  std::string opened_by;
  bool terminal = false;

  [[nodiscard]] bool Has(std::string_view flag) const;
  [[nodiscard]] std::string Field(std::string_view name) const;  // text of a field, "" where absent
};

// In which part a person stands in a move.
enum class Part {
  kActed,      // pressed the step
  kConfirmed,  // was its second person
  kNamed,      // is named in its form: an officer who was present, assigned or signed, an account
  kStoodFor,   // is the one in whose place the actor acted (a deputy's principal)
};
std::string_view Name(Part part);

// One person of a move, as he was at that moment; kept with the move for good (persons.hpp asks by it).
struct MovePerson {
  Part part = Part::kActed;
  std::string account;                  // the account that was used, or named
  std::string person;                   // digest of the identity number: one natural person; "" where unknown
  std::string role, body, operator_id;  // in which he acted; "" for those who are only named
  std::string field;                    // of the form, where named
};

struct TransitionRow {
  std::string id, matter_id, action, from, to, actor, actor_name, role, on_behalf_of, second_actor, note, document_id;
  boost::json::object input;
  std::int64_t at = 0, recorded_at = 0, sequence = 0, ledger_index = -1;
  std::vector<MovePerson> persons;  // empty for rows of before: then what `actor` and `second_actor` say
};

enum class DutyState { kOpen, kSuspended, kDone, kDoneLate, kLapsed };
std::string_view Name(DutyState state);

struct DutyRow {
  std::string id, matter_id, kind, duty, holder_role, jurisdiction, operator_id, rule_id;
  std::int64_t opened_at = 0, start_at = 0, suspended_at = 0, suspended_ms = 0, closed_at = 0;
  std::optional<std::int64_t> limit_at;  // none: no rule for this date
  std::string holder_account;            // who was named to do it; "": whoever holds the role
  std::int32_t extended = 0, escalation = 0;
  DutyState state = DutyState::kOpen;
};

struct DocumentRow {
  std::string id, matter_id, kind, number, public_code, sha256;
  boost::json::object values;
  std::int64_t issued_at = 0;
};

struct CreditRow {
  std::string id, operator_id, matter_id, kind;
  std::int64_t at = 0;
};

constexpr int kRowsMax = 500;       // bound of every page below, unless the caller says another
constexpr int kWholeMax = 100'000;  // bound of what is read whole; beyond it: kTooLarge

// A bounded list. REQUIRES of who decides by what is *not* in it: that it was not cut.
template <class T>
struct Page {
  std::vector<T> rows;
  bool cut = false;  // there are more than these

  [[nodiscard]] auto begin() const { return rows.begin(); }
  [[nodiscard]] auto end() const { return rows.end(); }
  [[nodiscard]] auto begin() { return rows.begin(); }
  [[nodiscard]] auto end() { return rows.end(); }
  [[nodiscard]] bool empty() const { return rows.empty(); }
  [[nodiscard]] std::size_t size() const { return rows.size(); }
  [[nodiscard]] const T& front() const { return rows.front(); }
  [[nodiscard]] const T& back() const { return rows.back(); }
  [[nodiscard]] const T& operator[](std::size_t i) const { return rows[i]; }
  // For what takes the rows alone, where who asked looked at `cut` (the questions of guard_tools.hpp note it
  // themselves).
  operator std::vector<T>() const& { return rows; }         // NOLINT: implicit by design
  operator std::vector<T>() && { return std::move(rows); }  // NOLINT: implicit by design
};

Result<Matter> LoadMatter(storage::Connection& db, std::string_view id);
// The first moves, duties and documents of a matter, oldest first: for pages that show them.
Result<Page<TransitionRow>> LoadTransitions(storage::Connection& db, std::string_view matter_id, int most = kRowsMax);
Result<Page<DutyRow>> LoadDuties(storage::Connection& db, std::string_view matter_id, int most = kRowsMax);
Result<Page<DocumentRow>> LoadDocuments(storage::Connection& db, std::string_view matter_id, int most = kRowsMax);
// All of them, read piece by piece: for what decides by the last move, by who acted, by how often. Errors: kTooLarge
// beyond kWholeMax.
Result<std::vector<TransitionRow>> LoadHistory(storage::Connection& db, std::string_view matter_id);
Result<std::vector<DutyRow>> LoadAllDuties(storage::Connection& db, std::string_view matter_id);
// The place of the next move in the history of a matter.
Result<std::int64_t> NextSequence(storage::Connection& db, std::string_view matter_id);
Result<DocumentRow> LoadDocument(storage::Connection& db, std::string_view id);
// Matters linked in either direction, oldest first; kind "" means any kind.
Result<Page<Matter>> LoadLinked(storage::Connection& db, std::string_view matter_id, std::string_view kind = {},
                                int most = kRowsMax, bool only_open = false);
// The same, and onward through links of links up to `depth` steps (a case sees the sample behind its lead). What lies
// between is walked whole, however much it is; only matters of the kind count against the bound.
Result<Page<Matter>> LoadRelated(storage::Connection& db, std::string_view matter_id, std::string_view kind,
                                 int depth = 4, bool only_open = false);
struct OfOperator {
  bool with_exercises = false;    // nothing that is judged by an operator's past may see exercises
  bool only_open = false;         // those that are not ended
  std::int64_t opened_since = 0;  // ms UTC
};
// Newest first.
Result<Page<Matter>> LoadMattersOfOperator(storage::Connection& db, std::string_view operator_id, std::string_view kind,
                                           const OfOperator& which = {});

Status SaveMatter(storage::Connection& db, const Matter& matter, bool is_new);
// When the clock must look at the matter again; 0: never. Not part of the record: a schedule, recomputed at each move.
Status SetWake(storage::Connection& db, std::string_view matter_id, std::int64_t wake_at);
Status SaveTransition(storage::Connection& db, const TransitionRow& row);
Status InsertDuty(storage::Connection& db, const DutyRow& row);
Status UpdateDuty(storage::Connection& db, const DutyRow& row);
Status AssignDuty(storage::Connection& db, const DutyRow& row);
// The clock goes on, and the limit moves by what it stood: by working days where the rule counts them, by days
// otherwise.
void Resume(DutyRow& row, base::Instant at, const policy::Pack& pack);
Status InsertLink(storage::Connection& db, std::string_view from, std::string_view to, std::string_view relation,
                  std::int64_t at);

// The kinds as a list of a statement: 'a','b'; '' where there are none. Their ids are constants of the tables.
std::string KindList(Texts kinds);
std::string KindList(Mark mark);

// A matter at which the clock's work failed: `what` of it, why, and since when (ms UTC). It is tried again at
// `retry_at`.
struct ClockFault {
  std::string matter_id, what, fault;  // matter_id "": work that is no single matter's
  std::int64_t since = 0, tries = 0, retry_at = 0;
};
// Those that stand now, the oldest first.
Result<Page<ClockFault>> LoadClockFaults(storage::Connection& db);

// Text of any JSON scalar ("" for null and for what has no short text).
std::string ScalarText(const boost::json::value* value);

std::span<const storage::Migration> Migrations();
std::vector<ledger::LedgeredTable> LedgeredTables();

}  // namespace zhian::procedure
