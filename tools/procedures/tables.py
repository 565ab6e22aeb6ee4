"""Reads the tables of procedures into plain records. What cannot be read is a fault; what is read is judged in checks.py."""
import csv
import dataclasses
import pathlib
import re

from . import choices, traits, versions

TYPES = ("text longtext date datetime integer decimal money quantity bool choice duty officers account operator matter "
         "jurisdiction file files items code rule ids").split()
ROW_COLUMNS = "from action zh to who guards duties document effects".split()
DUTY_COLUMNS = "duty zh holder rule clock suspended extension".split()
EFFECT = re.compile(r"(start|close|credit|set|hold|free|stop|notify|flag|unflag):([a-z_.0-9]+)(?:#([a-z_]+))?")


class Faults:
    """What is wrong with the tables; every fault is collected, so that one run names them all."""

    def __init__(self):
        self.lines = set()

    def add(self, *words):
        self.lines.add(" ".join(str(word) for word in words))


@dataclasses.dataclass
class Field:
    """A field of a kind, or one that a guard asks the form for (then without actions)."""
    name: str
    type: str
    arguments: str  # "a|b" of a choice, the columns of items
    optional: bool
    actions: list = dataclasses.field(default_factory=list)
    visibility: str = ""  # "house": kept with the record for guards and effects, asked by no form and shown on no page
    automatic: str = ""


@dataclasses.dataclass
class Row:
    """A row of a table of steps, as written: `origins` may still be "any"."""
    origin: str
    action: str
    to: str
    who: list
    guards: list
    duties: list  # "+d", "-d", "~d", "^d"
    document: str
    effects: list  # (verb, target, action)


@dataclasses.dataclass
class Duty:
    name: str
    holder: str
    rule: choices.Choice
    clock: str  # "opening", "field:name" or "before field:name"
    suspended_by: list
    extension: choices.Choice


@dataclasses.dataclass
class Kind:
    name: str
    room: str
    where: str  # how a fault names its place
    live: bool
    purpose: str
    subject: list
    missing_parts: list
    states: dict  # state -> whether it is an end
    rows: list
    duties: dict
    fields: list
    version: int  # 0: not said
    version_steps: list
    traits: traits.Traits

    def origins(self, row):
        """The states that a row leaves; "∅" for the row that makes the matter."""
        if row.origin == "any":
            return [state for state, terminal in self.states.items() if not terminal]
        return [state.strip() for state in row.origin.split(",")]

    def steps(self):
        """(from, to, row) of every single step; `from` is empty for a creation row."""
        for row in self.rows:
            for origin in self.origins(row):
                yield "" if origin == "∅" else origin, origin if row.to == "=" else row.to, row


@dataclasses.dataclass
class Guard:
    name: str
    how: str
    fields: list  # what its form asks for
    reads: list  # (name of a field that it reads of the record, whether every kind that it guards must have it)
    asks: list  # the relations that its code asks for; each kind that uses it says which kinds they are
    marks: list  # words of words.tsv
    ground: str  # the law that asks for it; "" for the ground of its kind


@dataclasses.dataclass
class CommonAction:
    """A step that every kind has, or those in `kinds` (empty: every one)."""
    action: str
    who: list
    guards: list
    document: str
    effects: list
    kinds: list


@dataclasses.dataclass
class Tables:
    kinds: dict
    guards: dict
    documents: dict  # row of documents.tsv by name
    homes: dict  # file -> key of its row -> the room in whose folder the row stands, or "data" for what rooms share
    roles: dict  # row of roles.tsv by name
    grounds: list
    labels: dict  # key -> (zh-Hans, zh-Hant, en)
    common: list
    own_records: list  # first words of `set:` effects that write the matter's own record (records.tsv)
    records: list  # all of them
    words: dict  # set of words.tsv -> word -> its sentence
    versions: dict  # kind -> version -> what that version had
    rules: set  # ids of the policy packs, without the part that names a year's version

    def fields_of(self, kind):
        """The fields of a kind's record by name: its own first, then what the guards of its steps ask for."""
        fields = {field.name: field for field in kind.fields}
        for guard in dict.fromkeys(guard for row in kind.rows for guard in row.guards):
            for field in self.guards[guard].fields if guard in self.guards else ():
                fields.setdefault(field.name, field)
        return fields

    def label(self, key):
        return self.labels.get(key, ("?", "?", "?"))


def is_none(cell):
    return cell in ("—", "-", "")


def read_tsv(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def folders(source):
    """Where tables stand: what all rooms share in the kernel, what is one room's own in that room."""
    return [source / "procedure/data", *sorted(path.parent for path in section_files(source))]


def section_files(source):
    return [*(source / "rooms").glob("*/procedures.md"), source / "identity/procedures.md"]


def folder_of(source, room):
    return source / "rooms" / room if (source / "rooms" / room).exists() else source / room


def read_rows(source, name, key, faults):
    """The rows of a table of every folder, by what stands in their column `key`, and the folder in which each was found."""
    rows, found = {}, {}
    for folder in folders(source):
        if not (folder / name).exists():
            continue
        for row in read_tsv(folder / name):
            if row[key] in rows:
                faults.add(name, "has twice:", row[key], "- in", found[row[key]].relative_to(source), "and", folder.relative_to(source))
            rows[row[key]], found[row[key]] = row, folder
    return rows, found


def cells(line):
    """The cells of a row of Markdown; a bar inside braces belongs to its cell."""
    line = re.sub(r"\{[^}]*\}", lambda found: found.group(0).replace("|", "\0"), line.strip().strip("|"))
    return [cell.replace("\0", "|").strip() for cell in line.split("|")]


def item_columns(arguments):
    return re.split(r",(?![^(]*\))", arguments)


def columns(arguments):
    """The columns of a list, as fields; one that ends in "!" is kept by the house (visibility "house")."""
    fields = []
    for column in item_columns(arguments):
        name, _, spec = column.strip().partition(":")
        kept = spec.endswith("!")
        spec = spec.rstrip("!")
        optional = spec.endswith("?")
        kind, _, rest = spec.rstrip("?").partition("(")
        kind, _, more = kind.partition(":")
        fields.append(Field(name=name, type=kind or "text", arguments=rest.rstrip(")") or more, optional=optional,
                            visibility="house" if kept else ""))
    return fields


def shown_columns(arguments):
    """The columns of a list without those that only the house keeps: what forms and pages know."""
    return ",".join(column.strip() for column in item_columns(arguments) if not column.strip().endswith("!"))


def read_field(name, spec, where, faults):
    # A "?" at the end of an items field belongs to its last column; "items?:" is a list that may be left empty.
    optional = spec.startswith("items?:") or spec.endswith("?") and not spec.startswith("items:")
    spec = "items:" + spec[7:] if spec.startswith("items?:") else spec[:-1] if optional else spec
    kind, _, arguments = spec.partition(":")
    if "(" in kind:
        kind, _, arguments = spec.partition("(")
        arguments = arguments.rstrip(")")
    if kind not in TYPES:
        faults.add(where, "field", name, "has unknown type", kind)
    if kind == "items":
        arguments = re.sub(r"\(([^)]*)\)", lambda found: "(" + found.group(1).replace("/", "|") + ")", arguments)
    else:
        arguments = arguments.replace("/", "|")
    return Field(name=name, type=kind, arguments=arguments, optional=optional)


def read_effects(cell, where, faults):
    effects = []
    for effect in [] if is_none(cell) else cell.split(";"):
        found = EFFECT.fullmatch(effect.strip())
        if found:
            effects.append((found[1], found[2], found[3] or ""))
        else:
            faults.add(where, "effect cannot be read:", effect)
    return effects


def read_row(columns, where, faults):
    row = dict(zip(ROW_COLUMNS, columns))
    return Row(origin=row["from"],
               action=row["action"],
               to=row["to"],
               who=row["who"].split("/"),
               guards=[] if is_none(row["guards"]) else [guard.strip() for guard in row["guards"].split(",")],
               duties=[] if is_none(row["duties"]) else row["duties"].split(),
               document="" if is_none(row["document"]) else row["document"],
               effects=read_effects(row["effects"], where, faults))


def read_duty(columns, where, faults):
    row = dict(zip(DUTY_COLUMNS, columns))
    where = f"{where} duty {row['duty']}:"
    return Duty(name=row["duty"],
                holder=row["holder"],
                rule=choices.read(row["rule"], where, faults),
                clock=row["clock"],
                suspended_by=[] if is_none(row["suspended"]) else [g.strip() for g in row["suspended"].split(",")],
                extension=choices.read(row["extension"], where, faults))


def read_kind_field(columns, where, faults):
    field = read_field(columns[0], columns[1], where, faults)
    field.actions = [action.strip() for action in columns[2].split(",")]
    field.visibility = columns[3]
    field.automatic = "" if is_none(columns[4]) else columns[4]
    return field


def read_kind_tables(section, where, faults):
    """The tables of a section, told apart by the first cell of their head."""
    rows, duties, fields, steps, table = [], {}, [], [], None
    widths = {"from": (9, "row"), "duty": (7, "duty row"), "field": (5, "field row"), "since": (3, "row of versions")}
    for line in section.splitlines():
        first = line.split("|")[1].strip() if line.startswith("|") and line.count("|") > 1 else ""
        if first in widths:
            table = first
            continue
        if not line.startswith("|"):
            table = None
            continue
        if set(line) <= set("|-: ") or table is None:
            continue
        columns = cells(line)
        width, called = widths[table]
        if len(columns) != width:
            faults.add(where, called, "has", len(columns), "columns instead of", f"{width}:", line[:80])
        elif table == "from":
            rows.append(read_row(columns, where, faults))
        elif table == "duty":
            if columns[0] in duties:
                faults.add(where, "duty twice", columns[0])
            duties[columns[0]] = read_duty(columns, where, faults)
        elif table == "field":
            fields.append(read_kind_field(columns, where, faults))
        elif step := versions.read_step(columns, where, faults):
            steps.append(step)
    return rows, duties, fields, steps


def read_kind(section, room, file, faults):
    name = section.split()[0]
    where = f"{file}: {name}:"
    parts = ("Purpose and ground", "Subject", "Room", "Live", "States", "Must refuse")
    head = re.search(r"\*\*States\.\*\*(.*)", section)
    states = {m.group(1): bool(m.group(2)) for m in re.finditer(r"`([a-z0-9_]+)`(\*?) ", head.group(1) if head else "")}
    purpose = re.search(r"\*\*Purpose and ground\.\*\* (.*)", section)
    subject = re.search(r"\*\*Subject\.\*\* (.*?)(?:\*\*|$)", section, re.M)
    subject_words = re.findall(r"[a-z]+", (subject[1] if subject else "").replace("(s)", "").lower())
    version = re.search(r"\*\*Version\.\*\* (\d+)", section)
    rows, duties, fields, steps = read_kind_tables(section, where, faults)
    return Kind(name=name,
                room=room,
                where=where,
                live="**Live.** yes" in section,
                purpose=purpose[1] if purpose else "",
                subject=list(dict.fromkeys(subject_words)),
                missing_parts=[f"**{part}.**" for part in parts if f"**{part}.**" not in section],
                states=states,
                rows=rows,
                duties=duties,
                fields=fields,
                traits=traits.read(section, where, faults),
                version=int(version[1]) if version else 0,
                version_steps=steps)


def read_kinds(source, faults):
    kinds = {}
    for path in sorted(section_files(source)):
        for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            kind = read_kind(section, path.parent.name, path.relative_to(source), faults)
            if kind.name in kinds:
                faults.add(kind.where, "kind twice")
            kinds[kind.name] = kind
    return kinds


def read_guards(rows, faults):
    guards = {}
    for name, row in rows.items():
        fields = [read_field(*part.split(":", 1), f"guard {name}", faults) for part in (row["fields"] or "").split(";") if part]
        reads = [(read.rstrip("?"), not read.endswith("?")) for read in (row.get("reads") or "").split()]
        guards[name] = Guard(name=name, how=row["how"], fields=fields, reads=reads, asks=(row.get("asks") or "").split(),
                             marks=(row.get("marks") or "").split(), ground=(row.get("ground") or "").strip())
    return guards


def read_common_actions(source):
    def words(text):
        return [word.strip() for word in re.split("[/,]", text or "") if word.strip()]

    return [CommonAction(action=row["action"],
                         who=words(row["who"]),
                         guards=words(row["guards"]),
                         document=row["document"] or "",
                         effects=[effect.split(":", 1)[1] for effect in words(row["effects"])],
                         kinds=[] if row["kinds"] == "*" else words(row["kinds"]))
            for row in read_tsv(source / "procedure/data/common.tsv")]


def read_rule_ids(policy):
    """The ids of every row of every pack; a row that replaced another (".v2026") answers to the same id."""
    ids = set()
    for path in pathlib.Path(policy).glob("*/*.toml"):
        for found in re.findall(r'^id = "([^"]+)"', path.read_text(encoding="utf-8"), re.M):
            ids.add(re.sub(r"\.v\d{4}(?=\.)", "", found))
    return ids


def read_words(source):
    words = {}
    for row in read_tsv(source / "procedure/data/words.tsv"):
        words.setdefault(row["set"], {})[row["word"]] = row["meaning"]
    return words


def read(source, policy, faults):
    shared = source / "procedure/data"
    homes = {}
    guards, homes["guards.tsv"] = read_rows(source, "guards.tsv", "guard", faults)
    documents, homes["documents.tsv"] = read_rows(source, "documents.tsv", "document", faults)
    labels, homes["labels.tsv"] = read_rows(source, "labels.tsv", "key", faults)
    records = read_tsv(shared / "records.tsv")
    return Tables(kinds=read_kinds(source, faults),
                  guards=read_guards(guards, faults),
                  documents=documents,
                  homes={name: {key: folder.name for key, folder in found.items()} for name, found in homes.items()},
                  roles={row["role"]: row for row in read_tsv(shared / "roles.tsv")},
                  grounds=[row["ground"] for row in read_tsv(shared / "grounds.tsv")],
                  labels={key: (row["zh-Hans"], row["zh-Hant"], row["en"]) for key, row in labels.items()},
                  common=read_common_actions(source),
                  own_records=[row["record"] for row in records if row["of"] == "own"],
                  records=[row["record"] for row in records],
                  words=read_words(source),
                  versions=versions.recorded(row for folder in folders(source) if (folder / versions.FILE).exists()
                                             for row in read_tsv(folder / versions.FILE)),
                  rules=read_rule_ids(policy))
