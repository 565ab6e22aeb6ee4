#include "search/search.hpp"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/han.hpp"
#include "base/text.hpp"

namespace zhian::search {
namespace {

// number: order of entry, the key of postings. terms: what stands in the index, needed to take it out again.
// An entry's codes and hits by code are rows of a B-tree: a prefix is one range of it.
constexpr std::string_view kSchema = R"sql(
CREATE TABLE search_entry (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, keys TEXT NOT NULL, initials TEXT NOT NULL, terms TEXT NOT NULL);
CREATE UNIQUE INDEX search_entry_id ON search_entry (kind, id);
CREATE TABLE search_code (place TEXT NOT NULL, code TEXT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (place, code, number));
CREATE INDEX search_code_of ON search_code (number);
CREATE VIRTUAL TABLE search_term USING fts5(terms, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co'");
)sql";
constexpr storage::Migration kMigrations[] = {{"search/001", kSchema}};

constexpr std::size_t kNameMax = 120;  // characters of a name that are indexed
constexpr std::size_t kPlacesMax = 8;  // places of an entry
constexpr std::size_t kScopeMax = 50;  // places of a query
constexpr std::size_t kCodeMin = 4;    // characters of a code before it is looked for
constexpr std::ptrdiff_t kCodeDigits = 8;
constexpr char32_t kFirst = 0xE000;        // marks of the private use area: the beginning of a name,
constexpr char32_t kInitialMark = 0xE001;  // and initials, which are no words of the name

std::u32string Wide(std::string_view text) {
  std::u32string wide;
  const auto source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  for (std::int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1))
    wide += static_cast<char32_t>(source.char32At(i));
  return wide;
}
std::string Narrow(std::u32string_view wide) {
  icu::UnicodeString text;
  for (const char32_t c : wide) text.append(static_cast<UChar32>(c));
  std::string out;
  text.toUTF8String(out);
  return out;
}

bool Counts(char32_t c) { return u_isalnum(static_cast<UChar32>(c)) != 0; }

// Readings that names of places and firms use, where ICU's first one is another.
char Usual(char32_t c) {
  switch (c) {
    case U'长': return 'c';
    case U'重': return 'c';
    case U'行': return 'h';
    case U'乐': return 'l';
    case U'厦': return 'x';
    case U'会': return 'h';
    case U'调': return 't';
    default: return 0;
  }
}

void Grams(const std::u32string& text, std::u32string_view mark, std::vector<std::u32string>& grams) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    grams.emplace_back(std::u32string(mark) + text[i]);
    if (i + 1 < text.size()) grams.emplace_back(std::u32string(mark) + text.substr(i, 2));
  }
}
// What a query needs of an entry: its bigrams, or its one character.
std::vector<std::u32string> Needed(const std::u32string& text, std::u32string_view mark) {
  std::vector<std::u32string> grams;
  if (text.size() == 1) grams.emplace_back(std::u32string(mark) + text);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) grams.emplace_back(std::u32string(mark) + text.substr(i, 2));
  return grams;
}

std::string Escaped(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

bool LooksLikeCode(std::string_view key) {
  return key.size() >= kCodeMin && std::all_of(key.begin(), key.end(), [](unsigned char c) { return c < 0x80; }) &&
         std::any_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// So many digits are no name: codes alone are looked through.
bool IsCode(std::string_view key) {
  return LooksLikeCode(key) &&
         std::count_if(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; }) >= kCodeDigits;
}

// The full-text index writes out what it gathered before each statement that may be undone, so its rows come last in a
// write: a hundred entries of one transaction cost one such writing.
void EnterTerms(storage::Connection& db, const char* sql, std::int64_t number, const std::string& terms) {
  db.AtEnd([sql, number, terms](storage::Connection& at_end) -> Status {
    ZHIAN_TRY(at_end.Execute(sql, {number, terms}));
    return Ok();
  });
}

// `prefix` "1" or "2" and the number after which the next page begins.
struct Cursor {
  char phase = '1';
  std::int64_t after = 0;
};
Result<Cursor> ReadCursor(const std::string& text) {
  if (text.empty()) return Cursor{};
  if (text.size() < 2 || text.size() > 18 || text[0] < '0' || text[0] > '2' ||
      text.find_first_not_of("0123456789", 1) != std::string::npos)
    return NeedsMending({{"/cursor", "error.value", "从列表的下一页取得 cursor"}});
  return Cursor{text[0], std::stoll(text.substr(1))};
}

std::string Match(const std::vector<std::string>& places, const std::vector<std::vector<std::u32string>>& ways) {
  std::string match;
  for (std::size_t i = 0; i < places.size() && i < kScopeMax; ++i)
    for (const auto& way : ways) {
      if (way.empty()) continue;
      match += match.empty() ? "(" : " OR (";
      for (std::size_t n = 0; n < way.size() && n < kNameMax; ++n)
        match += (n == 0 ? "\"" : " AND \"") + places[i] + Narrow(way[n]) + "\"";
      match += ")";
    }
  return match;
}

}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }

Status Gather(storage::Connection& db) {
  ZHIAN_TRY(db.Execute("INSERT INTO search_term (search_term) VALUES ('optimize')"));
  return Ok();
}

std::string Key(std::string_view text) {
  std::u32string kept;
  for (const char32_t c : Wide(base::Simplified(base::Fold(text))))
    if (Counts(c) && kept.size() < kNameMax) kept += c;
  return Narrow(kept);
}

std::string Initials(std::string_view text) {
  std::string initials;
  for (const char32_t c : Wide(Key(text))) {
    const char usual = Usual(c), initial = c < 0x80 ? static_cast<char>(c) : usual != 0 ? usual : base::InitialOf(c);
    if (initial != 0) initials += initial;
  }
  return initials;
}

Status Put(storage::Connection& db, const Entry& entry) {
  // Names stand between bars, so that "begins with" is one test for each of them.
  std::string keys = "|", initials = "|";
  std::vector<std::u32string> grams;
  const auto add = [&](const std::string& name) {
    const std::string key = Key(name), letters = Initials(name);
    if (key.empty()) return;
    keys += key + "|";
    initials += letters + "|";
    const std::u32string wide = Wide(key), first = wide.substr(0, 2);
    Grams(wide, {}, grams);
    grams.emplace_back(std::u32string{kFirst} + first.substr(0, 1));
    if (first.size() == 2) grams.emplace_back(std::u32string{kFirst} + first);
    Grams(Wide(letters), std::u32string{kInitialMark}, grams);
  };
  add(entry.name);
  for (std::size_t i = 0; i < entry.other_names.size() && i < 20; ++i) add(entry.other_names[i]);
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  std::string terms;
  const auto enter = [&](const std::string& place) {
    for (const auto& gram : grams) terms += (terms.empty() ? "" : " ") + place + Narrow(gram);
  };
  enter("");
  for (std::size_t i = 0; i < entry.places.size() && i < kPlacesMax; ++i) enter(entry.places[i]);

  ZHIAN_ASSIGN(auto known, db.Query("SELECT number, terms FROM search_entry WHERE kind=$1 AND id=$2 LIMIT 1",
                                    {entry.kind, entry.id}));
  std::int64_t number = 0;
  if (known.empty()) {
    ZHIAN_ASSIGN(
        auto made,
        db.Query("INSERT INTO search_entry (kind, id, keys, initials, terms) VALUES ($1,$2,$3,$4,$5) RETURNING number",
                 {entry.kind, entry.id, keys, initials, terms}));
    number = made.front().integer(0);
  } else {
    number = known.front().integer(0);
    EnterTerms(db, "INSERT INTO search_term (search_term, rowid, terms) VALUES ('delete',$1,$2)", number,
               known.front().text(1));
    ZHIAN_TRY(db.Execute("DELETE FROM search_code WHERE number=$1", {number}));
    ZHIAN_TRY(db.Execute("UPDATE search_entry SET keys=$2, initials=$3, terms=$4 WHERE number=$1",
                         {number, keys, initials, terms}));
  }
  EnterTerms(db, "INSERT INTO search_term (rowid, terms) VALUES ($1,$2)", number, terms);
  std::vector<std::string> places{""};
  for (std::size_t i = 0; i < entry.places.size() && i < kPlacesMax; ++i) places.push_back(entry.places[i]);
  std::vector<std::string> codes;
  const auto add_code = [&](std::string code) {
    if (code.size() >= kCodeMin && codes.size() < 40 && std::find(codes.begin(), codes.end(), code) == codes.end())
      codes.push_back(std::move(code));
  };
  for (std::size_t i = 0; i < entry.codes.size() && i < 20; ++i) add_code(Key(entry.codes[i]));
  const auto name_as_code = [&](const std::string& name) {
    if (std::string key = Key(name); IsCode(key)) add_code(std::move(key));
  };
  name_as_code(entry.name);
  for (std::size_t i = 0; i < entry.other_names.size() && i < 20; ++i) name_as_code(entry.other_names[i]);
  for (const auto& place : places)
    for (const auto& code : codes)
      ZHIAN_TRY(db.Execute("INSERT INTO search_code (place, code, number, kind) VALUES ($1,$2,$3,$4)",
                           {place, code, number, entry.kind}));
  return Ok();
}

Result<Answer> Find(storage::Connection& db, const Query& query) {
  Answer answer;
  const std::string key = Key(query.text);
  if (key.empty()) return answer;
  const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, 500));
  ZHIAN_ASSIGN(Cursor cursor, ReadCursor(query.cursor));
  const std::vector<std::string> places = query.places.empty() ? std::vector<std::string>{""} : query.places;

  // A code: one range of the B-tree for each place. All that begin with it, in the order of the codes; one page, a code
  // is nearly exact.
  if (LooksLikeCode(key) && query.cursor.empty()) {
    for (std::size_t i = 0; i < places.size() && i < kScopeMax && answer.ids.size() < limit; ++i) {
      ZHIAN_ASSIGN(
          auto rows,
          db.Query(
              "SELECT e.id FROM search_code c JOIN search_entry e ON e.number=c.number WHERE c.place=$1 AND c.code>=$2 AND c.code<$3 AND c.kind=$4 ORDER BY c.code, c.number LIMIT $5",
              {places[i], key, key + "\x7f", query.kind, static_cast<std::int64_t>(limit)}));
      for (const auto& row : rows)
        if (std::find(answer.ids.begin(), answer.ids.end(), row.text(0)) == answer.ids.end() &&
            answer.ids.size() < limit)
          answer.ids.push_back(row.text(0));
    }
    if (!answer.ids.empty() || IsCode(key)) return answer;
  }

  const std::u32string wide = Wide(key);
  const bool latin = std::all_of(key.begin(), key.end(), [](unsigned char c) { return c < 0x80; });
  auto beginning = Needed(wide, {});
  beginning.emplace_back(std::u32string{kFirst} + wide.substr(0, std::min<std::size_t>(2, wide.size())));
  using Ways = std::vector<std::vector<std::u32string>>;
  Ways all{Needed(wide, {})};
  const Ways anchored{beginning};
  if (latin) all.push_back(Needed(wide, std::u32string{kInitialMark}));
  const std::string inside = "%" + Escaped(key) + "%", begins = "%|" + Escaped(key) + "%";
  const char* const kBegins =
      "SELECT t.rowid, e.id FROM search_term t JOIN search_entry e ON e.number=t.rowid WHERE search_term MATCH $1 AND t.rowid>$2 AND e.kind=$3 AND e.keys LIKE $4 ESCAPE '\\' ORDER BY t.rowid LIMIT $6";
  const char* const kInside =
      "SELECT t.rowid, e.id FROM search_term t JOIN search_entry e ON e.number=t.rowid WHERE search_term MATCH $1 AND t.rowid>$2 AND e.kind=$3 AND e.keys NOT LIKE $4 ESCAPE '\\' "
      "AND (e.keys LIKE $5 ESCAPE '\\' OR e.initials LIKE $5 ESCAPE '\\') ORDER BY t.rowid LIMIT $6";
  for (; cursor.phase <= '2'; ++cursor.phase, cursor.after = 0) {
    const bool first = cursor.phase < '2';
    const auto room = static_cast<std::int64_t>(limit - answer.ids.size());
    ZHIAN_ASSIGN(auto rows, db.Query(first ? kBegins : kInside, {Match(places, first ? anchored : all), cursor.after,
                                                                 query.kind, begins, inside, room + 1}));
    for (const auto& row : rows) {
      if (answer.ids.size() == limit) {
        answer.next = std::string(1, cursor.phase) + std::to_string(cursor.after);
        return answer;
      }
      cursor.after = row.integer(0);
      answer.ids.push_back(row.text(1));
    }
  }
  return answer;
}

}  // namespace zhian::search
