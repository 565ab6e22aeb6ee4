// JSON views of matters, duties, rules and fields; labels are ready texts in the caller's language. Reads only.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "desk/app.hpp"
#include "desk/schema.hpp"
#include "papers/value_text.hpp"

namespace zhian::desk {

using papers::CellText;
using papers::ChoiceText;
using papers::IsMoney;
using papers::LabelText;
using papers::MatterTitle;
using papers::NameLookup;
using papers::NumberText;
using papers::StoredText;
using papers::ValueRows;
using papers::ValueText;

// Restricted matters (accountability, interference) are seen by their own circle only.
bool MaySeeConfidential(const procedure::Actor& actor);

boost::json::object FieldDeclaration(const procedure::Field& field, Language language);
boost::json::value DutyView(const App& app, const procedure::DutyRow& duty, const procedure::Kind& kind,
                            Language language);
boost::json::value RuleView(const policy::Pack& pack, const policy::Rule& rule, Language language);
// The matter, where the caller may see it. Errors: kNotFound, kForbidden.
Result<procedure::Matter> VisibleMatter(App& app, storage::Connection& db, const Caller& caller, const std::string& id);
// The columns of a list of this kind beside those of every list: {name, label}.
boost::json::array ListColumns(const procedure::Kind& kind, Language language);
boost::json::value MatterSummary(const procedure::Matter& matter, Language language, const NameLookup& names);
Result<boost::json::object> MatterView(App& app, storage::Connection& db, const Caller& caller,
                                       const procedure::Matter& matter);

// The shapes of these views (see schema.hpp).
Schema KindId();
Schema RoomId();
Schema RoleId();
Schema RuleSchema();
Schema DutySchema();
Schema FormFieldSchema();
Schema ToneSchema();    // how a state is shown (procedure::Tone)
Schema MatterSchema();  // of MatterSummary
// Of MatterView, with the parts that these rooms add.
Schema MatterPageSchema(Rooms rooms);
// Of one exception (procedure::ExceptionsOf), for the parts of rooms that show them.
Schema ExceptionSchema();

}  // namespace zhian::desk
