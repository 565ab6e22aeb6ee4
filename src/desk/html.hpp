// Server-rendered pages of the public portal: escaped text in one plain frame of three languages, readable without
// script. Pure; a Frame lives for one request.
#pragma once

#include <string>
#include <string_view>

#include "desk/app.hpp"
#include "documents/sheet.hpp"

namespace zhian::desk {

inline std::string Escape(std::string_view text) { return documents::EscapeMarkup(text); }

// How one request wants its page: ?lang=zh-Hans|zh-Hant|en goes before what the browser asks for, and is kept in every
// link.
class Frame {
 public:
  Frame(const App& app, const Caller& caller);
  [[nodiscard]] Language language() const { return language_; }
  // The text in the reader's language, escaped.
  template <class... T>
  [[nodiscard]] std::string Text(const char* pattern, const T&... values) const {
    return Escape(Say(pattern, values...).In(language_));
  }
  [[nodiscard]] std::string Label(const procedure::Label& label) const { return Escape(LabelIn(label, language_)); }
  // An address of the portal, escaped, with the language that was chosen. `path` is encoded already.
  [[nodiscard]] std::string Link(std::string_view path) const;
  // A day as people write it: 2026年11月27日, 27 Nov 2026.
  [[nodiscard]] std::string Day(std::int64_t ms) const;
  // A public page with header, navigation, languages and footer. `title` and `body` are markup already.
  [[nodiscard]] std::string Page(std::string_view title, std::string_view body) const;

 private:
  Language language_;
  bool chosen_, demo_;
  std::string path_, district_;
};

// The main part of a page under its title. All are markup.
std::string Titled(const std::string& title, const std::string& body);
// A row of a table of facts; `name` is a text of the house, `value` markup.
std::string FactRow(const Frame& frame, const char* name, const std::string& value);
// The answer: varies by language.
http::Response PublicPage(const Frame& frame, int status, const std::string& title, const std::string& body);

}  // namespace zhian::desk
