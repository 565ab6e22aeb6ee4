// What must never stand in a public text: identity numbers, telephone numbers. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zhian::publicity {

// One sentence for each piece of personal data found, without repeating it.
std::vector<std::string> FindPersonalData(std::string_view text);

}  // namespace zhian::publicity
