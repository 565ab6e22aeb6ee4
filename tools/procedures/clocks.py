"""When the clock of a duty starts, and whether a day that the record states ends it: the cell "clock starts at".

    opening                                     the moment at which a row opens the duty
    field:served_on                             the day, or the moment, that the field names; empty: the opening
    when field:execution_ended_on               the same, but an empty field means that the event has not come yet: the duty
                                                stands without a limit until a step fills the field, and starts anew with each
    before field:valid_to                       counts backward from it
    end of decide_measure                       where that duty's limit stood when it was closed, with the grounds that still
                                                stop it
    end of case.suit from field:served_on       where the period of that rule ends that runs from the field
    by regime: product = field:served_on, else = opening

After a semicolon: `by field:deadline`, the limit is not later than that day; `on field:paid_by`, where the field is filled, its
day is the limit."""
import dataclasses
import re

from . import choices

STARTS = (("opening", r"opening"), ("field", r"field:(\w+)"), ("when", r"when field:(\w+)"), ("before", r"before field:(\w+)"),
          ("end_of_rule", r"end of ([\w.]+) from field:(\w+)"), ("end_of_duty", r"end of (\w+)"))
WAY_TO_WRITE = '- write "opening", "field:NAME", "when field:NAME", "before field:NAME", "end of DUTY" or "end of RULE from field:NAME"'


@dataclasses.dataclass
class Start:
    sort: str  # first of a pair of STARTS
    name: str = ""  # the field, or the duty whose end it is
    rule: str = ""


@dataclasses.dataclass
class Clock:
    choice: choices.Choice  # each answer's "rule" is a start as written
    stated_by: str = ""  # field: not later than its day
    set_on: str = ""  # field: its day, where it is filled


def start(written):
    """The start that the words mean, or None."""
    for sort, pattern in STARTS:
        found = re.fullmatch(pattern, written)
        if found:
            groups = found.groups()
            return Start(sort, rule=groups[0], name=groups[1]) if sort == "end_of_rule" else Start(sort, *groups)
    return None


def read(cell, where, faults):
    first, _, bound = cell.partition(";")
    stated, fixed = re.fullmatch(r"\s*by field:(\w+)", bound), re.fullmatch(r"\s*on field:(\w+)", bound)
    if bound and not stated and not fixed:
        faults.add(where, "end of the clock cannot be read:", bound, '- write "by field:NAME" or "on field:NAME"')
    first = first.strip()
    chosen = choices.read(first, where, faults, r"opening|field:\w+") if first.startswith("by ") else choices.Choice([], [((), first)])
    return Clock(chosen, stated[1] if stated else "", fixed[1] if fixed else "")


def starts(clock):
    return [start(written) for _, written in clock.choice.answers]


def check(tables, kind, duty, faults):
    """Every start can be read, and of a live kind names a date or a moment of the record, a duty, or a rule of a pack."""
    clock, fields = duty.clock, tables.fields_of(kind)
    where = f"{kind.where} clock of {duty.name}:"
    named = [name for name in (clock.stated_by, clock.set_on) if name]
    for (_, written), begin in zip(clock.choice.answers, starts(clock)):
        if begin is None:
            faults.add(where, "cannot be read:", written, WAY_TO_WRITE)
        elif begin.sort == "end_of_duty":
            if begin.name not in kind.duties:
                faults.add(where, "no duty", begin.name)
        elif begin.name:
            named.append(begin.name)
        if begin is not None and begin.rule and begin.rule not in tables.rules:
            faults.add(where, "no rule in any pack:", begin.rule)
    for name in named if kind.live else []:
        if name not in fields:
            faults.add(where, "a field that the kind does not have:", name)
        elif fields[name].type not in ("date", "datetime", "integer"):
            faults.add(where, name, "is no day and no moment, but a", fields[name].type)
    if clock.choice.fields:
        choices.check(tables, kind, f"{duty.name} (clock)", clock.choice, faults, rules=False)
