#include "base/json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace zhian::base {
namespace json = boost::json;
namespace {

// A handler that builds the value as Boost.JSON's own does, but refuses what would lose or hide something.
class Builder {
  unsigned char buffer_[4096];  // first memory of the value stack below, so it must be declared before it

 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  json::value_stack stack{{}, buffer_, sizeof buffer_};
  json::storage_ptr storage;
  std::string key, text, number;
  Message fault;

  bool on_document_begin(boost::system::error_code&) {
    stack.reset(storage);
    return true;
  }
  bool on_document_end(boost::system::error_code&) { return true; }
  bool on_object_begin(boost::system::error_code&) {
    objects_.push_back({keys_.size(), names_.size(), nullptr});
    return true;
  }
  bool on_object_end(std::size_t n, boost::system::error_code&) {
    keys_.resize(objects_.back().first_key);
    names_.resize(objects_.back().first_byte);
    objects_.pop_back();
    stack.push_object(n);
    return true;
  }
  bool on_array_begin(boost::system::error_code&) { return true; }
  bool on_array_end(std::size_t n, boost::system::error_code&) {
    stack.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view s, std::size_t, boost::system::error_code&) {
    key.append(s.data(), s.size());
    return true;
  }
  bool on_key(json::string_view s, std::size_t, boost::system::error_code& ec) {
    std::string_view whole(s.data(), s.size());
    if (!key.empty()) whole = key.append(whole);
    if (!IsNew(whole)) return Refuse(ec, Say("同一对象中有重复的键 {}", base::Cut(whole, 60)));
    if (whole.find('\0') != std::string_view::npos) return Refuse(ec, "键中含有空字符");
    stack.push_key(whole);
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, boost::system::error_code&) {
    text.append(s.data(), s.size());
    return true;
  }
  bool on_string(json::string_view s, std::size_t, boost::system::error_code& ec) {
    std::string_view whole(s.data(), s.size());
    if (!text.empty()) whole = text.append(whole);
    if (whole.find('\0') != std::string_view::npos) return Refuse(ec, "文字中含有空字符");
    stack.push_string(whole);
    text.clear();
    return true;
  }
  bool on_number_part(json::string_view s, boost::system::error_code&) {
    number.append(s.data(), s.size());
    return true;
  }
  bool on_int64(std::int64_t i, json::string_view, boost::system::error_code&) {
    number.clear();
    stack.push_int64(i);
    return true;
  }
  bool on_uint64(std::uint64_t u, json::string_view, boost::system::error_code&) {
    number.clear();
    stack.push_uint64(u);
    return true;
  }
  // Boost.JSON's own value may be off by the last bit; what is hashed must be the number that was written, rounded
  // once.
  bool on_double(double d, json::string_view s, boost::system::error_code& ec) {
    number.append(s.data(), s.size());
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), d);
    const bool read = end == number.data() + number.size();
    number.clear();
    if (error == std::errc::result_out_of_range && std::abs(d) < 1)
      d = 0;
    else if (!read || error != std::errc{} || !std::isfinite(d))
      return Refuse(ec, "数字超出可表示的范围");
    stack.push_double(d);
    return true;
  }
  bool on_bool(bool b, boost::system::error_code&) {
    stack.push_bool(b);
    return true;
  }
  bool on_null(boost::system::error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, boost::system::error_code&) { return true; }
  bool on_comment(json::string_view, boost::system::error_code&) { return true; }

 private:
  bool Refuse(boost::system::error_code& ec, Message why) {
    fault = std::move(why);
    ec = json::error::extra_data;
    return false;
  }
  // Few keys are compared with each other; many are looked up: who sends them must not make the parser slow.
  bool IsNew(std::string_view name) {
    Object& object = objects_.back();
    if (object.many == nullptr) {
      for (std::size_t i = object.first_key; i < keys_.size(); ++i)
        if (std::string_view(names_).substr(keys_[i].first, keys_[i].second) == name) return false;
      if (keys_.size() - object.first_key >= kFewKeys) {
        object.many = std::make_unique<std::set<std::string, std::less<>>>();
        for (std::size_t i = object.first_key; i < keys_.size(); ++i)
          object.many->emplace(names_, keys_[i].first, keys_[i].second);
      }
    }
    if (object.many != nullptr) return object.many->emplace(name).second;
    keys_.emplace_back(names_.size(), name.size());
    names_ += name;
    return true;
  }
  static constexpr std::size_t kFewKeys = 24;
  struct Object {
    std::size_t first_key = 0, first_byte = 0;  // where the keys of this object begin in keys_, and in names_
    std::unique_ptr<std::set<std::string, std::less<>>> many;
  };
  std::vector<Object> objects_;                            // the nested objects that are being read now
  std::vector<std::pair<std::size_t, std::size_t>> keys_;  // of all of them: offset and length in names_
  std::string names_;
};

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // begin of the characters since the last one that had to be escaped
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", c);
        out += escape;
      }
    }
  }
  out.append(text, plain);
  out += '"';
}

// ECMAScript Number::toString, as RFC 8785 §3.2.2.3 asks.
void AppendNumber(std::string& out, double d) {
  if (d == 0) {
    out += '0';
    return;
  }
  char buffer[40];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, std::abs(d), std::chars_format::scientific);
  assert(error == std::errc{});
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const auto e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  int exponent = 0;
  const char* first = text.data() + e + 1;
  if (*first == '+') ++first;
  std::from_chars(first, text.data() + text.size(), exponent);
  const int n = exponent + 1, k = static_cast<int>(digits.size());
  if (d < 0) out += '-';
  if (k <= n && n <= 21) {
    out += digits + std::string(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(n)) + "." + digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  } else {
    out += digits.substr(0, 1);
    if (k > 1) out += "." + digits.substr(1);
    out += (n - 1 < 0 ? "e-" : "e+") + std::to_string(std::abs(n - 1));
  }
}

// UTF-16 order differs from UTF-8 order only between U+E000–U+FFFF and the supplementary planes.
bool LessUtf16(std::string_view a, std::string_view b) {
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<unsigned char>(a[i]), y = static_cast<unsigned char>(b[i]);
    if (x == y) continue;
    const bool x_high = x >= 0xF0, y_high = y >= 0xF0;
    if (x_high != y_high && (x >= 0xEE || x_high) && (y >= 0xEE || y_high)) return x_high;
    return x < y;
  }
  return a.size() < b.size();
}

void Append(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: out += "null"; return;
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    // Beyond 2^53 ECMAScript has no such integer: the nearest double is what RFC 8785 writes.
    case json::kind::int64:
      if (std::abs(static_cast<double>(value.get_int64())) <= 9007199254740992.0)
        out += std::to_string(value.get_int64());
      else
        AppendNumber(out, static_cast<double>(value.get_int64()));
      return;
    case json::kind::uint64: AppendNumber(out, static_cast<double>(value.get_uint64())); return;
    case json::kind::double_: AppendNumber(out, value.get_double()); return;
    case json::kind::string: AppendQuoted(out, value.get_string()); return;
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const json::value& item : value.get_array()) {
        if (!first) out += ',';
        first = false;
        Append(out, item);
      }
      out += ']';
      return;
    }
    case json::kind::object: {
      std::vector<const json::key_value_pair*> pairs;
      for (const auto& pair : value.get_object()) pairs.push_back(&pair);
      std::sort(pairs.begin(), pairs.end(), [](const auto* a, const auto* b) { return LessUtf16(a->key(), b->key()); });
      out += '{';
      bool first = true;
      for (const auto* pair : pairs) {
        if (!first) out += ',';
        first = false;
        AppendQuoted(out, pair->key());
        out += ':';
        Append(out, pair->value());
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

namespace {
Error Corrupt(std::string_view table, std::string_view key, std::string_view fault) {
  return MakeError(ErrorCode::kCorrupt,
                   "stored JSON of " + std::string(table) + " " + std::string(key) + ": " + std::string(fault));
}
}  // namespace

Result<json::value> ParseStored(std::string_view text, std::string_view table, std::string_view key) {
  // Deeper than what ParseJson takes: it is kept inside of objects of our own.
  constexpr std::size_t kDepthMax = 96;
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return Corrupt(table, key, error.message());
  return value;
}

Result<json::object> ParseStoredObject(std::string_view text, std::string_view table, std::string_view key) {
  ZHIAN_ASSIGN(json::value value, ParseStored(text, table, key));
  if (!value.is_object()) return Corrupt(table, key, "no object");
  return std::move(value.get_object());
}

const json::object* ObjectAt(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}
const json::array* ArrayAt(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_array();
}
std::string_view TextAt(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member == nullptr ? std::string_view{} : TextOf(*member);
}
double NumberAt(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member == nullptr || !member->is_number() ? 0 : member->to_number<double>();
}
bool TruthAt(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member != nullptr && member->is_bool() && member->get_bool();
}
std::string_view TextOf(const json::value& value) {
  const json::string* text = value.if_string();
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

Result<json::value> ParseJson(std::string_view text, const JsonLimits& limits, json::storage_ptr storage) {
  if (text.size() > limits.bytes_max)
    return MakeError(ErrorCode::kTooLarge, Say("JSON 超过 {} KB，请分开提交", std::to_string(limits.bytes_max / 1024)));
  json::parse_options options;
  options.max_depth = limits.depth_max;
  json::basic_parser<Builder> parser(options);
  parser.handler().storage = std::move(storage);
  boost::system::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) {
    // What follows a complete value may only be white space.
    if (text.find_first_not_of(" \t\r\n", read) != std::string_view::npos) error = json::error::extra_data;
  }
  if (!error && !parser.done()) error = json::error::incomplete;
  if (error) {
    Message why = parser.handler().fault;
    if (why.empty())
      why = error == json::error::too_deep ? Say("嵌套超过 {} 层", limits.depth_max)
                                           : Message(error == json::error::incomplete ? "内容不完整" : "格式不对");
    return MakeError(ErrorCode::kInvalid, Say("JSON 第 {} 字节附近：{}", std::to_string(read + 1), why));
  }
  return parser.handler().stack.release();
}

void AppendCanonical(std::string& out, std::string_view text) { AppendQuoted(out, text); }
void AppendCanonical(std::string& out, double number) { AppendNumber(out, number); }

std::string CanonicalJson(const json::value& value) {
  std::string out;
  Append(out, value);
  return out;
}

}  // namespace zhian::base
