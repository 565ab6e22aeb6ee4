// Search 檢索: entries found by any part of a Chinese name, by pinyin initials 拼音首字母, by a former name and by the
// beginning of a code, inside the places of the reader. Postings carry the place, so a township's search never walks
// the district's. Stateless; each call works on the connection (and inside the transaction) that it is given.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "storage/database.hpp"

namespace zhian::search {

struct Entry {
  std::string kind, id;                  // what is found: "operator" and its id
  std::string name;                      // as written
  std::vector<std::string> other_names;  // former and short names
  std::vector<std::string> codes;        // found by their beginning, four characters at least
  std::vector<std::string> places;       // jurisdictions below the root that hold it, from the township down; at most 8
};
// Enters it, or enters it anew after a change.
Status Put(storage::Connection& db, const Entry& entry);

struct Query {
  std::string kind, text;
  std::vector<std::string> places;  // empty: everywhere; at most 50 are read
  std::string cursor;               // of the answer before
  int limit = 50;                   // 1 to 500
};
struct Answer {
  std::vector<std::string> ids;  // names that begin with the text first, then those that hold it; in the order of entry
  std::string next;              // "" on the last page
};
// Every hit is verified against the folded text, so nothing is found that does not hold it. kInvalid names a cursor
// that is none.
Result<Answer> Find(storage::Connection& db, const Query& query);

// Brings the parts of the index together, as after an import of many: seconds for a million entries, and searches are
// three times as fast after it.
Status Gather(storage::Connection& db);

// Folded as entries and queries both are: NFKC, lower case, Simplified, without spaces and brackets.
std::string Key(std::string_view text);
// Initials of the pinyin of each Han character, the rest as it stands: "金口河茶厂" is "jkhcc". Characters with several
// readings take the one that names of places and firms use (長 c, 重 c, 行 h, 樂 l).
std::string Initials(std::string_view text);

std::span<const storage::Migration> Migrations();

}  // namespace zhian::search
