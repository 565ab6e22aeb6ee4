"""The typed records of the kinds of a room (records/ROOM.hpp and .cpp) and the fields that guards look at
(records/guard_fields.hpp and .cpp): structs that procedure/typed_record.hpp reads from what is stored.

A kind's struct has the fields of its own table and those that the guards of its steps ask for. A guard's struct has what its
form asks for and what it reads of any kind that it guards (column `reads` of guards.tsv)."""
import dataclasses

from . import tables as reading
from .cpp import text

SCALARS = {"date": "std::optional<base::Date>", "datetime": "std::optional<base::Instant>",
           "integer": "std::optional<std::int64_t>", "decimal": "std::optional<base::Decimal>",
           "money": "std::optional<base::Decimal>", "quantity": "std::optional<base::Quantity>", "bool": "bool",
           "officers": "std::vector<std::string>", "files": "std::vector<std::string>", "ids": "std::vector<std::string>"}
KEYWORDS = set("and break case catch class const continue default delete do double else enum export extern final float for friend "
               "goto if int long namespace new not operator or private protected public register return short signed static "
               "struct switch template this throw try typedef union unsigned using virtual void volatile while xor".split())


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").replace(".", "_").split("_"))


def member(name):
    return name + "_" if name in KEYWORDS else name


@dataclasses.dataclass
class Struct:
    """One C++ struct to write: its place ("records::Sample"), its enums, its row structs and its members."""
    name: str
    members: list = dataclasses.field(default_factory=list)  # (C++ type, stored name)
    enums: list = dataclasses.field(default_factory=list)  # (enum name, texts without "")
    rows: list = dataclasses.field(default_factory=list)  # Struct

    def add(self, field):
        if field.type == "choice":
            self.enums.append((camel(field.name), field.arguments.split("|")))
            self.members.append((camel(field.name), field.name))
        elif field.type == "items":
            row = Struct(camel(field.name) + "Row")
            for column in reading.columns(field.arguments):
                row.add(column)
            self.rows.append(row)
            self.members.append((f"std::vector<{row.name}>", field.name))
        else:
            self.members.append((SCALARS.get(field.type, "std::string"), field.name))


def fields_of(tables, kind):
    """The fields of a kind's record by name: its own first, then what the guards of its steps ask for."""
    fields = {field.name: field for field in kind.fields}
    for guard in dict.fromkeys(guard for row in kind.rows for guard in row.guards):
        for field in tables.guards[guard].fields:
            fields.setdefault(field.name, field)
    return fields


def may_become(source, target):
    """Whether a value of one field, stored under the same name in another record, reads there as it is. Of words the engine
    takes over only those that a choice knows."""
    words = ("text", "longtext")
    if target.type in (*words, "choice"):
        return source.type in (*words, "choice")
    if target.type == "items" and source.type == "items":
        known = {column.name: column.type for column in reading.columns(target.arguments)}
        return all(known.get(column.name, column.type) == column.type for column in reading.columns(source.arguments))
    return source.type == target.type


def shape(field):
    """What decides the C++ type of a field."""
    columns = [(column.name, shape(column)) for column in reading.columns(field.arguments)] if field.type == "items" else []
    return field.type, field.arguments if field.type == "choice" else str(columns)


def users_of(tables, guard):
    """The kinds whose steps ask this guard."""
    return [kind for kind in tables.kinds.values() if any(guard.name in row.guards for row in kind.rows)]


def guard_fields(tables, guard):
    """What a guard looks at: what it asks for, then what it reads."""
    fields = {field.name: field for field in guard.fields}
    for name, _ in guard.reads:
        for kind in users_of(tables, guard):
            field = fields_of(tables, kind).get(name)
            if field:
                fields.setdefault(name, field)
    return fields


def kind_struct(tables, kind):
    struct = Struct(camel(kind.name))
    struct.enums.append(("State", list(kind.states)))
    for field in fields_of(tables, kind).values():
        struct.add(field)
    return struct


def guard_struct(tables, guard):
    struct = Struct(camel(guard.name))
    for field in guard_fields(tables, guard).values():
        struct.add(field)
    return struct


def enum_code(name, choices):
    return f"enum class {name} {{ " + ", ".join(["kAbsent", *("k" + camel(choice) for choice in choices)]) + " };"


def struct_lines(struct, head, tail, depth=1):
    """The struct as it stands in the header; `head` and `tail` are lines of its own around the members."""
    pad = "  " * depth
    lines = ["  " * (depth - 1) + f"struct {struct.name} {{", *(pad + line for line in head)]
    lines += [pad + enum_code(name, choices) for name, choices in struct.enums]
    for row in struct.rows:
        lines += struct_lines(row, [], [f"bool operator==(const {row.name}&) const = default;"], depth + 1)
    for kind, name in struct.members:
        lines.append(pad + f"{kind} {member(name)}{{}};")
    return [*lines, *(pad + line for line in tail), "  " * (depth - 1) + "};"]


def every_struct(struct, prefix=""):
    """(qualified name, struct) of a struct and its rows, rows first: a row is walked by its owner."""
    name = prefix + struct.name
    for row in struct.rows:
        yield from every_struct(row, name + "::")
    yield name, struct


def choices_declarations(struct):
    return [f"std::span<const std::string_view> ChoicesOf({name}::{enum});"
            for name, one in every_struct(struct) for enum, _ in one.enums]


def source_lines(struct):
    """ChoicesOf of the enums, and Walk of the struct and its rows."""
    lines = []
    for name, one in every_struct(struct):
        for enum, choices in one.enums:
            values = ", ".join(text(choice) for choice in ["", *choices])
            lines += [f"std::span<const std::string_view> ChoicesOf({name}::{enum}) {{",
                      f"  static constexpr std::string_view kChoices[] = {{{values}}};", "  return kChoices;", "}"]
    for name, one in every_struct(struct):
        lines += ["template <class Archive, class Record>", f"  requires std::same_as<std::remove_const_t<Record>, {name}>",
                  "void Walk(Archive& archive, Record& record) {"]
        lines += [f"  archive({text(stored)}, record.{member(stored)});" for _, stored in one.members]
        lines.append("}")
    return lines


def names_lines(struct):
    """The stored names of the fields, for the few places that speak of a field instead of reading it."""
    names = [f"static constexpr std::string_view {member(stored)} = {text(stored)};" for _, stored in struct.members]
    return ["struct Names {", *("  " + name for name in names), "};"]


READ_FIELDS = ["RecordReader reader(fields);", "{0} record;", "Walk(reader, record);", "ZHIAN_TRY(reader.Done());", "return record;"]


def file_head(comment, guards):
    return ["// Generated by tools/generate-procedures.py; do not edit.", *comment, *guards, ""]


def header(comment, namespace, structs):
    """`structs`: (Struct, lines at its head, lines at its end)."""
    lines = file_head(comment, ["#pragma once", "", '#include "procedure/typed_record.hpp"'])
    lines += [f"namespace zhian::{namespace} {{", ""]
    for struct, head, tail in structs:
        lines += [*struct_lines(struct, head, tail), *choices_declarations(struct), ""]
    return "\n".join([*lines, f"}}  // namespace zhian::{namespace}", ""])


def source(include, namespace, structs):
    lines = file_head([], [f'#include "{include}"', "", "#include <concepts>"])
    lines += [f"namespace zhian::{namespace} {{", "using procedure::RecordReader;", "using procedure::RecordWriter;", ""]
    for struct, of_kind in structs:
        lines += source_lines(struct)
        name = struct.name
        lines += [f"Result<{name}> {name}::ReadFields(const boost::json::object& fields) {{",
                  *("  " + line.format(name) for line in READ_FIELDS), "}",
                  f"boost::json::object {name}::Fields() const {{", "  RecordWriter writer;", "  Walk(writer, *this);",
                  "  return std::move(writer).Take();", "}"]
        if of_kind:
            lines += [f"Result<{name}> {name}::Read(const procedure::Matter& matter) {{",
                      "  if (matter.kind != kKind)",
                      '    return MakeError(ErrorCode::kInternal, "read as " + std::string(kKind) + ": " + matter.kind);',
                      "  ZHIAN_ASSIGN(auto record, ReadFields(matter.fields));",
                      "  ZHIAN_ASSIGN(record.state, procedure::ReadState<State>(matter));", "  return record;", "}"]
        lines.append("")
    return "\n".join([*lines, f"}}  // namespace zhian::{namespace}", ""])


def common_tail(struct):
    return [f"static Result<{struct.name}> ReadFields(const boost::json::object& fields);",
            "[[nodiscard]] boost::json::object Fields() const;",
            f"bool operator==(const {struct.name}&) const = default;", *names_lines(struct)]


def room_files(tables, room):
    """(path, text) of the records of a room's kinds."""
    kinds = [kind for _, kind in sorted(tables.kinds.items()) if kind.room == room]
    structs = [(kind, kind_struct(tables, kind)) for kind in kinds]
    declared = [(struct, [f"static constexpr std::string_view kKind = {text(kind.name)};"],
                 ["State state{};", f"static Result<{struct.name}> Read(const procedure::Matter& matter);", *common_tail(struct)])
                for kind, struct in structs]
    comment = [f"// The records of the kinds of the room {room}, with typed fields; read and written as procedure/typed_record.hpp says."]
    yield f"records/{room}.hpp", header(comment, "records", declared)
    yield f"records/{room}.cpp", source(f"records/{room}.hpp", "records", [(struct, True) for _, struct in structs])


def guard_files(tables):
    common = {name for action in tables.common for name in action.guards}  # their forms are read by the effects
    structs = [guard_struct(tables, guard) for _, guard in sorted(tables.guards.items())
               if (guard.how.startswith("code") or guard.name in common) and guard_fields(tables, guard)]
    comment = ["// What each guard with code looks at, whatever the kind: the fields that its form asks for, and those that it reads."]
    yield "records/guard_fields.hpp", header(comment, "guard_fields", [(struct, [], common_tail(struct)) for struct in structs])
    yield "records/guard_fields.cpp", source("records/guard_fields.hpp", "guard_fields", [(struct, False) for struct in structs])


def generate(tables):
    """(path below OUT, text) of every file."""
    for room in sorted({kind.room for kind in tables.kinds.values()}):
        yield from room_files(tables, room)
    yield from guard_files(tables)
