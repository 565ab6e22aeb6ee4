// How a case of law stands in the store while it is asked: its matters, people, goods and rows, and the form of its
// step. Internal to the runner (law.hpp). Writes in the caller's transaction; thread-compatible.
#pragma once

#include <string>

#include "procedure/case_file.hpp"
#include "procedure/engine.hpp"
#include "storage/database.hpp"

namespace zhian::house {

// The places and people that every case finds: a city with two districts, "district" with "township" (and "village"
// below it) and "township2", and "district2"; of each role two persons, named as the role and as "role.2", who hold it
// for the district. "operator_user" and "market_organiser" belong to the operator "op", their seconds to "op2".
Status PutEveryone(storage::Connection& db);

// What the case says is on file. Errors: kInvalid, with the line of what does not fit.
Status PutOnFile(storage::Connection& db, const procedure::Case& one);

// Who acts; an account that holds no role where nobody of the name is there.
procedure::Actor ActorOf(const procedure::Case& one, const std::string& account);

procedure::Matter MatterOf(const procedure::CaseMatter& matter);

// The form of a step with what the case says of it; what it must hold besides, and no deadline hangs on, is filled with
// plain values. Errors: kInvalid, where a choice of the record is missing: it may choose the rule, so the case must
// say.
Result<boost::json::object> FilledForm(storage::Connection& db, const procedure::Case& one,
                                       const procedure::Transition& step, boost::json::object form);
// The same of the first step; what a new matter takes over goes with it.
Result<boost::json::object> FirstForm(storage::Connection& db, const procedure::Case& one);

}  // namespace zhian::house
