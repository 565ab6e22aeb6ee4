"""What a kind says of itself beside its tables, one line each (docs/procedures.md, "Lines of a kind"): the kernel, the desk and
the pages read these lines instead of knowing kinds by name. Reading, checking and writing of each line stand together here.

The words that a line may use for a meaning, a tone, a window, a mark and a role stand in src/procedure/data/words.tsv, each with its
sentence; they become the enumerations of procedure/words.generated.hpp."""
import dataclasses
import re

from .cpp import text

LINES = {
    "number": "Number", "called": "Called", "title": "Title", "renamed_by": "Renamed by", "wakes": "Wakes", "windows": "Windows",
    "contests": "Contests", "main_way": "Main way", "listed": "List", "shows": "Shows", "procedural": "Procedural", "portal": "Portal", "meanings": "Meanings", "tones": "Tones", "asks": "Asks", "marks": "Marks",
    "lapses": "Lapses", "statement": "Statement"
}


@dataclasses.dataclass
class Traits:
    number: str = ""  # what the numbers of its matters begin with
    called: str = ""  # the word that the subjects of other kinds use for it
    portal: str = ""  # the list of the public portal on which its publications stand
    contests: str = ""  # the field that names the matter whose window it must keep to
    title: list = dataclasses.field(default_factory=list)
    renamed_by: list = dataclasses.field(default_factory=list)
    wakes: list = dataclasses.field(default_factory=list)
    listed: list = dataclasses.field(default_factory=list)  # fields that a list of it shows
    shows: list = dataclasses.field(default_factory=list)  # fields that other rooms may read
    procedural: list = dataclasses.field(default_factory=list)  # steps that judge nothing
    marks: list = dataclasses.field(default_factory=list)
    windows: dict = dataclasses.field(default_factory=dict)  # duty -> word
    main_way: dict = dataclasses.field(default_factory=dict)  # state -> action
    meanings: dict = dataclasses.field(default_factory=dict)  # word -> states
    tones: dict = dataclasses.field(default_factory=dict)  # word -> states
    asks: dict = dataclasses.field(default_factory=dict)  # relation -> kinds
    lapses: dict = dataclasses.field(default_factory=dict)  # action -> the duties of whose limits its row speaks
    statement: str = ""  # the step by which the party states its case within the window of sort "defence"


def names(cell):
    return [name.strip().strip("`") for name in cell.split(",") if name.strip()]


def pairs(cell, where, line, faults):
    """`state` action; `state` action"""
    found = {}
    for part in [part.strip() for part in cell.split(";") if part.strip()]:
        words = part.replace("`", "").split()
        if len(words) != 2:
            faults.add(where, f"{line}: two words are wanted in", part)
        elif words[0] in found:
            faults.add(where, f"{line}: twice", words[0])
        else:
            found[words[0]] = words[1]
    return found


def lists(cell, where, line, faults):
    """word: name, name; word: name"""
    found = {}
    for part in [part.strip() for part in cell.split(";") if part.strip()]:
        word, colon, rest = part.partition(":")
        if not colon or not names(rest):
            faults.add(where, f"{line}: `word: name, name` is wanted in", part)
        elif word.strip() in found:
            faults.add(where, f"{line}: twice", word.strip())
        else:
            found[word.strip()] = names(rest)
    return found


def read(section, where, faults):
    given = {}
    for key, line in LINES.items():
        found = re.findall(rf"^\*\*{line}\.\*\* (.*)$", section, re.M)
        if len(found) > 1:
            faults.add(where, "line twice:", line)
        given[key] = found[0].strip() if found else ""
    return Traits(number=given["number"], called=given["called"], contests=given["contests"], portal=given["portal"], title=names(given["title"]),
                  renamed_by=names(given["renamed_by"]), wakes=names(given["wakes"]), listed=names(given["listed"]),
                  shows=names(given["shows"]), procedural=names(given["procedural"]),
                  marks=names(given["marks"]), windows=pairs(given["windows"], where, "Windows", faults),
                  main_way=pairs(given["main_way"], where, "Main way", faults),
                  meanings=lists(given["meanings"], where, "Meanings", faults),
                  tones=lists(given["tones"], where, "Tones", faults), asks=lists(given["asks"], where, "Asks", faults),
                  lapses=lists(given["lapses"], where, "Lapses", faults), statement=given["statement"])


# ---- what follows from the tables
def fields_of(tables, kind):
    """Every field that a matter of the kind may hold, by name: its own, then those that guards of its rows ask for."""
    fields = {field.name: field for field in kind.fields}
    for row in kind.rows:
        for guard in row.guards:
            for field in tables.guards[guard].fields if guard in tables.guards else []:
                fields.setdefault(field.name, field)
    return fields


def main_way(kind):
    """The natural step in each open state: the one that its line names, else the first row that a person may take and that
    leaves the state, else the first that leaves it, else the first."""
    way = {}
    for state, is_end in kind.states.items():
        if is_end:
            continue
        steps = [(to, row) for origin, to, row in kind.steps() if origin == state]
        leaving = [row for to, row in steps if to != state]
        of_people = [row for row in leaving if row.who != ["system"]]
        first = (of_people or leaving or [row for _, row in steps] or [None])[0]
        way[state] = kind.traits.main_way.get(state, first.action if first else "")
    return way


def tone(kind, state):
    """How a state is shown: as the line Tones says, else an open one runs and an end has ended."""
    said = [word for word, states in kind.traits.tones.items() if state in states]
    return said[0] if said else "ended" if kind.states[state] else "running"


# ---- checks
def check_words(tables, where, line, given, word_set, faults):
    for word in given:
        if word not in tables.words.get(word_set, {}):
            faults.add(where, f"{line}: unknown word", word, "- see src/procedure/data/words.tsv")


def check_number(tables, kind, faults):
    number = kind.traits.number
    if not re.fullmatch(r"[A-Z]{2,4}", number):
        faults.add(kind.where, "Number: two to four capital letters are wanted, not", number or "nothing")
    for other in tables.kinds.values():
        if other.traits.number == number and other.name < kind.name:
            faults.add(kind.where, "Number:", number, "belongs to", other.name)


def check_tones(tables, kind, faults):
    check_words(tables, kind.where, "Tones", kind.traits.tones, "tone", faults)
    toned = [state for states in kind.traits.tones.values() for state in states]
    for state in dict.fromkeys(toned):
        if state not in kind.states:
            faults.add(kind.where, "Tones: no state", state)
        if toned.count(state) > 1:
            faults.add(kind.where, "Tones: twice", state)


def check_kind(tables, kind, faults):
    traits, where = kind.traits, kind.where
    check_number(tables, kind, faults)
    fields = fields_of(tables, kind)
    for line, wanted in (("Title", traits.title), ("Renamed by", traits.renamed_by), ("Wakes", traits.wakes),
                         ("List", traits.listed), ("Shows", traits.shows),
                         ("Contests", [traits.contests] if traits.contests else [])):
        for name in wanted:
            if name not in fields:
                faults.add(where, f"{line}: no field", name)
    for name in traits.wakes:
        if name in fields and fields[name].type != "date":
            faults.add(where, "Wakes: no date:", name)
    if traits.contests in fields and fields[traits.contests].type != "matter":
        faults.add(where, "Contests: no field of type matter:", traits.contests)
    for name in traits.listed:
        if name in fields and fields[name].visibility == "restricted":
            faults.add(where, "List: a restricted field:", name)
    check_words(tables, where, "Marks", traits.marks, "mark", faults)
    check_words(tables, where, "Windows", traits.windows.values(), "window", faults)
    check_words(tables, where, "Meanings", traits.meanings, "meaning", faults)
    for duty in traits.windows:
        if duty not in kind.duties:
            faults.add(where, "Windows: no duty", duty)
    for meaning, states in traits.meanings.items():
        for state in states:
            if state not in kind.states:
                faults.add(where, f"Meanings: {meaning} names no state:", state)
    check_tones(tables, kind, faults)
    for state, action in traits.main_way.items():
        if not any(origin == state and row.action == action for origin, _, row in kind.steps()):
            faults.add(where, "Main way: no row", action, "from", state)
    check_lapses(kind, faults)
    if traits.statement and not any(row.action == traits.statement for row in kind.rows):
        faults.add(where, "Statement: no row", traits.statement)
    if "defence" in traits.windows.values() and not traits.statement:
        faults.add(where, "Statement: which step states the case of the party within its window?")
    for action in traits.procedural:
        if not any(row.action == action for row in kind.rows):
            faults.add(where, "Procedural: no row", action)
    for relation, kinds in traits.asks.items():
        if relation in tables.kinds:
            faults.add(where, "Asks: a relation says what the other matter is to this one, not its kind:", relation)
        for other in kinds:
            if other not in tables.kinds:
                faults.add(where, f"Asks: {relation} names no kind:", other)
    for row in kind.rows:
        for guard in row.guards:
            for relation in tables.guards[guard].asks if guard in tables.guards else []:
                if relation not in traits.asks:
                    faults.add(where, f"the guard {guard} asks for", relation + ":", "add it to the line **Asks.**")


def check_lapses(kind, faults):
    """A row that asks whether a limit has passed closes one duty, or says of which duty's limit it speaks."""
    lapses = kind.traits.lapses
    for action, duties in lapses.items():
        if not any(row.action == action for row in kind.rows):
            faults.add(kind.where, "Lapses: no row", action)
        for duty in duties:
            if duty not in kind.duties:
                faults.add(kind.where, "Lapses: no duty", duty)
    for row in kind.rows:
        asks = any(guard.startswith("limit_of_open_duty_") for guard in row.guards)
        closed = [duty for duty in row.duties if duty[0] == "-"]
        if asks and len(closed) != 1 and row.action not in lapses:
            faults.add(kind.where, "Lapses: name the duty of whose limit", row.action, "speaks: it closes", len(closed))


def check(tables, faults):
    pages = [kind.traits.portal for kind in tables.kinds.values() if kind.traits.portal]
    for kind in tables.kinds.values():
        if kind.traits.portal and pages.count(kind.traits.portal) > 1:
            faults.add(kind.where, "Portal: another kind has the list", kind.traits.portal)
    for kind in tables.kinds.values():
        check_kind(tables, kind, faults)
    # A duty's name says what it is wherever it stands: statistics leave windows out by name.
    windows = {duty for kind in tables.kinds.values() for duty in kind.traits.windows}
    for kind in tables.kinds.values():
        for duty in kind.duties:
            if duty in windows and duty not in kind.traits.windows:
                faults.add(kind.where, "Windows: lacks", duty + ",", "which is a window of another kind")
    for name, row in tables.roles.items():
        check_words(tables, "roles.tsv: " + name, "marks", (row["marks"] or "").split(), "role", faults)
        for above in (row["above"] or "").split():
            if above not in tables.roles:
                faults.add("roles.tsv: " + name, "above: no role", above)
    for guard in tables.guards.values():
        check_words(tables, "guards.tsv: " + guard.name, "marks", guard.marks, "guard", faults)


# ---- C++
ENUMS = {"meaning": "Meaning", "tone": "Tone", "window": "WindowSort", "mark": "Mark", "role": "RoleMark", "guard": "GuardMark"}


def constant(word_set, word):
    return f"{ENUMS[word_set]}::k" + "".join(part.capitalize() for part in word.split("_"))


def header(tables):
    """The text of words.generated.hpp: one enumeration a set of words, each word with its sentence."""
    lines = ["// Generated by tools/generate-procedures.py from src/procedure/data/words.tsv; do not edit.", "#pragma once", "",
             "namespace zhian::procedure {", ""]
    for word_set, enum in ENUMS.items():
        lines += [f"enum class {enum} {{"]
        lines += [f"  {constant(word_set, word).split('::')[1]},  // {sentence}" for word, sentence in tables.words[word_set].items()]
        lines += ["};", ""]
    return "\n".join([*lines, "}  // namespace zhian::procedure", ""])


def code(tables, arrays, kind):
    """Its KindTraits."""
    traits = kind.traits
    windows = [f"Window{{{text(duty)}, {constant('window', word)}}}" for duty, word in traits.windows.items()]
    way = [f"MainStep{{{text(state)}, {text(action)}}}" for state, action in main_way(kind).items()]
    meanings = [f"StateMeaning{{{constant('meaning', word)}, {arrays.texts(states)}}}" for word, states in traits.meanings.items()]
    asks = [f"Relation{{{text(relation)}, {arrays.texts(kinds)}}}" for relation, kinds in traits.asks.items()]
    lapses = [f"Lapse{{{text(action)}, {arrays.texts(duties)}}}" for action, duties in traits.lapses.items()]
    return (f"KindTraits{{.number = {text(traits.number)}, .called = {text(traits.called)}, .contests = {text(traits.contests)}, .portal = {text(traits.portal)}, "
            f".title = {arrays.texts(traits.title)}, .renamed_by = {arrays.texts(traits.renamed_by)}, "
            f".wakes = {arrays.texts(traits.wakes)}, .list = {arrays.texts(traits.listed)}, "
            f".shows = {arrays.texts(traits.shows)}, .procedural = {arrays.texts(traits.procedural)}, "
            f".marks = {arrays.add('Mark', [constant('mark', mark) for mark in traits.marks])}, "
            f".windows = {arrays.add('Window', windows)}, .main_way = {arrays.add('MainStep', way)}, "
            f".meanings = {arrays.add('StateMeaning', meanings)}, .asks = {arrays.add('Relation', asks)}, "
            f".lapses = {arrays.add('Lapse', lapses)}, .statement = {text(traits.statement)}}}")


def guard_marks(arrays, guard):
    return arrays.add("GuardMark", [constant("guard", mark) for mark in guard.marks])


def role_marks(tables, arrays, row):
    return arrays.add("RoleMark", [constant("role", mark) for mark in (row["marks"] or "").split()])
