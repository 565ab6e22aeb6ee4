// Server-rendered pages (documents in print form, the public portal): escaped text in one plain frame, readable without script.
#pragma once

#include <string>
#include <string_view>

namespace zhian::api {

std::string Escape(std::string_view text);
// A public page with header, navigation and footer. `body` is markup already.
std::string PublicPage(std::string_view title, std::string_view body, bool demo);
// A document on A4 (GB/T 9704 measures), for the printer.
std::string PrintPage(std::string_view title, std::string_view body, bool demo);

}  // namespace zhian::api
