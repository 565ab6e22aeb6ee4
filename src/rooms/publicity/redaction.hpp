// What must never stand in a public text: identity numbers, telephone numbers, and who is sealed. Numbers are found in
// any width and with spaces or hyphens between their digits; a number that letters run on from (a lot number) is none.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zhian::publicity {

// One sentence for each piece of personal data found, without repeating it.
std::vector<std::string> FindPersonalData(std::string_view text);

// Whether the text names the person or gives the contact: the name in any width, the digits of the contact however they
// are spaced. A name of one character and a contact of less than six digits are no such thing.
bool Reveals(std::string_view text, std::string_view name, std::string_view contact);

// Whether every percentage says of how many: a fraction of digits ("19/20") or a number with its measure word
// ("20批次") near it. Knows ％, 百分之 and full width.
bool PercentagesHaveBases(std::string_view text);

}  // namespace zhian::publicity
