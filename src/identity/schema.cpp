#include <algorithm>
#include <iterator>

#include "identity/identity.hpp"

namespace zhian::identity {
namespace {
constexpr storage::Migration kMigrations[] = {{"identity/001", R"sql(
CREATE TABLE jurisdictions (
  id TEXT PRIMARY KEY, parent TEXT, name TEXT NOT NULL, level TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT, successor TEXT);
CREATE TABLE jurisdiction_closure (ancestor TEXT NOT NULL, descendant TEXT NOT NULL, PRIMARY KEY (ancestor, descendant));
CREATE INDEX jurisdiction_up ON jurisdiction_closure (descendant, ancestor);
CREATE TABLE bodies (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, jurisdiction TEXT NOT NULL, parent TEXT, valid_from BIGINT NOT NULL, valid_to BIGINT,
  document_word TEXT NOT NULL);
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, person_digest TEXT NOT NULL, status TEXT NOT NULL, language TEXT NOT NULL);
CREATE TABLE credentials (
  account_id TEXT PRIMARY KEY, password TEXT NOT NULL, one_time BIGINT NOT NULL, second_factor TEXT, pending_factor TEXT, last_step BIGINT NOT NULL,
  failures BIGINT NOT NULL, failed_at BIGINT NOT NULL);
CREATE TABLE recovery_codes (account_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (account_id, digest));
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY, account_id TEXT NOT NULL, csrf TEXT NOT NULL, started_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);
CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL, expires_at BIGINT NOT NULL);
CREATE TABLE role_assignments (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, role TEXT NOT NULL, jurisdiction TEXT NOT NULL, body TEXT, operator_id TEXT, certificate TEXT,
  valid_from BIGINT NOT NULL, valid_to BIGINT);
CREATE INDEX roles_of_account ON role_assignments (account_id);
CREATE INDEX holders_of_role ON role_assignments (role, jurisdiction);
CREATE TABLE deputies (
  id TEXT PRIMARY KEY, assignment_id TEXT NOT NULL, deputy TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL);
CREATE INDEX deputies_of_account ON deputies (deputy);
)sql"},
                                              {"identity/002", R"sql(
CREATE TABLE officer_certificates (
  district TEXT NOT NULL, id TEXT NOT NULL, account_id TEXT NOT NULL, number TEXT NOT NULL, issuer TEXT NOT NULL,
  valid_from BIGINT NOT NULL, valid_to BIGINT, PRIMARY KEY (district, id));
CREATE INDEX certificates_of_account ON officer_certificates (district, account_id);
)sql"}};
constexpr std::string_view kRoles[] = {
    "inspector",         "inspection_lead",   "licence_officer",    "equipment_officer", "equipment_agency",
    "standards_officer", "sampler",           "sampling_lead",      "lab_technician",    "lab_verifier",
    "risk_officer",      "complaint_officer", "informant_keeper",   "case_officer",      "legal_reviewer",
    "hearing_host",      "credit_officer",    "publicity_officer",  "bureau_head",       "department_officer",
    "department_lead",   "police_liaison",    "procurator_liaison", "supervision_organ", "township_lead",
    "village_official",  "district_office",   "district_leader",    "finance",           "auditor",
    "operator_user",     "market_organiser",  "upper_authority",    "administrator"};
}  // namespace

std::span<const storage::Migration> Migrations() { return kMigrations; }
std::span<const std::string_view> Roles() { return kRoles; }
std::vector<ledger::LedgeredTable> LedgeredTables() {
  return {{"jurisdictions", {"id"}},    {"bodies", {"id"}},   {"accounts", {"id"}},
          {"role_assignments", {"id"}}, {"deputies", {"id"}}, {"officer_certificates", {"district", "id"}}};
}

}  // namespace zhian::identity
