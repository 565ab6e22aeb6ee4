"""The versions of a kind. Each section says its number; versions.tsv of its room keeps what every version had, so that a state or action
cannot change unseen, and a section says what became of every state and action that went away:

    **Version.** 2

    | since | was | is |
    |---|---|---|
    | 2 | state waiting | received |      matters that wait are moved to received
    | 2 | action cancel | withdraw |      approvals asked for under the old name hold under the new one
    | 2 | action note | — |               approvals asked for it lapse"""
import dataclasses

FILE = "versions.tsv"
HEAD = ("kind", "version", "states", "actions")


@dataclasses.dataclass
class Recorded:
    """What a version of a kind had; "*" marks a state that is an end."""
    states: list
    actions: list

    def names(self, what):
        return {name.rstrip("*") for name in (self.states if what == "state" else self.actions)}


@dataclasses.dataclass
class Step:
    """What became of a state or an action since a version; `now` is empty where nothing follows it."""
    since: int
    what: str  # "state" or "action"
    was: str
    now: str


def read_step(columns, where, faults):
    since, was, now = columns
    what, _, name = was.partition(" ")
    if not since.isdigit() or what not in ("state", "action") or not name:
        faults.add(where, "row of versions cannot be read:", " | ".join(columns), '- write "2 | state OLD | NEW"')
        return None
    return Step(int(since), what, name.strip(), "" if now == "—" else now)


def recorded(rows):
    """{kind: {version: Recorded}} of the rows of versions.tsv."""
    known = {}
    for row in rows:
        known.setdefault(row["kind"], {})[int(row["version"])] = Recorded(row["states"].split(), row["actions"].split())
    return known


def as_it_stands(kind):
    states = [state + ("*" if terminal else "") for state, terminal in kind.states.items()]
    return Recorded(states, sorted({row.action for row in kind.rows}))


def differences(old, new):
    words = []
    for what, before, after in (("state", set(old.states), set(new.states)), ("action", set(old.actions), set(new.actions))):
        words += [f"{what} {name} went" for name in sorted(before - after)]
        words += [f"{what} {name} came" for name in sorted(after - before)]
    return ", ".join(words)


def check_steps(kind, known, faults):
    for version in range(2, kind.version + 1):
        for what in ("state", "action"):
            before, after = known[version - 1].names(what), known[version].names(what)
            steps = {step.was: step for step in kind.version_steps if step.since == version and step.what == what}
            for name in sorted(before - after - steps.keys()):
                faults.add(kind.where, f"{what} {name} went away in version {version} and nothing says what became of it",
                           f"- add the row `| {version} | {what} {name} | NEW |` to its table of versions")
            for name, step in steps.items():
                if name not in before or name in after:
                    faults.add(kind.where, f"table of versions: {what} {name} did not go away in version {version}")
                if step.now not in after and not (what == "action" and not step.now):
                    faults.add(kind.where, f"table of versions: version {version} has no {what}", step.now or "—")
    for step in kind.version_steps:
        if not 2 <= step.since <= kind.version:
            faults.add(kind.where, "table of versions: there is no version", step.since)


def check(kind, recorded_kinds, faults):
    """The number and what is kept for it agree with the table, and nothing went away without a word."""
    known = recorded_kinds.get(kind.name, {})
    newest = max(known, default=0)
    if kind.version < 1:
        faults.add(kind.where, "lacks **Version.** - a new kind begins with 1")
    elif kind.version > newest:
        faults.add(kind.where, f"version {kind.version} is not kept yet",
                   "- run tools/generate-procedures.py src --record-versions and look at what it adds to", FILE)
    elif kind.version < newest or sorted(known) != list(range(1, newest + 1)):
        faults.add(kind.where, f"is version {kind.version}, but {FILE} knows version {newest}")
    elif changed := differences(known[kind.version], as_it_stands(kind)):
        faults.add(kind.where, f"changed within version {kind.version}:", changed,
                   f"- raise **Version.** to {kind.version + 1} and run tools/generate-procedures.py src --record-versions")
    else:
        check_steps(kind, known, faults)


def record(kinds, recorded_kinds, folder_of):
    """Keeps the newest version of every kind that is not kept yet, in the folder of its room. Kept versions are never rewritten."""
    for name, kind in kinds.items():
        known = recorded_kinds.setdefault(name, {})
        if kind.version == max(known, default=0) + 1:
            known[kind.version] = as_it_stands(kind)
    rows = {}
    for name in sorted(kinds):
        for version, kept in sorted(recorded_kinds[name].items()):
            row = "\t".join((name, str(version), " ".join(kept.states), " ".join(kept.actions)))
            rows.setdefault(folder_of(kinds[name]), ["\t".join(HEAD)]).append(row)
    for folder, lines in rows.items():
        (folder / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
