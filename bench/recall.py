#!/usr/bin/env python3
"""recall.py PROGRAM ROOT EDGES QUERIES RATES SLICES [FOLDER]   recalls over HTTP on a folder whose movements are made up: a demonstration
folder into which EDGES movements are written in bulk, the rows being those that the program writes. One JSON line a measurement. RATES:
captures a second, with commas. FOLDER is made where it is not there, kept, and used again the next time (10⁷ edges take minutes to write)."""
import contextlib, http.client, json, os, pathlib, sqlite3, statistics, subprocess, sys, tempfile, threading, time, urllib.parse

PROGRAM, ROOT, EDGES, QUERIES, SLICES = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[6])
RATES, KEPT = [float(rate) for rate in sys.argv[5].split(",")], sys.argv[7] if len(sys.argv) > 7 else None
sys.path.insert(0, str(ROOT / "tests/blackbox"))
from client import Person, Server

GROUP, SITES = 2000, 5000  # holdings of one network; two edges to each: from its maker and from another before it
START = 1_780_000_000_000


def lot(h):
    return f"urn:zhian:lot:bench-{h:08}"


def fill(data, holdings, first_lot=0, at_once=0):
    """Rows as captures leave them: holdings, their lots, and two movements into each. at_once: holdings of one transaction (0: all)."""
    db = sqlite3.connect(os.path.join(data, "zhian.db"), timeout=60)
    (district,) = db.execute("SELECT code FROM database_district").fetchone()
    last = lambda table, key: db.execute(f"SELECT COALESCE(MAX({key}),0) FROM {table}").fetchone()[0]
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-1500000")
    if first_lot == 0:
        site = last("trace_site", "id")
        db.executemany("INSERT INTO trace_site VALUES (?,?,?)", ((district, site + 1 + s, f"S{s}") for s in range(SITES)))
    site = db.execute("SELECT id FROM trace_site WHERE district=? AND site='S0'", (district,)).fetchone()[0]
    place = lambda h: f"urn:zhian:place:S{h * 7919 % SITES}"

    def edges(some, first, n):
        for h in some:
            begin, at = h // GROUP * GROUP, h % GROUP
            for parent in ((at - 1) // 3, (at * 7 // 11) if at > 1 else 0):
                if at == 0:
                    continue
                n += 1
                when = START + (at * 60 + h % 7) * 1000
                yield district, n, first + 1 + begin - first_lot + min(parent, at - 1), first + 1 + h - first_lot, when, when, 1_000_000 * (1 + h % 9)

    first, seq = last("holding", "id"), last("movement", "seq")
    for begin in range(first_lot, first_lot + holdings, at_once or holdings):
        some = range(begin, min(begin + (at_once or holdings), first_lot + holdings))
        db.executemany("INSERT INTO holding VALUES (?,?,?,?,?,'unknown','',0)", ((district, first + 1 + h - first_lot, lot(h), place(h), site + h * 7919 % SITES) for h in some))
        db.executemany("INSERT INTO lot (district,item,lot_no,product,operator_id,place,quantity_micro,unit,held,produced_at,last_seen_at) VALUES (?,?,?,'bench',NULL,?,1000000000,'KGM',0,0,0)", ((district, lot(h), f"bench-{h:08}", place(h)) for h in some))
        db.executemany("INSERT INTO movement VALUES (?,?,0,'moved',?,?,?,?,?,'KGM',1,1)", edges(some, first, seq))
        db.commit()
        seq = last("movement", "seq")
    db.close()


def quantiles(times):
    times = sorted(times)
    return {"p50_ms": round(1000 * times[len(times) // 2], 3), "p99_ms": round(1000 * times[min(len(times) - 1, len(times) * 99 // 100)], 3), "n": len(times)}


def say(measure, **values):
    print(json.dumps({"measure": measure, **values}), flush=True)


def session(person):
    return {"Cookie": "; ".join(f"{c.name}={c.value}" for h in person.opener.handlers if hasattr(h, "cookiejar") for c in h.cookiejar)}


class Line:
    """One kept-alive connection with a session: what a browser has."""

    def __init__(self, server, headers):
        self.http = http.client.HTTPConnection(server.url.split("//")[1], timeout=300)
        self.headers = headers

    def get(self, path):
        try:
            return self.ask(path)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server lets go of a connection that was idle for long, as while another server is made ready on a busy machine. A
            # browser asks again on a new one, once; a server that is gone refuses that too.
            self.http.close()
            return self.ask(path)

    def ask(self, path):
        at = time.perf_counter()
        self.http.request("GET", path, headers=self.headers)
        answer = self.http.getresponse()
        text = answer.read()
        assert answer.status == 200, (answer.status, text[:300])
        return time.perf_counter() - at, text


def ask(line, holdings, count, first=0):
    times, sizes, reached = [], [], []
    for i in range(first, first + count):
        which = i * 104729 % (holdings // GROUP) * GROUP + 1 + i % 12  # near the head of one of the networks
        took, text = line.get("/api/v1/trace?direction=forward&item=" + urllib.parse.quote(lot(which)))
        times.append(took)
        sizes.append(len(text))
        if count == 20:
            reached.append(len(json.loads(text)["nodes"]))
    return times, sizes, reached


def memory(server):
    """Resident megabytes: what the program holds itself, and its trace.graph as it is mapped. (Pages of the database that it looks at
    through a mapping are the system's cache, and shared.)"""
    own, mapped, name = 0, 0, ""
    for row in open(f"/proc/{server.process.pid}/smaps"):
        words = row.split()
        if not words[0].endswith(":"):
            name = words[5] if len(words) > 5 else ""
        elif words[0] == "Rss:" and name.endswith("trace.graph"):
            mapped += int(words[1])
        elif words[0] == "Anonymous:":
            own += int(words[1])
    return {"own_mb": own / 1000 * 1.024, "mapped_mb": mapped / 1000 * 1.024}


@contextlib.contextmanager
def most(server, into):
    """The most that the program held itself meanwhile."""
    done = threading.Event()

    def watch():
        while not done.wait(0.05):
            for row in open(f"/proc/{server.process.pid}/status"):
                if row.startswith("RssAnon:"):
                    into["most_mb"] = max(into.get("most_mb", 0), round(int(row.split()[1]) / 1000 * 1.024))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


# For so many seconds after each line that it is told: captures at a rate; then how many.
CAPTURES = """
import sys, time
sys.path.insert(0, sys.argv[1])
from client import Person
class S: url, contract = sys.argv[2], None
p, length, n = Person(S, "samplead"), float(sys.argv[3]), 0
print("ready", flush=True)
for rate in map(float, sys.stdin):
    begin, count = time.time(), 0
    while time.time() < begin + length:
        n, count = n + 1, count + 1
        event = {"type": "ObjectEvent", "eventID": f"urn:zhian:event:bench-{begin}-{n}", "eventTime": "2026-09-20T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": "shipping", "action": "OBSERVE",
                 "readPoint": {"id": f"urn:zhian:place:C{n % 50}"}, "quantityList": [{"epcClass": f"urn:zhian:lot:captured-{n % 400}", "quantity": 5, "uom": "KGM"}],
                 "destinationList": [{"type": "location", "destination": f"urn:zhian:place:C{(n * 7 + 1) % 50}"}]}
        p.call("POST", "/api/v1/capture", {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [event]}})
        time.sleep(max(0, begin + count / rate - time.time()))
    print(count, flush=True)
"""

with contextlib.ExitStack() as stack:
    data = KEPT or os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), "data")
    small = os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), "data")
    for folder in (data, small):
        if not os.path.exists(folder):
            subprocess.run([PROGRAM, "demo", "--data", folder, "--policy", str(ROOT / "policy")], check=True, capture_output=True)
            if folder == data:
                begin = time.perf_counter()
                fill(data, EDGES // 2)
                say("rows written", edges=EDGES, seconds=round(time.perf_counter() - begin, 1))
    holdings, snapshot = EDGES // 2, os.path.join(data, "trace.graph")
    if os.path.exists(snapshot):
        os.remove(snapshot)
    question = "/api/v1/trace?direction=forward&item=" + urllib.parse.quote(lot(holdings // GROUP // 2 * GROUP + 1500))

    def first_answer(folder, headers, path):
        """The program is started, and answers its first question: seconds."""
        begin = time.perf_counter()
        server = Server(PROGRAM, str(ROOT), folder)
        text = Line(server, headers).get(path)[1]
        return server, time.perf_counter() - begin

    # Sessions outlive the program: so no sign-in is timed. The small folder says what a start costs without a graph.
    headers = {}
    for folder in (small, data):
        server = Server(PROGRAM, str(ROOT), folder)
        headers[folder] = session(Person(server, "samplead"))
        if folder == small:
            small_lot = Line(server, headers[small]).get("/api/v1/lots?limit=1")[1]
            small_question = "/api/v1/trace?direction=forward&item=" + urllib.parse.quote(json.loads(small_lot)["items"][0]["item"])
        server.stop()
        if os.path.exists(snapshot):
            os.remove(snapshot)
    server, small_start = first_answer(small, headers[small], small_question)
    time.sleep(1)
    empty = memory(server)["own_mb"]
    server.stop()

    begin, peak = time.perf_counter(), {}
    server = Server(PROGRAM, str(ROOT), data)
    with most(server, peak):
        Line(server, headers[data]).get(question)
        took = time.perf_counter() - begin
        for _ in range(6000):
            if os.path.exists(snapshot):
                break
            time.sleep(0.1)
    say("graph built from the tables", edges=EDGES, first_trace_s=round(took, 2), snapshot_written_s=round(time.perf_counter() - begin, 1), **peak)
    time.sleep(1)
    server.stop()
    size = os.path.getsize(snapshot) if os.path.exists(snapshot) else 0

    def read():
        block, begin = bytearray(1 << 20), time.perf_counter()
        with open(snapshot, "rb", buffering=0) as file:
            while file.readinto(block):
                pass
        return time.perf_counter() - begin

    def forget():
        file = os.open(snapshot, os.O_RDONLY)
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)

    for cache, before in (("warm", lambda: None), ("cold", forget)) if size else ():
        reads, starts = [], []
        for _ in range(5):
            before()
            reads.append(read())
            before()
            server, took = first_answer(data, headers[data], question)
            server.stop()
            server, without = first_answer(small, headers[small], small_question)
            server.stop()
            starts.append(took - without)
        say("ready from the snapshot, " + cache, bytes=size, bytes_an_edge=round(size / EDGES, 1), reading_ms=round(1000 * statistics.median(reads), 1), ready_ms=round(1000 * statistics.median(starts), 1),
            ready_in_readings=round(statistics.median(a / b for a, b in zip(starts, reads)), 2))
    server = Server(PROGRAM, str(ROOT), data)
    line, lead = Line(server, headers[data]), Person(server, "samplead")
    ask(line, holdings, min(QUERIES, 20))
    sizes, reached = ask(line, holdings, 20)[1:]
    size = sum(sizes) // len(sizes)
    # A bare answer of the same size: a file that was stored. Turn by turn with the recalls, so that both meet the same machine.
    digest = lead.upload((b"0123456789abcdef" * (size // 16 + 1))[:size], "bare.txt")
    recalls, bare = [], []
    for i in range(QUERIES):
        bare.append(line.get("/api/v1/attachments/" + digest)[0])
        recalls.append(ask(line, holdings, 1, i)[0][0])
    quiet, plain = quantiles(recalls), quantiles(bare)
    say("recall over HTTP", edges=EDGES, **quiet, bytes_mean=size, holdings_mean=round(sum(reached) / len(reached)))
    say("bare answer of the same size", **plain, recall_in_bare_answers_p50=round(quiet["p50_ms"] / plain["p50_ms"], 2), recall_in_bare_answers_p99=round(quiet["p99_ms"] / plain["p99_ms"], 2))
    # All readers at once, so that each searcher that is kept has been used.
    crowd = [threading.Thread(target=lambda k=k: ask(Line(server, headers[data]), holdings, 20, k)) for k in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    held = memory(server)
    say("memory", own_mb=round(held["own_mb"]), mapped_snapshot_mb=round(held["mapped_mb"]), own_of_an_empty_folder_mb=round(empty), bytes_an_edge=round((held["own_mb"] + held["mapped_mb"] - empty) * 1e6 / EDGES, 1))

    # Beside captures, against the same captures into another server that shares nothing with this one but the machine; turn by turn.
    with tempfile.TemporaryDirectory() as aside:
        other_data = os.path.join(aside, "data")
        subprocess.run([PROGRAM, "demo", "--data", other_data, "--policy", str(ROOT / "policy")], check=True, capture_output=True)
        other = Server(PROGRAM, str(ROOT), other_data)
        length, around = 1.0, 0.1
        load = {where: subprocess.Popen([sys.executable, "-c", CAPTURES, str(ROOT / "tests/blackbox"), target.url, str(length + 2 * around)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
                for where, target in (("elsewhere", other), ("here", server))}
        for generator in load.values():
            generator.stdout.readline()
        for rate in RATES:
            times, middles, captured = {"rest": [], "elsewhere": [], "here": []}, {"rest": [], "elsewhere": [], "here": []}, {"elsewhere": 0, "here": 0}
            order = list(times)
            for turn in range(SLICES):
                order = order[1:] + order[:1]  # each of the three comes first, second and last
                for where in order:
                    if where in load:
                        load[where].stdin.write(f"{rate}\n")
                        time.sleep(around)
                    slice_of, end = [], time.perf_counter() + length
                    while time.perf_counter() < end:
                        slice_of += ask(line, holdings, 5, len(times[where]) + len(slice_of))[0]
                    if where in load:
                        captured[where] += int(load[where].stdout.readline())
                    times[where] += slice_of
                    middles[where].append(statistics.median(slice_of))
            spent = len(middles["here"]) * (length + 2 * around)
            ratio = lambda other_way: round(statistics.median(a / b for a, b in zip(middles["here"], middles[other_way])), 2)
            say("recall over HTTP beside captures", captures_a_second=round(captured["here"] / spent, 1), elsewhere_a_second=round(captured["elsewhere"] / spent, 1), **{where: quantiles(times[where]) for where in times},
                slower_than_at_rest=ratio("rest"), slower_than_beside_another=ratio("elsewhere"), slices=SLICES)
        for generator in load.values():
            generator.stdin.close()
            generator.wait()
        other.stop()

    # A delta as large as it may become, its merge with the base, and recalls meanwhile. Captures of so many would take an hour.
    if size and os.path.exists(snapshot):
        peak, meanwhile, written = {}, [], os.stat(snapshot).st_mtime_ns
        many = ((EDGES // 128 + 16_384) // 2 + GROUP) // GROUP * GROUP
        first = many * 4 // 5 // GROUP * GROUP  # as large as it may become, nearly
        with contextlib.closing(sqlite3.connect(os.path.join(data, "zhian.db"))) as db:
            taken = -(-db.execute("SELECT COUNT(*) FROM lot WHERE product='bench'").fetchone()[0] // GROUP) * GROUP

        def grow(some, start):
            writer = threading.Thread(target=fill, args=(data, some, start, 1000))
            writer.start()
            while writer.is_alive():
                ask(line, holdings, 5)

        grow(first, taken)
        ask(line, holdings, 20)
        before = memory(server)
        with most(server, peak):
            grow(many - first, taken + first)
            begin = time.perf_counter()
            while os.stat(snapshot).st_mtime_ns == written and time.perf_counter() - begin < 120:
                meanwhile += ask(line, holdings, 5, len(meanwhile))[0]
            took = time.perf_counter() - begin
        time.sleep(1)
        afterwards = ask(line, holdings, 100)[0]
        after = memory(server)
        total = lambda m, new: round((m["own_mb"] + m["mapped_mb"] - empty) * 1e6 / (EDGES + 2 * new), 1)
        say("the base renewed", delta_edges=2 * many, seconds=round(took, 1), bytes_an_edge_before=total(before, first), bytes_an_edge_after=total(after, many), own_mb_after=round(after["own_mb"]), mapped_snapshot_mb_after=round(after["mapped_mb"]), **peak, recall_meanwhile=quantiles(meanwhile), recall_after=quantiles(afterwards))
    server.stop()
