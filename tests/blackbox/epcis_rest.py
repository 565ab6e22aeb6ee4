#!/usr/bin/env python3
"""The EPCIS interface over HTTP: capture jobs, duplicates, error declarations, queries, pages that stay while capture goes on,
named queries, who may see what. Usage: epcis_rest.py ROOT BUILD"""
import http.client, json, pathlib, re, shutil, sqlite3, subprocess, sys, tempfile, threading, urllib.error, urllib.request
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Person, Problem, Server

checks = 0


def expect(truth, what):
    global checks
    checks += 1
    if not truth:
        raise SystemExit(f"FAILED: {what}")


def event(n, **more):
    return {"type": "ObjectEvent", "eventTime": f"2026-09-10T{n // 60:02d}:{n % 60:02d}:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": "storing",
            "readPoint": {"id": "urn:epc:id:sgln:6909912.34567.0"}, "epcList": [f"urn:epc:id:sgtin:6909912.034567.{n}"], **more}


def document(*events):
    return {"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"tea": "https://tea.example/ns/"}], "type": "EPCISDocument", "schemaVersion": "2.0",
            "creationDate": "2026-09-10T12:00:00Z", "epcisBody": {"eventList": list(events)}}


def found(answer):
    return answer["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


def status(person, method, path, body=None):
    try:
        person.call(method, path, body)
        return 200
    except Problem as problem:
        return problem.status


def page(person, path):
    with person.opener.open(person.server.url + path, timeout=60) as answer:
        return json.loads(answer.read()), answer.headers.get("Link")


with Server(str(pathlib.Path(sys.argv[2]) / "zhian"), sys.argv[1]) as server:
    inspector, tea = Person(server, "inspector1"), Person(server, "tea")
    before = len(inspector.get("/epcis/capture"))
    inspector.call("POST", "/epcis/capture", document(*[event(n) for n in range(50)]))
    jobs = inspector.get("/epcis/capture")
    expect(len(jobs) == before + 1 and jobs[-1]["success"] and not jobs[-1]["running"], "a capture is a job that ends")
    expect(inspector.get("/epcis/capture/" + jobs[-1]["captureID"])["captureErrorBehaviour"] == "rollback", "rollback is the default")

    # Rollback keeps nothing; proceed keeps what is right.
    wrong = document(event(200), event(201, bizStep="shiping"))
    inspector.call("POST", "/epcis/capture", wrong)
    job = inspector.get("/epcis/capture")[-1]
    expect(not job["success"] and job["errors"][0]["type"] == "epcisException:ValidationException", "the fault is named")
    expect(found(inspector.get("/epcis/events", MATCH_epc="urn:epc:id:sgtin:6909912.034567.200")) == [], "rollback keeps nothing")
    inspector.call("POST", "/epcis/capture", wrong, headers={"GS1-Capture-Error-Behaviour": "proceed"})
    expect(not inspector.get("/epcis/capture")[-1]["success"], "proceed with a fault is no success")
    expect(len(found(inspector.get("/epcis/events", MATCH_epc="https://shop.example/01/06909912345671/21/200"))) == 1, "but keeps what is right, found by another form of its name")

    # The same event again, from ten clients; an error declaration beside its event.
    one = event(300, eventID="urn:uuid:10000000-0000-4000-8000-000000000001")
    results = []
    people = [Person(server, "inspector1") for _ in range(10)]
    threads = [threading.Thread(target=lambda p=p: results.append(status(p, "POST", "/epcis/events", one))) for p in people]
    [t.start() for t in threads]
    [t.join() for t in threads]
    expect(sorted(results) == [200] + [409] * 9, f"one of ten is stored, nine are told: {results}")
    declared = dict(one, errorDeclaration={"declarationTime": "2026-09-11T00:00:00Z", "reason": "did_not_occur"})
    expect(status(inspector, "POST", "/epcis/events", declared) == 200, "an error declaration bears the same identifier")
    both = found(inspector.get("/epcis/events/urn:uuid:10000000-0000-4000-8000-000000000001"))
    expect(len(both) == 2 and sum("errorDeclaration" in e for e in both) == 1, "and the original is still there")
    expect(len(found(inspector.get("/epcis/events", EXISTS_errorDeclaration="true"))) == 1, "it can be asked for")
    expect(status(inspector, "GET", "/epcis/events/urn:uuid:none") == 404, "what is not there is 404")

    # Pages: each event once, while capture goes on.
    seen, path, n = [], "/epcis/events?perPage=7&EQ_bizStep=storing", 400
    for _ in range(100):
        body, link = page(inspector, path)
        seen += [(e["eventID"], "errorDeclaration" in e) for e in found(body)]
        if link is None:
            break
        path = link.split("<")[1].split(">")[0]
        if n < 405:
            inspector.call("POST", "/epcis/events", event(n))
            n += 1
    expect(len(seen) == len(set(seen)) and len(seen) >= 57, f"every event once: {len(seen)}")

    # Parameters.
    expect(len(found(inspector.get("/epcis/events", GE_eventTime="2026-09-10T00:10:00+08:00", LT_eventTime="2026-09-10T00:20:00+08:00"))) == 10, "an interval is half open")
    expect(status(inspector, "GET", "/epcis/events?EQ_shoeSize=44") == 400, "an unknown parameter is 400")
    expect(status(inspector, "GET", "/epcis/events?eventCountLimit=5") == 400, "a limit needs an order")
    latest = found(inspector.get("/epcis/events", orderBy="eventTime", eventCountLimit=3))
    expect(len(latest) == 3 and latest[0]["eventTime"] >= latest[2]["eventTime"], "the latest three")
    expect(status(inspector, "GET", "/epcis/events?EQ_bizStep=storing&maxEventCount=5") == 413, "more than asked for is too large")
    expect(len(found(inspector.get("/epcis/events", GE_eventTime="2026-09-10T00:10:00+08:00", LT_eventTime="2026-09-10T00:15:00+08:00", maxEventCount=5))) == 5, "exactly as many is not")
    # By a field of somebody's own: numbers before texts, what has none last; pages that hold while others are captured.
    graded = [event(600 + i, bizStep="inspecting", **({"tea:score": score} if score is not None else {}), ilmd={"tea:height": 1000 - i}, action="ADD") for i, score in enumerate([3, 12, 7.5, "b", None, "12.5", "a", 3, -1])]
    inspector.call("POST", "/epcis/capture", document(*graded))

    def in_order(late=None, **more):
        ids, path = [], "/epcis/events?" + "&".join(f"{k}={v}" for k, v in {"EQ_bizStep": "inspecting", "perPage": 2, **more}.items())
        while path:
            body, link = page(inspector, path)
            ids += [int(e["epcList"][0].split("/")[-1]) - 600 for e in found(body)]
            path = link.split("<")[1].split(">")[0] if link else None
            if late is not None:
                inspector.call("POST", "/epcis/capture", document(event(650 + late, bizStep="inspecting", **{"tea:score": late - 10 if late % 2 else 50 + late})))
                late += 1
        return ids

    expect(in_order(orderBy="tea:score") == [3, 6, 5, 1, 2, 0, 7, 8, 4], f"downwards: {in_order(orderBy='tea:score')}")
    ids = in_order(late=0, orderBy="tea:score", orderDirection="ASC")
    expect([i for i in ids if i < 50] == [8, 0, 7, 2, 1, 5, 6, 3, 4] and len(ids) == len(set(ids)), f"upwards, each once, while others are captured before and behind: {ids}")
    expect(in_order(orderBy="ILMD_https://tea.example/ns/height", eventCountLimit=3) == [0, 1, 2], "by a field of the ILMD, by its whole name, the first three")
    for wrong in ("orderBy=shoeSize", "orderBy=tea:score&nextPageToken=5", "orderBy=tea:score&nextPageToken=WzEsMiwzLDRd"):
        expect(status(inspector, "GET", "/epcis/events?" + wrong) == 400, f"{wrong} is refused")

    # Master data: kept when it comes, asked for by attributes and by places within places.
    def place(n):
        return f"urn:epc:id:sgln:6909912.7{n:04d}.0"

    def vocabulary(*elements):
        empty = document()
        empty["@context"] = empty["@context"][0]
        return {**empty, "epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": list(elements)}]}}}

    def at(**query):
        return sorted(int(e["epcList"][0].split("/")[-1]) - 700 for e in found(inspector.get("/epcis/events", EQ_bizStep="packing", **query)))

    inspector.call("POST", "/epcis/capture", document(*[event(700 + n, bizStep="packing", readPoint={"id": place(n)}, bizLocation={"id": place(n)}) for n in (1, 2, 3, 4, 5)]))
    digital_link = next(e["readPoint"]["id"] for e in found(inspector.get("/epcis/events", EQ_bizStep="packing", EQ_readPoint=place(3))))
    inspector.call("POST", "/epcis/capture", vocabulary({"id": place(1), "children": [place(2), digital_link.replace("id.gs1.org", "hall.example")], "attributes": [{"id": "cbvmda:site", "attribute": "东厂"}]}, {"id": place(2), "children": [place(4), place(1)]},
                                                        {"id": place(4), "attributes": [{"id": "urn:epcglobal:cbv:mda#site", "attribute": "西厂"}, {"id": "urn:epcglobal:cbv:mda:floor", "attribute": 2}]}))
    expect(inspector.get("/epcis/capture", perPage=500)[-1]["success"], "a document of master data alone is captured")
    expect(at(WD_bizLocation=place(1)) == [1, 2, 3, 4] and at(WD_readPoint=place(2)) == [1, 2, 3, 4] and at(WD_readPoint=place(4)) == [4] and at(WD_readPoint=place(5)) == [5], f"places within places, also in a circle: {at(WD_bizLocation=place(1))}")
    expect(at(EQ_bizLocation=place(1)) == [1], "the place itself is another question")
    expect(at(HASATTR_bizLocation="cbvmda:site") == [1, 4] and at(HASATTR_readPoint="urn:epcglobal:cbv:mda:floor|cbvmda:none") == [4] and at(HASATTR_bizLocation="cbvmda:none") == [], "who has an attribute")
    expect(at(**{"EQATTR_bizLocation_cbvmda:site": "西厂"}) == [4] and at(**{"EQ_ATTR_bizLocation_cbvmda:floor": "2"}) == [4] and at(**{"EQATTR_bizLocation_cbvmda:site": "东厂|西厂"}) == [1, 4], "or one that is so")
    inspector.call("POST", "/epcis/capture", vocabulary({"id": place(4), "attributes": [{"id": "cbvmda:site", "attribute": "北厂"}]}, {"id": place(2), "children": [place(4), place(1)]}))
    expect(at(**{"EQATTR_bizLocation_cbvmda:site": "西厂"}) == [] and at(**{"EQATTR_bizLocation_cbvmda:site": "北厂"}) == [4] and at(HASATTR_bizLocation="cbvmda:floor") == [], "what is newer holds")
    versions = sqlite3.connect(f"file:{server.data}/zhian.db?mode=ro", uri=True).execute("SELECT COUNT(*), COUNT(DISTINCT id) FROM epcis_element").fetchone()
    expect(versions == (4, 3), f"what was before is kept, and nothing twice: {versions}")
    inspector.call("POST", "/epcis/capture", vocabulary({"id": place(5), "children": []}, {"id": "no identifier"}))
    tea.call("POST", "/epcis/capture", vocabulary({"id": place(4), "attributes": [{"id": "cbvmda:site", "attribute": "茶厂"}]}))
    expect(not tea.get("/epcis/capture", perPage=500)[-1]["success"] and at(**{"EQATTR_bizLocation_cbvmda:site": "茶厂"}) == [], "an operator does not describe the places of others")
    job = inspector.get("/epcis/capture", perPage=500)[-1]
    expect(not job["success"] and job["errors"][0]["instance"].endswith("/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/1/id"), f"what is wrong with it is told: {job['errors']}")
    expect("shipping" in inspector.get("/epcis/bizSteps")["member"], "the steps that occur")
    expect(len(found(inspector.get("/epcis/bizSteps/storing/events", perPage=5))) == 5, "events of a step")

    # The same events as XML, where it is asked for.
    def forms(accept, path="/epcis/events?EQ_bizStep=storing&perPage=3", **headers):
        asked = urllib.request.Request(server.url + path, headers={"Accept": accept, **{k.replace("_", "-"): v for k, v in headers.items()}})
        try:
            with inspector.opener.open(asked, timeout=60) as answer:
                return answer.status, answer.headers.get("Content-Type"), answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Content-Type"), error.read().decode(), error.headers

    code, media, text, headers = forms("application/xml")
    tree = ElementTree.fromstring(text)
    same = found(inspector.get("/epcis/events", EQ_bizStep="storing", perPage=3))
    expect(code == 200 and media == "application/xml" and tree.tag == "{urn:epcglobal:epcis-query:xsd:2}EPCISQueryDocument", f"events as XML: {code} {media}")
    expect([e.findtext("eventID") for e in tree.iter("ObjectEvent")] == [e["eventID"] for e in same], "the same three events")
    expect([e.findtext("epcList/epc") for e in tree.iter("ObjectEvent")] == [e["epcList"][0] for e in same], "with the same Digital Links")
    expect(all(e.findtext("bizStep") == "urn:epcglobal:cbv:bizstep:storing" for e in tree.iter("ObjectEvent")), "words of the CBV are URNs")
    expect(headers.get("Link") is not None and headers.get("GS1-CBV-XML-Format") == "Always_URN", "with a next page and the form of its words")
    expect("https://ref.gs1.org/cbv/BizStep-storing" in forms("application/xml", GS1_CBV_XML_Format="Always_Web_URI")[2], "or web URIs, where they are asked for")
    expect(forms("text/html,application/xml;q=0.9,*/*;q=0.8")[1] == "application/xml" and forms("application/xml;q=0.5, application/json")[1] == "application/json", "what is liked best is given")
    expect(forms("*/*")[1] == "application/ld+json" and forms("text/csv")[0] == 406 and forms("application/xml;q=0")[0] == 406, "what is not given is 406")
    expect(forms("*/*", GS1_EPC_Format="Always_EPC_URN")[0] == 406 and forms("*/*", GS1_EPC_Format="Sometimes")[0] == 400, "a form of identifiers that cannot be had is said")
    schema = pathlib.Path(sys.argv[1]).parent / "shared/data/epcis/gs1/xsd/EPCglobal-epcis-query-2_0.xsd"
    if shutil.which("xmllint") and schema.is_file():
        with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            judged = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", str(schema), file.name], capture_output=True, text=True, timeout=60)
        expect(judged.returncode == 0, "the answer holds to the published schema: " + judged.stderr[:300])

    # What can be asked, of every path but the token's.
    def options(path):
        asked = http.client.HTTPConnection(server.url.split("//")[1], timeout=30)
        asked.request("OPTIONS", path)
        answer = asked.getresponse()
        return answer.status, answer.headers

    base = "/epcis"
    paths = ["", "/capture", "/capture/1", "/events", "/events/urn:x:1", "/queries", "/queries/a", "/queries/a/events", "/queries/a/subscriptions", "/queries/a/subscriptions/1"]
    for kind in ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"):
        paths += [f"/{kind}", f"/{kind}/v", f"/{kind}/v/events"]
    for path in paths:
        code, headers = options(base + path)
        expect(code == 204 and "GET" in headers["Allow"] and "OPTIONS" in headers["Allow"] and all(headers.get(name) for name in ("GS1-EPCIS-Version", "GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Version", "GS1-CBV-Min", "GS1-CBV-Max",
               "GS1-EPC-Format", "GS1-CBV-XML-Format", "GS1-Extensions", "GS1-Vendor-Version")), f"OPTIONS {path}: {code}")
    expect(len(paths) == 28 and options("/epcis/capture")[1]["GS1-Capture-Error-Behaviour"] == "all" and "POST" in options("/epcis/capture")[1]["Allow"], "28 of the 29 paths; capture tells its ways with errors")
    expect(options("/epcis/nextPageToken/1")[1].get("GS1-EPCIS-Version") is None, "the token tells nothing")

    # Every name and every pattern of the published schema of queries is taken.
    schema = pathlib.Path(sys.argv[1]).parent / "shared/data/epcis/gs1/schema/query-schema.json"
    if schema.is_file():
        published = json.loads(schema.read_text(encoding="utf-8"))["definitions"]["EPCIS-Query"]
        names = [n for n in published["properties"] if not n.startswith("@")]
        for pattern in published["patternProperties"]:
            for shape, example in ((r"\[a-z\]\[a-zA-Z0-9\]\*\\+:\\+w\+", "tea:grade"), (r"\[A-Z0-9\]\{2,4\}", "CEL"), (r"\[a-z\]\[a-zA-Z0-9_\]\+", "po"), (r"\\+w\+_\\+w\+", "bizLocation_site")):
                pattern = re.sub(shape, example, pattern)
            names.append(pattern.strip("^$"))
        refused = []
        for name in names:
            value = {"eventType": "ObjectEvent", "orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": "5&orderBy=eventTime", "maxEventCount": "5", "EQ_booleanValue": "true"}.get(name)
            value = value or ("2026-09-01T00:00:00Z" if name.lower().endswith("time") else "1" if re.search("quantity|percRank|[vV]alue_[A-Z]|sDev_", name) else "" if name.startswith("EXISTS_") else "urn:x:1")
            if status(inspector, "GET", f"/epcis/events?{name}={value}") not in (200, 413):
                refused.append(name)
        expect(len(names) == 168 and not refused, f"{len(names)} names and patterns, refused: {refused}")

    # Named queries; who sees what.
    inspector.call("POST", "/epcis/queries", {"name": "stored", "query": {"EQ_bizStep": ["storing"]}})
    expect(status(inspector, "POST", "/epcis/queries", {"name": "stored", "query": {}}) == 409, "a name is given once")
    expect(status(inspector, "POST", "/epcis/queries", {"name": "odd", "query": {"EQ_shoeSize": ["44"]}}) == 400, "a query is checked when it is named")
    expect(len(found(inspector.get("/epcis/queries/stored/events"))) == 30, "thirty a page")
    expect(ElementTree.fromstring(forms("application/xml", "/epcis/queries/stored/events")[2]).find(".//queryName").text == "stored", "an answer bears the name of its query")
    expect(found(tea.get("/epcis/events", EQ_bizStep="storing")) == [], "an operator does not see what others stored")
    expect(len(found(tea.get("/epcis/events", EQ_bizStep="shipping"))) > 0, "but what it shipped")
    expect(status(tea, "GET", "/epcis/epcs") == 403, "lists over all are for those who supervise")
print(f"{checks} checks")
