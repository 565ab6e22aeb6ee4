#include "base/identifiers.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace zhian::base {
namespace {

constexpr std::string_view kCreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";  // without I O Z S V

// Half width, upper case, without what people put between groups.
std::string Normalise(std::string_view text) {
  std::string out;
  if (text.size() > 200) text = text.substr(0, 200);
  for (char c : Nfkc(text)) {
    if (c == ' ' || c == '-' || c == '\t') continue;
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error Mend(Message message) { return MakeError(ErrorCode::kInvalid, std::move(message)); }

Result<std::string> ParseGs1(std::string_view text, std::size_t length, std::string_view name) {
  const std::string code = Normalise(text);
  if (code.size() != length || !AllDigits(code))
    return Mend(Say("{}为 {} 位数字，请核对", std::string(name), std::to_string(length)));
  if (Gs1Check(std::string_view(code).substr(0, length - 1)) != code.back())
    return Mend(Say("{}的校验位不对，请核对是否抄错一位", std::string(name)));
  return code;
}

}  // namespace

char CreditCodeCheck(std::string_view first17) {
  static constexpr int kWeights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += static_cast<int>(kCreditAlphabet.find(first17[i])) * kWeights[i];
  return kCreditAlphabet[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

Result<std::string> ParseCreditCode(std::string_view text) {
  const std::string code = Normalise(text);
  if (code.size() != 18) return Mend(Say("统一社会信用代码为 18 位，现有 {} 位，请核对", std::to_string(code.size())));
  for (const char c : code)
    if (kCreditAlphabet.find(c) == std::string_view::npos)
      return Mend("统一社会信用代码只含数字和大写字母，不含 I、O、Z、S、V，请核对");
  if (CreditCodeCheck(std::string_view(code).substr(0, 17)) != code.back())
    return Mend("统一社会信用代码的校验位不对，请核对是否抄错一位");
  return code;
}

char Mod1110Check(std::string_view digits) {
  int product = 10;
  for (const char c : digits) {
    int sum = (product + (c - '0')) % 10;
    if (sum == 0) sum = 10;
    product = sum * 2 % 11;
  }
  return static_cast<char>('0' + (11 - product) % 10);
}

Result<std::string> ParseLicenceNumber(std::string_view text) {
  const std::string code = Normalise(text);
  const std::string_view prefix = std::string_view(code).substr(0, 2),
                         digits = std::string_view(code).substr(std::min<std::size_t>(2, code.size()));
  if (prefix == "QS") {
    if (digits.size() != 12 || !AllDigits(digits)) return Mend("QS 编号为 QS 加 12 位数字，请核对");
    return code;
  }
  if (prefix != "SC" && prefix != "JY") return Mend("许可证编号以 SC、JY 或 QS 开头，请核对");
  if (digits.size() != 14 || !AllDigits(digits))
    return Mend(Say("许可证编号为 {} 加 14 位数字，请核对", std::string(prefix)));
  if (Mod1110Check(digits.substr(0, 13)) != digits.back()) return Mend("许可证编号的校验位不对，请核对是否抄错一位");
  return code;
}

char Gs1Check(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += (digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

Result<std::string> ParseGtin(std::string_view text) {
  const std::string code = Normalise(text);
  if ((code.size() != 8 && code.size() != 12 && code.size() != 13 && code.size() != 14) || !AllDigits(code))
    return Mend("商品条码为 8、12、13 或 14 位数字，请核对");
  if (Gs1Check(std::string_view(code).substr(0, code.size() - 1)) != code.back())
    return Mend("商品条码的校验位不对，请核对是否抄错一位");
  return std::string(14 - code.size(), '0') + code;
}
Result<std::string> ParseGln(std::string_view text) { return ParseGs1(text, 13, "位置码"); }
Result<std::string> ParseSscc(std::string_view text) { return ParseGs1(text, 18, "物流单元码"); }

Result<std::string> ParseIdentityNumber(std::string_view text) {
  static constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const std::string code = Normalise(text);
  if (code.size() != 18 || !AllDigits(std::string_view(code).substr(0, 17))) return Mend("身份证号码为 18 位，请核对");
  const auto number = [&](std::size_t at, std::size_t n) { return std::stoi(code.substr(at, n)); };
  if (number(6, 4) < 1850 || !Date::IsCivil(number(6, 4), number(10, 2), number(12, 2)))
    return Mend("身份证号码中的出生日期不存在，请核对");
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (code[i] - '0') * kWeights[i];
  if ("10X98765432"[sum % 11] != code.back()) return Mend("身份证号码的校验位不对，请核对是否抄错一位");
  return code;
}

}  // namespace zhian::base
