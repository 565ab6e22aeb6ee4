// Operators 經營主體: one file for each (一企一檔). What the file holds beside the operator itself is in registry.hpp.
// Rows are written by operator_file matters and by imports through the one door; reads here are bounded and scoped.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/bindings.hpp"
#include "procedure/engine.hpp"
#include "procedure/record_table.hpp"
#include "storage/database.hpp"

namespace zhian::subjects {

// Kinds of operator. A workshop (小作坊) is also a food producer (figures.md, SP02).
inline constexpr std::string_view kTypes[] = {"industrial",     "food_producer", "workshop",   "shop",
                                              "supermarket",    "market",        "restaurant", "canteen",
                                              "farm_household", "cooperative",   "laboratory", "other"};

struct Operator {
  std::string id, name, code, type, jurisdiction, address, contact, phone, industry, grade, state, matter_id,
      survivor_id;
  std::string former_names;  // separated by '|'
  std::string gln;           // GS1 location of its main premises, "" where it has none
  std::int64_t staff = 0;
  bool above_size = false;  // 規模以上
  bool food = false;        // makes food: counted by SP02
  bool stopped = false;     // barred from producing or selling by a measure, a permit's end or its own closing
  std::int64_t entered_at = 0, verified_at = 0, registered_on = 0;
  boost::json::object more;  // permits, effects, grade inputs, aliases: written by effects, shown on the file
};

// The answers that tell an operator: the question of another room, the line of a list, the facts on the file.
enum OperatorAnswer : unsigned { kInSubject = 1, kInSummary = 2, kInFile = 4 };
// Its one declaration: columns, names in answers, names in forms and spreadsheets.
std::span<const procedure::RecordColumn<Operator>> OperatorColumns();

Result<Operator> LoadOperator(storage::Connection& db, std::string_view id);
// nullopt where no operator bears the code.
Result<std::optional<Operator>> FindByCode(storage::Connection& db, std::string_view code);
// Same name after folding (width, Traditional, spaces, company suffix), in the same district; bounded to 20.
Result<std::vector<Operator>> FindByName(storage::Connection& db, std::string_view name);
// What the table keeps beside the members, for indexes: the name as it is compared, and the township. `places`: of
// PlacesBelowRoot.
procedure::MoreColumns IndexColumns(const Operator& op, const std::vector<std::string>& places);
Status SaveOperator(storage::Connection& db, const Operator& op, bool is_new);

// The name without what only its form adds: spaces, brackets, "有限公司". For duplicates by name.
std::string NameKey(std::string_view name);

struct ListQuery {
  std::vector<std::string> jurisdictions;  // roots of the reader's scope; never empty for staff
  std::vector<std::string> operator_ids;   // own operators of a user of an operator
  std::string text, township, type, state, cursor;
  int limit = 50;
};
struct ListAnswer {
  std::vector<Operator> items;
  std::string next;  // cursor, "" on the last page
};
// Jurisdictions that hold it, from the township down to itself; empty for the root.
Result<std::vector<std::string>> PlacesBelowRoot(storage::Connection& db, std::string_view jurisdiction);

// Bounded, by keyset; no count over a join, no offset. Without text in the order of names; with text as search::Find
// orders.
Result<ListAnswer> ListOperators(storage::Connection& db, const ListQuery& query);

std::span<const storage::Migration> Migrations();
std::span<const procedure::EffectBinding> Records();
// Answers "document.subject", "operator.summary", "start.risk_grading" …
void AddQuestions(procedure::Services& services);

}  // namespace zhian::subjects
