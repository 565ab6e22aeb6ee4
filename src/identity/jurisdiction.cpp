#include "identity/jurisdiction.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "ledger/ledger.hpp"

namespace zhian::identity {
namespace json = boost::json;

namespace {

storage::Value Time(const std::optional<base::Instant>& at) { return at ? storage::Value{at->ms} : storage::Null(); }

Status Record(storage::Connection& db, const char* table, const std::string& id, const char* kind, base::Instant now) {
  ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, table, {{"id", id}}));
  const auto index = ledger::Append(db, kind, {{"rows", json::array{std::move(reference)}}}, now);
  if (!index.ok()) return index.error();
  return Ok();
}

bool Long(std::string_view text) { return text.size() > 200; }

Jurisdiction ToJurisdiction(const storage::Row& r) {
  Jurisdiction j{r.text(0), r.text(1), r.text(2), r.text(3), base::Instant{r.integer(4)}, std::nullopt, r.text(6)};
  if (!r.is_null(5)) j.valid_to = base::Instant{r.integer(5)};
  return j;
}
Body ToBody(const storage::Row& r) {
  Body b{r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), base::Instant{r.integer(5)}, std::nullopt};
  if (!r.is_null(6)) b.valid_to = base::Instant{r.integer(6)};
  return b;
}
constexpr const char* kJurisdiction =
    "SELECT j.id, j.parent, j.name, j.level, j.valid_from, j.valid_to, j.successor FROM jurisdictions j ";
constexpr const char* kBody = "SELECT id, name, kind, jurisdiction, parent, valid_from, valid_to FROM bodies ";

}  // namespace

Status AddJurisdiction(storage::Connection& db, const Jurisdiction& j, base::Instant now) {
  if (j.id.empty() || j.name.empty() || j.level.empty() || Long(j.id) || Long(j.name))
    return MakeError(ErrorCode::kInvalid, "辖区须有编号、名称和层级，且不超过 60 字");
  if (!j.parent.empty()) ZHIAN_TRY(LoadJurisdiction(db, j.parent));
  ZHIAN_TRY(db.Execute(
      "INSERT INTO jurisdictions (id, parent, name, level, valid_from, valid_to, successor) VALUES ($1,$2,$3,$4,$5,$6,$7)",
      {j.id, storage::OrNull(j.parent), j.name, j.level, j.valid_from.ms, Time(j.valid_to),
       storage::OrNull(j.successor)}));
  ZHIAN_TRY(db.Execute(
      "INSERT INTO jurisdiction_closure (ancestor, descendant) SELECT ancestor, $1 FROM jurisdiction_closure WHERE descendant=$2 UNION SELECT $1, $1",
      {j.id, j.parent}));
  return Record(db, "jurisdictions", j.id, "jurisdiction.added", now);
}

Status EndJurisdiction(storage::Connection& db, std::string_view id, base::Instant valid_to, std::string_view successor,
                       base::Instant now) {
  ZHIAN_TRY(LoadJurisdiction(db, id));
  if (!successor.empty()) ZHIAN_TRY(LoadJurisdiction(db, successor));
  ZHIAN_TRY(db.Execute("UPDATE jurisdictions SET valid_to=$2, successor=$3 WHERE id=$1",
                       {std::string(id), valid_to.ms, storage::OrNull(std::string(successor))}));
  return Record(db, "jurisdictions", std::string(id), "jurisdiction.ended", now);
}

Result<Jurisdiction> LoadJurisdiction(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(auto rows, db.Query(std::string(kJurisdiction) + "WHERE j.id=$1 LIMIT 1", {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kInvalid, Say("没有这个辖区：{}", base::Cut(id, 60)));
  return ToJurisdiction(rows.front());
}

Result<std::vector<Jurisdiction>> ListJurisdictions(storage::Connection& db, std::string_view below, int limit) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(std::string(kJurisdiction) +
                   "JOIN jurisdiction_closure c ON c.descendant=j.id WHERE c.ancestor=$1 ORDER BY j.id LIMIT $2",
               {std::string(below), std::int64_t{std::clamp(limit, 1, 5000)}}));
  std::vector<Jurisdiction> list;
  for (const auto& row : rows) list.push_back(ToJurisdiction(row));
  return list;
}

Result<bool> Covers(storage::Connection& db, std::string_view ancestor, std::string_view descendant) {
  if (ancestor.empty() || descendant.empty()) return false;
  if (ancestor == descendant) return true;
  ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM jurisdiction_closure WHERE ancestor=$1 AND descendant=$2 LIMIT 1",
                                   {std::string(ancestor), std::string(descendant)}));
  return !rows.empty();
}

Status AddBody(storage::Connection& db, const Body& b, base::Instant now) {
  if (b.id.empty() || b.name.empty() || Long(b.name))
    return MakeError(ErrorCode::kInvalid, "机构须有编号和名称，且不超过 60 字");
  ZHIAN_TRY(LoadJurisdiction(db, b.jurisdiction));
  ZHIAN_TRY(db.Execute(
      "INSERT INTO bodies (id, name, kind, jurisdiction, parent, valid_from, valid_to, document_word) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
      {b.id, b.name, b.kind, b.jurisdiction, storage::OrNull(b.parent), b.valid_from.ms, Time(b.valid_to),
       b.document_word}));
  return Record(db, "bodies", b.id, "body.added", now);
}

Result<Body> LoadBody(storage::Connection& db, std::string_view id) {
  ZHIAN_ASSIGN(auto rows, db.Query(std::string(kBody) + "WHERE id=$1 LIMIT 1", {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, Say("没有这个机构：{}", base::Cut(id, 60)));
  return ToBody(rows.front());
}

Result<std::vector<Body>> ListBodies(storage::Connection& db, std::string_view jurisdiction, int limit) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          std::string(kBody) +
              "WHERE jurisdiction IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor=$1) ORDER BY id LIMIT $2",
          {std::string(jurisdiction), std::int64_t{std::clamp(limit, 1, 5000)}}));
  std::vector<Body> list;
  for (const auto& row : rows) list.push_back(ToBody(row));
  return list;
}

bool Scope::HasRole(std::string_view role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

ScopeFilter FilterBy(const Scope& scope, std::string_view jurisdiction_column, std::string_view operator_column,
                     int first) {
  if (scope.everything) return {"(1=1)", {}};
  ScopeFilter filter;
  const auto list = [&](const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) {
      filter.parameters.emplace_back(id);
      text += (text.empty() ? "$" : ",$") + std::to_string(first + static_cast<int>(filter.parameters.size()) - 1);
    }
    return text;
  };
  std::string sql;
  if (!scope.jurisdictions.empty() && !jurisdiction_column.empty())
    sql = std::string(jurisdiction_column) + " IN (SELECT descendant FROM jurisdiction_closure WHERE ancestor IN (" +
          list(scope.jurisdictions) + "))";
  if (!scope.operators.empty() && !operator_column.empty())
    sql += (sql.empty() ? "" : " OR ") + std::string(operator_column) + " IN (" + list(scope.operators) + ")";
  filter.sql = sql.empty() ? "(1=0)" : "(" + sql + ")";
  return filter;
}

}  // namespace zhian::identity
