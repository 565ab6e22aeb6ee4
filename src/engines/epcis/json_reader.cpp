#include "engines/epcis/json_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "base/json.hpp"

namespace zhian::epcis {
namespace json = boost::json;

namespace {

constexpr std::size_t kChunk = 16 * 1024;  // small enough to cost a short document nothing

// The first byte from `at` on that means something to the scan, in a string or outside of one.
std::size_t EndOfRun(std::string_view text, std::size_t at, bool in_string) {
  static constexpr auto kMeaning = [] {
    std::array<std::uint8_t, 256> meaning{};  // 1: in a string, 2: outside
    for (const char c : {'"', '\\'}) meaning[static_cast<unsigned char>(c)] |= 1;
    for (const char c : {'"', '{', '}', '[', ']', ','}) meaning[static_cast<unsigned char>(c)] |= 2;
    return meaning;
  }();
  const std::uint8_t mask = in_string ? 1 : 2;
  while (at < text.size() && (kMeaning[static_cast<unsigned char>(text[at])] & mask) == 0) ++at;
  return at;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// An array of strings, or of objects {id}: names of fields that the sender asks to ignore.
void ReadIgnored(const json::object& root, const Namespaces& namespaces, std::vector<std::string>& ignored) {
  for (const auto& [key, value] : root) {
    const std::string_view name(key.data(), key.size());
    if (!name.ends_with(":ignoreFields") || !value.is_array()) continue;
    for (const auto& field : value.get_array())
      if (field.is_string()) ignored.push_back(ExpandName(std::string_view(field.get_string()), namespaces));
  }
}

json::object* ObjectIn(json::object* object, std::string_view name) {
  if (object == nullptr) return nullptr;
  auto* value = object->if_contains(name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

void TakeVocabularies(json::object& root, json::array& vocabularies) {
  for (json::object* holder : {ObjectIn(ObjectIn(&root, "epcisHeader"), "epcisMasterData"),
                               ObjectIn(ObjectIn(ObjectIn(&root, "epcisBody"), "queryResults"), "resultsBody")})
    if (holder != nullptr)
      if (auto* list = holder->if_contains("vocabularyList"); list != nullptr && list->is_array())
        vocabularies = std::move(list->get_array());
}

}  // namespace

bool JsonReader::Fill() {
  buffer_.resize(kChunk);
  const std::size_t n = source_.Read(buffer_.data(), kChunk);
  buffer_.resize(n);
  at_ = 0;
  return n > 0;
}

bool JsonReader::AtEventList() const {
  if (levels_.empty()) return true;  // a list of bare events
  if (levels_.back().array || levels_.back().key != "eventList") return false;
  std::vector<std::string_view> path;
  for (const Level& level : levels_) {
    if (level.array) return false;
    path.push_back(level.key);
  }
  return (path.size() == 2 && path[0] == "epcisBody") ||
         (path.size() == 4 && path[0] == "epcisBody" && path[1] == "queryResults" && path[2] == "resultsBody");
}

Status JsonReader::Take(std::string_view run) {
  if (in_element_) {
    if (skip_) return Ok();
    if (element_.size() + run.size() > limits_.event_bytes_max)
      return MakeError(ErrorCode::kTooLarge, Say("一个事件超过 {} KB", limits_.event_bytes_max / 1024));
    element_ += run;
  } else {
    if (shell_.size() + run.size() > limits_.header_bytes_max)
      return MakeError(ErrorCode::kTooLarge, Say("事件之外的内容超过 {} KB", limits_.header_bytes_max / 1024));
    shell_ += run;
  }
  return Ok();
}

// Follows strings and brackets only; the texts that it cuts out are parsed, and refused, by base::ParseJson.
Result<JsonReader::Stop> JsonReader::Scan(bool keep_events) {
  skip_ = !keep_events;
  for (;;) {
    if (at_ == buffer_.size() && !Fill()) {
      ended_ = true;
      if (!levels_.empty() || in_string_) return MakeError(ErrorCode::kInvalid, "JSON 内容不完整");
      return Stop::kEnd;
    }
    if (in_element_ && !escaped_) {
      const std::size_t end = EndOfRun(buffer_, at_, in_string_);
      if (end > at_) {
        ZHIAN_TRY(Take(std::string_view(buffer_).substr(at_, end - at_)));
        at_ = end;
        continue;
      }
    }
    const char c = buffer_[at_];
    if (in_string_) {
      ++at_;
      ZHIAN_TRY(Take({&c, 1}));
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        if (!in_element_ && expects_key_ && !levels_.empty() && !levels_.back().array) {
          levels_.back().key = string_;
          expects_key_ = false;
          if (levels_.size() == 1 && string_ == "@context") has_context_ = true;
        }
        continue;
      }
      if (!in_element_ && string_.size() < 64) string_ += c;
      continue;
    }
    const bool direct = list_level_ != 0 && levels_.size() == list_level_;  // between the events of the list
    if (direct && !in_element_ && !IsSpace(c) && c != ',' && c != ']') {
      in_element_ = true;
      element_.clear();
    }
    if (direct && in_element_ && (c == ',' || c == ']')) {
      in_element_ = false;
      if (keep_events) return Stop::kEvent;  // the separator is looked at again
    }
    ++at_;
    if (direct && !in_element_ && c == ',') continue;
    switch (c) {
      case '"':
        in_string_ = true;
        string_.clear();
        break;
      case '{':
      case '[': {
        if (levels_.size() >= 4 * limits_.depth_max)
          return MakeError(ErrorCode::kInvalid, Say("嵌套超过 {} 层", limits_.depth_max));
        const bool list = c == '[' && list_level_ == 0 && !in_element_ && AtEventList();
        if (list && seen_list_) return MakeError(ErrorCode::kInvalid, "文档中有两个 eventList");
        ZHIAN_TRY(Take({&c, 1}));
        levels_.push_back({c == '[', {}});
        expects_key_ = c == '{';
        if (list) {
          seen_list_ = true;
          list_level_ = levels_.size();
          return Stop::kListBegins;
        }
        continue;
      }
      case '}':
      case ']':
        if (levels_.empty() || levels_.back().array != (c == ']'))
          return MakeError(ErrorCode::kInvalid, "JSON 的括号不配对");
        if (levels_.size() == list_level_) list_level_ = 0;
        levels_.pop_back();
        expects_key_ = false;
        break;
      case ',': expects_key_ = !levels_.empty() && !levels_.back().array; break;
      default: break;
    }
    ZHIAN_TRY(Take({&c, 1}));
  }
}

Status JsonReader::ReadHeader(const std::string& shell) {
  ZHIAN_ASSIGN(json::value parsed,
               base::ParseJson(shell, {.bytes_max = limits_.header_bytes_max + 64, .depth_max = limits_.depth_max}));
  Document made;
  json::array bare;
  if (parsed.is_object()) {
    json::object& root = parsed.get_object();
    if (auto* context = root.if_contains("@context")) {
      ReadContext(*context, made.namespaces);
      root.erase("@context");
    }
    ReadIgnored(root, made.namespaces, made.ignored);
    if (const auto* type = root.if_contains("type"); type != nullptr && type->is_string())
      made.type = std::string(type->get_string());
    json::object* body = ObjectIn(&root, "epcisBody");
    if (const json::object* results = ObjectIn(body, "queryResults"))
      ReadIgnored(*results, made.namespaces, made.ignored);
    if (body != nullptr && body->contains("event") && (*body)["event"].is_object())
      bare.push_back(std::move((*body)["event"]));
    else if (body == nullptr && (root.contains("eventTime") || made.type.ends_with("Event")))
      bare.push_back(std::move(root));
    TakeVocabularies(root, made.vocabularies);
    if (bare.empty()) {
      root.erase("epcisBody");
      root.erase("epcisHeader");
      made.fields = std::move(root);
    }
  } else if (!parsed.is_array()) {
    return MakeError(ErrorCode::kInvalid, "EPCIS 文档须是 JSON 对象");
  }
  document_ = std::move(made);
  bare_.clear();
  for (json::value& value : bare) {
    Event event{std::move(value.get_object()), document_.namespaces};
    Normalise(event.body);
    bare_.push_back(std::move(event));
  }
  return Ok();
}

Status JsonReader::Start() {
  if (buffer_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  ZHIAN_ASSIGN(Stop stop, Scan(false));
  if (stop == Stop::kListBegins && has_context_) {
    // What stands before the list is enough to read the events; the rest is checked at the end.
    std::string shell = shell_;
    for (std::size_t i = levels_.size(); i-- > 0;) shell += levels_[i].array ? ']' : '}';
    return ReadHeader(shell);
  }
  // The context may come after the events: once through for the header, once more for the events.
  while (stop != Stop::kEnd) {
    ZHIAN_ASSIGN(stop, Scan(false));
  }
  ZHIAN_TRY(ReadHeader(shell_));
  if (!seen_list_) return Ok();
  if (!source_.Rewind()) return MakeError(ErrorCode::kInternal, "the source cannot be read twice");
  buffer_.clear();
  at_ = 0;
  levels_.clear();
  shell_.clear();
  list_level_ = 0;
  ended_ = seen_list_ = in_element_ = false;
  auto bare = std::move(bare_);
  bare_.clear();
  if (!Fill()) return Ok();
  if (buffer_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  ZHIAN_ASSIGN(stop, Scan(true));
  bare_ = std::move(bare);
  return Ok();
}

Result<DocumentReader::Step> JsonReader::Next(Event& event) {
  if (!bare_.empty()) {
    event = std::move(bare_.front());
    bare_.pop_front();
    return Step::kEvent;
  }
  if (ended_) return Step::kEnd;
  ZHIAN_ASSIGN(const Stop stop, Scan(true));
  if (stop != Stop::kEvent) {
    ZHIAN_ASSIGN(json::value whole,
                 base::ParseJson(shell_, {.bytes_max = limits_.header_bytes_max + 64, .depth_max = limits_.depth_max}));
    // The header may come after the events.
    if (whole.is_object() && document_.vocabularies.empty())
      TakeVocabularies(whole.get_object(), document_.vocabularies);
    return Step::kEnd;
  }
  // An event lies in one piece of memory that goes with it.
  auto parsed = base::ParseJson(element_, {.bytes_max = limits_.event_bytes_max, .depth_max = limits_.depth_max},
                                json::make_shared_resource<json::monotonic_resource>(4 * element_.size() + 512));
  if (!parsed.ok()) return fault_ = parsed.error().message, Step::kBadEvent;
  if (!parsed->is_object()) return fault_ = "事件须是对象", Step::kBadEvent;
  // Made anew: what is assigned is copied into the memory of what was there before.
  std::destroy_at(&event);
  std::construct_at(&event, Event{std::move(parsed->get_object()), document_.namespaces});
  if (const auto* context = event.body.if_contains("@context")) {
    ReadContext(*context, event.namespaces);
    event.body.erase("@context");
  }
  Normalise(event.body);
  return Step::kEvent;
}

}  // namespace zhian::epcis
