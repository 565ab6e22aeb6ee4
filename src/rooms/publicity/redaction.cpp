#include "rooms/publicity/redaction.hpp"

#include "base/identifiers.hpp"

namespace zhian::publicity {

std::vector<std::string> FindPersonalData(std::string_view text) {
  std::vector<std::string> found;
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] < '0' || text[i] > '9') {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() &&
           ((text[end] >= '0' && text[end] <= '9') || ((text[end] == 'X' || text[end] == 'x') && end - i == 17)))
      ++end;
    const std::string_view digits = text.substr(i, end - i);
    if (digits.size() == 18 && base::ParseIdentityNumber(digits).ok())
      found.emplace_back("公开文本含有身份证号码，请删去");
    if (digits.size() == 11 && digits[0] == '1' && digits[1] >= '3') found.emplace_back("公开文本含有手机号码，请删去");
    i = end;
  }
  return found;
}

}  // namespace zhian::publicity
