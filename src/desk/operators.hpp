// What the desk needs to know of operators 經營主體 without knowing the room that keeps their files: one card an
// operator, and ways to find one. The room of operators hands over the functions (RoomFace::operators). Functions run
// on the caller's Connection and are safe from any thread; what they find is not filtered by who may see it unless they
// take a scope.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace zhian::desk {

struct ReadScope;

struct OperatorCard {
  std::string id, name, code, type, state, jurisdiction, address, contact, phone;
  bool food = false;  // makes food
};

struct OperatorPage {
  std::vector<OperatorCard> cards;
  bool more = false;  // cut at the limit
};

struct OperatorDirectory {
  Result<OperatorCard> (*load)(storage::Connection& db, std::string_view id);  // kNotFound
  // nullopt where no operator bears the code.
  Result<std::optional<OperatorCard>> (*find_by_code)(storage::Connection& db, std::string_view code);
  // Same name after folding; at most 20.
  Result<std::vector<OperatorCard>> (*find_by_name)(storage::Connection& db, std::string_view name);
  // The operators within the scope that a text finds, the best first.
  Result<OperatorPage> (*find_by_text)(storage::Connection& db, const ReadScope& scope, const std::string& text,
                                       int limit);
};

}  // namespace zhian::desk
