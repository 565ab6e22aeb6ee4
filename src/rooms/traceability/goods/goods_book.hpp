// The rows of the goods book. Internal to the room.
#pragma once

#include "rooms/traceability/goods/goods.hpp"

namespace zhian::traceability {

// What the book needs to know of an operator on file.
struct Party {
  std::string id, name, type, state, address, jurisdiction, matter_id;
  bool stopped = false;
};
Result<Party> LoadParty(storage::Connection& db, const std::string& id);  // kNotFound

// Of a place's code: "https://id.gs1.org/414/…" for a location number, "urn:zhian:place:…" for one that the house gave.
std::string PlaceName(const std::string& code);
// `micro` and `code`: the quantity as its event says it.
Status InsertGoods(storage::Connection& db, const GoodsRow& row, std::int64_t micro, const std::string& code,
                   const std::string& sender_key);

}  // namespace zhian::traceability
