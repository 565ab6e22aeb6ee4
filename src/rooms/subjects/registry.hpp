// What an operator's file holds once 一企一檔: premises, products, equipment, people, and results of tests from before
// the system. WriteRecord is their one door: it authorises, validates every field, and writes rows and ledger leaf in
// one transaction. A record is never overwritten: each version says from when to when it is true (valid_from, valid_to:
// civil days, half open) and when it was known (recorded_at, superseded_at). For one record, the versions known at any
// instant never overlap. Functions run on the caller's Connection and have no state of their own.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/engine.hpp"
#include "procedure/record_table.hpp"
#include "storage/database.hpp"

namespace zhian::subjects {

struct RecordField {
  procedure::Field field;  // `type` may also be "gln", and "identity": of that one only a digest is kept
  std::string_view
      titles;  // column titles that registries use, separated by '|'; the label and the name are always taken
};
struct RecordKind {
  std::string_view id;  // premises, product, equipment, person, test_result
  procedure::Label label;
  std::string_view imported_as;  // the word of `zhian import`
  std::vector<RecordField> fields;
  std::string_view name_field, code_field;         // what it is called, and its identifier ("" where the kind has none)
  std::vector<std::string_view> distinguished_by;  // with the name, where there is no code
  std::vector<std::string_view> writers;           // roles
  std::string_view
      since_field;  // the field that says since when the record is true; "": the day on which it is entered
};
std::span<const RecordKind> RecordKinds();
const RecordKind* FindRecordKind(
    std::string_view id);  // by id or by the word of the import; nullptr where there is none

// One version of a record.
struct FileRecord {
  std::string id, record_id, kind, operator_id, name, code;
  boost::json::object fields;
  std::int64_t version = 0;
  std::int32_t valid_from = 0;  // days since 1970-01-01
  std::int32_t valid_to = 0;    // the first day on which it is not true any more; kOpenEnd: it still is
  std::int64_t recorded_at = 0, superseded_at = 0;          // ms; 0: not superseded
  std::string recorded_by, recorded_by_name, source, note;  // source: "entered", "imported"
  std::int64_t ledger_index = -1;
};
// The answers that tell a record: the line on the file, and the receipt of a write.
enum RecordAnswer : unsigned { kInRecord = 1, kInReceipt = 2 };
// What every version of a record has beside the fields of its kind: the one declaration of table and answers.
std::span<const procedure::RecordColumn<FileRecord>> RecordColumns();
// What the table keeps beside it: by what two records are the same thing.
procedure::MoreColumns RecordIndexColumns(const RecordKind& kind, const FileRecord& record);
// Premises as goods are located by them: the row that follows the record.
struct PremisesRow {
  std::string id, operator_id, name, address, jurisdiction, gln, kind;
};
std::span<const procedure::RecordColumn<PremisesRow>> PremisesColumns();
inline constexpr std::int32_t kOpenEnd = 2'000'000;  // past every date that the product takes

struct RecordCommand {
  enum class Action { kEnter, kChange, kEnd } action = Action::kEnter;
  std::string kind, operator_id;  // kEnter
  std::string record_id;          // kChange, kEnd
  boost::json::object fields;     // kEnter, kChange: all fields of the record as they are from then on
  std::string since;              // the day from which it holds (kEnd: does not hold any more); "": today
  std::string note;
  std::string source = "entered";
  std::optional<std::int64_t> expected_version;  // kChange, kEnd
};
struct RecordDoor {
  procedure::Engine& engine;  // who may see the operator
  base::Instant now;
  std::function<std::string(std::string_view)> identity_digest;  // keyed digest of an identity number
};
// REQUIRES: db is in a write transaction. Errors: kForbidden, kNotFound, kInvalid with every field, kConflict (already
// on file), kVersionMissing, kStaleVersion. Returns the version that is true from then on (kEnd: the one that ended).
Result<FileRecord> WriteRecord(storage::Connection& db, const RecordDoor& door, const procedure::Actor& actor,
                               const RecordCommand& command);
// Whether this person may write records of the kind on this operator's file.
Result<bool> MayWrite(storage::Connection& db, procedure::Engine& engine, const procedure::Actor& actor,
                      const RecordKind& kind, std::string_view operator_id);

// Records of the operator that were true on the day, as they were known at the instant. At most 500 of a kind, by name.
Result<std::vector<FileRecord>> LoadRecords(storage::Connection& db, std::string_view operator_id,
                                            std::string_view kind, base::Date on, base::Instant known_at);
// Every version of one record, newest first, at most 200.
Result<std::vector<FileRecord>> LoadVersions(storage::Connection& db, std::string_view record_id);
// What was entered, changed and ended on the operator's file up to the instant, newest first.
Result<std::vector<FileRecord>> LoadWrites(storage::Connection& db, std::string_view operator_id, base::Instant until,
                                           int limit);

}  // namespace zhian::subjects
