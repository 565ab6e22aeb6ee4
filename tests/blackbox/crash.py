#!/usr/bin/env python3
"""The server is killed in the middle of a stream of writes, several times, and its disk fills up. Every acknowledged write is there afterwards,
none is half written, the ledger verifies, and service continues. Ends with 77 where no small file system can be mounted."""
import contextlib, os, pathlib, random, shutil, sqlite3, subprocess, sys, threading, time, urllib.error

from client import Person, Problem, Server, build, expect, finish, source

program = f"{build}/zhian"


def register(writer, text):
    return writer.create("lead", "register_lead", {"source": "visit", "clue": text, "clue_place": "建设村"}, jurisdiction_id="511113203")["id"]


def stream(server, name, acknowledged, begun):
    """Writes until the server is gone; keeps what was acknowledged."""
    with contextlib.suppress(OSError, urllib.error.URLError, ValueError):
        writer = Person(server, name)
        for n in range(10_000):
            acknowledged.append(register(writer, f"断电测试 {name} {n}"))
            begun.set()


def faults(data):
    """What is half written: matters without a move, moves without a leaf or a matter, states that no move led to."""
    with contextlib.closing(sqlite3.connect(os.path.join(data, "zhian.db"))) as db:
        return [db.execute(sql).fetchone()[0] for sql in (
            "SELECT COUNT(*) FROM matter m WHERE NOT EXISTS (SELECT 1 FROM matter_transition t WHERE t.matter_id = m.id)",
            "SELECT COUNT(*) FROM matter_transition t WHERE ledger_index < 0 OR NOT EXISTS (SELECT 1 FROM matter m WHERE m.id = t.matter_id)",
            "SELECT COUNT(*) FROM matter m WHERE kind = 'lead' AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.matter_id = m.id)")]


def stored(data):
    with contextlib.closing(sqlite3.connect(os.path.join(data, "zhian.db"))) as db:
        return {row[0] for row in db.execute("SELECT id FROM matter WHERE kind = 'lead'")}


def verified(server):
    return server.run("ledger", "verify", check=False).returncode == 0


# ---- killed in the middle of writes
begin = time.monotonic()
everything = []
with Server(program, source) as first:
    data = first.data
    random.seed(2007)
    server = first
    for round in range(3):
        acknowledged, begun = [], threading.Event()
        writers = [threading.Thread(target=stream, args=(server, name, acknowledged, begun)) for name in ("inspector1", "inspector2")]
        for writer in writers:
            writer.start()
        expect(begun.wait(30), f"round {round + 1}: writes are acknowledged")
        time.sleep(random.uniform(0.2, 0.9))
        server.process.kill()
        server.process.wait()
        for writer in writers:
            writer.join(30)
        everything += acknowledged
        expect(faults(data) == [0, 0, 0] and set(everything) <= stored(data), f"killed after {len(acknowledged)} answers: each is there, nothing is half written")
        expect(verified(server), "and the ledger verifies")
        server = Server(program, source, data)
    expect(register(Person(server, "inspector1"), "重启之后") in stored(data) and server.stop() == 0, "service continues")

    # ---- a full disk
    mount = os.path.join(first.folder.name, "small")
    os.mkdir(mount)
    size = sum(f.stat().st_size for f in pathlib.Path(data).rglob("*") if f.is_file())
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={(size >> 10) + 6000}k", "tmpfs", mount], capture_output=True).returncode != 0:
        print("no small file system can be mounted here: the full disk was not tested")
        sys.exit(77)
    try:
        shutil.copytree(data, mount + "/data")
        with Server(program, source, mount + "/data") as full:
            writer = Person(full, "inspector1")
            written, refused = [register(writer, f"磁盘未满 {n}") for n in range(3)], None
            with contextlib.suppress(OSError), open(mount + "/ballast", "wb", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
            for n in range(3000):
                try:
                    written.append(register(writer, f"磁盘将满 {n}" + "字" * 2000))
                except Problem as problem:
                    refused = problem
                    break
            expect(refused is not None and refused.status in (500, 503, 507) and isinstance(refused.body, dict) and refused.body.get("title"), f"a full disk is told as problem+json: {refused}")
            os.remove(mount + "/ballast")
            after = register(writer, "有空间之后")
            expect({*written, after} <= stored(full.data) and faults(full.data) == [0, 0, 0], f"{len(written)} writes before it are kept, and service continues once there is room")
            expect(verified(full), "and the ledger verifies")
            expect(full.stop() == 0, "and the server ends in order")
    finally:
        subprocess.run(["umount", mount], check=False)
finish(f" in {time.monotonic() - begin:.0f} s")
