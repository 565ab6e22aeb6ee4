// The declaration of an operator: a new field is a member of Operator and a line here, with the migration of its
// column.
#include <array>

#include "rooms/subjects/operators.hpp"

namespace zhian::subjects {
namespace {

using Column = procedure::RecordColumn<Operator>;

constexpr unsigned kEverywhere = kInSubject | kInSummary;

constexpr std::array kColumns{
    Column{.name = "id", .member = &Operator::id, .told_in = kEverywhere},
    Column{.name = "name",
           .member = &Operator::name,
           .told_in = kEverywhere,
           .said_as = "name",
           .titles = "企业名称|主体名称|单位名称"},
    Column{.name = "code",
           .member = &Operator::code,
           .empty_is_null = true,
           .told_in = kEverywhere | kInFile,
           .said_as = "credit_code",
           .titles = "code|信用代码|社会信用代码"},
    Column{.name = "former_names", .member = &Operator::former_names, .told_in = kInFile, .said_as = "former_names"},
    Column{.name = "type",
           .member = &Operator::type,
           .told_in = kEverywhere,
           .said_as = "operator_type",
           .titles = "type|类型"},
    Column{.name = "jurisdiction", .member = &Operator::jurisdiction},
    Column{.name = "address",
           .member = &Operator::address,
           .told_in = kInSubject | kInFile,
           .said_as = "address",
           .titles = "住所|住址"},
    Column{.name = "contact",
           .member = &Operator::contact,
           .told_as = "person_in_charge",
           .told_in = kInSubject | kInFile,
           .said_as = "person_in_charge",
           .titles = "法定代表人|经营者"},
    Column{.name = "phone", .member = &Operator::phone, .told_in = kInFile, .said_as = "phone", .titles = "联系电话"},
    Column{.name = "industry", .member = &Operator::industry, .told_in = kInFile, .said_as = "industry"},
    Column{.name = "staff",
           .member = &Operator::staff,
           .told_in = kInSummary | kInFile,
           .said_as = "staff",
           .titles = "从业人员数|职工人数"},
    Column{.name = "grade", .member = &Operator::grade, .told_in = kEverywhere | kInFile},
    Column{.name = "state", .member = &Operator::state, .told_in = kEverywhere},
    Column{.name = "matter_id", .member = &Operator::matter_id, .empty_is_null = true, .told_in = kInSummary},
    Column{.name = "survivor_id", .member = &Operator::survivor_id, .empty_is_null = true},
    Column{.name = "gln", .member = &Operator::gln, .told_in = kInSubject | kInFile, .said_as = "gln"},
    Column{.name = "above_size", .member = &Operator::above_size, .said_as = "above_size"},
    Column{.name = "food", .member = &Operator::food},
    Column{.name = "stopped", .member = &Operator::stopped, .told_in = kEverywhere},
    Column{.name = "entered_at", .member = &Operator::entered_at},
    Column{.name = "verified_at", .member = &Operator::verified_at},
    Column{.name = "registered_on", .member = &Operator::registered_on},
    Column{.name = "more", .member = &Operator::more},
};

}  // namespace

std::span<const procedure::RecordColumn<Operator>> OperatorColumns() { return kColumns; }

}  // namespace zhian::subjects
