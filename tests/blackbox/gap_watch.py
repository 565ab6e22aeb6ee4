#!/usr/bin/env python3
"""Gaps are chased without anybody looking: a shipment that nobody received, a receipt that nobody shipped, is asked for once its time
has passed, from whoever owes the record, once."""
from client import Person, Server, build, expect, finish, source

PLACE = "urn:zhian:place:"
with Server(f"{build}/zhian", source) as server:
    inspector, head, shop, tea = (Person(server, n) for n in ("inspector1", "head", "teashop", "tea"))
    now = head.get("/api/v1/clock")["today"]
    place_of = {}
    for who, name in (("shop", "河畔茶叶店"), ("tea", "峡谷茶业有限公司")):
        operator = head.get("/api/v1/operators", q=name)["items"][0]
        lots = inspector.get("/api/v1/trace", item="JKH20260905")["nodes"]
        place_of[who] = next(n["id"].rsplit("@", 1)[1] if "@" in n["id"] else n["place"] for n in lots if n.get("operator") == operator["id"])
    number = 0

    def event(step, at, lot, kilograms, day, to=None, of=None, action="OBSERVE"):
        global number
        number += 1
        e = {"type": "ObjectEvent", "eventID": f"urn:uuid:9a9a9a9a-0000-4000-8000-{number:012d}", "eventTime": f"2026-09-{day:02d}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": step, "action": action,
             "readPoint": {"id": at}, "quantityList": [{"epcClass": f"urn:zhian:lot:{lot}", "quantity": kilograms, "uom": "KGM"}]}
        if to: e["destinationList"] = [{"type": "location", "destination": to}]
        if of: e["sourceList"] = [{"type": "location", "source": of}]
        return e

    capture = lambda *events: inspector.call("POST", "/api/v1/capture", {"@context": {"zhian": "https://zhian.example/ns/"}, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-09-28T00:00:00Z", "epcisBody": {"eventList": list(events)}})
    gaps = lambda: [g for g in inspector.get("/api/v1/matters", kind="trace_gap", limit=200)["items"]]
    fields = lambda id: {f["name"]: f["value"] for f in inspector.matter(id)["matter"]["fields"]}
    of_lot = lambda lot: [fields(g["id"]) | {"id": g["id"], "operator": g["operator"]} for g in gaps() if fields(g["id"]).get("gap_item", "").endswith(lot)]
    days = lambda n: head.call("POST", "/api/v1/clock", {"advance_working_days": n})

    tea_at, shop_at = place_of["tea"], place_of["shop"]
    for lot in ("GAP-1", "GAP-2", "GAP-3", "GAP-4"):
        capture(event("commissioning", tea_at, lot, 50, 27, action="ADD"))
    capture(event("shipping", tea_at, "GAP-1", 20, 28, to=shop_at))                                       # nobody receives it
    capture(event("shipping", tea_at, "GAP-2", 20, 28, to=shop_at))                                       # received in time, below
    capture(event("receiving", shop_at, "GAP-3", 10, 28, of=tea_at))                                      # nobody shipped it
    capture(event("shipping", tea_at, "GAP-4", 10, 28, to=PLACE + "not-on-file"))                         # nobody on file to ask
    days(2)
    expect(not of_lot("GAP-1"), "nothing is asked before the time has passed")
    capture(event("receiving", shop_at, "GAP-2", 20, 28, of=tea_at))
    days(6)
    asked = of_lot("GAP-1")
    expect(len(asked) == 1 and asked[0]["gap_kind"] == "missing_receipt" and "河畔茶叶店" in asked[0]["operator"]["name"], f"the shop is asked for its receipt: {asked}")
    expect(any(asked[0]["id"] in str(d) for d in shop.get("/api/v1/duties", limit=200)["items"]), "as a thing to do, with a limit")
    expect(not of_lot("GAP-2"), "what was received in time is no gap")
    owed = of_lot("GAP-3")
    expect(len(owed) == 1 and owed[0]["gap_kind"] == "missing_shipment" and "峡谷茶业" in owed[0]["operator"]["name"], "the shipper is asked for its shipment")
    expect(not of_lot("GAP-4"), "where nobody on file owes the record, the trace shows the gap and nobody is asked")
    seen = inspector.get("/api/v1/trace", item="GAP-4")
    expect(len(seen["gaps"]) == 1, "the trace does show it")
    days(3)
    expect(len(of_lot("GAP-1")) == 1 and len(of_lot("GAP-3")) == 1, "nobody is asked twice")

    # ---- answered by the record itself: the engine finds it closed
    photo = shop.upload(b"the delivery note", "收货单.jpg")
    capture(event("receiving", shop_at, "GAP-1", 20, 28, of=tea_at))
    shop.act(asked[0]["id"], "answer", answer_text="补登收货记录，收货单见附件", evidence_files=[photo])
    inspector.act(asked[0]["id"], "resolve")
    expect(inspector.state(asked[0]["id"]) == "resolved", "the missing record closes it")
    expect(server.run("ledger", "verify", check=False).returncode == 0, "the ledger covers it")

finish()
