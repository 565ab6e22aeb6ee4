// Jurisdictions 轄區 (a tree with dates and a closure table) and bodies 機構, and the Scope that bounds every query.
// Functions run on the caller's Connection; changes are ledgered in its transaction. Scope is a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/database.hpp"

namespace zhian::identity {

struct Jurisdiction {
  std::string id, parent;  // parent "" for the root
  std::string name;
  std::string level;  // "country", "province", "city", "district", "township", "village"
  base::Instant valid_from{};
  std::optional<base::Instant> valid_to;
  std::string successor;  // the jurisdiction that took over, "" where none
};

// An authority, department, laboratory or other organisation. Bodies keep their row after a reform: matters keep the
// body that acted.
struct Body {
  std::string id, name, kind;  // kind: "bureau", "office", "department", "laboratory", "police", "market", …
  std::string jurisdiction, parent;
  base::Instant valid_from{};
  std::optional<base::Instant> valid_to;
  std::string
      document_word;  // 機關代字, the first part of its document numbers ("金市监"); "" for bodies that issue none
};

// Errors: kConflict (the id exists), kInvalid (no such parent; a field is empty or too long).
Status AddJurisdiction(storage::Connection& db, const Jurisdiction& jurisdiction, base::Instant now);
// Ends one and names its successor (merger of townships). Descendants stay under it.
Status EndJurisdiction(storage::Connection& db, std::string_view id, base::Instant valid_to, std::string_view successor,
                       base::Instant now);
Result<Jurisdiction> LoadJurisdiction(storage::Connection& db, std::string_view id);
Result<std::vector<Jurisdiction>> ListJurisdictions(storage::Connection& db, std::string_view below, int limit = 500);
// Whether `descendant` is `ancestor` or lies below it.
Result<bool> Covers(storage::Connection& db, std::string_view ancestor, std::string_view descendant);

Status AddBody(storage::Connection& db, const Body& body, base::Instant now);
Result<Body> LoadBody(storage::Connection& db, std::string_view id);
Result<std::vector<Body>> ListBodies(storage::Connection& db, std::string_view jurisdiction, int limit = 500);

// What a person may see: territories (with all below), and own operators. Every query function takes one.
struct Scope {
  std::string account_id;
  std::vector<std::string> jurisdictions;  // roots
  std::vector<std::string> operators;      // own
  std::vector<std::string> bodies;
  std::vector<std::string> roles;
  bool everything = false;  // system only: clock, engine, command line

  static Scope System() {
    return {
        .account_id = "system", .jurisdictions = {}, .operators = {}, .bodies = {}, .roles = {}, .everything = true};
  }
  [[nodiscard]] bool HasRole(std::string_view role) const;
};

// An SQL condition for a table with these columns, and its parameters, numbered from `first`. An empty scope sees
// nothing. `jurisdiction_column`, `operator_column`: qualified names written by the programmer; "" where the table has
// none.
struct ScopeFilter {
  std::string sql;  // "(…)"
  std::vector<storage::Value> parameters;
};
ScopeFilter FilterBy(const Scope& scope, std::string_view jurisdiction_column, std::string_view operator_column,
                     int first);

}  // namespace zhian::identity
