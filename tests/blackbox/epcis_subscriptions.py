#!/usr/bin/env python3
"""Standing queries: every event once and in order, signed, only after the receiver took what goes before; again after a failure and
after a restart; by schedule; for whom may see it; never to an address behind the wall. Usage: epcis_subscriptions.py ROOT BUILD"""
import base64, datetime, hashlib, hmac, http.server, json, os, pathlib, socket, sys, tempfile, threading, time, urllib.request
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Person, Problem, Server, demonstration, expect, finish

SECRET = "0123456789abcdef0123"


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it is sent; answers with the next of `answers`, then with 200."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages, self.answers, self.lock = [], [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def sent_to(self, path, accepted=True):
        with self.lock:
            return [m for m in self.messages if m["path"] == "/" + path and (m["status"] == 200 or not accepted)]

    def ids(self, path):
        return [e["eventID"] for m in self.sent_to(path) for e in m["events"]]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            status = self.server.answers.pop(0) if self.server.answers else 200
            xml = "xml" in self.headers["Content-Type"]
            document = None if xml else json.loads(body)
            self.server.messages.append({"path": self.path, "status": status, "body": body, "headers": dict(self.headers), "document": document,
                                         "events": [] if xml else document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]})
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Socket:
    """A WebSocket client with the cookie of a person."""

    def __init__(self, person, path, **headers):
        host = person.server.url.split("//")[1]
        self.wire = socket.create_connection(tuple(host.split(":")), timeout=20)
        cookies = "; ".join(f"{c.name}={c.value}" for h in person.opener.handlers if hasattr(h, "cookiejar") for c in h.cookiejar)
        fields = {"Host": host, "Cookie": cookies, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), **headers}
        self.wire.sendall((f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n").encode())
        self.got = b""
        while b"\r\n\r\n" not in self.got:
            self.got += self.wire.recv(4096)
        head, self.got = self.got.split(b"\r\n\r\n", 1)
        self.head = head.decode()
        self.status = int(self.head.split()[1])

    def take(self, size):
        while len(self.got) < size:
            piece = self.wire.recv(65536)
            if not piece:
                raise EOFError
            self.got += piece
        taken, self.got = self.got[:size], self.got[size:]
        return taken

    def frame(self):
        first, size = self.take(2)
        if size >= 126:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        return first & 15, self.take(size)

    def ids(self):
        """Of the next text; a ping in between is answered as a client must."""
        while True:
            kind, payload = self.frame()
            if kind == 9:
                self.send(10, payload)
            elif kind == 8:
                return int.from_bytes(payload[:2], "big")
            else:
                return [e["eventID"] for e in json.loads(payload)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]

    def send(self, kind, payload):
        self.wire.sendall(bytes([0x80 | kind, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)


def wait(condition, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def event(n, step="storing", **more):
    return {"type": "ObjectEvent", "eventTime": f"2026-09-10T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": step, "eventID": f"urn:x:event:{n}",
            "readPoint": {"id": "urn:epc:id:sgln:6909999.34567.0"}, "epcList": [f"urn:epc:id:sgtin:6909912.034567.{n}"], **more}


def document(*events):
    return {"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-09-10T12:00:00Z", "epcisBody": {"eventList": list(events)}}


def refused(person, method, path, body=None):
    try:
        person.call(method, path, body)
        return 0, ""
    except Problem as problem:
        return problem.status, problem.body.get("type", "")


program, source = str(pathlib.Path(sys.argv[2]) / "zhian"), sys.argv[1]
receiver = Receiver()
with tempfile.TemporaryDirectory() as folder:
    data = os.path.join(folder, "data")
    demonstration(program, os.path.join(source, "policy"), data)
    pathlib.Path(data, "outbox.toml").write_text('first_pause_seconds = 1\nsubscription_hosts = ["127.0.0.1"]\n')
    with Server(program, source, data) as server:
        inspector, tea = Person(server, "inspector1"), Person(server, "tea")
        for name, query in (("stored", {"EQ_bizStep": ["storing"]}), ("all", {}), ("latest", {"orderBy": "eventTime", "eventCountLimit": 3})):
            inspector.call("POST", "/epcis/queries", {"name": name, "query": query})
        path = "/epcis/queries/stored/subscriptions"
        good = {"dest": receiver.url("stream"), "signatureToken": SECRET, "stream": True}
        for what, wrong in (("a scheme", {"dest": "ftp://example.cn/"}), ("an inner address", {"dest": "http://10.1.2.3/"}), ("the metadata of a cloud", {"dest": "http://169.254.169.254/"}), ("this machine by name", {"dest": "http://localhost/"}),
                            ("this machine in IPv6", {"dest": "http://[::1]/"}), ("this machine as a number", {"dest": "http://2130706433/"}), ("no text", {"dest": 5}), ("both ways", {"schedule": {"hour": "1"}}), ("a short secret", {"signatureToken": "short"}),
                            ("no way", {"stream": False}), ("a field that is none", {"every": "day"}), ("an hour that is none", {"stream": False, "schedule": {"hour": "25"}}), ("no time", {"initialRecordTime": "yesterday"}),
                            ("an empty report of a stream", {"reportIfEmpty": True})):
            body = {k: v for k, v in {**good, **wrong}.items() if not (k == "stream" and v is False)}
            status, kind = refused(inspector, "POST", path, body)
            expect(status == 400 and kind == "epcisException:SubscriptionControlsException", f"{what} is refused: {status} {kind}")
        expect(refused(inspector, "POST", "/epcis/queries/latest/subscriptions", good)[0] == 400, "a query that orders its answer cannot stand")
        expect(refused(inspector, "POST", "/epcis/queries/none/subscriptions", good)[0] == 404, "nor one that is not there")

        made = inspector.call("POST", path, good)
        expect(made["queryName"] == "stored" and made["stream"] and SECRET not in json.dumps(made), "a subscription is told back without its secret")
        own = f"{path}/{made['subscriptionID']}"
        inspector.call("POST", "/epcis/capture", document(event(1), event(2, "shipping"), event(3), event(4)))
        expect(wait(lambda: len(receiver.ids("stream")) >= 3) and receiver.ids("stream") == ["urn:x:event:1", "urn:x:event:3", "urn:x:event:4"], f"what matches is sent: {receiver.ids('stream')}")
        message = receiver.sent_to("stream")[0]
        stamp, mark = message["headers"]["GS1-Signature"].split(",")
        expect(mark == "v1=" + hmac.new(SECRET.encode(), stamp[2:].encode() + b"." + message["body"], hashlib.sha256).hexdigest(), "the signature can be computed anew")
        results = message["document"]["epcisBody"]["queryResults"]
        expect(results["queryName"] == "stored" and results["subscriptionID"] == made["subscriptionID"] and message["headers"]["Content-Type"] == "application/ld+json", "with the names of query and subscription")
        expect(message["events"][0]["epcList"] == ["https://id.gs1.org/01/06909912345671/21/1"], "identifiers are Digital Links")

        # What was rolled back was never there.
        inspector.call("POST", "/epcis/capture", document(event(5), event(6, "shiping")))
        inspector.call("POST", "/epcis/capture", document(event(7)))
        expect(wait(lambda: "urn:x:event:7" in receiver.ids("stream")) and "urn:x:event:5" not in receiver.ids("stream"), "what was rolled back is not sent")

        # A receiver that fails gets the same again, and nothing later before it.
        before = inspector.get(own)["lastNotifiedAt"]
        receiver.answers = [500, 302]
        inspector.call("POST", "/epcis/capture", document(event(8)))
        expect(wait(lambda: len(receiver.sent_to("stream", accepted=False)) > len(receiver.sent_to("stream"))), "a failing receiver")
        failed = inspector.get(own)
        inspector.call("POST", "/epcis/capture", document(event(9)))
        expect(failed["lastNotifiedAt"] == before and wait(lambda: "urn:x:event:9" in receiver.ids("stream")), "is told once it answers again")
        expect(receiver.ids("stream")[-2:] == ["urn:x:event:8", "urn:x:event:9"] and receiver.ids("stream").count("urn:x:event:8") == 1, f"of each event once, in order: {receiver.ids('stream')[-3:]}")
        expect(wait(lambda: inspector.get(own)["lastNotifiedAt"] > before) and "zhian:lastError" not in inspector.get(own), "and the fault is over")

        # Many events: messages of a hundred, each event once.
        inspector.call("POST", "/epcis/capture", document(*[event(n) for n in range(1000, 1257)]))
        expect(wait(lambda: len(receiver.ids("stream")) >= 6 + 257) and receiver.ids("stream")[6:] == [f"urn:x:event:{n}" for n in range(1000, 1257)], f"257 events in order: {len(receiver.ids('stream'))}")
        expect(max(len(m["events"]) for m in receiver.sent_to("stream")) == 100, "a message holds a hundred")

        # Who may see what; whose is whose.
        theirs = tea.call("POST", "/epcis/queries/all/subscriptions", {**good, "dest": receiver.url("tea"), "initialRecordTime": "2000-01-01T00:00:00Z"})
        everything = inspector.call("POST", "/epcis/queries/all/subscriptions", {**good, "dest": receiver.url("all"), "initialRecordTime": "2000-01-01T00:00:00Z"})
        visible, token = [], None
        while True:
            with tea.opener.open(server.url + "/epcis/events?perPage=500" + (f"&nextPageToken={token}" if token else ""), timeout=60) as answer:
                visible += [e["eventID"] for e in json.loads(answer.read())["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]
                link = answer.headers.get("Link")
            if not link:
                break
            token = link.split("nextPageToken=")[1].split(">")[0]
        expect(wait(lambda: len(receiver.ids("tea")) >= len(visible)) and receiver.ids("tea") == visible and len(visible) > 0, f"an operator is sent what it may see, from the beginning where it asks: {len(receiver.ids('tea'))} of {len(visible)}")
        expect(wait(lambda: len(receiver.ids("all")) > len(visible)), "an inspector more")
        expect(refused(tea, "GET", own)[0] == 404 and refused(tea, "DELETE", own)[0] == 404 and tea.get(path) == [], "another's subscription is not there")
        from_when = lambda who: who.opener.open(urllib.request.Request(server.url + own, method="OPTIONS"), timeout=60).headers.get("GS1-Query-Min-Record-Time")
        expect(from_when(inspector) == inspector.get(own)["minRecordTime"] and from_when(tea) is None, f"OPTIONS tells its owner from when on events are still to be told ({from_when(inspector)})")
        expect([s["subscriptionID"] for s in inspector.get(path)] == [made["subscriptionID"]], "one's own is listed")

        # By schedule, in XML, and when there is nothing.
        timed = inspector.call("POST", path, {**{k: v for k, v in good.items() if k != "stream"}, "dest": receiver.url("timed"), "schedule": {"second": "*"}, "reportIfEmpty": True}, {"Accept": "application/xml"})
        expect(timed["schedule"] == {"second": "*"} and timed["reportIfEmpty"], "a schedule")
        expect(wait(lambda: len(receiver.sent_to("timed")) >= 2), "tells that there is nothing, again and again")
        tree = ElementTree.fromstring(receiver.sent_to("timed")[0]["body"])
        expect(tree.find(".//subscriptionID").text == timed["subscriptionID"] and tree.find(".//EventList") is not None, "in XML, where it was asked for")
        inspector.call("DELETE", f"{path}/{timed['subscriptionID']}")
        later = inspector.call("POST", path, {**{k: v for k, v in good.items() if k != "stream"}, "dest": receiver.url("later"), "schedule": {"month": str(datetime.date.today().month % 12 + 1)}})
        inspector.call("POST", "/epcis/capture", document(event(2000)))
        expect(wait(lambda: "urn:x:event:2000" in receiver.ids("stream")) and receiver.sent_to("later") == [], "a schedule waits for its time")
        count = len(receiver.sent_to("timed"))
        time.sleep(1.5)
        expect(len(receiver.sent_to("timed")) - count <= 1, "what was ended is not sent any more")

        # The same by WebSocket, while it lasts.
        stored = "/epcis/queries/stored/events"
        for what, asked, headers, wanted in (("nothing asked", "", {}, 400), ("both ways", "?stream=true&minute=5", {}, 400), ("a field that is none", "?stream=true&EQ_action=ADD", {}, 400), ("an hour that is none", "?hour=25", {}, 400),
                                             ("another site", "?stream=true", {"Origin": "https://elsewhere.example"}, 403), ("nobody", "?stream=true", {"Cookie": ""}, 401)):
            expect(Socket(inspector, stored + asked, **headers).status == wanted, f"WebSocket, {what}: {wanted}")
        expect(Socket(inspector, "/epcis/queries/none/events?stream=true").status == 404 and Socket(inspector, "/epcis/queries/latest/events?stream=true").status == 400, "nor to a query that is not there, or cannot stand")
        live = Socket(inspector, stored + "?stream=true", Origin=server.url)
        expect(live.status == 101, "a connection")
        inspector.call("POST", "/epcis/capture", document(event(3000), event(3001, "shipping")))
        expect(live.ids() == ["urn:x:event:3000"], "tells what is captured after")
        past = Socket(inspector, stored + "?stream=true&initialRecordTime=2000-01-01T00:00:00Z")
        seen = []
        while len(seen) < 264:
            seen += past.ids()
        expect(len(seen) == len(set(seen)) and seen[:2] == ["urn:x:event:1", "urn:x:event:3"] and seen[-1] == "urn:x:event:3000", f"or from a time on, in messages that follow one another: {len(seen)}")
        timed_live = Socket(inspector, stored + "?second=*&reportIfEmpty=true")
        expect(timed_live.ids() == [] and timed_live.ids() == [], "or by schedule")
        own_live = Socket(tea, "/epcis/queries/all/events?stream=true&initialRecordTime=2000-01-01T00:00:00Z")
        got = []
        while len(got) < len(visible):
            got += own_live.ids()
        expect(got == visible, "and to an operator what it may see")
        past.send(8, b"\x03\xe8")
        expect(past.ids() == 1000, "it ends when its client says so")
        crowd = [Socket(inspector, stored + "?stream=true") for _ in range(4)]
        expect([s.status for s in crowd] == [101, 101, 101, 429], f"five connections an account: {[s.status for s in crowd]}")
        inspector.call("POST", "/epcis/queries", {"name": "passing", "query": {}})
        passing = Socket(tea, "/epcis/queries/passing/events?stream=true")
        inspector.call("DELETE", "/epcis/queries/passing")
        expect(passing.ids() == 1000, "with a query its connections go")
    expect(live.ids() == 1001, "and with the server, which says so")

    # After a restart it goes on where it stood.
    receiver.answers = []
    with Server(program, source, data) as server:
        inspector = Person(server, "inspector1")
        inspector.call("POST", "/epcis/capture", document(event(2001)))
        expect(wait(lambda: "urn:x:event:2001" in receiver.ids("stream")), "a restart loses nothing")
        time.sleep(1)
        expect(len(receiver.ids("stream")) == len(set(receiver.ids("stream"))), "and repeats nothing")
        many = 0
        while many < 30 and refused(inspector, "POST", path, {**good, "dest": receiver.url("many")})[0] == 0:
            many += 1
        expect(many == 17, f"twenty subscriptions an account: {many} more")
        expect(len(inspector.get(path, perPage=5)) == 5, "listed in pages")
        inspector.call("DELETE", "/epcis/queries/stored")
        expect(refused(inspector, "GET", own)[0] == 404, "with a query its subscriptions go")
        inspector.call("POST", "/epcis/capture", document(event(2002)))
        time.sleep(2)
        expect("urn:x:event:2002" not in receiver.ids("stream") and "urn:x:event:2002" in receiver.ids("all"), "the others stay")
finish()
