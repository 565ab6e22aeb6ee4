// The goods book 進出貨台賬 of people who speak no EPCIS: five fields (what, how much, from or to whom, when; the kind
// of entry is the page's) become an event of the same repository, in the same transaction. An entry is never changed: a
// wrong one is taken back by an error declaration of its event, and the right one entered anew. The check at the door
// 進貨檢查驗收 looks at the files as they are at that moment. Functions run on the caller's Connection.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/bindings.hpp"
#include "procedure/record_table.hpp"
#include "storage/database.hpp"

namespace zhian::traceability {

// received 收貨, sent 出貨, made 自產、採收, processed 加工, sold 零售, discarded 報廢.
inline constexpr std::string_view kGoodsActs[] = {"received", "sent", "made", "processed", "sold", "discarded"};
bool IsGoodsAct(std::string_view act);
// Whether operators of this type grow what they sell: their goods go with the certificate of compliance.
bool GrowsGoods(std::string_view operator_type);
// What an operator of this type enters most: the form opens with it.
std::string_view UsualAct(std::string_view operator_type);
// The units that the form offers, the usual one first; others that FindUnit knows are taken as well.
inline constexpr std::string_view kGoodsUnits[] = {"公斤", "斤", "克", "吨", "升", "件",
                                                   "箱",   "袋", "瓶", "盒", "包", "桶"};

struct GoodsAmount {
  std::string item;      // identifier of the lot, or its number
  std::string quantity;  // decimal, more than 0
  std::string unit;      // any name that FindUnit knows, or another word
};
// What is said of goods that came or went: the same words when they are sent and when they are kept. "" where not
// known.
struct GoodsWords {
  std::string act, operator_id;
  std::string item;      // identifier of the lot, or its number; may stay empty: it is then found or made of the words
  std::string lot_no;    // batch or production date as the label has it
  std::string product;   // what: a name; may stay empty where the lot is known
  std::string quantity;  // decimal, more than 0
  std::string unit;      // any name that FindUnit knows, or another word
  std::string partner_id;                     // on file, or
  std::string partner_name, partner_contact;  // in words
  // What the law asks a purchase record to say.
  std::string produced_on, shelf_life_days, certificate, specification;
};
struct GoodsEntry : GoodsWords {
  std::vector<GoodsAmount> inputs;       // processed: of what
  std::vector<std::string> attachments;  // digests: photographs of certificate, ticket
  base::Instant at;
  std::string key;  // of the one who sends: the same key from the same account is the same entry; "" for none
};

struct GoodsDoor {
  const procedure::Services& services;  // its policy, and what other rooms answer
  std::string account_id;
  base::Instant now;
};

// One point of the check. `stop`: the goods must not be accepted; `ask`: a proof is missing, or somebody has to look.
struct CheckPoint {
  std::string_view id;  // supplier, permit, listing, recall, lot, certificate
  enum class Verdict { kGood, kAsk, kStop } verdict = Verdict::kGood;
  Message text;
  std::string matter_id;  // of the matter that stands behind it, "" for none
};
struct GoodsCheck {
  std::vector<CheckPoint> points;
  bool hazard = false;  // recall, hold: goods must not go back to the supplier either
  [[nodiscard]] bool stops() const;
};
// `item`: "" where the lot is not known. `produced`: the day on which the producer's permit must have been valid.
Result<GoodsCheck> CheckIncoming(storage::Connection& db, const GoodsDoor& door, const GoodsEntry& entry,
                                 const std::string& item);

struct GoodsRow : GoodsWords {
  std::string id, event_id, entered_by;
  std::int64_t at = 0, entered_at = 0, withdrawn_at = 0;
  std::int32_t keep_until = 0;  // days since 1970-01-01: the record may not be erased before
  boost::json::object details;  // inputs, check, attachments, why it was taken back; and the words that have no column
};
// The answers that tell a row of the book.
enum GoodsAnswer : unsigned { kInGoods = 1 };
// Its one declaration: columns, names in answers, names in forms and spreadsheets. A new word of an entry is a member
// of GoodsWords and a line there.
std::span<const procedure::RecordColumn<GoodsRow>> GoodsColumns();
// What the table keeps beside the members: the quantity as its event says it, and the key of who sent it.
procedure::MoreColumns GoodsIndexColumns(std::int64_t micro, const std::string& code, const std::string& sender_key);
// The words of somebody who names them; the operator is not said, it is known.
GoodsWords SaidGoods(const std::function<std::string(procedure::Text)>& said);
// The points as JSON: {id, verdict: good|ask|stop, text: a message, matter_id}.
boost::json::array CheckView(const GoodsCheck& check);
// REQUIRES: the caller may write for the operator; db is in a write transaction. Errors: kInvalid with every field;
// kConflict with the reasons where a check stops the goods.
Result<GoodsRow> EnterGoods(storage::Connection& db, const GoodsDoor& door, const GoodsEntry& entry);
// Whether the account has sent an entry of this key.
Result<bool> IsEntered(storage::Connection& db, std::string_view account_id, std::string_view key);
// The error declaration of its event. kNotFound, kConflict (taken back before).
Result<GoodsRow> WithdrawGoods(storage::Connection& db, const GoodsDoor& door, std::string_view id,
                               std::string_view reason);
Result<GoodsRow> LoadGoods(storage::Connection& db, std::string_view id);

struct GoodsQuery {
  std::string operator_id, act, text;  // "" does not narrow; text: product, lot number or partner
  std::int64_t from = 0, to = 0;       // ms; 0 does not narrow
  std::int64_t before_at = 0;          // cursor: (at, id) of the last row
  std::string before_id;
  int limit = 50;
};
// Newest first. At most limit + 1 rows, so that the reader knows whether there are more.
Result<std::vector<GoodsRow>> ListGoods(storage::Connection& db, const GoodsQuery& query);

// Goods on the way to the operator: shipped to one of his places and not received. At most 50, the newest first.
struct OnTheWay {
  std::string item, lot_no, product, quantity, unit, from_place, partner_id, partner_name;
  std::int64_t departed_at = 0;
};
Result<std::vector<OnTheWay>> GoodsOnTheWay(storage::Connection& db, std::string_view operator_id);
// Lots that the operator made or received and has not sent on wholly, newest first, at most 50.
struct Stock {
  std::string item, lot_no, product, unit;
  base::Decimal left = {};
  bool held = false;
};
Result<std::vector<Stock>> GoodsInStock(storage::Connection& db, std::string_view operator_id);

std::span<const storage::Migration> GoodsMigrations();

}  // namespace zhian::traceability
