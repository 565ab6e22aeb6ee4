#include "identity/identity.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <mutex>

#include "base/identifiers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "identity/secrets.hpp"

namespace zhian::identity {
namespace json = boost::json;
using storage::Row;
using storage::Value;

// A password is hashed with much memory on purpose, to make guessing dear; so only this many are hashed at once.
struct Service::Hasher {
  explicit Hasher(int at_once) : slots(at_once) {}
  std::counting_semaphore<64> slots;
  // The hash of a password that no account has. A sign-in with an unknown name is checked against it, so that it takes
  // as long as one with a known name and does not tell which names exist.
  std::string dummy;
};

namespace {

std::string RandomToken() {
  std::array<std::uint8_t, 32> bytes{};
  base::FillRandom(bytes);
  return base::Base64Url(bytes);
}

Error SignInFailed() { return MakeError(ErrorCode::kUnauthenticated, "用户名或密码不对，请核对后再试"); }

Status Record(storage::Connection& db, const char* table, const std::string& id, const char* kind, const Principal& by,
              base::Instant now) {
  ZHIAN_ASSIGN(json::object reference, ledger::RowReference(db, table, {{"id", id}}));
  const auto index =
      ledger::Append(db, kind, {{"actor", by.account_id}, {"rows", json::array{std::move(reference)}}}, now);
  if (!index.ok()) return index.error();
  return Ok();
}

std::string CheckPassword(std::string_view password, std::string_view username) {
  if (password.size() < 8) return "密码至少 8 个字符";
  if (password.size() > 256) return "密码不超过 256 个字符";
  if (!username.empty() && base::Fold(password) == base::Fold(username)) return "密码不能与用户名相同";
  if (std::all_of(password.begin(), password.end(), [&](char c) { return c == password.front(); }))
    return "密码不能只用同一个字符";
  return {};
}

bool IsAdministrator(const Principal& principal) {
  return principal.system || std::any_of(principal.assignments.begin(), principal.assignments.end(),
                                         [](const Assignment& a) { return a.role == "administrator"; });
}

Assignment ToAssignment(const Row& r) {
  Assignment a;
  a.id = r.text(0);
  a.role = r.text(1);
  a.jurisdiction = r.text(2);
  a.body = r.text(3);
  a.operator_id = r.text(4);
  a.certificate = r.text(5);
  a.valid_from = base::Instant{r.integer(6)};
  if (!r.is_null(7)) a.valid_to = base::Instant{r.integer(7)};
  return a;
}
constexpr const char* kAssignment =
    "SELECT r.id, r.role, r.jurisdiction, r.body, r.operator_id, r.certificate, r.valid_from, r.valid_to";

// The person behind an account: names, roles held now, status. Whether he came by a session or by a token, and the
// digests of those, are added by who calls this.
Result<Principal> LoadPrincipal(storage::Connection& db, std::string_view account_id, base::Instant business_now) {
  ZHIAN_ASSIGN(
      auto rows,
      db.Query(
          "SELECT a.id, a.username, a.name, a.language, a.person_digest, a.status, c.one_time FROM accounts a LEFT JOIN credentials c ON c.account_id=a.id WHERE a.id=$1 LIMIT 1",
          {std::string(account_id)}));
  if (rows.empty() || rows.front().text(5) != "active")
    return MakeError(ErrorCode::kUnauthenticated, "登录已结束，请重新登录");
  Principal p;
  p.account_id = rows.front().text(0);
  p.username = rows.front().text(1);
  p.name = rows.front().text(2);
  p.language = rows.front().text(3);
  p.person_digest = rows.front().text(4);
  p.must_change_password = rows.front().integer(6) != 0;
  if (p.must_change_password) return p;
  ZHIAN_ASSIGN(
      auto own,
      db.Query(
          std::string(kAssignment) +
              " FROM role_assignments r WHERE r.account_id=$1 AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2) ORDER BY r.id LIMIT 100",
          {p.account_id, business_now.ms}));
  for (const Row& row : own) p.assignments.push_back(ToAssignment(row));
  ZHIAN_ASSIGN(
      auto deputised,
      db.Query(
          std::string(kAssignment) +
              ", a.name, a.id FROM deputies d JOIN role_assignments r ON r.id=d.assignment_id JOIN accounts a ON a.id=r.account_id WHERE d.deputy=$1 AND d.valid_from <= $2 "
              "AND d.valid_to > $2 AND r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to > $2) ORDER BY d.id LIMIT 100",
          {p.account_id, business_now.ms}));
  for (const Row& row : deputised) {
    Assignment a = ToAssignment(row);
    a.on_behalf_of = row.text(8);
    a.on_behalf_of_account = row.text(9);
    p.assignments.push_back(std::move(a));
  }
  return p;
}

}  // namespace

Principal Principal::System() {
  Principal p;
  p.account_id = "system";
  p.name = "系统";
  p.system = true;
  return p;
}

Result<bool> Has(storage::Connection& db, const Principal& principal, std::string_view role,
                 std::string_view jurisdiction) {
  if (principal.system) return true;
  for (const Assignment& a : principal.assignments) {
    if (a.role != role) continue;
    if (jurisdiction.empty()) return true;
    ZHIAN_ASSIGN(const bool covers, Covers(db, a.jurisdiction, jurisdiction));
    if (covers) return true;
  }
  return false;
}

Scope ScopeOf(const Principal& principal) {
  Scope scope;
  scope.account_id = principal.account_id;
  scope.everything = principal.system;
  const auto add = [](std::vector<std::string>& list, const std::string& value) {
    if (!value.empty() && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  };
  for (const Assignment& a : principal.assignments) {
    if (a.operator_id.empty()) add(scope.jurisdictions, a.jurisdiction);
    add(scope.operators, a.operator_id);
    add(scope.bodies, a.body);
    add(scope.roles, a.role);
  }
  return scope;
}

Result<std::string> EnsureSecret(const std::string& directory) {
  const std::string file = directory + "/identity.key";
  if (std::ifstream in(file); in) {
    std::string hex;
    in >> hex;
    const auto bytes = base::FromHex(hex);
    if (!bytes.ok() || bytes->size() != 32)
      return MakeError(ErrorCode::kCorrupt, file + " is no key of 64 hexadecimal digits");
    return std::string(bytes->begin(), bytes->end());
  }
  std::array<std::uint8_t, 32> bytes{};
  base::FillRandom(bytes);
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return MakeError(ErrorCode::kUnavailable, "cannot write " + file);
  const std::string hex = base::Hex(bytes) + "\n";
  const bool written = write(fd, hex.data(), hex.size()) == static_cast<ssize_t>(hex.size()) && fsync(fd) == 0;
  close(fd);
  if (!written) return MakeError(ErrorCode::kUnavailable, "cannot write " + file);
  return std::string(bytes.begin(), bytes.end());
}

Service::Service(storage::Database& database, const base::Clock& real, const base::Clock& business, Options options)
    : database_(database),
      real_(real),
      business_(business),
      options_(std::move(options)),
      hasher_(std::make_unique<Hasher>(options_.hashing_at_once)) {
  hasher_->dummy = NobodysHash(options_.cost);
}
Service::~Service() = default;

std::string Service::PersonDigest(std::string_view id_number) const {
  if (id_number.empty()) return {};
  const std::string key = "person\n" + options_.secret;
  return base::Hex(
      base::HmacSha256(std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()), id_number));
}

Result<CreatedAccount> Service::CreateAccount(const Principal& by, const NewAccount& account) {
  if (!IsAdministrator(by)) return MakeError(ErrorCode::kForbidden, "账号由管理员建立");
  std::vector<FieldError> errors;
  const bool good_name =
      account.username.size() >= 3 && account.username.size() <= 64 &&
      std::all_of(account.username.begin(), account.username.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '@';
      });
  if (!good_name) errors.push_back({"/username", "error.value", "用户名用 3 到 64 个小写字母、数字或 . _ - @"});
  if (account.name.empty() || account.name.size() > 200) errors.push_back({"/name", "error.fill", "填写姓名"});
  std::string id_number;
  if (!account.id_number.empty()) {
    const auto parsed = base::ParseIdentityNumber(account.id_number);
    if (parsed.ok())
      id_number = *parsed;
    else
      errors.push_back({"/id_number", "error.value", parsed.error().message});
  }
  if (!account.password.empty())
    if (const std::string fault = CheckPassword(account.password, account.username); !fault.empty())
      errors.push_back({"/password", "error.value", fault});
  if (!errors.empty()) return NeedsMending(std::move(errors));
  CreatedAccount created;
  std::string password = account.password;
  if (password.empty()) password = created.one_time_password = base::RandomCode(14);
  hasher_->slots.acquire();
  auto hash = HashPassword(password, options_.cost);
  hasher_->slots.release();
  if (!hash.ok()) return hash.error();
  const base::Instant now = real_.Now();
  created.id = base::NewUuid7(now);
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    const auto inserted = db.Execute(
        "INSERT INTO accounts (id, username, name, person_digest, status, language) VALUES ($1,$2,$3,$4,'active',$5)",
        {created.id, account.username, account.name, PersonDigest(id_number), account.language});
    if (!inserted.ok())
      return inserted.error().code == ErrorCode::kConflict
                 ? MakeError(ErrorCode::kConflict, "用户名已有人使用",
                             {{"/username", "error.duplicate", "用户名已有人使用，请换一个"}})
                 : inserted.error();
    ZHIAN_TRY(db.Execute(
        "INSERT INTO credentials (account_id, password, one_time, last_step, failures, failed_at) VALUES ($1,$2,$3,0,0,0)",
        {created.id, *hash, std::int64_t{account.one_time || !created.one_time_password.empty()}}));
    return Record(db, "accounts", created.id, "account.created", by, business_.Now());
  }));
  return created;
}

Status Service::CloseAccount(const Principal& by, std::string_view account_id) {
  if (!IsAdministrator(by)) return MakeError(ErrorCode::kForbidden, "账号由管理员停用");
  const std::string id(account_id);
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto changed, db.Execute("UPDATE accounts SET status='closed' WHERE id=$1", {id}));
    if (changed == 0) return MakeError(ErrorCode::kNotFound, "没有这个账号");
    ZHIAN_TRY(db.Execute("DELETE FROM sessions WHERE account_id=$1", {id}));
    ZHIAN_TRY(db.Execute("DELETE FROM api_tokens WHERE account_id=$1", {id}));
    return Record(db, "accounts", id, "account.closed", by, business_.Now());
  });
}

namespace {
Account ToAccount(const Row& r) {
  return {r.text(0), r.text(1), r.text(2), r.text(3), r.text(4), r.text(5), r.integer(6) != 0, !r.is_null(7)};
}
constexpr const char* kAccount =
    "SELECT a.id, a.username, a.name, a.person_digest, a.status, a.language, c.one_time, c.second_factor FROM accounts a LEFT JOIN credentials c ON c.account_id=a.id ";
}  // namespace

Result<Account> Service::LoadAccount(std::string_view account_id) {
  Account account;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(std::string(kAccount) + "WHERE a.id=$1 LIMIT 1", {std::string(account_id)}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这个账号");
    account = ToAccount(rows.front());
    return Ok();
  }));
  return account;
}

Result<std::vector<Account>> Service::ListAccounts(std::string_view after, int limit) {
  std::vector<Account> list;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(std::string(kAccount) + "WHERE a.username > $1 ORDER BY a.username LIMIT $2",
                                     {std::string(after), std::int64_t{std::clamp(limit, 1, 500)}}));
    for (const Row& row : rows) list.push_back(ToAccount(row));
    return Ok();
  }));
  return list;
}

Result<std::string> Service::SetPassword(const Principal& by, std::string_view account_id, std::string password) {
  if (!IsAdministrator(by)) return MakeError(ErrorCode::kForbidden, "密码由管理员重置");
  if (password.empty()) password = base::RandomCode(14);
  hasher_->slots.acquire();
  auto hash = HashPassword(password, options_.cost);
  hasher_->slots.release();
  if (!hash.ok()) return hash.error();
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto changed,
                 db.Execute("UPDATE credentials SET password=$2, one_time=1, failures=0 WHERE account_id=$1",
                            {std::string(account_id), *hash}));
    if (changed == 0) return MakeError(ErrorCode::kNotFound, "没有这个账号");
    ZHIAN_TRY(db.Execute("DELETE FROM sessions WHERE account_id=$1", {std::string(account_id)}));
    return Ok();
  }));
  return password;
}

Status Service::ChangePassword(const Principal& principal, std::string_view present, std::string_view wanted) {
  if (const std::string fault = CheckPassword(wanted, principal.username); !fault.empty())
    return NeedsMending({{"/new", "error.value", fault}});
  if (present == wanted) return NeedsMending({{"/new", "error.value", "新密码须与原密码不同"}});
  std::string stored;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows,
                 db.Query("SELECT password FROM credentials WHERE account_id=$1 LIMIT 1", {principal.account_id}));
    if (!rows.empty()) stored = rows.front().text(0);
    return Ok();
  }));
  hasher_->slots.acquire();
  const bool right = PasswordMatches(present, stored);
  auto hash = right ? HashPassword(wanted, options_.cost) : Result<std::string>(std::string{});
  hasher_->slots.release();
  if (!right) return NeedsMending({{"/old", "error.value", "原密码不对，请核对"}});
  if (!hash.ok()) return hash.error();
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute("UPDATE credentials SET password=$2, one_time=0 WHERE account_id=$1",
                         {principal.account_id, *hash}));
    ZHIAN_TRY(db.Execute("DELETE FROM sessions WHERE account_id=$1 AND digest<>$2",
                         {principal.account_id, principal.session_id}));
    return Ok();
  });
}

Result<SignedIn> Service::SignIn(std::string_view username, std::string_view password, std::string_view code) {
  const base::Instant now = real_.Now();
  std::string account_id, stored = hasher_->dummy, factor;
  bool active = false, one_time = false;
  std::int64_t failures = 0, failed_at = 0, last_step = 0;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT a.id, a.status, c.password, c.one_time, c.second_factor, c.failures, c.failed_at, c.last_step FROM accounts a JOIN credentials c ON c.account_id=a.id WHERE a.username=$1 LIMIT 1",
            {std::string(base::PrefixOf(username, 100))}));
    if (rows.empty()) return Ok();
    const Row& r = rows.front();
    account_id = r.text(0);
    active = r.text(1) == "active";
    stored = r.text(2);
    one_time = r.integer(3) != 0;
    factor = r.text(4);
    failures = r.integer(5);
    failed_at = r.integer(6);
    last_step = r.integer(7);
    return Ok();
  }));
  if (failures >= options_.free_attempts) {
    const std::int64_t wait =
        std::min<std::int64_t>(options_.back_off_max.count(),
                               std::int64_t{1} << std::min<std::int64_t>(failures - options_.free_attempts, 20)) *
        1000;
    if (now.ms < failed_at + wait)
      return MakeError(ErrorCode::kTooMany,
                       Say("尝试次数太多，请 {} 秒后再试", std::to_string((failed_at + wait - now.ms + 999) / 1000)));
  }
  hasher_->slots.acquire();
  const bool right = PasswordMatches(std::string(base::PrefixOf(password, 256)), stored) && active;
  hasher_->slots.release();
  const auto fail = [&](Error error) -> Result<SignedIn> {
    if (!account_id.empty())
      ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
        ZHIAN_TRY(db.Execute("UPDATE credentials SET failures = failures + 1, failed_at = $2 WHERE account_id=$1",
                             {account_id, now.ms}));
        return Ok();
      }));
    return error;
  };
  if (!right) return fail(SignInFailed());
  std::int64_t used_step = last_step;
  std::string recovery;
  if (!factor.empty()) {
    if (code.empty())
      return MakeError(ErrorCode::kUnauthenticated, "填写动态验证码", {{"/code", "otp_required", "填写动态验证码"}});
    ZHIAN_ASSIGN(const std::string secret, Unseal(options_.secret, factor));
    const std::vector<std::uint8_t> bytes(secret.begin(), secret.end());
    const std::int64_t step = now.ms / 30'000;
    bool matched = false;
    for (std::int64_t s = step - 1; s <= step + 1 && code.size() == 6; ++s) {
      if (s <= last_step) continue;  // a code that was used before, or an older one, is not taken again
      std::string expected = std::to_string(TotpAt(bytes, s));
      expected.insert(0, 6 - expected.size(), '0');
      if (expected == code) {
        matched = true;
        used_step = s;
      }
    }
    if (!matched && code.size() > 6) {
      recovery = base::HexSha256("recovery\n" + std::string(code));
      ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
        ZHIAN_ASSIGN(auto rows, db.Query("SELECT 1 FROM recovery_codes WHERE account_id=$1 AND digest=$2 LIMIT 1",
                                         {account_id, recovery}));
        matched = !rows.empty();
        return Ok();
      }));
    }
    if (!matched)
      return fail(MakeError(ErrorCode::kUnauthenticated, "动态验证码不对，请等下一个再试",
                            {{"/code", "otp_required", "动态验证码不对，请等下一个再试"}}));
  }
  SignedIn in;
  in.account_id = account_id;
  in.token = RandomToken();
  in.csrf_token = RandomToken();
  in.expires = base::Instant{now.ms + std::chrono::duration_cast<std::chrono::milliseconds>(options_.absolute).count()};
  in.must_change_password = one_time;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(
        db.Execute("UPDATE credentials SET failures=0, last_step=$2 WHERE account_id=$1", {account_id, used_step}));
    if (!recovery.empty())
      ZHIAN_TRY(db.Execute("DELETE FROM recovery_codes WHERE account_id=$1 AND digest=$2", {account_id, recovery}));
    ZHIAN_TRY(db.Execute(
        "INSERT INTO sessions (digest, account_id, csrf, started_at, seen_at, expires_at) VALUES ($1,$2,$3,$4,$4,$5)",
        {base::HexSha256(in.token), account_id, in.csrf_token, now.ms, in.expires.ms}));
    return Ok();
  }));
  return in;
}

Result<Principal> Service::LoadSession(std::string_view token) {
  const base::Instant now = real_.Now();
  const std::string digest = base::HexSha256(base::PrefixOf(token, 200));
  Principal principal;
  bool touch = false;
  const std::int64_t idle = std::chrono::duration_cast<std::chrono::milliseconds>(options_.idle).count();
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query("SELECT account_id, csrf, seen_at, expires_at FROM sessions WHERE digest=$1 LIMIT 1", {digest}));
    if (rows.empty() || rows.front().integer(3) <= now.ms || rows.front().integer(2) + idle <= now.ms)
      return MakeError(ErrorCode::kUnauthenticated, "登录已结束，请重新登录；已填写的内容会保留");
    ZHIAN_ASSIGN(principal, LoadPrincipal(db, rows.front().text(0), business_.Now()));
    principal.session_id = digest;
    principal.csrf_token = rows.front().text(1);
    touch = now.ms - rows.front().integer(2) > 60'000;  // at most one write a minute, not one a request
    return Ok();
  }));
  if (touch)
    ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
      ZHIAN_TRY(db.Execute("UPDATE sessions SET seen_at=$2 WHERE digest=$1", {digest, now.ms}));
      return Ok();
    }));
  return principal;
}

Status Service::SignOut(std::string_view token) {
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute("DELETE FROM sessions WHERE digest=$1", {base::HexSha256(base::PrefixOf(token, 200))}));
    return Ok();
  });
}

Status Service::SignOutEverywhere(std::string_view account_id) {
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute("DELETE FROM sessions WHERE account_id=$1", {std::string(account_id)}));
    return Ok();
  });
}

Result<int> Service::RemoveExpired() {
  std::int64_t removed = 0;
  const std::int64_t now = real_.Now().ms;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto sessions, db.Execute("DELETE FROM sessions WHERE expires_at <= $1", {now}));
    ZHIAN_ASSIGN(const auto tokens, db.Execute("DELETE FROM api_tokens WHERE expires_at <= $1", {now}));
    removed = sessions + tokens;
    return Ok();
  }));
  return static_cast<int>(removed);
}

Result<Enrolment> Service::BeginSecondFactor(const Principal& principal) {
  std::vector<std::uint8_t> secret(20);
  base::FillRandom(secret);
  ZHIAN_ASSIGN(const std::string sealed, Seal(options_.secret, std::string(secret.begin(), secret.end())));
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(
        db.Execute("UPDATE credentials SET pending_factor=$2 WHERE account_id=$1", {principal.account_id, sealed}));
    return Ok();
  }));
  const std::string text = Base32(secret);
  return Enrolment{text, "otpauth://totp/" + options_.issuer + ":" + principal.username + "?secret=" + text +
                             "&issuer=" + options_.issuer};
}

Result<std::vector<std::string>> Service::ConfirmSecondFactor(const Principal& principal, std::string_view code) {
  std::vector<std::string> codes;
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT pending_factor FROM credentials WHERE account_id=$1 LIMIT 1",
                                     {principal.account_id}));
    if (rows.empty() || rows.front().is_null(0)) return MakeError(ErrorCode::kConflict, "请先开始启用第二因素");
    const std::string sealed = rows.front().text(0);
    ZHIAN_ASSIGN(const std::string secret, Unseal(options_.secret, sealed));
    const std::vector<std::uint8_t> bytes(secret.begin(), secret.end());
    const std::int64_t step = real_.Now().ms / 30'000;
    std::int64_t used = 0;
    for (std::int64_t s = step - 1; s <= step + 1; ++s) {
      std::string expected = std::to_string(TotpAt(bytes, s));
      expected.insert(0, 6 - expected.size(), '0');
      if (expected == code) used = s;
    }
    if (used == 0) return NeedsMending({{"/code", "error.value", "验证码不对，请等下一个再试"}});
    ZHIAN_TRY(
        db.Execute("UPDATE credentials SET second_factor=$2, pending_factor=NULL, last_step=$3 WHERE account_id=$1",
                   {principal.account_id, sealed, used}));
    ZHIAN_TRY(db.Execute("DELETE FROM recovery_codes WHERE account_id=$1", {principal.account_id}));
    for (int i = 0; i < 8; ++i) {
      codes.push_back(base::RandomCode(12));
      ZHIAN_TRY(db.Execute("INSERT INTO recovery_codes (account_id, digest) VALUES ($1,$2)",
                           {principal.account_id, base::HexSha256("recovery\n" + codes.back())}));
    }
    return Ok();
  }));
  return codes;
}

Status Service::RemoveSecondFactor(const Principal& by, std::string_view account_id) {
  if (!IsAdministrator(by) || by.account_id == account_id)
    return MakeError(ErrorCode::kForbidden, "第二因素由另一名管理员解除");
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute("UPDATE credentials SET second_factor=NULL WHERE account_id=$1", {std::string(account_id)}));
    ZHIAN_TRY(db.Execute("DELETE FROM recovery_codes WHERE account_id=$1", {std::string(account_id)}));
    return Ok();
  });
}

Result<CreatedToken> Service::CreateToken(const Principal& principal, const NewToken& token) {
  static constexpr std::string_view kScopes[] = {"read", "write", "capture"};
  std::string scopes;
  for (const std::string& scope : token.scopes) {
    if (std::find(std::begin(kScopes), std::end(kScopes), scope) == std::end(kScopes))
      return NeedsMending({{"/scopes", "error.choose", "权限只能是 read、write、capture"}});
    scopes += (scopes.empty() ? "" : ",") + scope;
  }
  if (scopes.empty() || token.expires <= real_.Now())
    return MakeError(ErrorCode::kInvalid, "令牌须有权限和将来的到期时间");
  CreatedToken created{base::NewUuid7(real_.Now()), "zhian_" + RandomToken()};
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO api_tokens (id, account_id, digest, name, scopes, expires_at) VALUES ($1,$2,$3,$4,$5,$6)",
        {created.id, principal.account_id, base::HexSha256(created.token), std::string(base::PrefixOf(token.name, 100)),
         scopes, token.expires.ms}));
    return Ok();
  }));
  return created;
}

Status Service::RevokeToken(const Principal& principal, std::string_view token_id) {
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto changed, db.Execute("DELETE FROM api_tokens WHERE id=$1 AND account_id=$2",
                                                {std::string(token_id), principal.account_id}));
    if (changed == 0) return MakeError(ErrorCode::kNotFound, "没有这个令牌");
    return Ok();
  });
}

Result<Principal> Service::LoadToken(std::string_view token) {
  Principal principal;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT account_id, scopes, expires_at FROM api_tokens WHERE digest=$1 LIMIT 1",
                                     {base::HexSha256(base::PrefixOf(token, 200))}));
    if (rows.empty() || rows.front().integer(2) <= real_.Now().ms)
      return MakeError(ErrorCode::kUnauthenticated, "令牌无效或已到期");
    const std::string scopes = rows.front().text(1);
    ZHIAN_ASSIGN(principal, LoadPrincipal(db, rows.front().text(0), business_.Now()));
    std::size_t start = 0;
    while (start < scopes.size()) {
      const auto end = std::min(scopes.find(',', start), scopes.size());
      principal.scopes.push_back(scopes.substr(start, end - start));
      start = end + 1;
    }
    return Ok();
  }));
  return principal;
}

Result<std::string> Service::GrantRole(const Principal& by, const NewAssignment& assignment) {
  if (std::find(std::begin(Roles()), std::end(Roles()), assignment.role) == std::end(Roles()))
    return NeedsMending({{"/role", "error.choose", "从列表中选择角色"}});
  const std::string id = base::NewUuid7(real_.Now());
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const bool may, Has(db, by, "administrator", assignment.jurisdiction));
    if (!may) return MakeError(ErrorCode::kForbidden, "角色由辖区的管理员授予");
    ZHIAN_ASSIGN(auto rows,
                 db.Query("SELECT person_digest FROM accounts WHERE id=$1 LIMIT 1", {assignment.account_id}));
    if (rows.empty()) return MakeError(ErrorCode::kInvalid, "没有这个账号");
    if (!by.system && (assignment.account_id == by.account_id ||
                       (!by.person_digest.empty() && rows.front().text(0) == by.person_digest)))
      return MakeError(ErrorCode::kForbidden, "管理员不能给自己授予角色");
    ZHIAN_TRY(LoadJurisdiction(db, assignment.jurisdiction));
    ZHIAN_TRY(db.Execute(
        "INSERT INTO role_assignments (id, account_id, role, jurisdiction, body, operator_id, certificate, valid_from, valid_to) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
        {id, assignment.account_id, assignment.role, assignment.jurisdiction, storage::OrNull(assignment.body),
         storage::OrNull(assignment.operator_id), storage::OrNull(assignment.certificate), assignment.valid_from.ms,
         assignment.valid_to ? Value{assignment.valid_to->ms} : storage::Null()}));
    return Record(db, "role_assignments", id, "role.granted", by, business_.Now());
  }));
  return id;
}

Status Service::EndRole(const Principal& by, std::string_view assignment_id, base::Instant valid_to) {
  const std::string id(assignment_id);
  return database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT jurisdiction FROM role_assignments WHERE id=$1 LIMIT 1", {id}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这项角色");
    ZHIAN_ASSIGN(const bool may, Has(db, by, "administrator", rows.front().text(0)));
    if (!may) return MakeError(ErrorCode::kForbidden, "角色由辖区的管理员解除");
    ZHIAN_TRY(db.Execute("UPDATE role_assignments SET valid_to=$2 WHERE id=$1", {id, valid_to.ms}));
    return Record(db, "role_assignments", id, "role.ended", by, business_.Now());
  });
}

Result<std::string> Service::AppointDeputy(const Principal& by, std::string_view assignment_id,
                                           std::string_view deputy_account, base::Instant from, base::Instant to) {
  if (to <= from) return MakeError(ErrorCode::kInvalid, "代理的结束时间须晚于开始时间");
  const std::string id = base::NewUuid7(real_.Now());
  ZHIAN_TRY(database_.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query("SELECT account_id, jurisdiction FROM role_assignments WHERE id=$1 LIMIT 1",
                                     {std::string(assignment_id)}));
    if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这项角色");
    const std::string holder = rows.front().text(0), place = rows.front().text(1);
    bool may = by.account_id == holder;
    for (const char* role : {"bureau_head", "administrator"})
      if (!may) {
        ZHIAN_ASSIGN(may, Has(db, by, role, place));
      }
    if (!may) return MakeError(ErrorCode::kForbidden, "代理由本人、负责人或管理员指定");
    if (holder == deputy_account) return MakeError(ErrorCode::kInvalid, "不能由本人代理自己");
    ZHIAN_TRY(
        db.Execute("INSERT INTO deputies (id, assignment_id, deputy, valid_from, valid_to) VALUES ($1,$2,$3,$4,$5)",
                   {id, std::string(assignment_id), std::string(deputy_account), from.ms, to.ms}));
    return Record(db, "deputies", id, "deputy.appointed", by, business_.Now());
  }));
  return id;
}

Result<std::vector<Assignment>> Service::ListAssignments(std::string_view account_id) {
  std::vector<Assignment> list;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(auto rows, db.Query(std::string(kAssignment) +
                                         " FROM role_assignments r WHERE r.account_id=$1 ORDER BY r.id LIMIT 100",
                                     {std::string(account_id)}));
    for (const Row& row : rows) list.push_back(ToAssignment(row));
    return Ok();
  }));
  return list;
}

Result<Principal> Service::PrincipalOf(std::string_view account_id) {
  Principal principal;
  ZHIAN_TRY(database_.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(principal, LoadPrincipal(db, account_id, business_.Now()));
    return Ok();
  }));
  return principal;
}

}  // namespace zhian::identity
