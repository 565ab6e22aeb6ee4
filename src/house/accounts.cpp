#include "house/accounts.hpp"

#include <algorithm>
#include <map>

#include "base/csv.hpp"
#include "identity/certificates.hpp"
#include "identity/identity.hpp"

namespace zhian::house {

namespace {

constexpr std::string_view kColumns[] = {"username",    "name",   "id_number",  "password",
                                         "role",        "place",  "body",       "operator_id",
                                         "certificate", "issuer", "valid_from", "valid_to"};

using Cells = std::map<std::string, std::string, std::less<>>;

Result<std::optional<base::Instant>> DayOf(const Cells& row, const char* column) {
  const auto found = row.find(column);
  if (found == row.end() || found->second.empty()) return std::optional<base::Instant>();
  ZHIAN_ASSIGN(const auto day, base::ParseDate(found->second));
  return std::optional(base::StartOfDay(day));
}

Result<std::string> AccountOf(desk::App& app, const std::string& username) {
  std::string id;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto rows, db.Query("SELECT id FROM accounts WHERE username=$1 LIMIT 1", {username}));
    if (!rows.empty()) id = rows.front().text(0);
    return Ok();
  }));
  return id;
}

Status ImportRow(desk::App& app, Cells& row, AccountsReport& report) {
  const identity::Principal system = identity::Principal::System();
  ZHIAN_ASSIGN(const auto from, DayOf(row, "valid_from"));
  ZHIAN_ASSIGN(const auto to, DayOf(row, "valid_to"));
  ZHIAN_ASSIGN(std::string account, AccountOf(app, row["username"]));
  if (account.empty()) {
    ZHIAN_ASSIGN(const auto created, app.identity.CreateAccount(system, {.username = row["username"],
                                                                         .name = row["name"],
                                                                         .id_number = row["id_number"],
                                                                         .language = "zh-Hans",
                                                                         .password = row["password"],
                                                                         .one_time = row["password"].empty()}));
    account = created.id;
    ++report.accounts;
    if (!created.one_time_password.empty())
      report.passwords.push_back(row["username"] + "\t" + created.one_time_password);
  }
  const base::Instant begins = from.value_or(base::StartOfDay(base::LocalDate(app.clock.Now())));
  if (!row["role"].empty()) {
    ZHIAN_TRY(app.identity.GrantRole(system, {.account_id = account,
                                              .role = row["role"],
                                              .jurisdiction = row["place"].empty() ? app.district_root : row["place"],
                                              .body = row["body"],
                                              .operator_id = row["operator_id"],
                                              .certificate = row["certificate"],
                                              .valid_from = begins,
                                              .valid_to = to}));
    ++report.roles;
  }
  if (row["certificate"].empty()) return Ok();
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    const identity::Certificate certificate{.id = {},
                                            .account_id = account,
                                            .number = row["certificate"],
                                            .issuer = row["issuer"],
                                            .valid_from = begins,
                                            .valid_to = to};
    const auto entered = identity::EnterCertificate(db, certificate, system.account_id, app.clock.Now());
    return entered.ok() ? Ok() : Status(entered.error());
  }));
  ++report.certificates;
  return Ok();
}

}  // namespace

Result<AccountsReport> ImportAccounts(desk::App& app, std::string_view csv) {
  ZHIAN_ASSIGN(const std::string text, base::DecodeTable(csv));
  base::CsvReader reader(text);
  std::vector<std::string> header, cells;
  ZHIAN_ASSIGN(const bool has_header, reader.Next(header));
  if (!has_header) return MakeError(ErrorCode::kInvalid, "表格是空的");
  for (const std::string& column : header)
    if (std::find(std::begin(kColumns), std::end(kColumns), std::string_view(column)) == std::end(kColumns))
      return MakeError(ErrorCode::kInvalid, Say("表格没有“{}”这一栏", column));
  AccountsReport report;
  for (;;) {
    ZHIAN_ASSIGN(const bool more, reader.Next(cells));
    if (!more) return report;
    ++report.rows;
    Cells row;
    for (std::size_t i = 0; i < std::min(header.size(), cells.size()); ++i) row[header[i]] = cells[i];
    if (const Status done = ImportRow(app, row, report); !done.ok()) {
      const Error& error = done.error();
      report.refused.push_back(
          {std::to_string(reader.row()), "row", error.fields.empty() ? error.message : error.fields.front().message});
    }
  }
}

}  // namespace zhian::house
