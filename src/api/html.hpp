// Server-rendered pages of the public portal: escaped text in one plain frame, readable without script.
#pragma once

#include <string>
#include <string_view>

#include "documents/sheet.hpp"

namespace zhian::api {

inline std::string Escape(std::string_view text) { return documents::EscapeMarkup(text); }
// A public page with header, navigation and footer. `body` is markup already.
std::string PublicPage(std::string_view title, std::string_view body, bool demo);

}  // namespace zhian::api
