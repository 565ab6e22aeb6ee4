#!/usr/bin/env python3
"""recall.py PROGRAM ROOT EDGES QUERIES CAPTURES_A_SECOND SECONDS   recalls over HTTP on a folder whose movements are made up: a demonstration
folder into which EDGES movements are written as the program writes them. One JSON line a measurement."""
import http.client, json, os, pathlib, sqlite3, subprocess, sys, tempfile, time, urllib.parse

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


def ask(line, name, holdings, count):
    times, sizes, reached = [], [], []
    for i in range(count):
        lot = i * 104729 % (holdings // GROUP) * GROUP + 1 + i % 12  # near the head of one of the networks
        took, text = line.get("/api/v1/trace?direction=forward&item=" + urllib.parse.quote(name(lot)))
        times.append(took)
        sizes.append(len(text))
        if i < 20:
            reached.append(len(json.loads(text)["nodes"]))
    return times, sizes, reached


CAPTURES = """
import sys, time, json
sys.path.insert(0, sys.argv[1])
from client import Person
class S: url = sys.argv[2]
p, rate, end, n = Person(S, "samplead"), float(sys.argv[3]), time.time() + float(sys.argv[4]), 0
begin = time.time()
while time.time() < end:
    n += 1
    event = {"type": "ObjectEvent", "eventID": f"urn:zhian:event:bench-{sys.argv[5]}-{n}", "eventTime": "2026-09-20T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": "shipping", "action": "OBSERVE",
             "readPoint": {"id": f"urn:zhian:place:C{n % 50}"}, "quantityList": [{"epcClass": f"urn:zhian:lot:captured-{n % 400}", "quantity": 5, "uom": "KGM"}],
             "destinationList": [{"type": "location", "destination": f"urn:zhian:place:C{(n * 7 + 1) % 50}"}]}
    p.call("POST", "/api/v1/capture", {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [event]}})
    time.sleep(max(0, begin + n / rate - time.time()))
print(n / (time.time() - begin))
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
    ask(line, name, holdings, min(QUERIES, 20))
    times, sizes, reached = ask(line, name, holdings, QUERIES)
    quiet = quantiles(times)
    say("recall over HTTP", edges=EDGES, **quiet, bytes_mean=sum(sizes) // len(sizes), holdings_mean=round(sum(reached) / len(reached)))
    bare, same = [], 0
    for _ in range(QUERIES):
        took, text = line.get("/api/openapi.json")
        bare.append(took)
        same = len(text)
    say("an answer without a search (openapi.json)", **quantiles(bare), bytes=same)
    load = subprocess.Popen([sys.executable, "-c", CAPTURES, str(ROOT / "tests/blackbox"), server.url, str(RATE), str(SECONDS), "a"], stdout=subprocess.PIPE, text=True)
    time.sleep(min(1, SECONDS / 4))
    times = []
    while load.poll() is None:
        times += ask(line, name, holdings, min(QUERIES, 20))[0]
    rate = float(load.communicate()[0])
    beside = quantiles(times)
    say("recall over HTTP beside captures", captures_a_second=round(rate, 1), **beside, slower=round(beside["p50_ms"] / quiet["p50_ms"], 2))
    server.stop()
