#include "engines/epcis/identifiers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

#include "base/identifiers.hpp"

namespace zhian::epcis {
namespace {

bool Digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int HexDigit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
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

// Keys of paths: their short names, and how long their digits must be ("digits" first, then up to `more` characters).
struct KeyForm {
  std::string_view ai, name;
  std::size_t digits, more;
  std::string_view qualifiers;  // in their order, comma between
};
constexpr KeyForm kKeys[] = {
    {"00", "sscc", 18, 0, ""},         {"01", "gtin", 14, 0, "22,10,21,235"},
    {"253", "gdti", 13, 17, ""},       {"255", "gcn", 13, 12, ""},
    {"401", "ginc", 0, 30, ""},        {"402", "gsin", 17, 0, ""},
    {"414", "gln", 13, 0, "254,7040"}, {"417", "party", 13, 0, "7040"},
    {"415", "payTo", 13, 0, "8020"},   {"8003", "grai", 14, 16, ""},
    {"8004", "giai", 0, 30, "7040"},   {"8006", "itip", 18, 0, "22,10,21"},
    {"8010", "cpid", 0, 30, "8011"},   {"8013", "gmn", 0, 25, ""},
    {"8017", "gsrnp", 18, 0, "8019"},  {"8018", "gsrn", 18, 0, "8019"},
};
struct Name {
  std::string_view name, ai;
};
constexpr Name kQualifierNames[] = {{"cpv", "22"},   {"lot", "10"},     {"ser", "21"},    {"tpx", "235"},
                                    {"glnx", "254"}, {"refno", "8020"}, {"cpsn", "8011"}, {"srin", "8019"}};

const KeyForm* FindKey(std::string_view segment) {
  for (const KeyForm& key : kKeys)
    if (segment == key.ai || segment == key.name) return &key;
  return nullptr;
}

std::string_view QualifierAi(std::string_view segment) {
  for (const Name& name : kQualifierNames)
    if (segment == name.name) return name.ai;
  return segment;
}

bool KeyFits(const KeyForm& key, std::string& value) {
  if (key.ai == "01" && Digits(value) && (value.size() == 8 || value.size() == 12 || value.size() == 13))
    value.insert(0, 14 - value.size(), '0');
  if (value.empty() || value.size() < key.digits || value.size() > key.digits + key.more) return false;
  return key.digits == 0 || Digits(std::string_view(value).substr(0, key.digits));
}

// The path without scheme, authority, query and fragment.
std::string_view PathOf(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
    const auto slash = text.find('/', scheme + 3);
    if (slash == std::string_view::npos) return {};
    text.remove_prefix(slash);
  }
  return text.substr(0, text.find_first_of("?#"));
}

std::string WithCheck(std::string digits) {
  digits += base::Gs1Check(digits);
  return digits;
}

// "C.IRRRRR" as 13 digits of a GTIN with its check digit; empty where it does not fit.
std::string GtinOf(std::string_view company, std::string_view item) {
  if (!Digits(company) || !Digits(item) || company.size() + item.size() != 13) return {};
  return WithCheck(std::string(item.substr(0, 1)) + std::string(company) + std::string(item.substr(1)));
}
std::string CheckedOf(std::string_view company, std::string_view rest, std::size_t size) {
  if (!Digits(company) || (!rest.empty() && !Digits(rest)) || company.size() + rest.size() != size) return {};
  return WithCheck(std::string(company) + std::string(rest));
}

}  // namespace

std::string EncodeSegment(std::string_view value) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || c == '-' || c == '.' || c == '_' || c == '~' || c == '\'')
      out += c;
    else
      (out += '%') += {kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

std::string DecodeSegment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<Keys> ReadKeys(std::string_view uri_or_path) {
  if (uri_or_path.size() > 4000) return std::nullopt;
  const auto parts = Split(PathOf(uri_or_path), '/');
  // The key is the last one from which the rest of the path is pairs of its own qualifiers.
  for (std::size_t from = parts.size(); from-- > 0;) {
    if ((parts.size() - from) % 2 != 0) continue;
    const KeyForm* key = FindKey(parts[from]);
    if (key == nullptr) continue;
    std::string value = DecodeSegment(parts[from + 1]);
    if (!KeyFits(*key, value)) continue;
    Keys keys{{std::string(key->ai), std::move(value)}};
    const auto allowed = Split(key->qualifiers, ',');
    std::size_t next = 0;
    bool fits = true;
    for (std::size_t i = from + 2; fits && i < parts.size(); i += 2) {
      const std::string_view ai = QualifierAi(parts[i]);
      const auto at = std::find(allowed.begin() + static_cast<std::ptrdiff_t>(next), allowed.end(), ai);
      fits = at != allowed.end() && !ai.empty() && !parts[i + 1].empty();
      if (!fits) break;
      next = static_cast<std::size_t>(at - allowed.begin()) + 1;
      keys.emplace_back(std::string(ai), DecodeSegment(parts[i + 1]));
    }
    if (fits) return keys;
  }
  return std::nullopt;
}

std::string LinkOf(const Keys& keys, bool identity) {
  const bool serial = std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.first == "21"; });
  std::string link = "https://id.gs1.org";
  for (const auto& [ai, value] : keys) {
    if (identity && (ai == "22" || (ai == "10" && serial))) continue;
    link += '/' + ai + '/' + EncodeSegment(value);
  }
  return link;
}

std::optional<Keys> KeysOfUrn(std::string_view urn) {
  bool pattern = false;
  if (urn.starts_with("urn:epc:id:"))
    urn.remove_prefix(11);
  else if (urn.starts_with("urn:epc:class:"))
    urn.remove_prefix(14);
  else if (urn.starts_with("urn:epc:idpat:"))
    urn.remove_prefix(14), pattern = true;
  else
    return std::nullopt;
  const auto colon = urn.find(':');
  if (colon == std::string_view::npos || urn.size() > 300) return std::nullopt;
  const std::string_view scheme = urn.substr(0, colon);
  auto parts = Split(urn.substr(colon + 1), '.');
  // What follows the fixed parts is the serial, which may hold points.
  const auto fixed = [&](std::size_t count) {
    if (parts.size() > count + 1) {
      const char* begin = parts[count].data();
      const std::string_view rest(begin, static_cast<std::size_t>(urn.data() + urn.size() - begin));
      parts.resize(count);
      parts.push_back(rest);
    }
    return parts.size() == count + 1;
  };
  const auto keys = [&](const char* ai, std::string value, const char* qualifier,
                        std::string_view serial) -> std::optional<Keys> {
    if (value.empty() || (!pattern && serial.empty() && qualifier != nullptr)) return std::nullopt;
    Keys made{{ai, std::move(value)}};
    if (qualifier != nullptr && !(pattern && serial == "*")) made.emplace_back(qualifier, DecodeSegment(serial));
    return made;
  };
  // A key with its serial number in the same value (GRAI, GDTI, GCN).
  const auto joined = [&](const char* ai, std::string value, std::string_view serial) -> std::optional<Keys> {
    if (value.empty()) return std::nullopt;
    if (!(pattern && serial == "*")) value += DecodeSegment(serial);
    return Keys{{ai, std::move(value)}};
  };
  if (scheme == "sgtin" && fixed(2)) return keys("01", GtinOf(parts[0], parts[1]), "21", parts[2]);
  if (scheme == "lgtin" && fixed(2)) return keys("01", GtinOf(parts[0], parts[1]), "10", parts[2]);
  if (scheme == "upui" && fixed(2)) return keys("01", GtinOf(parts[0], parts[1]), "235", parts[2]);
  if (scheme == "sscc" && parts.size() == 2 && parts[1].size() > 1 && Digits(parts[1]))
    return keys("00", CheckedOf(std::string(parts[1].substr(0, 1)) + std::string(parts[0]), parts[1].substr(1), 17),
                nullptr, {});
  if (scheme == "sgln" && fixed(2)) {
    const std::string gln = CheckedOf(parts[0], parts[1], 12);
    return parts[2] == "0" ? keys("414", gln, nullptr, {}) : keys("414", gln, "254", parts[2]);
  }
  if (scheme == "pgln" && parts.size() == 2) return keys("417", CheckedOf(parts[0], parts[1], 12), nullptr, {});
  if (scheme == "grai" && fixed(2)) {
    const std::string type = CheckedOf(parts[0], parts[1], 12);
    return joined("8003", type.empty() ? type : "0" + type, parts[2]);
  }
  if (scheme == "gdti" && fixed(2)) return joined("253", CheckedOf(parts[0], parts[1], 12), parts[2]);
  if (scheme == "sgcn" && fixed(2)) return joined("255", CheckedOf(parts[0], parts[1], 12), parts[2]);
  if (scheme == "giai" && fixed(1) && Digits(parts[0]))
    return keys("8004", std::string(parts[0]) + DecodeSegment(parts[1]), nullptr, {});
  if (scheme == "ginc" && fixed(1) && Digits(parts[0]))
    return keys("401", std::string(parts[0]) + DecodeSegment(parts[1]), nullptr, {});
  if (scheme == "gsrn" && parts.size() == 2) return keys("8018", CheckedOf(parts[0], parts[1], 17), nullptr, {});
  if (scheme == "gsrnp" && parts.size() == 2) return keys("8017", CheckedOf(parts[0], parts[1], 17), nullptr, {});
  if (scheme == "gsin" && parts.size() == 2) return keys("402", CheckedOf(parts[0], parts[1], 16), nullptr, {});
  if (scheme == "cpi" && parts.size() == 3 && Digits(parts[0]))
    return keys("8010", std::string(parts[0]) + DecodeSegment(parts[1]), "8011", parts[2]);
  if (scheme == "itip" && fixed(4) && Digits(parts[2]) && Digits(parts[3]) && parts[2].size() == 2 &&
      parts[3].size() == 2) {
    const std::string gtin = GtinOf(parts[0], parts[1]);
    return keys("8006", gtin.empty() ? gtin : gtin + std::string(parts[2]) + std::string(parts[3]), "21", parts[4]);
  }
  return std::nullopt;
}

namespace {
std::string Canonical(std::string_view text) {
  const auto keys = text.starts_with("urn:") ? KeysOfUrn(text) : ReadKeys(text);
  return keys ? LinkOf(*keys, true) : std::string(text);
}
}  // namespace

// One event asks for the same identifiers for its hash, its index and its goods, and its neighbours name the same
// places: a thread remembers some of the last ones.
void AppendCanonicalId(std::string& out, std::string_view text) {
  if (!text.starts_with("urn:epc:") && !text.starts_with("http://") && !text.starts_with("https://")) {
    out += text;
    return;
  }
  constexpr std::size_t kRemembered = 256, kLengthMax = 200;
  if (text.size() > kLengthMax) {
    out += Canonical(text);
    return;
  }
  struct Known {
    std::string text, canonical;
  };
  thread_local std::vector<Known> known(kRemembered);
  Known& slot = known[std::hash<std::string_view>{}(text) % kRemembered];
  if (slot.text != text) {
    slot.canonical = Canonical(text);
    slot.text = text;
  }
  out += slot.canonical;
}

std::string CanonicalId(std::string_view text) {
  std::string out;
  AppendCanonicalId(out, text);
  return out;
}

std::optional<std::string> UrnOf(std::string_view link, int company_prefix_length) {
  const auto keys = ReadKeys(link);
  if (!keys || company_prefix_length < 6 || company_prefix_length > 12) return std::nullopt;
  const auto n = static_cast<std::size_t>(company_prefix_length);
  const std::string& ai = keys->front().first;
  const std::string& value = keys->front().second;
  const auto qualifier = [&](std::string_view name) -> std::optional<std::string> {
    for (const auto& [key, text] : *keys)
      if (key == name) return EncodeSegment(text);
    return std::nullopt;
  };
  // Digits without their check digit, split after the company prefix.
  const auto split = [n](std::string_view digits) {
    return std::string(digits.substr(0, n)) + "." + std::string(digits.substr(n));
  };
  const auto item = [&](std::string_view gtin) {
    return std::string(gtin.substr(1, n)) + "." + gtin[0] + std::string(gtin.substr(1 + n, 12 - n));
  };
  const std::string_view body(value);
  if (ai == "01") {
    if (const auto serial = qualifier("21")) return "urn:epc:id:sgtin:" + item(value) + "." + *serial;
    if (const auto lot = qualifier("10")) return "urn:epc:class:lgtin:" + item(value) + "." + *lot;
    if (const auto controlled = qualifier("235")) return "urn:epc:id:upui:" + item(value) + "." + *controlled;
    return "urn:epc:idpat:sgtin:" + item(value) + ".*";
  }
  if (ai == "00")
    return "urn:epc:id:sscc:" + value.substr(1, n) + "." + value.substr(0, 1) + value.substr(1 + n, 16 - n);
  if (ai == "414") return "urn:epc:id:sgln:" + split(body.substr(0, 12)) + "." + qualifier("254").value_or("0");
  if (ai == "417") return "urn:epc:id:pgln:" + split(body.substr(0, 12));
  const auto serialised = [&](const char* scheme, std::string_view digits, std::string_view serial) {
    return std::string(serial.empty() ? "urn:epc:idpat:" : "urn:epc:id:") + scheme + ":" + split(digits) + "." +
           (serial.empty() ? "*" : EncodeSegment(serial));
  };
  if (ai == "8003") return serialised("grai", body.substr(1, 12), body.substr(14));
  if (ai == "253") return serialised("gdti", body.substr(0, 12), body.substr(13));
  if (ai == "255") return serialised("sgcn", body.substr(0, 12), body.substr(13));
  if (ai == "8018" || ai == "8017")
    return (ai == "8018" ? "urn:epc:id:gsrn:" : "urn:epc:id:gsrnp:") + split(body.substr(0, 17));
  if (ai == "402") return "urn:epc:id:gsin:" + split(body.substr(0, 16));
  if (ai == "8006") {
    const std::string pieces = item(body.substr(0, 14)) + "." + value.substr(14, 2) + "." + value.substr(16, 2);
    const auto serial = qualifier("21");
    return (serial ? "urn:epc:id:itip:" : "urn:epc:idpat:itip:") + pieces + "." + serial.value_or("*");
  }
  if (value.size() <= n || !Digits(body.substr(0, n))) return std::nullopt;
  const std::string reference = value.substr(0, n) + "." + EncodeSegment(body.substr(n));
  if (ai == "8004") return "urn:epc:id:giai:" + reference;
  if (ai == "401") return "urn:epc:id:ginc:" + reference;
  if (ai == "8010") {
    const auto serial = qualifier("8011");
    return (serial ? "urn:epc:id:cpi:" : "urn:epc:idpat:cpi:") + reference + "." + serial.value_or("*");
  }
  return std::nullopt;
}

}  // namespace zhian::epcis
