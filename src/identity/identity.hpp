// Identity 身份: accounts, passwords, second factor, sessions, API tokens, roles and deputies.
// Service is safe to share between threads; password hashing runs outside any transaction, with bounded concurrency:
// never call it on an I/O thread. Sessions, tokens and attempts use real time; roles are valid by the business clock.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "identity/jurisdiction.hpp"
#include "ledger/ledger.hpp"
#include "storage/database.hpp"

namespace zhian::identity {

std::span<const storage::Migration> Migrations();
std::vector<ledger::LedgeredTable> LedgeredTables();
// The roles of procedures.md section 2 that a person can hold ("inspector", … "administrator"); not "public", not
// "system".
std::span<const std::string_view> Roles();

// One role as it is held now. Deputised: on_behalf_of names the person who is stood in for.
struct Assignment {
  std::string id, role, jurisdiction, body, operator_id, certificate;
  base::Instant valid_from{};
  std::optional<base::Instant> valid_to;
  std::string on_behalf_of;          // name, "" where held in one's own right
  std::string on_behalf_of_account;  // id
};

// Who is acting. Empty assignments until a forced change of password is done.
struct Principal {
  std::string account_id, username, name, language;
  std::string person_digest;  // keyed digest of the identity number, "" where unknown
  std::vector<Assignment> assignments;
  bool must_change_password = false;
  bool system = false;
  std::string session_id;           // "" for API tokens and the system
  std::string csrf_token;           // sessions only: must come with every write
  std::vector<std::string> scopes;  // API tokens only: "read", "write", "capture", …
  static Principal System();
};
// Whether the role is held in the jurisdiction or one above it; `jurisdiction` "" asks for the role anywhere.
Result<bool> Has(storage::Connection& db, const Principal& principal, std::string_view role,
                 std::string_view jurisdiction);
Scope ScopeOf(const Principal& principal);

struct PasswordCost {
  std::uint32_t memory_kib = 19456, iterations = 2, lanes = 1;  // OWASP's minimum for Argon2id
};
struct Options {
  std::string
      secret;  // 32 bytes from EnsureSecret: keys the digests of identity numbers, encrypts second-factor secrets
  PasswordCost cost;
  int hashing_at_once = 2;
  std::chrono::minutes idle{30};
  std::chrono::hours absolute{12};
  int free_attempts = 5;                   // failures before the back-off begins
  std::chrono::seconds back_off_max{900};  // 1, 2, 4 … seconds up to this
  std::string issuer = "Zhian";            // in authenticator apps
};
// DIR/identity.key (0600), made where it is missing.
Result<std::string> EnsureSecret(const std::string& directory);

struct NewAccount {
  std::string username;   // 3–64 of a-z 0-9 . _ - @
  std::string name;       // as on documents
  std::string id_number;  // kept as a keyed digest only; may be ""
  std::string language = "zh-Hans";
  std::string password;  // "": a one-time password is made
  bool one_time = true;  // must be changed at the first sign-in
};
struct CreatedAccount {
  std::string id, one_time_password;  // the latter only where it was made
};
struct Account {
  std::string id, username, name, person_digest, status, language;  // status: "active", "closed"
  bool must_change_password = false, has_second_factor = false;
};
struct NewAssignment {
  std::string account_id, role, jurisdiction, body, operator_id, certificate;
  base::Instant valid_from{};
  std::optional<base::Instant> valid_to;
};
struct SignedIn {
  std::string account_id;
  std::string token;  // 256 random bits, base64url: the cookie; only its digest is stored
  std::string csrf_token;
  base::Instant expires;  // absolute
  bool must_change_password = false;
};
struct Enrolment {
  std::string secret_base32, uri;  // otpauth://totp/…
};
struct NewToken {
  std::string name;
  std::vector<std::string> scopes;
  base::Instant expires{};
};
struct CreatedToken {
  std::string id, token;  // shown once
};

class Service {
 public:
  // REQUIRES: database and clocks outlive the service.
  Service(storage::Database& database, const base::Clock& real, const base::Clock& business, Options options);
  ~Service();

  // ---- accounts; `by` must be an administrator, or the system ----
  Result<CreatedAccount> CreateAccount(const Principal& by, const NewAccount& account);
  Status CloseAccount(const Principal& by, std::string_view account_id);  // ends its sessions and tokens
  Result<Account> LoadAccount(std::string_view account_id);
  Result<std::vector<Account>> ListAccounts(std::string_view after_username, int limit);
  // Sets a one-time password (made where `password` is ""), and ends the account's sessions. Returns the password.
  Result<std::string> SetPassword(const Principal& by, std::string_view account_id, std::string password = {});
  // One's own. Other sessions of the account end. Errors: kUnauthenticated (wrong present password), kInvalid (too
  // weak).
  Status ChangePassword(const Principal& principal, std::string_view present, std::string_view wanted);

  // ---- sessions ----
  // Errors: kUnauthenticated (one message for every reason; `fields` has "/code" where the second factor is missing or
  // wrong after a right password), kTooMany (back-off). A recovery code may stand for `code`, once.
  Result<SignedIn> SignIn(std::string_view username, std::string_view password, std::string_view code = {});
  Result<Principal> LoadSession(std::string_view token);
  Status SignOut(std::string_view token);
  Status SignOutEverywhere(std::string_view account_id);
  Result<int> RemoveExpired();  // sessions, tokens and attempts whose time is over

  // ---- second factor (TOTP, RFC 6238: SHA-1, 6 digits, 30 s) ----
  Result<Enrolment> BeginSecondFactor(const Principal& principal);
  // Turns it on; returns the recovery codes, shown once. Errors: kInvalid (wrong code).
  Result<std::vector<std::string>> ConfirmSecondFactor(const Principal& principal, std::string_view code);
  Status RemoveSecondFactor(const Principal& by, std::string_view account_id);  // an administrator, not one's own

  // ---- API tokens ----
  Result<CreatedToken> CreateToken(const Principal& principal, const NewToken& token);
  Status RevokeToken(const Principal& principal, std::string_view token_id);
  Result<Principal> LoadToken(std::string_view token);

  // ---- roles ----
  // Errors: kForbidden (by is no administrator there, or gives it to himself or another account of his person),
  // kInvalid.
  Result<std::string> GrantRole(const Principal& by, const NewAssignment& assignment);
  Status EndRole(const Principal& by, std::string_view assignment_id, base::Instant valid_to);
  // A stand-in for the holder of an assignment, by dates. By the holder himself, a bureau_head of the place, or an
  // administrator.
  Result<std::string> AppointDeputy(const Principal& by, std::string_view assignment_id,
                                    std::string_view deputy_account, base::Instant from, base::Instant to);
  Result<std::vector<Assignment>> ListAssignments(std::string_view account_id);  // all, also ended ones
  // The principal of an account without a session (command line, demonstration, jobs on behalf of a person).
  Result<Principal> PrincipalOf(std::string_view account_id);

  [[nodiscard]] std::string PersonDigest(std::string_view id_number) const;

 private:
  struct Hasher;
  storage::Database& database_;
  const base::Clock& real_;
  const base::Clock& business_;
  Options options_;
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace zhian::identity
