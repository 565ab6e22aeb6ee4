#include "rooms/traceability/face/parts.hpp"

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/matter_view.hpp"
#include "http/message.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;

// The balance of a recall, as the question "balance.recall" answers it.
Schema BalanceSchema() {
  const Schema effect = Object({{"consignees", Integer()},
                                {"drawn", ListOf(Text())},
                                {"left", ListOf(Text())},
                                {"ineffective", ListOf(Text())}});
  const Schema consignee = Object({{"name", Text()},
                                   {"notice", Text()},
                                   {"answered", Truth()},
                                   {"attempts", Integer()},
                                   {"received", Nullable(Number())},
                                   {"held", Nullable(Number())},
                                   {"sold", Nullable(Number())},
                                   {"returned", Nullable(Number())},
                                   {"destroyed", Nullable(Number())}});
  const Schema check = Object({{"id", OneOf({"R1", "R2", "R3", "R4"})},
                               {"label", Text()},
                               {"holds", Truth()},
                               {"open_items", ListOf(Text())},
                               {"exceptions", ListOf(ExceptionSchema())}});
  return Named("Balance", Object({{"unit", Text()},
                                  {"P", Nullable(Number()).Says("null: there is nothing to balance yet")},
                                  Maybe("K", Number()),
                                  Maybe("V", Number()),
                                  Maybe("X", Number()),
                                  Maybe("L", Number()),
                                  Maybe("C", Number()),
                                  Maybe("Chat", Number()),
                                  Maybe("W", Number()),
                                  Maybe("U", Number()),
                                  Maybe("effective_rate", Nullable(Number())),
                                  Maybe("checks", ListOf(check)),
                                  {"effect", Nullable(effect)},
                                  {"consignees", ListOf(consignee)}}));
}

Schema LotsOfMatterSchema() { return Object({{"item", Text()}, {"lots", ListOf(Text())}}); }

Schema LotOnFileSchema() {
  return Object({{"item", Text()},
                 {"lot_no", Text()},
                 {"product", Text()},
                 {"quantity", Number()},
                 {"unit", Text()},
                 {"held", Truth()}});
}

Result<json::array> LotsOnFile(storage::Connection& db, const FileAsOf& file) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT item, product, quantity_micro, unit, held FROM lot WHERE district=$d AND operator_id=$1 AND produced_at<=$2 ORDER BY item LIMIT 200",
          {file.operator_id, file.known_at.ms}));
  json::array lots;
  for (const auto& row : rows)
    lots.push_back(json::object{{"item", row.text(0)},
                                {"lot_no", base::LotNumber(row.text(0))},
                                {"product", row.text(1)},
                                {"quantity", static_cast<double>(row.integer(2)) / 1e6},
                                {"unit", base::UnitSymbol(row.text(3), file.language)},
                                {"held", row.integer(4) != 0 && !file.past}});
  return lots;
}

// Lots made: declared by the producer.
Result<std::vector<FileEntry>> LotEntries(storage::Connection& db, const FileAsOf& file, int limit) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query(
          "SELECT produced_at, item, lot_no, product, quantity_micro, unit FROM lot WHERE district=$d AND operator_id=$1 AND produced_at>0 AND produced_at<=$2 ORDER BY produced_at DESC, item DESC LIMIT $3",
          {file.operator_id, file.known_at.ms, std::int64_t{limit}}));
  std::vector<FileEntry> entries;
  for (const auto& row : rows)
    entries.push_back({row.integer(0),
                       row.text(1),
                       {{"room", "traceability"},
                        {"kind", "lot"},
                        {"label", Message("批次").In(file.language)},
                        {"text", Message("生产入账").In(file.language)},
                        {"tone", nullptr},
                        {"title", row.text(3) + " " + row.text(2)},
                        {"number", base::ShortNumber(static_cast<double>(row.integer(4)) / 1e6, 3) + " " +
                                       base::UnitSymbol(row.text(5), file.language)},
                        {"actor", Message("企业申报").In(file.language)},
                        {"note", ""},
                        {"matter_id", nullptr},
                        {"record_id", nullptr},
                        {"item", row.text(1)},
                        {"ledger_index", -1},
                        {"document", nullptr}}});
  return entries;
}

// By the beginning of the number, or by the whole identifier: two ranges of a B-tree.
Result<std::vector<Finding>> FindLots(storage::Connection& db, const std::string& text, int limit) {
  const std::string wanted = base::Trim(base::Nfkc(text));
  std::vector<Finding> found;
  if (wanted.size() < 3) return found;
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT item, lot_no, product, operator_id FROM lot WHERE district=$d AND lot_no>=$1 AND lot_no<$2 ORDER BY lot_no LIMIT $3",
          {wanted, wanted + "\xEF\xBF\xBF", std::int64_t{limit}}));
  if (rows.empty()) {
    ZHIAN_ASSIGN(
        rows,
        db.Query("SELECT item, lot_no, product, operator_id FROM lot WHERE district=$d AND item=$1 LIMIT 1", {wanted}));
  }
  for (const auto& row : rows)
    found.push_back({.id = row.text(0),
                     .path = "/trace?item=" + http::PercentEncode(row.text(0)),
                     .title = row.text(2).empty() ? row.text(1) : row.text(2) + " " + row.text(1),
                     .operator_id = row.text(3)});
  return found;
}

void AddLotQuestion(procedure::Services& services) {
  services.questions["lot.told"] = [](const procedure::GuardContext& context,
                                      const json::object& asked) -> Result<json::value> {
    ZHIAN_ASSIGN(
        const auto rows,
        context.db.Query(
            "SELECT item, lot_no, product, unit, place, quantity_micro, operator_id FROM lot WHERE district=$d AND item=$1 LIMIT 1",
            {std::string(base::TextAt(asked, "item"))}));
    if (rows.empty()) return json::value(nullptr);
    const auto& row = rows.front();
    return json::value(json::object{{"item", row.text(0)},
                                    {"lot_no", row.text(1)},
                                    {"product", row.text(2)},
                                    {"unit", row.text(3)},
                                    {"place", row.text(4)},
                                    {"quantity", base::Decimal::FromUnits(row.integer(5), 6).Text()},
                                    {"operator_id", row.is_null(6) ? std::string() : row.text(6)}});
  };
}

}  // namespace zhian::traceability::face
