#include "engines/epcis/digital_link.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace zhian::epcis {
namespace {

// A format is parts between spaces: N digits, X any of the 82 characters, Y of the 39, Z of base64; a number of
// characters, or
// "..n" up to n; [ ] where it may be missing; then a letter for what it is: c check digit, C check characters, d date,
// D date whose day may be 00, B birthday of eight digits, t hour and minute, h hour, m minute or second, p piece of
// total, z no zero alone, 0 no zero in front, b yes or no.
struct Identifier {
  std::string_view first, last, format;
  bool attribute = true;  // may stand in the query of a link
};
constexpr Identifier kIdentifiers[] = {
    {"00", "00", "N18c"},
    {"01", "02", "N14c"},
    {"03", "03", "N14c", false},
    {"10", "10", "X..20"},
    {"11", "13", "N6D"},
    {"15", "17", "N6D"},
    {"20", "20", "N2"},
    {"21", "22", "X..20", false},
    {"235", "235", "X..28", false},
    {"240", "241", "X..30"},
    {"242", "242", "N..6"},
    {"243", "243", "X..20"},
    {"250", "251", "X..30"},
    {"253", "253", "N13c [X..17]"},
    {"254", "254", "X..20", false},
    {"255", "255", "N13c [N..12]"},
    {"30", "30", "N..8"},
    {"3100", "3105", "N6"},
    {"3110", "3115", "N6"},
    {"3120", "3125", "N6"},
    {"3130", "3135", "N6"},
    {"3140", "3145", "N6"},
    {"3150", "3155", "N6"},
    {"3160", "3165", "N6"},
    {"3200", "3205", "N6"},
    {"3210", "3215", "N6"},
    {"3220", "3225", "N6"},
    {"3230", "3235", "N6"},
    {"3240", "3245", "N6"},
    {"3250", "3255", "N6"},
    {"3260", "3265", "N6"},
    {"3270", "3275", "N6"},
    {"3280", "3285", "N6"},
    {"3290", "3295", "N6"},
    {"3300", "3305", "N6"},
    {"3310", "3315", "N6"},
    {"3320", "3325", "N6"},
    {"3330", "3335", "N6"},
    {"3340", "3345", "N6"},
    {"3350", "3355", "N6"},
    {"3360", "3365", "N6"},
    {"3370", "3375", "N6"},
    {"3400", "3405", "N6"},
    {"3410", "3415", "N6"},
    {"3420", "3425", "N6"},
    {"3430", "3435", "N6"},
    {"3440", "3445", "N6"},
    {"3450", "3455", "N6"},
    {"3460", "3465", "N6"},
    {"3470", "3475", "N6"},
    {"3480", "3485", "N6"},
    {"3490", "3495", "N6"},
    {"3500", "3505", "N6"},
    {"3510", "3515", "N6"},
    {"3520", "3525", "N6"},
    {"3530", "3535", "N6"},
    {"3540", "3545", "N6"},
    {"3550", "3555", "N6"},
    {"3560", "3565", "N6"},
    {"3570", "3575", "N6"},
    {"3600", "3605", "N6"},
    {"3610", "3615", "N6"},
    {"3620", "3625", "N6"},
    {"3630", "3635", "N6"},
    {"3640", "3645", "N6"},
    {"3650", "3655", "N6"},
    {"3660", "3665", "N6"},
    {"3670", "3675", "N6"},
    {"3680", "3685", "N6"},
    {"3690", "3695", "N6"},
    {"37", "37", "N..8"},
    {"3900", "3909", "N..15"},
    {"3910", "3919", "N3 N..15"},
    {"3920", "3929", "N..15"},
    {"3930", "3939", "N3 N..15"},
    {"3940", "3943", "N4"},
    {"3950", "3955", "N6"},
    {"400", "400", "X..30"},
    {"401", "401", "X..30"},
    {"402", "402", "N17c"},
    {"403", "403", "X..30"},
    {"410", "417", "N13c"},
    {"420", "420", "X..20"},
    {"421", "421", "N3 X..9"},
    {"422", "422", "N3"},
    {"423", "423", "N3 [N3] [N3] [N3] [N3]"},
    {"424", "424", "N3"},
    {"425", "425", "N3 [N3] [N3] [N3] [N3]"},
    {"426", "426", "N3"},
    {"427", "427", "X..3"},
    {"4300", "4301", "X..35"},
    {"4302", "4306", "X..70"},
    {"4307", "4307", "X2"},
    {"4308", "4308", "X..30"},
    {"4309", "4309", "N20"},
    {"4310", "4311", "X..35"},
    {"4312", "4316", "X..70"},
    {"4317", "4317", "X2"},
    {"4318", "4318", "X..20"},
    {"4319", "4319", "X..30"},
    {"4320", "4320", "X..35"},
    {"4321", "4323", "N1b"},
    {"4324", "4325", "N6D N4t"},
    {"4326", "4326", "N6d"},
    {"4330", "4333", "N6 [X1]"},
    {"7001", "7001", "N13"},
    {"7002", "7002", "X..30"},
    {"7003", "7003", "N6d N4t"},
    {"7004", "7004", "N..4"},
    {"7005", "7005", "X..12"},
    {"7006", "7006", "N6d"},
    {"7007", "7007", "N6d [N6d]"},
    {"7008", "7008", "X..3"},
    {"7009", "7009", "X..10"},
    {"7010", "7010", "X..2"},
    {"7011", "7011", "N6d [N4t]"},
    {"7020", "7022", "X..20"},
    {"7023", "7023", "X..30"},
    {"7030", "7039", "N3 X..27"},
    {"7040", "7040", "N1 X1 X1 X1", false},
    {"7041", "7041", "X..4", false},
    {"710", "717", "X..20"},
    {"7230", "7239", "X2 X..28"},
    {"7240", "7240", "X..20"},
    {"7241", "7241", "N2"},
    {"7242", "7242", "X..25"},
    {"7250", "7250", "N8B"},
    {"7251", "7251", "N8B N4t"},
    {"7252", "7252", "N1"},
    {"7253", "7254", "X..40"},
    {"7255", "7255", "X..10"},
    {"7256", "7256", "X..90"},
    {"7257", "7257", "X..70"},
    {"7258", "7258", "X3"},
    {"7259", "7259", "X..40"},
    {"8001", "8001", "N4z N5z N3z N1 N1"},
    {"8002", "8002", "X..20"},
    {"8003", "8003", "N14c [X..16]"},
    {"8004", "8004", "X..30"},
    {"8005", "8005", "N6"},
    {"8006", "8006", "N14c N4p"},
    {"8007", "8007", "X..34"},
    {"8008", "8008", "N6d N2h [N2m] [N2m]"},
    {"8009", "8009", "X..50"},
    {"8010", "8010", "Y..30"},
    {"8011", "8011", "N..12", false},
    {"8012", "8012", "X..20"},
    {"8013", "8013", "X..25C"},
    {"8014", "8014", "X..25C", false},
    {"8017", "8018", "N18c"},
    {"8019", "8019", "N..10", false},
    {"8020", "8020", "X..25", false},
    {"8026", "8026", "N14c N4p"},
    {"8030", "8030", "Z..90"},
    {"8040", "8041", "N15", false},
    {"8042", "8042", "N32", false},
    {"8043", "8043", "N18 [N..2]", false},
    {"8110", "8110", "X..70"},
    {"8111", "8111", "N4", false},
    {"8112", "8112", "X..70"},
    {"8200", "8200", "X..70", false},
    {"90", "90", "X..30"},
    {"91", "99", "X..90"},
};

struct Key {
  std::string_view ai, name;
  std::vector<std::vector<std::string_view>> qualifiers;  // each a sequence of which some may be left out
};
const std::vector<Key>& LinkKeys() {
  static const std::vector<Key> kKeys{{"00", "sscc", {}},
                                      {"01", "gtin", {{"22", "10", "21"}, {"235"}}},
                                      {"253", "gdti", {}},
                                      {"255", "gcn", {}},
                                      {"401", "ginc", {}},
                                      {"402", "gsin", {}},
                                      {"414", "gln", {{"254"}, {"7040"}}},
                                      {"415", "payTo", {{"8020"}}},
                                      {"417", "party", {{"7040"}}},
                                      {"8003", "grai", {}},
                                      {"8004", "giai", {{"7040"}}},
                                      {"8006", "itip", {{"22", "10", "21"}}},
                                      {"8010", "cpid", {{"8011"}}},
                                      {"8013", "gmn", {}},
                                      {"8017", "gsrnp", {{"8019"}}},
                                      {"8018", "gsrn", {{"8019"}}}};
  return kKeys;
}
constexpr std::pair<std::string_view, std::string_view> kShortQualifiers[] = {
    {"cpv", "22"},   {"lot", "10"},     {"ser", "21"},    {"tpx", "235"},
    {"glnx", "254"}, {"refno", "8020"}, {"cpsn", "8011"}, {"srin", "8019"}};

bool Digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

const Identifier* Find(std::string_view ai) {
  for (const Identifier& identifier : kIdentifiers)
    if (ai.size() == identifier.first.size() && ai >= identifier.first && ai <= identifier.last && Digits(ai))
      return &identifier;
  return nullptr;
}

const Key* FindKey(std::string_view ai) {
  for (const Key& key : LinkKeys())
    if (key.ai == ai) return &key;
  return nullptr;
}

// Whether the sequence takes these qualifiers, in this order.
bool Takes(const std::vector<std::string_view>& sequence, const std::vector<std::string_view>& qualifiers) {
  auto at = sequence.begin();
  for (const auto qualifier : qualifiers) {
    at = std::find(at, sequence.end(), qualifier);
    if (at == sequence.end()) return false;
    ++at;
  }
  return true;
}
bool PathIsValid(const Key& key, const std::vector<std::string_view>& qualifiers) {
  return qualifiers.empty() || std::any_of(key.qualifiers.begin(), key.qualifiers.end(),
                                           [&](const auto& sequence) { return Takes(sequence, qualifiers); });
}

// Identifiers of a length that readers know by heart need no FNC1 after them.
bool IsFixed(std::string_view ai) {
  const int two = (ai[0] - '0') * 10 + (ai[1] - '0');
  return two <= 4 || (two >= 11 && two <= 20) || (two >= 31 && two <= 36) || two == 41;
}

constexpr std::string_view k82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Two check characters over all before them: primes as weights, modulo 1021 (General Specifications 7.9.5).
bool CheckCharactersHold(std::string_view value) {
  static constexpr int kPrimes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                                    41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83};
  static constexpr std::string_view k32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  if (value.size() < 3 || value.size() > 25) return false;
  const std::string_view body = value.substr(0, value.size() - 2);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const auto at = k82.find(body[i]);
    if (at == std::string_view::npos) return false;
    sum += at * static_cast<std::size_t>(kPrimes[body.size() - 1 - i]);
  }
  sum %= 1021;
  return value[value.size() - 2] == k32[sum >> 5] && value.back() == k32[sum & 31];
}

bool DateHolds(std::string_view text, bool day_may_be_zero) {
  const bool four = text.size() == 8;
  const int year = four ? Number(text.substr(0, 4)) : 2000 + Number(text.substr(0, 2)),
            month = Number(text.substr(four ? 4 : 2, 2)), day = Number(text.substr(four ? 6 : 4, 2));
  return base::Date::IsCivil(year == 0 ? 2000 : year, month, day_may_be_zero && day == 0 ? 1 : day);
}

bool RuleHolds(char rule, std::string_view text) {
  switch (rule) {
    case 'c': return base::Gs1Check(text.substr(0, text.size() - 1)) == text.back();
    case 'C': return CheckCharactersHold(text);
    case 'd':
    case 'B': return DateHolds(text, false);
    case 'D': return DateHolds(text, true);
    case 't': return Number(text.substr(0, 2)) < 24 && Number(text.substr(2)) < 60;
    case 'h': return Number(text) < 24;
    case 'm': return Number(text) < 60;
    case 'p': return Number(text.substr(0, 2)) > 0 && Number(text.substr(0, 2)) <= Number(text.substr(2));
    case 'z': return text.find_first_not_of('0') != std::string_view::npos;
    case '0': return text[0] != '0' || text.size() == 1;
    case 'b': return text == "0" || text == "1";
    default: return true;
  }
}

bool CharactersHold(char kind, std::string_view text) {
  const auto all = [text](std::string_view set) { return text.find_first_not_of(set) == std::string_view::npos; };
  if (kind == 'N') return all("0123456789");
  if (kind == 'Y') return all(k39);
  if (kind == 'Z') {
    const auto padding = text.find('=');
    const std::string_view body = text.substr(0, padding);
    const bool base64 = std::all_of(body.begin(), body.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c))) || c == '-' ||
             c == '_';
    });
    return base64 && (padding == std::string_view::npos ||
                      (text.size() - padding <= 2 &&
                       text.substr(padding).find_first_not_of('=') == std::string_view::npos && text.size() % 4 == 0));
  }
  return all(k82);
}

Error Bad(Message message) { return MakeError(ErrorCode::kInvalid, std::move(message)); }
Error BadElement(std::string_view ai) {
  return Bad(Say("应用标识符 {} 的内容不符合格式，请核对长度、校验位和日期", base::Cut(ai, 8)));
}

// %XX decoded; a bad escape stays. None: a NUL.
std::optional<std::string> Unescape(std::string_view text, bool query) {
  std::string out;
  const auto hex = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      const int byte = hex(text[i + 1]) * 16 + hex(text[i + 2]);
      if (byte == 0) return std::nullopt;
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string Escape(std::string_view text, bool query) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || c == '-' || c == '.' || c == '_' || c == '~')
      out += c;
    else if (query && c == ' ')
      out += '+';
    else
      (out += '%') += {kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

void ZeroFill(std::string_view ai, std::string& value, const LinkOptions& options) {
  if (options.zero_suppressed_gtin && ai == "01" && (value.size() == 8 || value.size() == 12 || value.size() == 13))
    value.insert(0, 14 - value.size(), '0');
}

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view NameToAi(std::string_view segment, const LinkOptions& options) {
  if (!options.short_names) return segment;
  for (const Key& key : LinkKeys())
    if (key.name == segment) return key.ai;
  for (const auto& [name, ai] : kShortQualifiers)
    if (name == segment) return ai;
  return segment;
}

Status ReadQuery(std::string_view query, const Key& key, std::vector<std::string_view> qualifiers,
                 const LinkOptions& options, Elements& elements) {
  for (const std::string_view pair : Split(query, '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = NameToAi(pair.substr(0, equals), options);
    if (!Digits(name)) continue;  // somebody's own parameter
    const Identifier* identifier = Find(name);
    if (identifier == nullptr && !options.unknown_identifiers) return Bad(Say("没有应用标识符 {}", base::Cut(name, 8)));
    if (identifier != nullptr && !identifier->attribute)
      return Bad(Say("应用标识符 {} 不能写在查询部分", std::string(name)));
    auto value = Unescape(pair.substr(equals + 1), true);
    if (!value || value->empty()) return BadElement(name);
    ZeroFill(name, *value, options);
    if (identifier != nullptr) ZHIAN_TRY(CheckElement(name, *value));
    if (std::any_of(elements.begin(), elements.end(), [&](const auto& element) { return element.first == name; }))
      return Bad(Say("应用标识符 {} 出现了两次", std::string(name)));
    // What could stand in the path must.
    for (std::size_t at = 0; at <= qualifiers.size(); ++at) {
      auto longer = qualifiers;
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), name);
      if (PathIsValid(key, longer)) return Bad(Say("应用标识符 {} 应写在路径中", std::string(name)));
    }
    elements.emplace_back(std::string(name), std::move(*value));
  }
  return Ok();
}

}  // namespace

Status CheckElement(std::string_view ai, std::string_view value) {
  const Identifier* identifier = Find(ai);
  if (identifier == nullptr) return Bad(Say("没有应用标识符 {}", base::Cut(ai, 8)));
  if (value.empty()) return BadElement(ai);
  std::string_view rest = value;
  for (std::string_view part : Split(identifier->format, ' ')) {
    const bool optional = part.front() == '[';
    if (optional) part = part.substr(1, part.size() - 2);
    if (rest.empty() && optional) break;
    const char kind = part[0];
    part.remove_prefix(1);
    const bool up_to = part.starts_with("..");
    if (up_to) part.remove_prefix(2);
    // The serial number of a part (8011) has no zero in front.
    std::size_t digits = 0;
    while (digits < part.size() && part[digits] >= '0' && part[digits] <= '9') ++digits;
    const bool no_zero_first = identifier->first == "8011";
    const auto most = static_cast<std::size_t>(Number(part.substr(0, digits)));
    const char rule = no_zero_first ? '0' : digits < part.size() ? part[digits] : ' ';
    const std::size_t take = up_to ? std::min(most, rest.size()) : most;
    if (take == 0 || rest.size() < take) return BadElement(ai);
    const std::string_view text = rest.substr(0, take);
    if (!CharactersHold(kind, text) || !RuleHolds(rule, text)) return BadElement(ai);
    rest.remove_prefix(take);
  }
  return rest.empty() ? Ok() : Status(BadElement(ai));
}

Result<Elements> ParseLink(std::string_view uri, const LinkOptions& options) {
  if (uri.size() > 4000) return Bad("链接不超过 4000 个字符");
  for (const char c : uri)
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F ||
        std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
      return Bad("链接中有不允许的字符");
  std::string_view rest = uri;
  for (const std::string_view scheme : {"https://", "HTTPS://", "http://", "HTTP://"})
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      break;
    }
  if (rest.size() == uri.size()) return Bad("链接须以 https:// 或 http:// 开头");
  rest = rest.substr(0, rest.find('#'));
  const auto slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (slash == std::string_view::npos || host.empty()) return Bad("链接中没有 GS1 标识");
  if (!std::all_of(host.begin(), host.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
      }))
    return Bad("链接的域名不对");
  rest.remove_prefix(slash);
  const auto question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  const auto parts = Split(rest.substr(0, question), '/');
  // From the right by pairs to the first key.
  for (std::size_t from = parts.size(); from >= 3; from -= 2) {
    const std::string_view ai = NameToAi(parts[from - 2], options);
    const Key* key = FindKey(ai);
    if (key == nullptr) continue;
    Elements elements;
    std::vector<std::string_view> qualifiers;
    for (std::size_t i = from - 2; i + 1 < parts.size(); i += 2) {
      const std::string_view name = NameToAi(parts[i], options);
      auto value = Unescape(parts[i + 1], false);
      if (!value) return BadElement(name);
      ZeroFill(name, *value, options);
      ZHIAN_TRY(CheckElement(name, *value));
      if (i > from - 2) qualifiers.push_back(name);
      elements.emplace_back(std::string(name), std::move(*value));
    }
    if (!PathIsValid(*key, qualifiers)) return Bad("路径中的标识符次序不对");
    ZHIAN_TRY(ReadQuery(query, *key, qualifiers, options, elements));
    return elements;
  }
  return Bad("链接中没有 GS1 标识");
}

Result<std::string> BuildLink(const Elements& given, std::string_view stem, const LinkOptions& options) {
  Elements elements;
  for (const auto& [ai, value] : given) {
    const auto known =
        std::find_if(elements.begin(), elements.end(), [&ai = ai](const auto& element) { return element.first == ai; });
    if (known == elements.end())
      elements.emplace_back(ai, value);
    else if (known->second != value)
      return Bad(Say("应用标识符 {} 出现了两次", ai));
  }
  const auto first = std::find_if(elements.begin(), elements.end(),
                                  [](const auto& element) { return FindKey(element.first) != nullptr; });
  if (first == elements.end()) return Bad("没有可作链接主键的标识符，例如 (01)");
  const Key& key = *FindKey(first->first);
  const auto value_of = [&](std::string_view ai) -> const std::string* {
    for (const auto& [name, value] : elements)
      if (name == ai) return &value;
    return nullptr;
  };
  if (stem.empty()) stem = "https://id.gs1.org";
  while (stem.ends_with('/')) stem.remove_suffix(1);
  std::string link = std::string(stem) + "/" + first->first + "/" + Escape(first->second, false);
  std::vector<std::string_view> used{key.ai};
  for (const auto& sequence : key.qualifiers) {
    if (std::none_of(sequence.begin(), sequence.end(), [&](auto ai) { return value_of(ai) != nullptr; })) continue;
    for (const auto ai : sequence)
      if (const std::string* value = value_of(ai)) {
        link += "/" + std::string(ai) + "/" + Escape(*value, false);
        used.push_back(ai);
      }
    break;
  }
  // Identifiers of a fixed length go first, as in an element string.
  char mark = '?';
  for (const bool fixed : {true, false})
    for (const auto& [ai, value] : elements) {
      if (std::find(used.begin(), used.end(), ai) != used.end() || IsFixed(ai) != fixed) continue;
      const Identifier* identifier = Find(ai);
      if (identifier == nullptr ? !options.unknown_identifiers : !identifier->attribute)
        return Bad(Say("应用标识符 {} 不能写在查询部分", ai));
      link += mark + ai + "=" + Escape(value, true);
      mark = '&';
    }
  return link;
}

Result<Elements> ParseBracketed(std::string_view text, const LinkOptions& options) {
  Elements elements;
  if (text.size() > 4000) return Bad("链接不超过 4000 个字符");
  while (!text.empty()) {
    const auto close = text.find(')');
    if (text[0] != '(' || close == std::string_view::npos)
      return Bad("标识符写在括号中，例如 (01)06909912345670(10)L1");
    const std::string ai(text.substr(1, close - 1));
    text.remove_prefix(close + 1);
    std::string value;
    while (!text.empty() && text[0] != '(') {
      if (text.starts_with("\\(")) text.remove_prefix(1);
      value += text[0];
      text.remove_prefix(1);
    }
    if (value.find_first_of("^\x1D") != std::string::npos) return BadElement(ai);
    const bool unknown = Find(ai) == nullptr && options.unknown_identifiers && Digits(ai) && ai.size() >= 2 &&
                         ai.size() <= 4 && !value.empty();
    if (!unknown) ZHIAN_TRY(CheckElement(ai, value));
    elements.emplace_back(ai, std::move(value));
  }
  if (elements.empty()) return Bad("标识符写在括号中，例如 (01)06909912345670(10)L1");
  return elements;
}

Result<Elements> ParseElementString(std::string_view text) {
  const auto is_fnc1 = [](char c) { return c == '^' || c == '\x1D'; };
  if (text.size() < 3 || text.size() > 4000 || !is_fnc1(text[0])) return Bad("元素串须以 FNC1（写作 ^）开头");
  text.remove_prefix(1);
  Elements elements;
  while (!text.empty()) {
    const Identifier* identifier = nullptr;
    std::size_t length = 2;
    for (; length <= 4 && identifier == nullptr; ++length)
      if (text.size() >= length) identifier = Find(text.substr(0, length));
    if (identifier == nullptr) return Bad(Say("没有应用标识符 {}", base::Cut(text, 4)));
    const std::string ai(text.substr(0, length - 1));
    text.remove_prefix(ai.size());
    const auto end = std::find_if(text.begin(), text.end(), is_fnc1);
    std::size_t size = static_cast<std::size_t>(end - text.begin());
    if (IsFixed(ai)) {
      std::size_t fixed = 0;
      for (const std::string_view part : Split(identifier->format, ' '))
        fixed += static_cast<std::size_t>(std::atoi(std::string(part.substr(1)).c_str()));
      size = std::min(size, fixed);
    }
    ZHIAN_TRY(CheckElement(ai, text.substr(0, size)));
    elements.emplace_back(ai, std::string(text.substr(0, size)));
    text.remove_prefix(size);
    if (!text.empty() && is_fnc1(text[0])) text.remove_prefix(1);
  }
  return elements;
}

std::string ElementString(const Elements& elements) {
  std::string out = "^";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += elements[i].first + elements[i].second;
    if (i + 1 < elements.size() && !IsFixed(elements[i].first)) out += '^';
  }
  return out;
}

std::string Bracketed(const Elements& elements) {
  std::string out;
  for (const auto& [ai, value] : elements) {
    out += "(" + ai + ")";
    for (const char c : value) {
      if (c == '(') out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace zhian::epcis
