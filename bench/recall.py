#!/usr/bin/env python3
"""recall.py PROGRAM ROOT EDGES QUERIES CAPTURES_A_SECOND SECONDS   recalls over HTTP on a folder whose movements are made up: a demonstration
folder into which EDGES movements are written as the program writes them. One JSON line a measurement."""
import http.client, json, os, pathlib, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.parse

PROGRAM, ROOT, EDGES, QUERIES, RATE, SECONDS = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), float(sys.argv[6])
sys.path.insert(0, str(ROOT / "tests/blackbox"))
from client import Person, Server

GROUP, SITES = 2000, 5000  # holdings of one network; two edges to each: from its maker and from another before it
START = 1_780_000_000_000


def fill(data):
    db = sqlite3.connect(os.path.join(data, "zhian.db"))
    first = db.execute("SELECT COALESCE(MAX(id),0) FROM holding").fetchone()[0]
    site = db.execute("SELECT COALESCE(MAX(id),0) FROM trace_site").fetchone()[0]
    seq = db.execute("SELECT COALESCE(MAX(seq),0) FROM movement").fetchone()[0]
    holdings = EDGES // 2
    db.execute("PRAGMA synchronous=OFF")
    db.executemany("INSERT INTO trace_site VALUES ('d',?,?)", ((site + 1 + s, f"S{s}") for s in range(SITES)))
    name, place = (lambda h: f"urn:zhian:lot:bench-{h:08}"), (lambda h: f"urn:zhian:place:S{h * 7919 % SITES}")
    db.executemany("INSERT INTO holding VALUES ('d',?,?,?,?,'unknown','',0)", ((first + 1 + h, name(h), place(h), site + 1 + h * 7919 % SITES) for h in range(holdings)))
    db.executemany("INSERT INTO lot (district,item,lot_no,product,operator_id,place,quantity_micro,unit,held,produced_at,last_seen_at) VALUES ('d',?,?,'bench',NULL,?,1000000000,'KGM',0,0,0)", ((name(h), f"bench-{h:08}", place(h)) for h in range(holdings)))

    def edges():
        n = seq
        for h in range(holdings):
            begin, at = h // GROUP * GROUP, h % GROUP
            for parent in ((at - 1) // 3, (at * 7 // 11) if at > 1 else 0):
                if at == 0:
                    continue
                n += 1
                when = START + (at * 60 + h % 7) * 1000
                yield n, first + 1 + begin + min(parent, at - 1), first + 1 + h, when, when, 1_000_000 * (1 + h % 9)

    db.executemany("INSERT INTO movement VALUES ('d',?,0,'moved',?,?,?,?,?,'KGM',1,1)", edges())
    db.commit()
    db.close()
    return name


def quantiles(times):
    times = sorted(times)
    return {"p50_ms": round(1000 * times[len(times) // 2], 3), "p99_ms": round(1000 * times[min(len(times) - 1, len(times) * 99 // 100)], 3), "n": len(times)}


def say(measure, **values):
    print(json.dumps({"measure": measure, **values}), flush=True)


class Line:
    """One kept-alive connection with a session: what a browser has."""

    def __init__(self, server, person):
        self.http = http.client.HTTPConnection(server.url.split("//")[1], timeout=120)
        self.headers = {"Cookie": "; ".join(f"{c.name}={c.value}" for h in person.opener.handlers if hasattr(h, "cookiejar") for c in h.cookiejar)}

    def get(self, path):
        at = time.perf_counter()
        self.http.request("GET", path, headers=self.headers)
        answer = self.http.getresponse()
        text = answer.read()
        assert answer.status == 200, (answer.status, text[:300])
        return time.perf_counter() - at, text


def ask(line, name, holdings, count, first=0):
    times, sizes, reached = [], [], []
    for i in range(first, first + count):
        lot = i * 104729 % (holdings // GROUP) * GROUP + 1 + i % 12  # near the head of one of the networks
        took, text = line.get("/api/v1/trace?direction=forward&item=" + urllib.parse.quote(name(lot)))
        times.append(took)
        sizes.append(len(text))
        if count == 20:
            reached.append(len(json.loads(text)["nodes"]))
    return times, sizes, reached


# For a second after each line that it is told: captures at a rate; then how many.
CAPTURES = """
import sys, time
sys.path.insert(0, sys.argv[1])
from client import Person
class S: url = sys.argv[2]
p, rate, length, n = Person(S, "samplead"), float(sys.argv[3]), float(sys.argv[4]), 0
print("ready", flush=True)
for _ in sys.stdin:
    begin, count = time.time(), 0
    while time.time() < begin + length:
        n, count = n + 1, count + 1
        event = {"type": "ObjectEvent", "eventID": f"urn:zhian:event:bench-{n}", "eventTime": "2026-09-20T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": "shipping", "action": "OBSERVE",
                 "readPoint": {"id": f"urn:zhian:place:C{n % 50}"}, "quantityList": [{"epcClass": f"urn:zhian:lot:captured-{n % 400}", "quantity": 5, "uom": "KGM"}],
                 "destinationList": [{"type": "location", "destination": f"urn:zhian:place:C{(n * 7 + 1) % 50}"}]}
        p.call("POST", "/api/v1/capture", {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [event]}})
        time.sleep(max(0, begin + count / rate - time.time()))
    print(count, flush=True)
"""

with tempfile.TemporaryDirectory() as folder:
    data = os.path.join(folder, "data")
    subprocess.run([PROGRAM, "demo", "--data", data, "--policy", str(ROOT / "policy")], check=True, capture_output=True)
    name = fill(data)
    holdings = EDGES // 2
    snapshot = os.path.join(data, "trace.graph")

    def first_answer():
        begin = time.perf_counter()
        server = Server(PROGRAM, str(ROOT), data)
        line = Line(server, Person(server, "samplead"))
        ready = time.perf_counter() - begin
        took, _ = line.get("/api/v1/trace?direction=forward&item=" + urllib.parse.quote(name(holdings // GROUP // 2 * GROUP + 1500)))
        return server, line, ready, took

    server, line, ready, took = first_answer()
    say("first trace, graph built from the tables", edges=EDGES, start_and_sign_in_ms=round(1000 * ready), first_trace_ms=round(1000 * took))
    for _ in range(600):
        if os.path.exists(snapshot):
            break
        time.sleep(0.1)
    time.sleep(1)
    server.stop()
    size = os.path.getsize(snapshot) if os.path.exists(snapshot) else 0
    begin = time.perf_counter()
    if size:
        with open(snapshot, "rb") as bytes_of:
            while bytes_of.read(1 << 20):
                pass
    read = time.perf_counter() - begin
    say("snapshot", bytes=size, bytes_an_edge=round(size / EDGES, 1), reading_the_same_bytes_ms=round(1000 * read, 1))
    server, line, ready, took = first_answer()
    say("first trace, graph from the snapshot", start_and_sign_in_ms=round(1000 * ready), first_trace_ms=round(1000 * took, 1))
    time.sleep(2)  # what is read ahead beside is not what is measured
    lead = Person(server, "samplead")
    ask(line, name, holdings, min(QUERIES, 20))
    sizes, reached = ask(line, name, holdings, 20)[1:]
    size = sum(sizes) // len(sizes)
    # A bare answer of the same size: a file that was stored. Turn by turn with the recalls, so that both meet the same machine.
    digest = lead.upload((b"0123456789abcdef" * (size // 16 + 1))[:size], "bare.txt")
    recalls, bare = [], []
    for i in range(QUERIES):
        bare.append(line.get("/api/v1/attachments/" + digest)[0])
        recalls.append(ask(line, name, holdings, 1, i)[0][0])
    quiet, plain = quantiles(recalls), quantiles(bare)
    say("recall over HTTP", edges=EDGES, **quiet, bytes_mean=size, holdings_mean=round(sum(reached) / len(reached)))
    say("bare answer of the same size", **plain, recall_in_bare_answers_p50=round(quiet["p50_ms"] / plain["p50_ms"], 2), recall_in_bare_answers_p99=round(quiet["p99_ms"] / plain["p99_ms"], 2))
    status = dict(row.split(":", 1) for row in open(f"/proc/{server.process.pid}/status") if ":" in row)
    say("memory of the server", resident_mb=round(int(status["VmRSS"].split()[0]) / 1024), resident_anonymous_mb=round(int(status["RssAnon"].split()[0]) / 1024))

    # Beside captures, against the same captures into another server that shares nothing with this one but the machine; turn by turn.
    with tempfile.TemporaryDirectory() as aside:
        other_data = os.path.join(aside, "data")
        subprocess.run([PROGRAM, "demo", "--data", other_data, "--policy", str(ROOT / "policy")], check=True, capture_output=True)
        other = Server(PROGRAM, str(ROOT), other_data)
        length, around = 1.0, 0.1
        load = {where: subprocess.Popen([sys.executable, "-c", CAPTURES, str(ROOT / "tests/blackbox"), target.url, str(RATE), str(length + 2 * around)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
                for where, target in (("elsewhere", other), ("here", server))}
        for generator in load.values():
            generator.stdout.readline()
        times, middles, captured = {"rest": [], "elsewhere": [], "here": []}, {"rest": [], "elsewhere": [], "here": []}, {"elsewhere": 0, "here": 0}
        order = list(times)
        for turn in range(max(2, round(SECONDS / 3))):
            order = order[1:] + order[:1]  # each of the three comes first, second and last
            for where in order:
                if where in load:
                    load[where].stdin.write("now\n")
                    time.sleep(around)
                slice_of, end = [], time.perf_counter() + length
                while time.perf_counter() < end:
                    slice_of += ask(line, name, holdings, 5, len(times[where]) + len(slice_of))[0]
                if where in load:
                    captured[where] += int(load[where].stdout.readline())
                times[where] += slice_of
                middles[where].append(statistics.median(slice_of))
        for generator in load.values():
            generator.stdin.close()
            generator.wait()
        spent = len(middles["here"]) * (length + 2 * around)
        for where, measure in (("rest", "recall over HTTP, in turn with the next two"), ("elsewhere", "recall beside captures into another server")):
            say(measure, **quantiles(times[where]), **({"captures_a_second": round(captured[where] / spent, 1)} if where in captured else {}))
        ratio = lambda other_way: round(statistics.median(a / b for a, b in zip(middles["here"], middles[other_way])), 2)
        say("recall over HTTP beside captures", captures_a_second=round(captured["here"] / spent, 1), **quantiles(times["here"]), slower_than_at_rest=ratio("rest"), slower_than_beside_another=ratio("elsewhere"), slices=len(middles["here"]))
        other.stop()
    server.stop()
