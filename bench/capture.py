#!/usr/bin/env python3
"""capture.py PROGRAM BARE ROOT TURNS EVENTS   the product captures events durably, and a bare program inserts the rows that came of it into
a copy of the database, turn by turn. One JSON line for each size of document. A ratio is the bare program's time by the product's."""
import concurrent.futures, json, os, pathlib, shutil, socket, statistics, subprocess, sys, tempfile, time

PROGRAM, BARE, ROOT, TURNS, EVENTS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
sys.path.insert(0, str(ROOT / "tests/blackbox"))
from client import Person, Server

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://example.org/epcis/"}]
MAKERS, SHOPS = 40, 200


def place(kind, n):
    return f"urn:epc:id:sgln:69012345.{kind}{n % 1000:03}.0"


def goods(product, lot, quantity, unit="KGM"):
    return {"epcClass": f"urn:epc:class:lgtin:69012345.0{product:04}.L{lot}", "quantity": quantity, "uom": unit}


def story(n):
    """One lot from its farm into a shop, in eight events: made, shipped, received, processed, packed, shipped, received, sold."""
    farm, maker, shop = place(1, n), place(2, n * 7 % MAKERS), place(3, n * 11 % SHOPS)
    raw, product, spare = goods(n % 50, f"{n}A", 1200 + n % 90), goods(50 + n % 50, f"{n}B", 820.5), goods(50 + n % 50, f"{n}C", 55.25)
    box = f"urn:epc:id:sscc:69012345.{n % 1_000_000_000:09}"
    step = 0

    def event(kind, biz_step, at, **more):
        nonlocal step
        step += 1
        return {"type": kind, "eventTime": f"2026-0{1 + n % 8}-{1 + (n // 8) % 28:02}T{8 + step:02}:{n % 60:02}:{n // 60 % 60:02}.{n % 1000:03}+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": biz_step, "readPoint": {"id": at}, **more}

    def parties(a, b):
        return {"sourceList": [{"type": "possessing_party", "source": a.replace("sgln", "pgln").rsplit(".", 1)[0]}, {"type": "location", "source": a}],
                "destinationList": [{"type": "possessing_party", "destination": b.replace("sgln", "pgln").rsplit(".", 1)[0]}, {"type": "location", "destination": b}],
                "bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:6901234500004:{n}-{a[-5:]}"}]}

    cold = {"sensorElementList": [{"sensorMetadata": {"time": f"2026-0{1 + n % 8}-{1 + (n // 8) % 28:02}T12:00:00+08:00", "deviceID": "urn:epc:id:giai:69012345.400" + str(n % 90)},
                                   "sensorReport": [{"type": "Temperature", "value": 3.5 + n % 7 / 10, "uom": "CEL"}, {"type": "RelativeHumidity", "value": 61, "uom": "A93"}]}]}
    delivered = {**raw, "quantity": 900}
    return [
        event("ObjectEvent", "commissioning", farm, action="ADD", disposition="active", bizLocation={"id": farm}, quantityList=[raw],
              ilmd={"cbvmda:lotNumber": f"L{n}A", "cbvmda:itemExpirationDate": "2027-03-01", "ex:productName": "鲜牛奶"}),
        event("ObjectEvent", "shipping", farm, action="OBSERVE", disposition="in_transit", quantityList=[delivered], **parties(farm, maker)),
        event("ObjectEvent", "receiving", maker, action="OBSERVE", disposition="in_progress", bizLocation={"id": maker}, quantityList=[delivered], **parties(farm, maker), **cold),
        event("TransformationEvent", "commissioning", maker, disposition="active", bizLocation={"id": maker}, inputQuantityList=[delivered], outputQuantityList=[product, spare],
              ilmd={"cbvmda:lotNumber": f"L{n}B", "ex:productName": "酸奶"}),
        event("AggregationEvent", "packing", maker, action="ADD", disposition="in_progress", bizLocation={"id": maker}, parentID=box, childQuantityList=[{**product, "quantity": 400}]),
        event("ObjectEvent", "shipping", maker, action="OBSERVE", disposition="in_transit", epcList=[box], quantityList=[{**product, "quantity": 400}], **parties(maker, shop)),
        event("ObjectEvent", "receiving", shop, action="OBSERVE", disposition="in_progress", bizLocation={"id": shop}, epcList=[box], quantityList=[{**product, "quantity": 400}], **parties(maker, shop), **cold),
        event("ObjectEvent", "retail_selling", shop, action="OBSERVE", disposition="retail_sold", bizLocation={"id": shop}, quantityList=[{**product, "quantity": 12.5}]),
    ]


def events():
    n = 0
    while True:
        n += 1
        yield from story(n)


def document(of):
    return json.dumps({"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-09-01T00:00:00+08:00", "epcisBody": {"eventList": of}}, ensure_ascii=False).encode()


def processor(pid):
    """Seconds of processor time of a process, all its threads that live."""
    return sum(int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0]) for task in os.listdir(f"/proc/{pid}/task")) / 1e9


class Line:
    """One kept-alive connection; requests are made before the clock runs."""

    def __init__(self, server, person):
        self.host = server.url.split("//")[1]
        address, port = self.host.split(":")
        self.socket = socket.create_connection((address, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cookie = "; ".join(f"{c.name}={c.value}" for h in person.opener.handlers if hasattr(h, "cookiejar") for c in h.cookiejar)
        self.csrf = person.csrf

    def request(self, body):
        return (f"POST /api/v1/capture HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\nX-CSRF-Token: {self.csrf}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body

    def send(self, request):
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")))
        while len(body) < length:
            body += self.socket.recv(65536)
        return head, body


def run(senders, requests):
    if len(senders) == 1:
        return [senders[0].send(request) for request in requests]
    with concurrent.futures.ThreadPoolExecutor(len(senders)) as pool:
        return sum(pool.map(lambda s: [senders[s].send(request) for request in requests[s::len(senders)]], range(len(senders))), [])


def say(measure, ours, bare, count, transactions, size):
    rows = {}
    for turn in bare:
        for table, n in turn["rows"].items():
            rows[table] = rows.get(table, 0) + n
    micro = lambda turns, what: round(1e6 * sum(t[what] for t in turns) / count / len(turns), 1)
    ratio = lambda what: round(sum(t[what] for t in bare) / sum(t[what] for t in ours), 3)
    turns = sorted(b["elapsed"] / o["elapsed"] for o, b in zip(ours, bare))
    print(json.dumps({"measure": measure, "turns": len(ours), "events_a_turn": count, "transactions_a_turn": transactions, "bytes_an_event": round(size / count), "rows_an_event": round(sum(rows.values()) / count / len(bare), 1),
                      "ours_us_an_event": micro(ours, "elapsed"), "bare_us_an_event": micro(bare, "elapsed"), "ratio": ratio("elapsed"), "ratio_median_of_turns": round(statistics.median(turns), 3), "ratio_least": round(turns[0], 3),
                      "ours_processor_us": micro(ours, "processor"), "bare_processor_us": micro(bare, "processor"), "ratio_processor": ratio("processor"), "goal": ">= 0.6",
                      "rows": {table: round(n / count / len(bare), 2) for table, n in rows.items()}}), flush=True)


with tempfile.TemporaryDirectory() as folder:
    data, stream = os.path.join(folder, "data"), events()
    subprocess.run([PROGRAM, "demo", "--data", data, "--policy", str(ROOT / "policy")], check=True, capture_output=True)
    shutil.copy(os.path.join(data, "zhian.db"), os.path.join(folder, "bare.db"))
    bare = subprocess.Popen([BARE, os.path.join(data, "zhian.db"), os.path.join(folder, "bare.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    bare.stdout.readline()

    def plain(line):
        bare.stdin.write(line + "\n")
        return json.loads(bare.stdout.readline())

    with Server(PROGRAM, str(ROOT), data) as server:
        line = Line(server, Person(server, "samplead"))
        # Eight senders at once share a commit where they meet (group commit); the bare program has a transaction for each event all the same.
        lines = [Line(server, Person(server, "samplead")) for _ in range(8)]
        for size, senders in ((1, [line]), (1, lines), (100, [line]), (1000, [line])):
            count = max(size, EVENTS * (5 if size == 1000 else 1) // size * size // (4 if size == 1 else 1))
            ours, theirs, length = [], [], 0
            for turn in range(TURNS + 1):
                bodies = [document([next(stream) for _ in range(size)]) for _ in range(count // size)]
                requests = [line.request(body) for body in bodies]
                used, begin = processor(server.process.pid), time.perf_counter()
                answers = run(senders, requests)
                took = {"elapsed": time.perf_counter() - begin, "processor": processor(server.process.pid) - used}
                for head, body in answers:
                    assert head.startswith(b"HTTP/1.1 201") and json.loads(body)["captured"] == size, (head, body[:500])
                inserted = plain(str(count // size))
                assert inserted["rows"]["epcis_event"] == count and inserted["rows"]["ledger_entry"] >= 1, inserted
                if turn > 0:  # the first warms both
                    ours.append(took), theirs.append(inserted)
                    length = sum(map(len, bodies))
            say(f"capture over HTTP, {size} in a document" + (", eight senders" if len(senders) > 1 else ""), ours, theirs, count, count // size, length)
    ours, theirs = [], []
    count, file = EVENTS * 10, os.path.join(folder, "events.json")
    for turn in range(max(2, TURNS // 4)):
        pathlib.Path(file).write_bytes(document([next(stream) for _ in range(count)]))
        before, begin = os.times(), time.perf_counter()
        done = subprocess.run([PROGRAM, "capture", "--data", data, "--policy", str(ROOT / "policy"), file], check=True, capture_output=True, text=True)
        took, after = time.perf_counter() - begin, os.times()
        assert json.loads(done.stdout)["captured"] == count, done.stdout
        ours.append({"elapsed": took, "processor": after.children_user + after.children_system - before.children_user - before.children_system})
        theirs.append(plain("1 closed"))
    say("capture of a file by the command, start and end of the program included", ours, theirs, count, 1, os.path.getsize(file))
    bare.stdin.close()
    bare.wait()
