#include "rooms/publicity/redaction.hpp"

#include <algorithm>

#include "base/identifiers.hpp"
#include "base/text.hpp"

namespace zhian::publicity {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string Digits(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (IsDigit(c)) digits += c;
  return digits;
}

// Runs of digits, with what stands between them left out: single spaces and hyphens. An X at the end of an identity
// number belongs to it; a letter before or after makes the run part of another word.
std::vector<std::string> Numbers(const std::string& text) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    const bool after_letter = i > 0 && IsLetter(text[i - 1]);
    std::string run;
    std::size_t end = i;
    while (end < text.size()) {
      if (IsDigit(text[end])) {
        run += text[end++];
      } else if ((text[end] == ' ' || text[end] == '-') && end + 1 < text.size() && IsDigit(text[end + 1])) {
        ++end;
      } else {
        break;
      }
    }
    const bool check = end < text.size() && (text[end] == 'X' || text[end] == 'x') && run.size() == 17;
    if (check) run += text[end++];
    if (!after_letter && (end >= text.size() || !IsLetter(text[end]))) numbers.push_back(std::move(run));
    i = std::max(end, i + 1);
  }
  return numbers;
}

bool IsMobile(std::string_view digits) {
  for (const std::string_view country : {"0086", "86"})
    if (digits.starts_with(country) && digits.size() == country.size() + 11) digits.remove_prefix(country.size());
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// An identity number of before 1999: fifteen digits with a day of birth in two-figure years.
bool IsOldIdentity(std::string_view digits) {
  if (digits.size() != 15) return false;
  const int month = (digits[8] - '0') * 10 + digits[9] - '0', day = (digits[10] - '0') * 10 + digits[11] - '0';
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

}  // namespace

std::vector<std::string> FindPersonalData(std::string_view text) {
  std::vector<std::string> found;
  for (const std::string& number : Numbers(base::Nfkc(text))) {
    if ((number.size() == 18 && base::ParseIdentityNumber(number).ok()) || IsOldIdentity(number))
      found.emplace_back("公开文本含有身份证号码，请删去");
    if (IsMobile(number)) found.emplace_back("公开文本含有手机号码，请删去");
  }
  return found;
}

bool Reveals(std::string_view text, std::string_view name, std::string_view contact) {
  std::string plain;
  for (const char c : base::Simplified(base::Fold(text)))
    if (c != ' ') plain += c;
  std::string who;
  for (const char c : base::Simplified(base::Fold(name)))
    if (c != ' ') who += c;
  constexpr std::size_t kOneCharacter = 3;  // bytes of a Chinese character
  if (who.size() > kOneCharacter && plain.find(who) != std::string::npos) return true;
  const std::string digits = Digits(base::Nfkc(contact));
  constexpr std::size_t kShortest = 6;
  if (digits.size() < kShortest) return false;
  const auto numbers = Numbers(base::Nfkc(text));
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](const std::string& number) { return number.find(digits) != std::string::npos; });
}

bool PercentagesHaveBases(std::string_view given) {
  const std::string text = base::Nfkc(given);
  constexpr std::size_t kNear = 120;  // bytes either side
  for (const std::string_view mark : {"%", "百分之"})
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + mark.size())) {
      const std::string around = text.substr(at > kNear ? at - kNear : 0, 2 * kNear);
      bool has_base = false;
      for (std::size_t i = 1; i < around.size() && !has_base; ++i) {
        if (!IsDigit(around[i - 1])) continue;
        const std::string_view rest = std::string_view(around).substr(i);
        has_base = (rest.size() > 1 && rest[0] == '/' && IsDigit(rest[1]));
        for (const std::string_view measure : {"批次", "批", "家", "件", "个"})
          has_base = has_base || rest.starts_with(measure) || (rest[0] == ' ' && rest.substr(1).starts_with(measure));
      }
      if (!has_base) return false;
    }
  return true;
}

}  // namespace zhian::publicity
