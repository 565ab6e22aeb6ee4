"""What must be true of the tables: every name is declared, every state is reachable and has an exit, no (kind, from, action)
occurs twice, what is opened is closed somewhere, every duty says by what it chooses its rule, everything has a label in three languages."""
import re

from . import choices, records, versions
from . import tables as reading
from . import traits

FLAGS = "overdue suspended exception disputed urgent confidential upper frozen_holder training voided".split()
# Guards that state that a duty is closed: the duty is named in the guard, not in the row.
ASSERTED_DUTIES = {
    "no_hearing_is_open": "finish_permit_hearing",
    "no_preserved_item_is_open": "settle_preserved",
    "upward_report_is_done": "report_upward",
    "midterm_is_recorded": "midterm",
    "registration_was_accepted": "accept_registration",
}


def check_label(tables, key, faults):
    if key not in tables.labels:
        faults.add("no label:", key, "- add a row to labels.tsv of its room, or of src/procedure/data where several rooms say it")
    elif not all(tables.labels[key]):
        faults.add("label lacks a language:", key)


def check_field_labels(tables, field, faults):
    if field.visibility == "house":
        return
    check_label(tables, "field." + field.name, faults)
    for column in reading.columns(field.arguments) if field.type == "items" else []:
        if column.visibility != "house":
            check_label(tables, "field." + column.name, faults)


def check_effect(tables, kind, effect, faults):
    verb, target, action = effect
    written = f"{verb}:{target}" + (f"#{action}" if action else "")
    if verb in ("start", "close") and target not in tables.kinds:
        faults.add(kind.where, "effect names no kind:", written)
    if verb == "notify" and target not in tables.roles:
        faults.add(kind.where, "effect names no role:", written)
    if verb in ("flag", "unflag") and target not in FLAGS:
        faults.add(kind.where, "unknown flag:", written)
    if verb == "set" and "." in target and target.split(".")[0] not in tables.records:
        faults.add(kind.where, "effect writes an unknown record:", written, "- see src/procedure/data/records.tsv")


def check_row(tables, kind, row, faults):
    for role in row.who:
        if role not in tables.roles:
            faults.add(kind.where, "unknown role", role, "in", row.action)
    for guard in row.guards:
        if guard not in tables.guards:
            faults.add(kind.where, "guard not in the glossary:", guard)
        elif kind.live and tables.guards[guard].how == "pending":
            faults.add(kind.where, "is live, but its guard has no meaning yet:", guard,
                       "- set `how` in guards.tsv, in", tables.homes["guards.tsv"][guard])
    for duty in row.duties:
        if duty[0] not in "+-~^" or duty[1:] not in kind.duties:
            faults.add(kind.where, "unknown duty", duty, "in", row.action)
        elif duty[0] == "~" and not kind.duties[duty[1:]].suspended_by:
            faults.add(kind.where, "suspends a duty that may not be suspended:", duty)
    if row.document and row.document not in tables.documents:
        faults.add(kind.where, "document not in the list:", row.document)
    for effect in row.effects:
        check_effect(tables, kind, effect, faults)
    check_label(tables, f"action.{kind.name}.{row.action}", faults)


def reachable(edges, start):
    """The states that can be reached from `start` by one step or more."""
    reached, open_states = set(), [start]
    while open_states:
        for state in edges.get(open_states.pop(), ()):
            if state not in reached:
                reached.add(state)
                open_states.append(state)
    return reached


def check_states(tables, kind, faults):
    terminal = {state for state, is_end in kind.states.items() if is_end}
    keys, edges = set(), {}
    for origin, to, row in kind.steps():
        if origin and origin not in kind.states:
            faults.add(kind.where, "unknown state in `from`:", origin)
        if to not in kind.states:
            faults.add(kind.where, "unknown state in `to`:", to)
        if (origin, row.action) in keys:
            faults.add(kind.where, "two rows for", origin or "∅", row.action)
        keys.add((origin, row.action))
        if origin in terminal and not re.match(r"(reopen|restore)", row.action):
            faults.add(kind.where, "leaves the terminal state", origin, "by", row.action, "- name it reopen… or restore…")
        edges.setdefault(origin, set()).add(to)
    from_start = reachable(edges, "")
    for state in kind.states:
        check_label(tables, f"state.{kind.name}.{state}", faults)
        if state not in from_start:
            faults.add(kind.where, "state cannot be reached:", state)
        if state not in terminal and not reachable(edges, state) & terminal:
            faults.add(kind.where, "no end can be reached from", state)


def check_clock(tables, kind, duty, faults):
    """A clock starts when the duty opens, or on the day that a field names; of a live kind somebody must fill that field."""
    found = re.fullmatch(r"opening|(?:before )?field:(\w+)", duty.clock)
    if not found:
        faults.add(kind.where, "clock of", duty.name, "cannot be read:", duty.clock, '- write "opening" or "field:NAME"')
    elif kind.live and found[1] and found[1] not in tables.fields_of(kind):
        faults.add(kind.where, "clock of", duty.name, "starts on a field that the kind does not have:", found[1])


def check_duties(tables, kind, faults):
    named = [duty for row in kind.rows for duty in row.duties]
    opened = {duty[1:] for duty in named if duty[0] == "+"}
    closed = {duty[1:] for duty in named if duty[0] == "-"}
    closed |= {ASSERTED_DUTIES[guard] for row in kind.rows for guard in row.guards if guard in ASSERTED_DUTIES}
    for name, duty in kind.duties.items():
        check_label(tables, f"duty.{kind.name}.{name}", faults)
        if name not in opened:
            faults.add(kind.where, "duty is never opened:", name)
        if name not in closed:
            faults.add(kind.where, "duty is never closed:", name)
        if duty.holder not in tables.roles:
            faults.add(kind.where, "unknown holder of", name + ":", duty.holder)
        choices.check(tables, kind, name, duty.rule, faults)
        choices.check(tables, kind, f"{name} (extension)", duty.extension, faults)
        check_clock(tables, kind, duty, faults)
        for ground in duty.suspended_by:
            if ground not in tables.grounds:
                faults.add(kind.where, "unknown ground", ground, "for", name)


def check_fields(tables, kind, faults):
    actions = {row.action for row in kind.rows}
    for field in kind.fields:
        check_field_labels(tables, field, faults)
        for action in field.actions:
            if action not in actions and field.visibility != "house":
                faults.add(kind.where, "field", field.name, "names no action:", action)


def check_kind(tables, kind, faults):
    for part in kind.missing_parts:
        faults.add(kind.where, "lacks", part)
    check_label(tables, "kind." + kind.name, faults)
    for row in kind.rows:
        check_row(tables, kind, row, faults)
    check_states(tables, kind, faults)
    check_duties(tables, kind, faults)
    check_fields(tables, kind, faults)
    versions.check(kind, tables.versions, faults)
    if all(guard in tables.guards for row in kind.rows for guard in row.guards):
        check_record(tables, kind, faults)


def check_record(tables, kind, faults):
    """A record is one struct: a name means one type in it, whoever asks for it, and what is taken over has the type of its source."""
    fields = tables.fields_of(kind)
    if "state" in fields:
        faults.add(kind.where, "no field may be named state: the record has the state of the matter")
    for guard in {guard for row in kind.rows for guard in row.guards}:
        for field in tables.guards[guard].fields:
            known = fields[field.name]
            if (field.type, field.arguments) != (known.type, known.arguments):
                faults.add(kind.where, "field", field.name, "has another type in the guard", guard)
    for target in {effect[1] for row in kind.rows for effect in row.effects if effect[0] == "start"} & tables.kinds.keys():
        for field in tables.kinds[target].fields:
            source = fields.get(field.name)
            if source and field.automatic in ("", "auto:engine") and not records.may_become(source, field):
                faults.add(kind.where, "starts", target, "which takes over the field", field.name, "with another type:",
                           source.type, source.arguments, "->", field.type, field.arguments)


def check_guard_reads(tables, guard, faults):
    for name, everywhere in guard.reads:
        kinds = {kind.name: tables.fields_of(kind).get(name) for kind in records.users_of(tables, guard) if kind.live}
        for kind in [kind for kind, field in kinds.items() if field is None and (everywhere or not any(kinds.values()))]:
            faults.add("guards.tsv:", guard.name, "reads the field", name, "which the kind", kind, "does not have")
        if len({records.shape(field) for field in kinds.values() if field}) > 1:
            faults.add("guards.tsv:", guard.name, "reads the field", name, "which has another type in another kind")


def check_common_actions(tables, faults):
    for row in tables.common:
        check_label(tables, "action.common." + row.action, faults)
        for guard in row.guards:
            if guard not in tables.guards:
                faults.add("common.tsv:", row.action, "names no guard:", guard)
        for role in row.who:
            if role != "holder" and role not in tables.roles:
                faults.add("common.tsv:", row.action, "names no role:", role)


def check_homes(tables, faults):
    """What one room alone has stands in that room's folder, so that a new kind touches no other; what several say, in the kernel's."""
    rooms = {"guards.tsv": {}, "documents.tsv": {}, "labels.tsv": {}}
    for kind in tables.kinds.values():
        for row in kind.rows:
            for guard in row.guards:
                rooms["guards.tsv"].setdefault(guard, set()).add(kind.room)
            rooms["documents.tsv"].setdefault(row.document, set()).add(kind.room)
            rooms["labels.tsv"][f"action.{kind.name}.{row.action}"] = {kind.room}
        for key in [f"kind.{kind.name}", *(f"state.{kind.name}.{state}" for state in kind.states), *(f"duty.{kind.name}.{duty}" for duty in kind.duties)]:
            rooms["labels.tsv"][key] = {kind.room}
    for row in tables.common:
        for guard in row.guards:
            rooms["guards.tsv"].setdefault(guard, set()).add("")
        rooms["documents.tsv"].setdefault(row.document, set()).add("")
    for file, of in rooms.items():
        for key, users in of.items():
            right = next(iter(users)) if len(users) == 1 and "" not in users else "data"
            if tables.homes[file].get(key, right) != right:
                faults.add(f"{file}: {key} stands in {tables.homes[file][key]}, but is",
                           "said by several rooms - move its row to src/procedure/data" if right == "data" else f"the room {right}'s own - move its row there")


def check(tables, faults):
    check_homes(tables, faults)
    traits.check(tables, faults)
    for gone in sorted(tables.versions.keys() - tables.kinds.keys()):
        faults.add("versions.tsv: no section has the kind", gone, "- a kind that folders may hold cannot go away")
    for kind in tables.kinds.values():
        check_kind(tables, kind, faults)
    for guard in tables.guards.values():
        check_label(tables, "guard." + guard.name, faults)
        check_guard_reads(tables, guard, faults)
        for field in guard.fields:
            check_field_labels(tables, field, faults)
    for document in tables.documents:
        check_label(tables, "document." + document, faults)
    for role in tables.roles:
        check_label(tables, "role." + role, faults)
    for ground in tables.grounds:
        check_label(tables, "ground." + ground, faults)
    check_common_actions(tables, faults)
