// Entering people by a table, as an administrator of the machine does it: accounts, their roles by dates, and the
// certificates of officers. One transaction a row; a row that is refused says why, and the others stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "desk/app.hpp"

namespace zhian::house {

struct AccountsReport {
  int rows = 0, accounts = 0, roles = 0, certificates = 0;
  std::vector<std::string> passwords;  // "user name<TAB>one-time password" of each new account without a given one
  std::vector<FieldError> refused;     // pointer: the row
};

// A table (CSV) with the header username,name,id_number,password,role,place,body,operator_id,certificate,issuer,
// valid_from,valid_to; only the first two are needed of a new account. A user name that is on file gets a further role
// or certificate. Days are legal days; `valid_to` is the first day on which the role and the certificate count no more.
// Errors: the table cannot be read, or has a column that is not known.
Result<AccountsReport> ImportAccounts(desk::App& app, std::string_view csv);

}  // namespace zhian::house
