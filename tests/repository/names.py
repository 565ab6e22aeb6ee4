"""The kernel and the desk name no kind, no duty, no role, no paper and no state of a table; a room names no kind of another room
(docs/decisions/0020-the-kernel-knows-no-kind.md). The words are read from the tables themselves.

What is looked at is a whole literal ("recall"), and in a statement what stands in single quotes (kind='recall'). Left out, so that
no alarm is false: states of one word ("open", "done"), which the code has for things of its own; ids that are also the name of a
field or a column of a list ("resolution"); the words in PLAIN, each with its reason; and tests, which play with real tables."""
import re
import sys

PLAIN = {
    "system",  # who acts where nobody does: the engine itself
    "public",  # also the widest visibility of a field
    "document",  # also the table of papers
    "permit",  # also an answer of the check of goods (failed_check), and a table that a case of law may fill
    "certification",  # also a table that a case of law may fill (procedure/case_file.cpp)
}
ASKING = r"\b(?:LinkedBy|RelatedBy|OfSameOperator|KindsAsked)\(\s*[\w.]+,\s*\"([a-z_]+)\""
SHOWING = r"\bShown\(\s*[\w.*]+,\s*\"([a-z_]+)\""


class Names:

    def __init__(self, root):
        sys.path.insert(0, str(root / "tools"))
        sys.dont_write_bytecode = True
        from procedures import tables
        read = tables.read(root / "src", root / "policy", tables.Faults())
        own = set(PLAIN)
        for fields in [kind.fields for kind in read.kinds.values()] + [guard.fields for guard in read.guards.values()]:
            for field in fields:
                own.add(field.name)
                if field.type == "items":
                    own |= {column.split(":")[0].strip() for column in tables.item_columns(field.arguments)}
        kinds = read.kinds.values()
        self.room_of = {kind.name: kind.room for kind in kinds if kind.name not in own}
        words = {duty: "duty" for kind in kinds for duty in kind.duties}
        words |= {state: "state" for kind in kinds for state in kind.states if "_" in state}
        words |= {role: "role" for role in read.roles} | {paper: "paper" for paper in read.documents}
        words |= {kind.name: "kind" for kind in kinds}
        self.words = {word: sort for word, sort in words.items() if word not in own}
        self.relations = {(kind.room, relation) for kind in kinds for relation in kind.traits.asks}
        self.shown = {field for kind in kinds for field in kind.traits.shows}

    def faults(self, path, text):
        if re.search(r"(_test\.cpp|for_tests\.hpp|_fixture\.hpp)$", path) or not path.endswith((".cpp", ".hpp")):
            return
        room = re.match(r"src/rooms/([^/]+)/", path)
        if not room and not path.startswith(("src/procedure/", "src/desk/")):
            return
        for literal in literals(text):
            for word in [literal, *re.findall(r"'([a-z_]+)'", literal)]:
                if room and self.room_of.get(word, room[1]) != room[1]:
                    yield (f"{path}: names {word}, a kind of the room {self.room_of[word]}; ask by a relation of the line **Asks.** and by "
                           "the meaning of its state, or by a question of procedure::Services")
                elif not room and word in self.words:
                    yield (f"{path}: names the {self.words[word]} {word}; what it knows of it belongs into a line of the kind or a column of "
                           "src/procedure/data (docs/procedures.md, \"Lines of a kind\")")
        for relation in re.findall(ASKING, text):
            if not any(relation == declared and (not room or room[1] == of) for of, declared in self.relations):
                yield f"{path}: asks for {relation}, which no kind {'of its room ' if room else ''}declares in its line **Asks.**"
        for field in re.findall(SHOWING, text):
            if field not in self.shown:
                yield f"{path}: reads {field} of another room, which no kind shows; add it to the line **Shows.** of its kind"


def literals(text):
    for line in text.splitlines():
        for comment, literal in re.findall(r'(//.*)|"((?:[^"\\]|\\.)*)"', line):
            if not comment:
                yield literal
