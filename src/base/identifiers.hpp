// Codes with their check digits. Each function takes what a person typed (full width, spaces, hyphens, lower case), and
// returns the canonical code or says the mend. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::base {

// Unified social credit code 統一社會信用代碼: 18 characters, check by MOD 31 (GB 32100-2015).
Result<std::string> ParseCreditCode(std::string_view text);
// The check character for the first 17. REQUIRES: 17 characters of the code's alphabet.
char CreditCodeCheck(std::string_view first17);

// Food production licence SC + 14 digits, food business licence JY + 14 digits: the last digit by ISO 7064 MOD 11,10.
// A QS number of 2007 (QS + 12 digits) is taken as it is: it bears no check digit.
Result<std::string> ParseLicenceNumber(std::string_view text);
char Mod1110Check(std::string_view digits);  // REQUIRES: digits only

// GTIN-8, -12, -13, -14, returned as 14 digits; GLN (13) and SSCC (18) (GS1 General Specifications 7.9).
Result<std::string> ParseGtin(std::string_view text);
Result<std::string> ParseGln(std::string_view text);
Result<std::string> ParseSscc(std::string_view text);
char Gs1Check(std::string_view digits);  // REQUIRES: digits only, without the check digit

// Citizen's identity number 公民身份號碼: 18 characters, ISO 7064 MOD 11-2 (GB 11643-1999), and a day that exists.
Result<std::string> ParseIdentityNumber(std::string_view text);

}  // namespace zhian::base
