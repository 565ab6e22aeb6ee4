// What is open at a gate, and by what it is known to an exception that names it. Plain values; safe to call
// concurrently.
#pragma once

#include <string>
#include <string_view>

#include "base/message.hpp"

namespace zhian::procedure {

struct KeyedItem {
  std::string key;
  Message text;
};

// The code of the rule with the values of the sentence (who, which, how much): a sentence that is worded anew keeps its
// key, another place or another quantity is another item.
inline std::string KeyOf(std::string_view code, const Message& text) {
  std::string key(code);
  for (const Message& value : text.arguments) key += "|" + value.Text();
  return key;
}
inline KeyedItem Keyed(std::string_view code, Message text) {
  std::string key = KeyOf(code, text);
  return {.key = std::move(key), .text = std::move(text)};
}

}  // namespace zhian::procedure
