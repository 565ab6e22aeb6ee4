// Cases of law 法律案例: what the law says of one guard or one deadline, written as data so that a lawyer can add one.
// A case is a sentence, a day, what is on file, who acts and what the step brings, and what must come out of it. This
// header is the form and its reader; docs/cases-of-law.md says how to write one; house/law.hpp puts a case to the real
// guard. Reading is pure: every name is looked up in the declared tables, and whatever they do not know is an error
// that names the line and the mend. Safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procedure/matter.hpp"
#include "procedure/model.hpp"

namespace zhian::procedure {

// A step that was taken before.
struct CaseMove {
  std::string did, by, role;  // action; account; role "" is the first one that the account holds
  base::Instant at;
  boost::json::object input;
};
struct CaseDuty {
  std::string id, duty, holder;  // holder: a named account, "" for whoever holds the role
  DutyState state = DutyState::kOpen;
  std::optional<base::Instant> limit;
  base::Instant opened, suspended;
  std::string rule;
  bool extended = false;
};
struct CaseDocument {
  std::string kind, number;
  base::Instant issued;
};
// A matter on file: the one that the case is about (id "this"), or another.
struct CaseMatter {
  std::string id, number, title, state, operator_id, place, opened_by;
  const Kind* kind = nullptr;
  boost::json::object fields;
  std::vector<std::string> flags;
  base::Instant opened, updated;
  std::string link_to, relation;  // the matter that it is linked to, "" for none
  std::vector<CaseMove> history;
  std::vector<CaseDuty> duties;
  std::vector<CaseDocument> documents;
};
struct CasePerson {
  std::string id, name, person, certificate, operator_id, place, body;
  std::vector<std::string> roles;
  std::optional<base::Instant> from, to;  // of the roles
};
// One act with goods, or what is known of a lot at a place. Places are operators.
struct CaseGoods {
  std::string act;  // made, sent, received, moved (sent and received), used, settled, held
  std::string lot, at, from, to, into, unit, status, evidence, product, by;  // by: the matter that holds
  double quantity = 0, output = 0;                                           // output: of `into`
  base::Instant on;
  int line = 0;
};
// Rows of other tables (permits, certifications, credit …), as columns by name.
struct CaseRow {
  std::string table;
  boost::json::object columns;
  int line = 0;
};
struct CaseFile {
  std::string name;  // stands for its digest
  std::string used_by;
  base::Instant at;
};
struct CaseIdentity {
  std::string matter, name, contact;
};

// A step that is taken after the one that opens the duty: a suspension, an extension, a resumption.
struct CaseThen {
  std::string did, by;
  base::Instant at;
  boost::json::object form;
};

struct Case {
  std::string file;
  int line = 0;
  std::string says;         // the sentence
  std::string known_false;  // why the code is known not to follow it yet; "" where it must
  const Guard* guard = nullptr;
  const Duty* duty = nullptr;  // exactly one of the two
  const Transition* step = nullptr;
  const CommonAction* common = nullptr;  // the step is an action of every kind, whose row is `step`
  base::Instant now;
  std::string by, origin;
  CaseMatter matter;  // `kind` is that of the step
  boost::json::object form;
  std::vector<CaseThen> then;  // of deadlines only
  std::vector<CaseMatter> others;
  std::vector<CasePerson> people;
  std::vector<CaseGoods> goods;
  std::vector<CaseRow> rows;
  std::vector<CaseFile> files;
  std::vector<CaseIdentity> identities;
  // What must come out.
  bool holds = false;
  std::vector<std::string> open;       // words that the open items contain, one each
  std::optional<base::Instant> limit;  // of a duty
  bool no_limit = false;               // the duty stands without one
  bool to_the_minute = false;          // the limit is a time of day, not a day
  std::string rule;
};

inline constexpr std::size_t kCaseFileBytesMax = 4 << 20, kCasesMax = 5000;

// kInvalid: one field error a fault, its pointer "file:line".
Result<std::vector<Case>> ReadCases(std::string_view text, const std::string& file);

}  // namespace zhian::procedure
