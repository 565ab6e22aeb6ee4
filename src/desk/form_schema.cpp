#include "desk/form_schema.hpp"

#include <algorithm>

namespace zhian::desk {
namespace json = boost::json;

namespace {

Schema NumberOrText(const char* number) { return Schema(json::object{{"type", json::array{"string", number}}}); }

}  // namespace

Schema TakenShape(const procedure::Field& field) {
  const procedure::Text type = field.type;
  if (type == "date") return Day();
  if (type == "datetime") return Instant();
  if (type == "integer") return NumberOrText("integer");
  if (type == "decimal" || type == "money") return NumberOrText("number");
  if (type == "quantity") return Object({{"value", NumberOrText("number")}, {"unit", Text()}});
  if (type == "bool") return Truth();
  if (type == "choice") return OneOf(procedure::SplitArguments(field.args, '|'));
  if (type == "officers" || type == "files") return ListOf(Text());
  if (type == "items") {
    std::vector<Member> cells;
    for (const procedure::Column& column : procedure::ColumnsOf(field)) {
      const procedure::Field cell{.name = column.name,
                                  .type = column.type,
                                  .args = column.arguments,
                                  .optional = column.optional,
                                  .label = {},
                                  .actions = {},
                                  .visibility = {},
                                  .automatic = {}};
      cells.push_back({column.name, TakenShape(cell), !column.optional});
    }
    return ListOf(Object(cells));
  }
  return Text();  // text, longtext, code, and the identifier of an account, an operator, a matter, a place, a file
}

Schema FormSchema(const procedure::Kind& kind, std::string_view action) {
  // An action may start from several states and ask for more fields in one of them than in another: a field is required
  // here only where every one of these rows asks for it.
  std::vector<Member> members;
  std::vector<int> asked;
  int rows = 0;
  for (const auto& transition : kind.transitions) {
    if (transition.action != action) continue;
    ++rows;
    std::vector<std::string_view> seen;
    for (const auto& form : procedure::FormOf(kind, transition)) {
      const procedure::Field& field = *form.field;
      if (std::find(seen.begin(), seen.end(), field.name) != seen.end()) continue;
      seen.push_back(field.name);
      auto known = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == field.name; });
      if (known == members.end()) {
        members.push_back({std::string(field.name), TakenShape(field).Says(field.label.en), true});
        asked.push_back(0);
        known = std::prev(members.end());
      }
      if (!field.optional) ++asked[static_cast<std::size_t>(known - members.begin())];
    }
  }
  for (std::size_t i = 0; i < members.size(); ++i) members[i].always = asked[i] == rows;
  return Named(std::string(kind.id) + "." + std::string(action), Object(members));
}

}  // namespace zhian::desk
