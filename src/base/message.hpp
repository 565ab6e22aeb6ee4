// A text for people that can be said in the three languages of the interface. It is written once, in Simplified
// Chinese, with {} where a value stands; the other languages are looked up by that pattern in
// src/base/data/messages.tsv when the text leaves the house. A pattern without a row is said in Simplified Chinese; the
// repository test finds it.
#pragma once

#include <boost/json/value.hpp>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace zhian {

enum class Language { kSimplified, kTraditional, kEnglish };

struct Message {
  std::string pattern;
  std::vector<Message> arguments;
  std::string traditional, english;  // of a label, which brings its own texts; empty otherwise

  Message() = default;
  Message(std::string text) : pattern(std::move(text)) {}  // NOLINT: implicit by design
  Message(const char* text) : pattern(text) {}             // NOLINT: implicit by design
  Message(std::string_view text) : pattern(text) {}        // NOLINT: implicit by design

  [[nodiscard]] std::string In(Language language) const;
  [[nodiscard]] std::string Text() const { return In(Language::kSimplified); }
  [[nodiscard]] bool empty() const { return pattern.empty(); }
  friend bool operator==(const Message& a, const Message& b) { return a.Text() == b.Text(); }
};

// A value of a declared table that has its own texts (procedure::Label and its like).
template <class T>
concept HasLabelTexts = requires(const T& label) {
  { label.zh_hans } -> std::convertible_to<std::string_view>;
  { label.zh_hant } -> std::convertible_to<std::string_view>;
  { label.en } -> std::convertible_to<std::string_view>;
};

template <class T>
Message Argument(const T& value) {
  if constexpr (std::integral<T>) {
    return Message(std::to_string(value));
  } else if constexpr (HasLabelTexts<T>) {
    Message message{std::string_view(value.zh_hans)};
    message.traditional = value.zh_hant;
    message.english = value.en;
    return message;
  } else {
    return Message(value);
  }
}

// Say("移送 {} 尚在办理", transfer.number): a text with values. REQUIRES: as many values as {} in the pattern.
template <class... T>
Message Say(const char* pattern, const T&... values) {
  Message message(pattern);
  message.arguments = {Argument(values)...};
  return message;
}

// A list of messages as one ("a；b；c").
Message Joined(const std::vector<Message>& parts, std::size_t most = 20);

// The form in which one room's answer carries a message to the edge of the house: {"say": pattern, "with": [...]}.
boost::json::value ToJson(const Message& message);
Message MessageFrom(const boost::json::value& value);
// Replaces every message inside of `value` by its text.
void SayIn(boost::json::value& value, Language language);

// The rows of messages.tsv, sorted by the Simplified text.
struct MessageRow {
  std::string_view simplified, traditional, english;
};
const MessageRow* FindMessage(std::string_view simplified);

}  // namespace zhian
