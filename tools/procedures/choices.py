"""How a duty chooses its rule: the cells "rule" and "extension" of a table of duties.

    case.verify                                                one rule, nothing to choose
    none                                                       no rule: the duty stands without a limit and says so
    by regime: food = a.food, agri/product = a.other, unset = none
    by severe, regime: true any = a.severe, false food = a.food, else else = none

A choice names its fields and answers every value of them: values of one answer stand with "/", one place a field. `unset` is a
field that nobody has filled, `any` every value, `else` every value that no answer names in that place. No two answers may fit
the same values, so that the order of the answers means nothing."""
import dataclasses
import itertools
import re

CHOOSING_TYPES = ("choice", "bool", "text")
OTHER = "*"  # every value that is not named; only this one stands for values that the table does not know


@dataclasses.dataclass
class Choice:
    fields: list  # names; empty where there is nothing to choose
    answers: list  # (values of the first field, values of the second …, rule or "" for none), as written


def read(cell, where, faults, answer=r"[\w.]+"):
    """The choice that a cell says; a fault and a choice without answers where it cannot be read."""
    cell = cell.strip()
    if not cell.startswith("by "):
        if not re.fullmatch(r"[\w.]+|—", cell):
            faults.add(where, "rule cannot be read:", cell, '- write a rule, "none", or "by FIELD: VALUE = RULE, …"')
        return Choice([], [((), "" if cell in ("none", "—") else cell)])
    head, _, tail = cell[3:].partition(":")
    fields, answers = [field.strip() for field in head.split(",")], []
    for part in tail.split(","):
        values, equals, rule = part.partition("=")
        places, rule = values.split(), rule.strip()
        if not equals or not re.fullmatch(answer, rule) or len(places) != len(fields):
            faults.add(where, "answer cannot be read:", part.strip(), f'- write "{" ".join("VALUE" for _ in fields)} = RULE"')
            continue
        answers.append((tuple(tuple(place.split("/")) for place in places), "" if rule == "none" else rule))
    return Choice(fields, answers)


def named(choice, place):
    """The values that the answers name in a place, in order; `any` and `else` are not values."""
    values = [value for places, _ in choice.answers for value in places[place] if value not in ("any", "else")]
    return list(dict.fromkeys(values))


def domain(field, choice, place):
    """The values that must be answered. A text can hold anything; a choice and a bool are closed, and may be unset."""
    if field.type == "bool":
        return ["true", "false"]  # what is not affirmed is false
    if field.type == "choice":
        return [*field.arguments.split("|"), "unset"]
    return [*named(choice, place), OTHER]


def fits(places, values, choice):
    return all("any" in place or value in place or ("else" in place and value not in named(choice, index))
               for index, (place, value) in enumerate(zip(places, values)))


def check(tables, kind, duty, choice, faults, rules=True):
    """The fields exist and can hold the values, every combination is answered once, and every rule stands in a pack (`rules`: the
    answers are rules)."""
    where = f"{kind.where} duty {duty}:"
    known = tables.fields_of(kind)
    for _, rule in choice.answers:
        if rules and rule and rule not in tables.rules:
            faults.add(where, "no rule in any pack:", rule)
    for place, name in enumerate(choice.fields):
        if name not in known:
            faults.add(where, "chooses by a field that the kind does not have:", name)
            return
        field = known[name]
        if field.type not in CHOOSING_TYPES:
            faults.add(where, "cannot choose by", name + ":", "it is a", field.type)
            return
        for value in named(choice, place):
            if field.type != "text" and value not in domain(field, choice, place):
                faults.add(where, "chooses by a value that", name, "cannot have:", value)
    for values in itertools.product(*(domain(known[name], choice, place) for place, name in enumerate(choice.fields))):
        fitting = [rule for places, rule in choice.answers if fits(places, values, choice)]
        said = ", ".join(f"{name} {'else' if value == OTHER else value}" for name, value in zip(choice.fields, values))
        if not fitting:
            faults.add(where, "no answer for", said or "the duty", '- name its rule, or say "none"')
        elif len(fitting) > 1:
            faults.add(where, "more than one answer for", said)


def table(tables, kind, choice):
    """Every combination of values with its rule, as the engine looks it up: "" is a field that nobody has filled. OTHER fits
    whatever its place does not name, and comes last."""
    known = tables.fields_of(kind)
    domains = []  # per place: (value of the matter, value that the answers speak of)
    for place, name in enumerate(choice.fields):
        values = [("" if value == "unset" else value, value) for value in domain(known[name], choice, place)]
        if known[name].type == "bool":
            values.append(("", "false"))
        if known[name].type == "choice" and any({"else", "any"} & set(places[place]) for places, _ in choice.answers):
            values.append((OTHER, OTHER))  # a matter that another one started may bring what the form does not offer
        domains.append(values)
    rows = []
    for combination in itertools.product(*domains):
        spoken = [value for _, value in combination]
        rows += [([value for value, _ in combination], rule) for places, rule in choice.answers if fits(places, spoken, choice)]
    return rows
