#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "base/text.hpp"
#include "procedure/form.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/subjects/registry.hpp"

namespace zhian::subjects {

TEST_CASE("the declarations of operator, record and premises agree with their tables") {
  const auto folder = std::filesystem::temp_directory_path() / ("zhian-columns-" + base::NewUuid7(base::Instant{1}));
  std::filesystem::create_directories(folder);
  auto db = std::move(*storage::Database::Open("sqlite:" + (folder / "x.db").string()));
  REQUIRE(db->Migrate(Migrations()).ok());
  REQUIRE(db->Read([](storage::Connection& c) -> Status {
              ZHIAN_ASSIGN(const auto of_operator, c.Columns("operator"));
              CHECK(procedure::Disagreements(OperatorColumns(), IndexColumns({}, {}), of_operator) ==
                    std::vector<std::string>{});
              ZHIAN_ASSIGN(const auto of_record, c.Columns("file_record"));
              CHECK(procedure::Disagreements(RecordColumns(), RecordIndexColumns(RecordKinds().front(), {}),
                                             of_record) == std::vector<std::string>{});
              ZHIAN_ASSIGN(const auto of_premises, c.Columns("premises"));
              CHECK(procedure::Disagreements(PremisesColumns(), {}, of_premises) == std::vector<std::string>{});
              return Ok();
            }).ok());
  db.reset();
  std::filesystem::remove_all(folder);
}

TEST_CASE("what an operator's file is asked for is what the operator keeps") {
  const auto* kind = procedure::FindKind("operator_file");
  REQUIRE(kind != nullptr);
  std::set<std::string> said, asked;
  for (const auto& column : OperatorColumns())
    if (!column.said_as.empty()) said.emplace(column.said_as);
  for (const char* action : {"enter_operator", "import_operator"})
    for (const auto& field : procedure::FormOf(*kind, *procedure::FindTransition(*kind, "", action)))
      asked.emplace(field.field->name);
  CHECK(said == asked);
}

TEST_CASE("each kind of record calls itself and its identifier by fields that it has") {
  for (const RecordKind& kind : RecordKinds()) {
    CAPTURE(kind.id);
    std::set<std::string_view> names;
    for (const RecordField& field : kind.fields) CHECK(names.insert(field.field.name).second);
    CHECK(names.contains(kind.name_field));
    if (!kind.code_field.empty()) CHECK(names.contains(kind.code_field));
    if (!kind.since_field.empty()) CHECK(names.contains(kind.since_field));
    for (const auto name : kind.distinguished_by) CHECK(names.contains(name));
  }
}

}  // namespace zhian::subjects
