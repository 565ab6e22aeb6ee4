#!/usr/bin/env python3
"""generate-procedures.py SRC [OUT] [--policy DIR] [--check] [--live] [--record-versions]: the declared tables of
src/rooms/*/procedures.md, the tables beside them and those that rooms share (src/procedure/data/*.tsv) as C++ (OUT/procedure/*.generated.cpp, OUT/records/*). Exit 1 and one line
a fault; with --check, or without OUT, nothing is written. --live lists the live kinds with the code guards that they need;
--record-versions keeps the states and actions of every new version in versions.tsv of its room.

What is checked stands in tools/procedures/checks.py."""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
from procedures import bindings, checks, model, records, tables, traits, versions


def options(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="SRC", type=pathlib.Path)
    parser.add_argument("out", metavar="OUT", type=pathlib.Path, nargs="?")
    parser.add_argument("--policy", type=pathlib.Path, help="folder of the policy packs; default: policy beside SRC")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--record-versions", action="store_true")
    return parser.parse_args(arguments)


def print_live_kinds(read):
    for name, kind in sorted(read.kinds.items()):
        if kind.live:
            print(name, f"({kind.room}):", " ".join(sorted(bindings.code_guards(read, kind))))


def write_if_changed(path, text):
    """A file that stays the same keeps its time, so that nothing is built again for it."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments):
    given = options(arguments)
    faults = tables.Faults()
    read = tables.read(given.source, given.policy or given.source.parent / "policy", faults)
    if given.record_versions:
        versions.record(read.kinds, read.versions, lambda kind: tables.folder_of(given.source, kind.room))
    checks.check(read, faults)
    if faults.lines:
        print("\n".join(sorted(faults.lines)), file=sys.stderr)
        return 1
    if given.live:
        print_live_kinds(read)
    if not given.check and given.out is not None:
        write_if_changed(given.out / "procedure/kinds.generated.cpp", model.generate(read))
        write_if_changed(given.out / "procedure/words.generated.hpp", traits.header(read))
        write_if_changed(given.out / "procedure/bindings.generated.cpp", bindings.generate(read))
        for path, text in records.generate(read):
            write_if_changed(given.out / path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
