#!/usr/bin/env python3
"""Source finding over HTTP: a network of farms, traders and shops is captured, an outbreak is made on it, and the culprit is found; the
command computes the same of the exported files, and an independent reading of the events makes the same network."""
import collections, csv, io, json, math, os, random, subprocess, tempfile, urllib.parse

from client import Person, Problem, Server, build, expect, finish, source

random.seed(20261128)
FARMS, TRADERS, SHOPS = [f"SF{i}" for i in range(24)], [f"ST{i}" for i in range(6)], [f"SS{i}" for i in range(16)]
PLACE = "urn:zhian:place:"


def event(number, kind, day, step, place, lot, kilograms, unit="KGM", to=None, of=None, name=None):
    e = {"type": "ObjectEvent", "eventID": f"urn:uuid:5ca1ab1e-0000-4000-8000-{number:012d}", "eventTime": f"2026-09-{day:02d}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": step, "action": kind,
         "readPoint": {"id": PLACE + place}, "quantityList": [{"epcClass": f"urn:zhian:lot:{lot}", "quantity": kilograms, "uom": unit}]}
    if to: e["destinationList"] = [{"type": "location", "destination": PLACE + to}]
    if of: e["sourceList"] = [{"type": "location", "source": PLACE + of}]
    if name: e["ilmd"] = {"zhian:productName": name}
    return e


with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    risk, head, inspector, tea, lead = (Person(server, n) for n in ("risk", "head", "inspector1", "tea", "yongsheng"))
    flows, events, number, lot = collections.Counter(), [], 0, 0

    def deliver(a, b, kilograms, day, unit="KGM", amount=None, product="小白菜"):
        global number, lot
        lot += 1
        events.append(event(number := number + 1, "ADD", day, "commissioning", a, f"N{lot}", amount or kilograms, unit, name=product))
        events.append(event(number := number + 1, "OBSERVE", day, "shipping", a, f"N{lot}", amount or kilograms, unit, to=b))
        events.append(event(number := number + 1, "OBSERVE", day + 1, "receiving", b, f"N{lot}", amount or kilograms, unit, of=a))
        flows[a, b] += kilograms

    for farm in FARMS:
        for trader in random.sample(TRADERS, 2):
            deliver(farm, trader, random.randint(5, 60), random.randint(1, 20))
    for trader in TRADERS:
        for shop in random.sample(SHOPS, 7):
            deliver(trader, shop, random.randint(5, 40), random.randint(3, 21))
    deliver(FARMS[0], SHOPS[0], 12, 5, unit="GRM", amount=12000)  # grams are kilograms
    deliver("SX", SHOPS[1], 0, 5, unit="XBX", amount=4)           # boxes are not
    del flows["SX", SHOPS[1]]
    deliver("SY", SHOPS[2], 30, 5, product="豆腐")
    document = {"@context": {"zhian": "https://zhian.example/ns/"}, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-09-28T00:00:00Z", "epcisBody": {"eventList": events}}
    inspector.call("POST", "/api/v1/capture", document)

    ask = lambda who=risk, **body: who.call("POST", "/api/v1/trace-sources", {"from": "2026-09-01", "to": "2026-09-28", **body})
    # ---- an outbreak of one farm: its cases fall where its goods end
    culprit = FARMS[3]
    cases = collections.Counter()
    out = collections.defaultdict(list)
    for (a, b), w in flows.items(): out[a].append((b, w))
    for _ in range(24):
        at = culprit
        while out[at]: at = random.choices([b for b, _ in out[at]], [w for _, w in out[at]])[0]
        cases[at] += 1
    asked = [{"operator_id": place, "count": n} for place, n in sorted(cases.items())]
    answer = ask(cases=asked, product="小白菜")
    suspects = [s["name"] for s in answer["suspects"]]
    expect(culprit in suspects, f"the culprit is among the suspects {suspects}")
    expect(answer["stated"] >= .9 and abs(sum(s["probability"] for s in answer["suspects"]) - answer["stated"]) < 1e-9, "their probability is stated, and adds up")
    expect(set(answer["methods"]) == {"walk_noise_floor", "walk", "effective_distance", "sales_likelihood"} and all(len(m) >= 20 for m in answer["methods"].values()), "four methods stand side by side")
    expect(all(0 <= n <= answer["compared"] for n in answer["agreement"].values()), "with their agreement")
    c = answer["calibration"]
    expect(c["outbreaks"] >= 100 and abs(c["held"] / c["outbreaks"] - c["stated"]) < .08, f"calibrated on this network: {c['held']} of {c['outbreaks']}, {c['stated']:.3f} stated")
    expect(answer == ask(cases=asked, product="小白菜"), "the same question has the same answer")
    expect(answer["next_evidence"] and all(e["name"] in cases for e in answer["next_evidence"]), "it says whose delivery records to ask for next")
    best = answer["next_evidence"][0]["expected_bits"]
    expect(all(e["expected_bits"] <= best for e in answer["next_evidence"]), "the most telling first")

    # ---- the network is what the events say
    query = urllib.parse.urlencode([("from", "2026-09-01"), ("to", "2026-09-28"), ("product", "小白菜")] + [("case", f"{n}:{place}") for place, n in sorted(cases.items())])
    network = list(csv.DictReader(io.StringIO(risk.call("GET", f"/api/v1/trace-sources/network.csv?{query}"))))
    want = {k: v for k, v in flows.items() if k[0] != "SY"}
    got = {(r["from"], r["to"]): float(r["amount"]) for r in network}
    expect({k: v for k, v in got.items() if k in want} == {k: float(v) for k, v in want.items()}, f"each pair has its kilograms ({len(want)} pairs)")
    expect(answer["network"]["movements"] == sum(1 for e in events if e["bizStep"] == "receiving") - 2 and not answer["network"]["not_mass"] == 0, "what is not counted by mass is left out and told")
    boxes = ask(cases=asked)
    expect(boxes["network"]["not_mass"] >= 1 and boxes["network"]["movements"] > answer["network"]["movements"], "without a product all goods count")

    # ---- the command computes the same of the exported files
    with tempfile.TemporaryDirectory() as folder:
        for name in ("network.csv", "cases.csv"):
            open(os.path.join(folder, name), "w").write(risk.call("GET", f"/api/v1/trace-sources/{name}?{query}").replace("\r\n", "\n"))
        done = json.loads(subprocess.run([f"{build}/zhian", "trace-sources", "--network", f"{folder}/network.csv", "--cases", f"{folder}/cases.csv"], capture_output=True, text=True, check=True).stdout)
    expect([p for p in done["suspects_90"]] == suspects, "the command names the same suspects")
    expect(abs(done["noise"] - answer["noise"]) < 1e-6, "and the same noise")
    for method, ranked in answer["methods"].items():
        ours = [r["name"] for r in ranked if r["score"] is not None]
        expect([r["place"] for r in done["methods"][method]][:len(ours)] == ours, f"and the same order by {method}")

    # ---- two cases that do not belong do not break it
    reached, todo = {culprit}, [culprit]
    while todo:
        for b, _ in out[todo.pop()]:
            if b not in reached: reached.add(b), todo.append(b)
    stray = next(s for s in SHOPS if s not in reached and any(b == s for _, b in flows))
    spoiled = ask(cases=asked + [{"operator_id": stray, "count": 2}], product="小白菜")
    expect(culprit in [s["name"] for s in spoiled["suspects"]] and spoiled["noise"] > answer["noise"], f"noise is estimated ({answer['noise']:.3f} → {spoiled['noise']:.3f}), the culprit stays among the suspects")
    prior = ask(cases=asked, product="小白菜", priors=[{"operator_id": FARMS[5], "weight": 1}])
    expect([s["name"] for s in prior["suspects"]] == [FARMS[5]], "a prior that allows one names that one")

    # ---- a corrected delivery counts once
    before = ask(cases=asked)["network"]["movements"]
    wrong = events[-1]
    inspector.call("POST", "/api/v1/capture", {**document, "epcisBody": {"eventList": [{**wrong, "errorDeclaration": {"declarationTime": "2026-09-28T00:00:00Z", "reason": "urn:epcglobal:cbv:er:did_not_occur"}}]}})
    expect(ask(cases=asked)["network"]["movements"] == before, "a receipt that was taken back leaves the shipment")

    # ---- what must be refused, with the field
    for body, pointer in (({"cases": []}, "/cases"), ({"cases": [{"operator_id": "SS1", "count": 0}]}, "/cases/0/count"), ({"cases": [{"operator_id": "SS1", "count": 1.5}]}, "/cases/0/count"), ({"cases": [{"operator_id": "SS1", "count": 1e99}]}, "/cases/0/count"),
                          ({"cases": [{"operator_id": "nowhere", "count": 1}]}, "/cases/0/operator_id"), ({"cases": [{"operator_id": "SS1", "count": 1}] * 2}, "/cases/1/operator_id"), ({"cases": "x"}, "/cases"),
                          ({"cases": asked, "from": "2026-13-01"}, "/from"), ({"cases": asked, "from": "2026-09-28", "to": "2026-09-01"}, "/from"), ({"cases": asked, "from": "1990-01-01"}, "/from"), ({"cases": asked, "mass": 1}, "/mass"),
                          ({"cases": asked, "product": "x" * 300}, "/product"), ({"cases": asked, "priors": [{"operator_id": "nowhere", "weight": 1}]}, "/priors/0/operator_id"), ({"cases": [{"operator_id": f"p{i}", "count": 1} for i in range(600)]}, "/cases")):
        try:
            ask(**body)
            expect(False, f"{str(body)[:60]} is refused")
        except Problem as problem:
            expect(problem.status == 422 and problem.body["errors"][0]["pointer"] == pointer, f"{str(body)[:60]} is refused at {pointer}")
    for who in (tea, lead):
        try:
            ask(who, cases=asked)
            expect(False, f"{who.username} is refused")
        except Problem as problem:
            expect(problem.status == 403, f"{who.username}, who does not watch over the district, is refused")

finish()
