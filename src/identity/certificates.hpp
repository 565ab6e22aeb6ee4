// Certificates of officers 行政執法證: who may enforce the law, from when until when. A certificate belongs to a
// natural person: it is found by any of his accounts. Functions run on the caller's Connection; changes are ledgered in
// its transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "storage/database.hpp"

namespace zhian::identity {

struct Certificate {
  std::string id, account_id;
  std::string number;  // as printed
  std::string issuer;
  base::Instant valid_from{};
  std::optional<base::Instant> valid_to;  // none: until it is withdrawn
};

// Errors: kInvalid (no such account; number empty or too long; ends before it begins). Returns its id.
Result<std::string> EnterCertificate(storage::Connection& db, const Certificate& certificate, std::string_view by,
                                     base::Instant now);
// Withdrawn or handed back. Errors: kNotFound.
Status EndCertificate(storage::Connection& db, std::string_view id, base::Instant valid_to, std::string_view by,
                      base::Instant now);
// Of the natural person of this account, the newest first.
Result<std::vector<Certificate>> CertificatesOf(storage::Connection& db, std::string_view account_id);
// Whether one of them is valid at that moment. `on_role` is the number that his role names: it counts where no
// certificate of his is entered, as in folders of before there was a register.
Result<bool> IsCertified(storage::Connection& db, std::string_view account_id, std::string_view on_role,
                         base::Instant at);

}  // namespace zhian::identity
