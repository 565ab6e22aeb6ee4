#include "rooms/subjects/face/search_index.hpp"

#include "procedure/matter.hpp"
#include "rooms/subjects/operators.hpp"
#include "search/search.hpp"

namespace zhian::subjects::face {
using namespace desk;

namespace {

// A row is noted by the statement that writes it, so no way into the tables can forget it.
constexpr storage::Migration kMigrations[] = {{"search/pending-001", R"sql(
CREATE TABLE search_pending (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL);
CREATE TRIGGER search_new_matter AFTER INSERT ON matter BEGIN INSERT INTO search_pending (kind, id) VALUES ('matter', NEW.id); END;
CREATE TRIGGER search_renamed_matter AFTER UPDATE OF title, jurisdiction ON matter WHEN OLD.title <> NEW.title OR OLD.jurisdiction <> NEW.jurisdiction
  BEGIN INSERT INTO search_pending (kind, id) VALUES ('matter', NEW.id); END;
CREATE TRIGGER search_new_document AFTER INSERT ON document BEGIN INSERT INTO search_pending (kind, id) VALUES ('document', NEW.id); END;
INSERT INTO search_pending (kind, id) SELECT 'matter', id FROM matter;
INSERT INTO search_pending (kind, id) SELECT 'document', id FROM document;
)sql"}};

// "SAM-511113-2026-0042" is also looked for as "2026-0042".
std::string WithoutPlace(const std::string& number) {
  const auto first = number.find('-');
  const auto second = first == std::string::npos ? first : number.find('-', first + 1);
  return second == std::string::npos ? std::string{} : number.substr(second + 1);
}

Status Enter(storage::Connection& db, const std::string& kind, const std::string& id) {
  const char* sql =
      kind == "matter"
          ? "SELECT title, number, jurisdiction FROM matter WHERE district=$d AND id=$1 LIMIT 1"
          : "SELECT d.number, '', m.jurisdiction FROM document d JOIN matter m ON m.district=$d AND m.id=d.matter_id WHERE d.district=$d AND d.id=$1 LIMIT 1";
  ZHIAN_ASSIGN(auto rows, db.Query(sql, {id}));
  if (rows.empty()) return Ok();
  search::Entry entry{kind, id, rows.front().text(0), {}, {}, {}};
  if (const std::string number = rows.front().text(1); !number.empty()) entry.codes = {number, WithoutPlace(number)};
  ZHIAN_ASSIGN(entry.places, subjects::PlacesBelowRoot(db, rows.front().text(2)));
  return search::Put(db, entry);
}

}  // namespace

std::span<const storage::Migration> SearchMigrations() { return kMigrations; }

Result<int> CatchUp(App& app, int rows) {
  const auto waiting = [&](int& count) {
    return app.database.Read([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto found, db.Query("SELECT number FROM search_pending LIMIT 1"));
      count = static_cast<int>(found.size());
      return Ok();
    });
  };
  int left = 0;
  ZHIAN_TRY(waiting(left));
  for (int done = 0; left > 0 && done < rows;) {
    ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(auto noted, db.Query("SELECT number, kind, id FROM search_pending ORDER BY number LIMIT 500"));
      for (const auto& row : noted) ZHIAN_TRY(Enter(db, row.text(1), row.text(2)));
      if (!noted.empty())
        ZHIAN_TRY(db.Execute("DELETE FROM search_pending WHERE number<=$1", {noted.back().integer(0)}));
      done += static_cast<int>(noted.size());
      left = noted.size() == 500 ? 1 : 0;
      return Ok();
    }));
  }
  return left;
}

}  // namespace zhian::subjects::face
