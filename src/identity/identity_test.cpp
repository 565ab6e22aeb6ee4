#include "identity/identity.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/text.hpp"
#include "identity/secrets.hpp"

using namespace zhian;
using namespace zhian::identity;

namespace {
constexpr const char* kPassword = "correct horse 42";
struct World {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("zhian-identity-" + base::RandomCode(8));
  std::unique_ptr<storage::Database> db;
  base::FixedClock real{base::Instant{1'800'000'000'000}}, business{base::Instant{1'800'000'000'000}};
  std::unique_ptr<Service> service;
  World() {
    std::filesystem::create_directories(folder);
    db = std::move(*storage::Database::Open("sqlite:" + (folder / "t.db").string(), {.synchronous_full = false}));
    REQUIRE(db->Migrate(ledger::Migrations()).ok());
    REQUIRE(db->Migrate(Migrations()).ok());
    Options options;
    options.secret = std::string(32, 's');
    options.cost = {.memory_kib = 64, .iterations = 1, .lanes = 1};
    service = std::make_unique<Service>(*db, real, business, options);
    REQUIRE(db->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(AddJurisdiction(c, {"511113", "", "区", "district", base::Instant{0}, std::nullopt, ""},
                                          real.Now()));
                ZHIAN_TRY(AddJurisdiction(
                    c, {"511113203", "511113", "乡", "township", base::Instant{0}, std::nullopt, ""}, real.Now()));
                return AddJurisdiction(c, {"511112", "", "邻区", "district", base::Instant{0}, std::nullopt, ""},
                                       real.Now());
              }).ok());
  }
  ~World() { std::filesystem::remove_all(folder); }
  void Forward(std::chrono::seconds by) {
    real.Set(base::Instant{real.Now().ms + std::chrono::milliseconds(by).count()});
    business.Set(real.Now());
  }
  std::string Make(const char* username, const char* number = "") {
    const auto made = service->CreateAccount(Principal::System(), {.username = username,
                                                                   .name = username,
                                                                   .id_number = number,
                                                                   .language = "zh-Hans",
                                                                   .password = kPassword,
                                                                   .one_time = false});
    REQUIRE(made.ok());
    return made->id;
  }
  std::string Grant(const std::string& account, const char* role, const char* place) {
    const auto granted = service->GrantRole(Principal::System(), {.account_id = account,
                                                                  .role = role,
                                                                  .jurisdiction = place,
                                                                  .body = "",
                                                                  .operator_id = "",
                                                                  .certificate = "",
                                                                  .valid_from = base::Instant{0},
                                                                  .valid_to = std::nullopt});
    REQUIRE(granted.ok());
    return *granted;
  }
  bool Holds(const Principal& who, const char* role, const char* place) {
    bool holds = false;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(holds, Has(c, who, role, place));
                return Ok();
              }).ok());
    return holds;
  }
};
}  // namespace

TEST_CASE("a session is a secret of its own, has a CSRF token, and ends by signing out, by idleness and by age") {
  World world;
  world.Make("lili");
  const auto signed_in = world.service->SignIn("lili", kPassword);
  REQUIRE(signed_in.ok());
  const auto who = world.service->LoadSession(signed_in->token);
  REQUIRE(who.ok());
  CHECK(who->csrf_token == signed_in->csrf_token);
  CHECK(signed_in->csrf_token != signed_in->token);
  CHECK(world.service->SignIn("lili", kPassword)->token != signed_in->token);
  REQUIRE(world.service->SignOut(signed_in->token).ok());
  CHECK(world.service->LoadSession(signed_in->token).error().code == ErrorCode::kUnauthenticated);
  const auto idle = world.service->SignIn("lili", kPassword);
  world.Forward(std::chrono::minutes(31));
  CHECK_FALSE(world.service->LoadSession(idle->token).ok());
  const auto old = world.service->SignIn("lili", kPassword);
  for (int i = 0; i < 26; ++i) {
    world.Forward(std::chrono::minutes(29));
    (void)world.service->LoadSession(old->token);
  }
  CHECK_FALSE(world.service->LoadSession(old->token).ok());  // used all the time, and twelve hours are over
  CHECK_FALSE(world.service->LoadSession("made up").ok());
}

TEST_CASE(
    "wrong passwords: one message for every reason, and a back-off after some that a right password does not jump") {
  World world;
  world.Make("lili");
  const auto wrong = world.service->SignIn("lili", "nonsense"), nobody = world.service->SignIn("nobody", "nonsense");
  CHECK(wrong.error().code == ErrorCode::kUnauthenticated);
  CHECK(wrong.error().message.Text() == nobody.error().message.Text());
  for (int i = 0; i < 8; ++i) (void)world.service->SignIn("lili", "nonsense");
  CHECK(world.service->SignIn("lili", kPassword).error().code == ErrorCode::kTooMany);
  world.Forward(std::chrono::seconds(901));
  CHECK(world.service->SignIn("lili", kPassword).ok());
}

TEST_CASE("a one-time password opens nothing but its own change") {
  World world;
  const auto made = world.service->CreateAccount(
      Principal::System(),
      {.username = "wang", .name = "王", .id_number = "", .language = "zh-Hans", .password = "", .one_time = true});
  REQUIRE(made.ok());
  world.Grant(made->id, "inspector", "511113");
  const auto signed_in = world.service->SignIn("wang", made->one_time_password);
  REQUIRE(signed_in.ok());
  CHECK(signed_in->must_change_password);
  CHECK(world.service->LoadSession(signed_in->token)->assignments.empty());
  CHECK_FALSE(
      world.service->ChangePassword(*world.service->LoadSession(signed_in->token), made->one_time_password, "short")
          .ok());
  REQUIRE(
      world.service->ChangePassword(*world.service->LoadSession(signed_in->token), made->one_time_password, kPassword)
          .ok());
  CHECK(world.service->SignIn("wang", kPassword).ok());
  CHECK_FALSE(world.service->SignIn("wang", made->one_time_password).ok());
}

TEST_CASE("a role holds in its territory and below, and by its dates") {
  World world;
  const std::string id = world.Make("lili");
  const std::string role = world.Grant(id, "inspector", "511113");
  const auto who = world.service->PrincipalOf(id);
  REQUIRE(who.ok());
  CHECK(world.Holds(*who, "inspector", "511113203"));
  CHECK(world.Holds(*who, "inspector", "511113"));
  CHECK_FALSE(world.Holds(*who, "inspector", "511112"));
  CHECK_FALSE(world.Holds(*who, "bureau_head", "511113"));
  REQUIRE(world.service->EndRole(Principal::System(), role, base::Instant{world.real.Now().ms + 1000}).ok());
  world.Forward(std::chrono::seconds(2));
  CHECK_FALSE(world.Holds(*world.service->PrincipalOf(id), "inspector", "511113"));
}

TEST_CASE("a deputy stands in by dates, and it is said for whom") {
  World world;
  const std::string head = world.Make("sun"), deputy = world.Make("hehe");
  const std::string role = world.Grant(head, "bureau_head", "511113");
  const auto from = world.real.Now();
  REQUIRE(
      world.service->AppointDeputy(Principal::System(), role, deputy, from, base::Instant{from.ms + 86'400'000}).ok());
  const auto who = world.service->PrincipalOf(deputy);
  REQUIRE(who->assignments.size() == 1);
  CHECK(who->assignments.front().on_behalf_of == "sun");
  world.Forward(std::chrono::hours(25));
  CHECK(world.service->PrincipalOf(deputy)->assignments.empty());
}

TEST_CASE("an API token is shown once, keeps to its scopes and its time, and can be revoked") {
  World world;
  const std::string id = world.Make("lili");
  world.Grant(id, "inspector", "511113");
  const auto who = world.service->PrincipalOf(id);
  const auto token =
      world.service->CreateToken(*who, {"capture", {"capture"}, base::Instant{world.real.Now().ms + 3'600'000}});
  REQUIRE(token.ok());
  const auto loaded = world.service->LoadToken(token->token);
  REQUIRE(loaded.ok());
  CHECK(loaded->scopes == std::vector<std::string>{"capture"});
  CHECK(loaded->csrf_token.empty());
  REQUIRE(world.service->RevokeToken(*who, token->id).ok());
  CHECK_FALSE(world.service->LoadToken(token->token).ok());
  const auto later =
      world.service->CreateToken(*who, {"capture", {"capture"}, base::Instant{world.real.Now().ms + 1000}});
  world.Forward(std::chrono::seconds(2));
  CHECK_FALSE(world.service->LoadToken(later->token).ok());
}

TEST_CASE("two accounts of one natural person have one digest, and the number itself is not kept") {
  World world;
  const std::string a = world.Make("aaa", "511113198001010011"), b = world.Make("bbb", "511113198001010011"),
                    c = world.Make("ccc", "511113198001010038");
  CHECK(world.service->LoadAccount(a)->person_digest == world.service->LoadAccount(b)->person_digest);
  CHECK(world.service->LoadAccount(a)->person_digest != world.service->LoadAccount(c)->person_digest);
  CHECK(world.service->LoadAccount(a)->person_digest.find("511113198001010011") == std::string::npos);
}

TEST_CASE("a closed account has no session, no token and no sign-in") {
  World world;
  const std::string id = world.Make("lili");
  const auto signed_in = world.service->SignIn("lili", kPassword);
  REQUIRE(world.service->CloseAccount(Principal::System(), id).ok());
  CHECK_FALSE(world.service->LoadSession(signed_in->token).ok());
  CHECK_FALSE(world.service->SignIn("lili", kPassword).ok());
}

TEST_CASE("only an administrator makes accounts and gives roles") {
  World world;
  const std::string id = world.Make("lili");
  world.Grant(id, "inspector", "511113");
  const auto who = world.service->PrincipalOf(id);
  CHECK_FALSE(world.service
                  ->CreateAccount(*who, {.username = "x.y",
                                         .name = "x",
                                         .id_number = "",
                                         .language = "zh-Hans",
                                         .password = kPassword,
                                         .one_time = false})
                  .ok());
  CHECK_FALSE(world.service
                  ->GrantRole(*who, {.account_id = id,
                                     .role = "bureau_head",
                                     .jurisdiction = "511113",
                                     .body = "",
                                     .operator_id = "",
                                     .certificate = "",
                                     .valid_from = base::Instant{0},
                                     .valid_to = std::nullopt})
                  .ok());
}

namespace {
std::vector<std::uint8_t> FromBase32(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 5) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((count += 5) >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return bytes;
}
std::string CodeAt(const std::string& secret, base::Instant at) {
  const std::string digits = std::to_string(TotpAt(FromBase32(secret), at.ms / 30'000));
  return std::string(6 - digits.size(), '0') + digits;
}
}  // namespace

TEST_CASE(
    "the second factor: on once confirmed, asked for at sign-in, a code works once, a recovery code stands in once") {
  World world;
  const std::string id = world.Make("lili");
  const auto who = world.service->PrincipalOf(id);
  const auto enrolment = world.service->BeginSecondFactor(*who);
  REQUIRE(enrolment.ok());
  CHECK(enrolment->uri.starts_with("otpauth://totp/"));
  CHECK_FALSE(world.service->ConfirmSecondFactor(*who, "abcdef").ok());
  CHECK(world.service->SignIn("lili", kPassword).ok());  // not on yet
  const auto recovery = world.service->ConfirmSecondFactor(*who, CodeAt(enrolment->secret_base32, world.real.Now()));
  REQUIRE(recovery.ok());
  REQUIRE_FALSE(recovery->empty());
  const auto missing = world.service->SignIn("lili", kPassword);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::kUnauthenticated);
  REQUIRE_FALSE(missing.error().fields.empty());
  CHECK(missing.error().fields.front().pointer == "/code");
  world.Forward(std::chrono::seconds(60));
  const std::string code = CodeAt(enrolment->secret_base32, world.real.Now());
  CHECK(world.service->SignIn("lili", kPassword, code).ok());
  CHECK_FALSE(world.service->SignIn("lili", kPassword, code).ok());  // seen once
  world.Forward(std::chrono::seconds(60));
  CHECK(world.service->SignIn("lili", kPassword, recovery->front()).ok());
  CHECK_FALSE(world.service->SignIn("lili", kPassword, recovery->front()).ok());
}
