#include "identity/certificates.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "ledger/ledger.hpp"

namespace zhian::identity {
namespace json = boost::json;
using storage::Value;

namespace {

constexpr std::size_t kNumberBytesMax = 100;

Status Record(storage::Connection& db, const std::string& id, const char* kind, std::string_view by,
              base::Instant now) {
  ZHIAN_ASSIGN(json::object reference,
               ledger::RowReference(db, "officer_certificates", {{"district", db.district()}, {"id", id}}));
  const auto index =
      ledger::Append(db, kind, {{"actor", std::string(by)}, {"rows", json::array{std::move(reference)}}}, now);
  return index.ok() ? Ok() : Status(index.error());
}

}  // namespace

Result<std::string> EnterCertificate(storage::Connection& db, const Certificate& certificate, std::string_view by,
                                     base::Instant now) {
  if (certificate.number.empty() || certificate.number.size() > kNumberBytesMax)
    return NeedsMending({{"/certificate", "error.value", "填写执法证号，不超过一百个字符"}});
  if (certificate.valid_to && *certificate.valid_to <= certificate.valid_from)
    return NeedsMending({{"/valid_to", "error.value", "截止时间须晚于开始时间"}});
  ZHIAN_ASSIGN(const auto accounts, db.Query("SELECT 1 FROM accounts WHERE id=$1 LIMIT 1", {certificate.account_id}));
  if (accounts.empty()) return MakeError(ErrorCode::kInvalid, "没有这个账号");
  const std::string id = base::NewUuid7(now);
  ZHIAN_TRY(db.Execute(
      "INSERT INTO officer_certificates (district, id, account_id, number, issuer, valid_from, valid_to) VALUES ($d,$1,$2,$3,$4,$5,$6)",
      {id, certificate.account_id, certificate.number, certificate.issuer, certificate.valid_from.ms,
       certificate.valid_to ? Value{certificate.valid_to->ms} : storage::Null()}));
  ZHIAN_TRY(Record(db, id, "certificate.entered", by, now));
  return id;
}

Status EndCertificate(storage::Connection& db, std::string_view id, base::Instant valid_to, std::string_view by,
                      base::Instant now) {
  ZHIAN_ASSIGN(const auto rows,
               db.Query("SELECT 1 FROM officer_certificates WHERE district=$d AND id=$1 LIMIT 1", {std::string(id)}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "没有这本执法证");
  ZHIAN_TRY(db.Execute("UPDATE officer_certificates SET valid_to=$2 WHERE district=$d AND id=$1",
                       {std::string(id), valid_to.ms}));
  return Record(db, std::string(id), "certificate.ended", by, now);
}

Result<std::vector<Certificate>> CertificatesOf(storage::Connection& db, std::string_view account_id) {
  ZHIAN_ASSIGN(
      const auto rows,
      db.Query("SELECT c.id, c.account_id, c.number, c.issuer, c.valid_from, c.valid_to FROM officer_certificates c "
               "WHERE c.district=$d AND (c.account_id=$1 OR c.account_id IN (SELECT other.id FROM accounts other "
               "JOIN accounts own ON own.person_digest=other.person_digest WHERE own.id=$1 AND own.person_digest<>'')) "
               "ORDER BY c.valid_from DESC, c.id LIMIT 100",
               {std::string(account_id)}));
  std::vector<Certificate> certificates;
  for (const auto& row : rows) {
    certificates.push_back({.id = row.text(0),
                            .account_id = row.text(1),
                            .number = row.text(2),
                            .issuer = row.text(3),
                            .valid_from = base::Instant{row.integer(4)},
                            .valid_to = std::nullopt});
    if (!row.is_null(5)) certificates.back().valid_to = base::Instant{row.integer(5)};
  }
  return certificates;
}

Result<bool> IsCertified(storage::Connection& db, std::string_view account_id, std::string_view on_role,
                         base::Instant at) {
  ZHIAN_ASSIGN(const auto certificates, CertificatesOf(db, account_id));
  if (certificates.empty()) return !on_role.empty();
  return std::any_of(certificates.begin(), certificates.end(), [&](const Certificate& one) {
    return one.valid_from <= at && (!one.valid_to || *one.valid_to > at);
  });
}

}  // namespace zhian::identity
