// The shape of what people type: of a field by its declared type, and of the whole form of a step. From the same
// declaration as the form itself. Pure; safe from any thread.
#pragma once

#include "desk/schema.hpp"
#include "procedure/form.hpp"
#include "procedure/model.hpp"
#include "procedure/record_table.hpp"

namespace zhian::desk {

// What is taken for a field of this type: numbers may be sent as numbers or as text, and are kept as text.
Schema TakenShape(const procedure::Field& field);
// The fields of an action of the kind, as the part "kind.action".
Schema FormSchema(const procedure::Kind& kind, std::string_view action);

// Members of an answer that tells a declared record, each of the shape of its C++ member.
template <class Record>
std::vector<Member> MembersOf(std::span<const procedure::RecordColumn<Record>> columns, unsigned answer) {
  std::vector<Member> members;
  for (const auto& column : columns) {
    if ((column.told_in & answer) == 0) continue;
    const bool always = !column.told_if_any;
    const Schema shape = std::visit(
        [](const auto member) {
          using Held = std::remove_cvref_t<decltype(std::declval<Record>().*member)>;
          if constexpr (std::is_same_v<Held, std::string>)
            return Text();
          else if constexpr (std::is_same_v<Held, bool>)
            return Truth();
          else if constexpr (std::is_same_v<Held, boost::json::object>)
            return MapOf(AnyJson());
          else
            return Integer();
        },
        column.member);
    members.push_back({std::string(procedure::ToldAs(column)), shape, always});
  }
  return members;
}

// Members of what is sent for a declared record.
template <class Record>
std::vector<Member> SaidMembers(std::span<const procedure::RecordColumn<Record>> columns) {
  std::vector<Member> members;
  for (const auto& column : columns) {
    if (column.said_as.empty()) continue;
    const procedure::Field field{.name = column.said_as,
                                 .type = column.type,
                                 .args = column.args,
                                 .optional = !column.must_be_said,
                                 .label = {},
                                 .actions = {},
                                 .visibility = {},
                                 .automatic = {}};
    members.push_back({std::string(column.said_as), TakenShape(field), column.must_be_said});
  }
  return members;
}

}  // namespace zhian::desk
