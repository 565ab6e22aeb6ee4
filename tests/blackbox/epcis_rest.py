#!/usr/bin/env python3
"""The EPCIS interface over HTTP: capture jobs, duplicates, error declarations, queries, pages that stay while capture goes on,
named queries, who may see what. Usage: epcis_rest.py ROOT BUILD"""
import http.client, json, pathlib, shutil, subprocess, sys, tempfile, threading, urllib.error, urllib.request
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
