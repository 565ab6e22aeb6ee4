#include "rooms/access/permits.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/identifiers.hpp"
#include "base/json.hpp"
#include "procedure/guard_tools.hpp"
#include "records/access.hpp"
#include "records/guard_fields.hpp"

namespace zhian::access {
namespace json = boost::json;
using procedure::EffectContext;
using procedure::Name;
using records::Certification;
using records::Permit;

namespace {
constexpr storage::Migration kMigrations[] = {{"access/001", R"sql(
CREATE TABLE permit (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, number TEXT NOT NULL, category TEXT NOT NULL,
  regime TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL, state TEXT NOT NULL, ended_at BIGINT NOT NULL,
  PRIMARY KEY (district, id));
CREATE INDEX permit_of_operator ON permit (district, operator_id);
CREATE INDEX permit_number ON permit (district, number);
)sql"},
                                              {"access/002", R"sql(
CREATE TABLE certification (
  district TEXT NOT NULL, id TEXT NOT NULL, operator_id TEXT NOT NULL, number TEXT NOT NULL, type TEXT NOT NULL, issuing_body TEXT NOT NULL,
  valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL, state TEXT NOT NULL, ended_at BIGINT NOT NULL, PRIMARY KEY (district, id));
CREATE INDEX certification_of_operator ON certification (district, operator_id);
CREATE INDEX certification_number ON certification (district, number);
)sql"}};

// The columns hold 0 where the record has no day.
std::int64_t FirstMoment(const std::optional<base::Date>& day) { return day ? base::StartOfDay(*day).ms : 0; }
std::int64_t LastMoment(const std::optional<base::Date>& day) { return day ? base::EndOfDay(*day).ms : 0; }

Status RecordPermit(EffectContext& context) {
  const auto& m = context.matter;
  ZHIAN_ASSIGN(const auto permit, Permit::Read(m));
  const bool ended = permit.state == Permit::State::kExpired || permit.state == Permit::State::kCancelled ||
                     permit.state == Permit::State::kAnnulled || permit.state == Permit::State::kRevoked;
  ZHIAN_TRY(context.db.Execute(
      "INSERT INTO permit (district, id, operator_id, number, category, regime, valid_from, valid_to, state, ended_at) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9) "
      "ON CONFLICT (district, id) DO UPDATE SET number=excluded.number, category=excluded.category, valid_from=excluded.valid_from, valid_to=excluded.valid_to, "
      "state=excluded.state, ended_at=excluded.ended_at",
      {m.id, m.operator_id, permit.permit_number, permit.category, std::string(Name(permit.regime)),
       FirstMoment(permit.valid_from), LastMoment(permit.valid_to), m.state,
       ended ? context.now.ms : std::int64_t{0}}));
  context.written.emplace_back("permit", m.id);
  return Ok();
}

Status RecordCertification(EffectContext& context) {
  const auto& m = context.matter;
  ZHIAN_ASSIGN(const auto certificate, Certification::Read(m));
  if (certificate.certificate_number.empty()) return Ok();  // still in preparation
  const bool ended = m.terminal;
  ZHIAN_TRY(context.db.Execute(
      "INSERT INTO certification (district, id, operator_id, number, type, issuing_body, valid_from, valid_to, state, ended_at) VALUES ($d,$1,$2,$3,$4,$5,$6,$7,$8,$9) "
      "ON CONFLICT (district, id) DO UPDATE SET number=excluded.number, type=excluded.type, issuing_body=excluded.issuing_body, valid_from=CASE WHEN certification.valid_from < excluded.valid_from THEN certification.valid_from ELSE excluded.valid_from END, valid_to=excluded.valid_to, "
      "state=excluded.state, ended_at=excluded.ended_at",
      {m.id, m.operator_id, certificate.certificate_number, std::string(Name(certificate.certificate_type)),
       certificate.issuing_body, FirstMoment(certificate.valid_from), LastMoment(certificate.valid_to), m.state,
       ended ? context.now.ms : std::int64_t{0}}));
  context.written.emplace_back("certification", m.id);
  return Ok();
}
constexpr std::array<procedure::EffectBinding, 2> kRecords{
    {{"permit", &RecordPermit}, {"certification", &RecordCertification}}};
}  // namespace

void AddQuestions(procedure::Services& services) {
  services.questions["operator.permits"] = [](const procedure::GuardContext& context,
                                              const json::object& asked) -> Result<json::value> {
    constexpr std::size_t kMost = 500;
    ZHIAN_ASSIGN(
        const auto rows,
        context.db.Query(
            "SELECT id, number, category, state, valid_from, valid_to, ended_at FROM permit WHERE district=$d AND operator_id=$1 ORDER BY valid_to DESC, id LIMIT $2",
            {std::string(base::TextAt(asked, "operator_id")), static_cast<std::int64_t>(kMost + 1)}));
    if (rows.size() > kMost) return MakeError(ErrorCode::kUnavailable, Say("许可证超过 {} 份，未能全部读出", kMost));
    json::array permits;
    for (const auto& row : rows)
      permits.push_back(json::object{{"id", row.text(0)},
                                     {"number", row.text(1)},
                                     {"category", row.text(2)},
                                     {"state", row.text(3)},
                                     {"valid_from", row.integer(4)},
                                     {"valid_to", row.integer(5)},
                                     {"ended_at", row.integer(6)}});
    return json::value(std::move(permits));
  };
  services.questions["permit.holders"] = [](const procedure::GuardContext& context,
                                            const json::object& asked) -> Result<json::value> {
    ZHIAN_ASSIGN(const auto rows,
                 context.db.Query("SELECT DISTINCT operator_id FROM permit WHERE district=$d AND number=$1 LIMIT 10",
                                  {std::string(base::TextAt(asked, "number"))}));
    json::array holders;
    for (const auto& row : rows) holders.push_back(json::value(row.text(0)));
    return json::value(std::move(holders));
  };
}

std::span<const storage::Migration> Migrations() { return kMigrations; }
std::span<const procedure::EffectBinding> Records() { return kRecords; }

}  // namespace zhian::access

namespace zhian::guards {
using namespace procedure;

namespace {
const Matter* GrantedApplication(const Page<Matter>& applications) {
  for (const Matter& application : applications)
    if (application.state == "granted") return &application;
  return nullptr;
}
}  // namespace

GuardResult permit_application_is_granted(const GuardContext& context) {
  return GuardResult::From(GrantedApplication(Linked(context, "permit_application")) != nullptr,
                           "没有已准予的许可申请");
}

GuardResult identifier_is_well_formed(const GuardContext& context) {
  if (context.matter.kind == records::Certification::kKind) {
    // Each certification body numbers in its own way: no check digit, but letters, digits and marks that a number has.
    ZHIAN_ASSIGN(const auto certificate, records::Certification::Read(context.matter));
    const std::string& given = certificate.certificate_number;
    const bool plain =
        given.size() >= 4 && given.size() <= 60 && std::all_of(given.begin(), given.end(), [](unsigned char c) {
          return std::isalnum(c) != 0 || c == '-' || c == '/' || c == '.' || c == '(' || c == ')';
        });
    return GuardResult::From(plain, "填写证书编号，用字母、数字和 - / . ( )，4 到 60 位");
  }
  ZHIAN_ASSIGN(const auto permit, records::Permit::Read(context.matter));
  if (permit.regime == records::Permit::Regime::kIndustrial)
    return GuardResult::From(!permit.permit_number.empty(), "填写许可证编号");
  const auto parsed = base::ParseLicenceNumber(permit.permit_number);
  return parsed.ok() ? GuardResult::Holds() : GuardResult::Fails(parsed.error().message);
}

GuardResult valid_to_has_passed(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto right, guard_fields::ValidToHasPassed::ReadFields(context.matter.fields));
  return GuardResult::From(right.valid_to && *right.valid_to < context.today, "尚在有效期内");
}

GuardResult no_renewal_is_pending(const GuardContext& context) {
  for (const Matter& application : Linked(context, "permit_application"))
    if (!application.terminal) return GuardResult::Fails(Say("延续申请 {} 尚在办理", application.number));
  return GuardResult::Holds();
}

GuardResult renewal_was_filed_in_time(const GuardContext& context) {
  ZHIAN_ASSIGN(const auto permit, records::Permit::Read(context.matter));
  for (const Matter& application : Linked(context, "permit_application"))
    if (permit.valid_to && application.opened_at <= base::EndOfDay(*permit.valid_to).ms) return GuardResult::Holds();
  return GuardResult::Fails("没有在期限内提出的延续申请");
}

GuardResult no_decision_was_made_before_expiry(const GuardContext& context) {
  const auto applications = Linked(context, "permit_application");
  for (const Matter& application : applications)
    if (application.terminal) return GuardResult::Fails("延续申请已有决定");
  return GuardResult::From(!applications.empty() && valid_to_has_passed(context).holds, "有效期未到，或没有延续申请");
}

}  // namespace zhian::guards

namespace zhian::effects {
// Permits on the operator's file are read from the permits; the move itself keeps the projection (Records).
Status set_operator_permits(procedure::EffectContext& context) {
  if (context.matter.kind != "permit") return Ok();
  return access::Records().front().function(context);
}
Status set_operator_certifications(procedure::EffectContext&) {
  return Ok();
}  // read from the certificates, kept by Records
}  // namespace zhian::effects
