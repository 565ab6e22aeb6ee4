"""A statement names the tables of its own room and those of the modules below it; never those of another room. The owner of a table
is the room, or the module, whose code makes it (CREATE TABLE). What one room needs of another's records it asks
(procedure::Services::questions), or the room hands it over in its face (desk/room_face.hpp)."""
import re

# Tables that everybody reads, and nobody but their room writes. Each with the reason why a question would not do.
PUBLISHED = {
    "operator": "lists and figures of every room sort, filter and count by who it is about: a question a row would read the whole file",
    "premises": "the trace joins each event and each holding to where it is, by the hundred thousand",
}
# Who writes a published table beside its room, and why.
WRITES = {
    ("rooms/traceability", "premises"): "the goods book gives a place without a code to whoever has none on file, so that goods can be located",
}
MADE = re.compile(r"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)")


def part_of(path):
    """rooms/R, or the module, of a file of src."""
    folders = path.split("/")
    return "/".join(folders[1:3]) if folders[1] == "rooms" else folders[1]


def is_test(path):
    return re.search(r"(_test\.cpp|for_tests\.hpp|_fixture\.hpp)$", path) is not None


def owners(files):
    """{table: the room or module that makes it}."""
    return {table: part_of(path) for path, text in files.items() if path.startswith("src/") and path.endswith(".cpp") and not is_test(path)
            for table in MADE.findall(text)}


def faults(path, text, owner, literals):
    # The house puts rooms together, and what it writes it writes for cases of law.
    if not path.startswith("src/") or not path.endswith((".cpp", ".hpp")) or is_test(path) or part_of(path) == "house":
        return
    part = part_of(path)
    for literal in literals:
        for verb, table in re.findall(r"\b(FROM|JOIN|INTO|UPDATE)\s+(\w+)", literal):
            of = owner.get(table, part)
            if not of.startswith("rooms/") or of == part:
                continue
            writes = verb in ("INTO", "UPDATE") or re.search(r"\bDELETE FROM " + table, literal)
            if table in PUBLISHED and (not writes or (part, table) in WRITES):
                continue
            yield (f"{path}: names the table {table} of {of}; " +
                   ("it is everybody's to read and its room's to write" if table in PUBLISHED else
                    "ask a question of procedure::Services, or let that room hand it over in its RoomFace (desk/room_face.hpp)"))
