#!/usr/bin/env python3
"""Every answer is of the shape that /api/openapi.json declares. All routes that read, asked by people of several roles and by the
public, with the identifiers that the lists give; then one of each write. An independent JSON Schema validator judges; a route that is
never answered with 200 must be named here with its reason."""
import json, re, subprocess, urllib.error, urllib.parse, urllib.request

from client import Person, Problem, Server, build, expect, finish, source

# Who asks: a head, an office that sees the district, an inspector, a lead of a department, a laboratory, an operator's own people, a
# village official. Their user names in the demonstration.
PEOPLE = ("head", "office", "inspector1", "insplead", "risk", "agrilead", "labtech", "village", "tea", "admin")
# Routes that read and are not answered with 200 in the demonstration, each with its reason.
NEVER_DONE = {
    "events": "a stream that does not end",
    "goodsCertificate": "of goods that a household has sold: goods.py enters them and asks for it",
}
MATTERS_OF_A_ROLE = 60
SUFFIXES = {"getDocument": ("", ".pdf"), "getDraft": ("", ".pdf")}
FILES = {
    "exportList": ("matters.csv", "operators.xlsx", "goods.csv"),
    "exportTrace": ("holdings.csv", "holdings.xlsx", "report.pdf"),
    "exportSources": ("network.csv", "cases.csv"),
    "getMatterFile": ("file.html", "file.pdf"),
    "goodsCertificate": ("certificate.html", "certificate.pdf"),
}


class Asker:
    """One person, or the public, whose exchanges are judged; faults are gathered, not raised."""

    def __init__(self, server, contract, username=None):
        self.server, self.contract, self.faults, self.asked = server, contract, [], 0
        self.username = username or "the public"
        self.person = Person(server, username) if username else None
        self.opener = self.person.opener if username else urllib.request.build_opener()

    def send(self, method, path, body=None, headers=None, raw=None, **query):
        given = [(k, v) for k, v in query.items() if v is not None]
        url = path + ("?" + urllib.parse.urlencode(given, doseq=True) if given else "")
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + url, data=data, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.person and method != "GET":
            request.add_header("X-CSRF-Token", self.person.csrf)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
        self.asked += 1
        media = answer.headers.get("Content-Type")
        self.faults += [f"{self.username}: {fault}" for fault in self.contract.check(method, url, body, answer.status, media, text)]
        return answer.status, json.loads(text) if (media or "").split(";")[0].endswith("json") and text else None

    def get(self, path, **query):
        status, value = self.send("GET", path, **query)
        return value if status == 200 else None

    def items(self, path, **query):
        value = self.get(path, **query)
        return (value or {}).get("items", []) if isinstance(value, dict) else value or []


def ask_everything(asker, operations):
    """Each route that reads, with identifiers of this person's own lists."""
    get = asker.get
    session = get("/api/v1/session") or {}
    places = get("/api/v1/jurisdictions") or []
    matters = asker.items("/api/v1/matters", limit=500, count=1)
    matters += [m for m in asker.items("/api/v1/matters", limit=200, kind="recall") + asker.items("/api/v1/matters", limit=50, kind="enforcement_case")]
    operators = asker.items("/api/v1/operators", limit=30, count=1)
    lots = asker.items("/api/v1/lots", limit=20)
    # One matter of each kind and state, then more, so that every shape of the page is seen.
    chosen = list({(m["kind"], m["state"]): m for m in matters}.values())[:MATTERS_OF_A_ROLE]
    pages = [page for page in (get(f"/api/v1/matters/{m['id']}") for m in chosen) if page]
    own = next((a["operator"]["id"] for a in session.get("assignments", []) if a.get("operator")), None)
    books = [own] if own else [o["id"] for o in operators[:6]]
    goods = [g for book in books for g in asker.items("/api/v1/goods", operator=book, count=1)]
    days = dict(from_="2026-01-01", to="2026-12-31")
    queries = {
        "listMatters": [dict(limit=3, mine=1), dict(limit=3, due="over"), dict(limit=3, q="茶", open=1), dict(room="sampling", limit=3), dict(due="never"), dict(limit="x"), {"from": "2026-01-01", "to": "2026-12-31", "limit": 2}],
        "listOperators": [dict(q="茶"), dict(type="shop", limit=2), dict(township=next((p["id"] for p in places if p["level"] == "township" and not p["ended"]), None), limit=2)],
        "listDuties": [dict(mine=0), dict(state="overdue"), dict(state="all", limit=2), dict(cursor="nonsense")],
        "listNotices": [dict(limit=200), dict(limit=0)],
        "listRules": [dict(q="recall"), dict(limit=500)],
        "listKinds": [dict(creatable=1)],
        "search": [dict(q="茶"), dict(q=chosen[0]["number"] if chosen else "x"), dict(q=lots[0]["lot_no"] if lots else "x"), dict(q="x" * 400)],
        "whatStartsHere": [dict(operator=o["id"]) for o in operators[:2]] + [dict(matter=m["id"]) for m in chosen[:4]] + [dict(lot=lot["item"]) for lot in lots[:1]],
        "startForm": [dict(kind=k["kind"], action=a["action"], operator=operators[0]["id"] if operators else None) for k in get("/api/v1/kinds") or [] for a in k["actions"]],
        "getOperator": [dict(), dict(as_of="2026-10-01"), dict(as_of="nonsense")],
        "getOperatorTimeline": [dict(limit=2), dict(room="sampling"), dict(as_of="2026-10-01")],
        "getOverview": [dict()],
        "getFigure": [dict(), dict(as_of="2026-10-31"), {"from": "2026-01-01", "to": "2026-06-30"}],
        "listGoods": [dict(operator=book, limit=2) for book in books] + [dict(operator=books[0] if books else None, act="nonsense")],
        "offerGoods": [dict(operator=book) for book in books],
        "checkGoods": [dict(operator=books[0], partner_name="不知名的人"), dict(operator=books[0], partner_id=operators[-1]["id"] if operators else None, item=lots[0]["item"] if lots else None)] if books else [],
        "findPartners": [dict(operator=books[0] if books else None, q="店")],
        "getTrace": [dict(item=lot["item"]) for lot in lots[:8]] + [dict(item=lots[0]["item"], direction="forward", limit=1, time="ignore") if lots else dict(item="x"), dict(item="no such lot"), dict()],
        "getCommonAncestors": [dict(item=[lot["item"] for lot in lots[:2]])],
        "getMassBalance": [dict(operator=book) for book in books[:2]] + [dict(item=lot["item"]) for lot in lots[:1]],
        "exportTrace": [dict(item=lots[0]["item"] if lots else "x")],
        "exportSources": [{"from": "2026-01-01", "to": "2026-12-01", "case": f"3:{o['id']}"} for o in operators[:8]],
        "exportList": [dict(operator=books[0] if books else None, q="茶")],
        "getLedger": [dict()], "listLedgerEntries": [dict(limit=3)],
        "listMockRecalls": [dict()],
    }
    steps = [(p["matter"]["id"], h["id"]) for p in pages[:6] for h in p["history"][:2]]
    records = [r["record_id"] for o in operators[:3] for kind in (get(f"/api/v1/operators/{o['id']}") or {"records": []})["records"] for r in kind["items"][:1]]
    runs = asker.items("/api/v1/mock-recalls")
    parameters = {
        "getMatter": [dict(id="no-such-matter")],
        "getProcedure": [dict(kind=k["kind"]) for k in get("/api/v1/procedures") or []],
        "explainStep": [dict(kind="enforcement_case", action="decide_penalty"), dict(kind="sample", action="verify_fail"), dict(kind="sample", action="no_such_step")],
        "getOperator": [dict(id=o["id"]) for o in operators[:5]],
        "getOperatorTimeline": [dict(id=o["id"]) for o in operators[:3]],
        "getRecord": [dict(id=record) for record in records[:8]],
        "getFigure": [dict(id=f["id"]) for f in get("/api/v1/figures") or [] if f["live"]][:20],
        "getFigureRecords": [dict(id=f["id"]) for f in get("/api/v1/figures") or [] if f["live"]][:20],
        "proveStep": [dict(id=matter, step=step) for matter, step in steps],
        "proveLedgerEntry": [dict(index="0"), dict(index="99999999"), dict(index="x")],
        "getDocument": [dict(id=d["id"] + suffix) for p in pages for d in p["documents"][:1] for suffix in SUFFIXES["getDocument"]][:6],
        "getDraft": [dict(id=p["matter"]["id"], action=a["action"] + suffix) for p in pages for a in p["actions"] if a["document"] and a["allowed"] for suffix in SUFFIXES["getDraft"]][:8],
        "getMatterFile": [dict(id=p["matter"]["id"], file=file) for p in pages[:2] for file in FILES["getMatterFile"]],
        "getAttachment": [dict(sha256=a["sha256"]) for p in pages for a in p["attachments"][:1]][:4] + [dict(sha256="0" * 64)],
        "exportList": [dict(file=file) for file in FILES["exportList"]],
        "exportTrace": [dict(file=file) for file in FILES["exportTrace"]],
        "exportSources": [dict(file=file) for file in FILES["exportSources"]],
        "goodsCertificate": [dict(id=g["id"], file=file) for g in goods if g["act"] in ("sent", "made", "sold") for file in FILES["goodsCertificate"]][:6],
        "mockRecallReport": [dict(id=run["id"]) for run in runs[:1]],
    }
    for path, operation in operations:
        id = operation["operationId"]
        if id == "events":
            continue
        for given in parameters.get(id, [dict()] if "{" not in path else []):
            for query in queries.get(id, [dict()]):
                address = re.sub(r"\{([^}]*)\}", lambda m: urllib.parse.quote(str(given[m[1]]), safe=""), path)
                asker.send("GET", address, **query)
    # What the next page is asked with.
    for path in ("/api/v1/matters", "/api/v1/operators", "/api/v1/lots", "/api/v1/ledger/entries", "/api/v1/rules"):
        page = get(path, limit=2)
        if page and page.get("next"):
            get(path, limit=2, cursor=page["next"])


with Server(f"{build}/zhian", source) as server:
    contract = server.hold_to_document()
    document = contract.document
    printed = subprocess.run([server.program, "openapi"], check=True, capture_output=True, text=True).stdout
    expect(json.loads(printed) == document, "zhian openapi prints what the server answers")
    faults = contract.faults_of_document()
    for fault in faults:
        print("FAULT", fault)
    expect(not faults, f"the document is sound: {len(contract.templates)} routes, {len(document['components']['schemas'])} named shapes")
    reads = [(path, methods["get"]) for path, methods in document["paths"].items() if "get" in methods]
    rail = next(operation for _, operation in reads if operation["operationId"] == "getRail")["responses"]["200"]["content"]["application/json"]["schema"]
    wrong = {"open_duties": "3", "rooms": [{"room": "kitchen", "label": "x", "group": "work", "open_duties": 1, "more": 2}]}
    expect(len(list(contract.against(rail, wrong))) == 3, "a wrong type, a word that is none of the set and a member too many are found")
    askers = [Asker(server, contract)] + [Asker(server, contract, username) for username in PEOPLE]
    for asker in askers:
        ask_everything(asker, reads)
    faults = [fault for asker in askers for fault in asker.faults]
    for fault in faults[:60]:
        print("FAULT", fault)
    asked = sum(asker.asked for asker in askers)
    expect(not faults, f"{asked} answers are of their declared shapes ({len(faults)} faults)")
    never = {operation["operationId"] for _, operation in reads} - {id for id, seen in contract.answered.items() if 200 in seen}
    expect(never == set(NEVER_DONE), f"every route that reads was answered with 200, but for {sorted(NEVER_DONE)}; now without: {sorted(never)}")
    finish(f", {len(reads)} routes that read, {asked} answers")
