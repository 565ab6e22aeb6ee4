#include "base/message.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <span>

#include "base/json.hpp"

namespace zhian {
namespace json = boost::json;

std::span<const MessageRow> MessageRows();  // generated from data/messages.tsv

const MessageRow* FindMessage(std::string_view simplified) {
  const auto rows = MessageRows();
  const auto at = std::lower_bound(rows.begin(), rows.end(), simplified,
                                   [](const MessageRow& row, std::string_view text) { return row.simplified < text; });
  return at != rows.end() && at->simplified == simplified ? &*at : nullptr;
}

namespace {
// What stands before the first {} and after it, each {} replaced by the next argument.
std::string Fill(std::string_view pattern, const std::vector<Message>& arguments, Language language) {
  std::string text;
  std::size_t next = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern.substr(at).starts_with("{}") && next < arguments.size()) {
      text += arguments[next++].In(language);
      at += 2;
    } else {
      text += pattern[at++];
    }
  }
  return text;
}
}  // namespace

std::string Message::In(Language language) const {
  if (language == Language::kSimplified) return arguments.empty() ? pattern : Fill(pattern, arguments, language);
  const std::string& own = language == Language::kEnglish ? english : traditional;
  if (!own.empty()) return own;
  const MessageRow* row = FindMessage(pattern);
  if (row == nullptr && language == Language::kEnglish && pattern.starts_with("{}；")) {  // a list of Joined
    std::string list;
    for (const Message& argument : arguments) list += (list.empty() ? "" : "; ") + argument.In(language);
    return list;
  }
  std::string_view found = row == nullptr                   ? std::string_view(pattern)
                           : language == Language::kEnglish ? row->english
                                                            : row->traditional;
  return arguments.empty() ? std::string(found) : Fill(found, arguments, language);
}

Message Joined(const std::vector<Message>& parts, std::size_t most) {
  Message all;
  for (std::size_t i = 0; i < parts.size() && i < most; ++i) {
    if (i > 0) all.pattern += "；";
    all.pattern += "{}";
    all.arguments.push_back(parts[i]);
  }
  return all;
}

json::value ToJson(const Message& message) {
  json::array with;
  for (const Message& argument : message.arguments) with.push_back(ToJson(argument));
  json::object object{{"say", message.pattern}, {"with", std::move(with)}};
  if (!message.english.empty())
    object["label"] = json::array{json::value(message.traditional), json::value(message.english)};
  return object;
}

Message MessageFrom(const json::value& value) {
  Message message;
  const auto* object = value.if_object();
  if (object == nullptr) return message;
  if (const auto* say = object->if_contains("say"); say != nullptr && say->is_string())
    message.pattern = say->get_string();
  if (const auto* with = object->if_contains("with"); with != nullptr && with->is_array())
    for (const auto& argument : with->get_array()) message.arguments.push_back(MessageFrom(argument));
  if (const auto* label = object->if_contains("label");
      label != nullptr && label->is_array() && label->get_array().size() == 2) {
    message.traditional = base::TextOf(label->get_array()[0]);
    message.english = base::TextOf(label->get_array()[1]);
  }
  return message;
}

void SayIn(json::value& value, Language language) {
  if (auto* list = value.if_array(); list != nullptr) {
    for (auto& item : *list) SayIn(item, language);
  } else if (auto* object = value.if_object(); object != nullptr) {
    if (object->contains("say")) {
      value = json::string(MessageFrom(value).In(language));
      return;
    }
    for (auto& member : *object) SayIn(member.value(), language);
  }
}

}  // namespace zhian
