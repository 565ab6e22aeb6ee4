#!/usr/bin/env python3
"""The working desk over HTTP: what can be started from where it belongs and filled in from the file, notices with their marks,
lists by every filter with exactly what is exported."""
import csv, io, pathlib, sys, urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Person, Problem, Server

ROOT, BUILD = sys.argv[1], sys.argv[2]


def expect(what, condition, seen=None):
    if not condition:
        raise SystemExit(f"desk: {what}: {seen!r}"[:2000])


def refused(person, status, *call):
    try:
        person.call(*call)
    except Problem as problem:
        expect(f"{call} is refused with {status}", problem.status == status, problem)
        return problem
    raise SystemExit(f"desk: {call} was not refused")


def starts(person, **at):
    return {i["action"]: i["href"] for i in person.call("GET", "/api/v1/start?" + urllib.parse.urlencode(at))["items"]}


with Server(f"{BUILD}/zhian", ROOT) as server:
    lead, inspector, shop, auditor = (Person(server, name) for name in ("samplead", "inspector1", "teashop", "auditor"))
    find = lambda person, q: person.call("GET", "/api/v1/operators?" + urllib.parse.urlencode({"q": q}))["items"]
    tea = find(lead, "峡谷茶业")[0]

    # From where it belongs: derived from the tables and the roles.
    here = starts(inspector, operator=tea["id"])
    expect("an inspector registers a lead and orders rectification from a file", {"register_lead", "order"} <= here.keys(), here)
    expect("no file is opened for who has one", "enter_operator" not in here, here)
    expect("a sample is assigned from the file by who leads sampling", "assign_sample" in starts(lead, operator=tea["id"]), None)
    expect("an auditor starts only what his role may", set(starts(auditor)) == {"propose"}, starts(auditor))
    expect("from a lot: its gap", "detect_gap" in starts(inspector, lot=lead.call("GET", "/api/v1/operators/" + tea["id"])["lots"][0]["item"]), None)
    form = lead.call("GET", "/api/v1/start/form?kind=sample&action=assign_sample&operator=" + tea["id"])
    expect("the operator is on the form", form["operator"]["name"] == tea["name"] and form["jurisdiction"]["id"] == tea["jurisdiction"]["id"], form)
    refused(shop, 403, "GET", "/api/v1/start?operator=" + tea["id"])  # another's file
    refused(auditor, 403, "GET", "/api/v1/start/form?kind=sample&action=assign_sample")
    refused(lead, 422, "GET", "/api/v1/start/form?kind=nothing&action=x")

    # A sample, its officers, and what can be started from it.
    samplers = [p["id"] for p in lead.call("GET", "/api/v1/people") if p["role_label"] == "抽样人员"][:2]
    sample = lead.call("POST", "/api/v1/matters", {"kind": "sample", "action": "assign_sample", "operator_id": tea["id"],
                                                   "fields": {"regime": "food", "purpose": "supervision", "task": "茶叶抽检", "samplers": samplers}}, {"Idempotency-Key": "desk-1"})["id"]
    expect("a disposal of a sample begins at the sample", "open_disposal" in starts(lead, matter=sample), starts(lead, matter=sample))
    form = inspector.call("GET", f"/api/v1/start/form?kind=lead&action=register_lead&matter={sample}")
    by_name = {f["name"]: f for f in form["fields"]}
    expect("where the lead is from is on file", by_name["source"]["value"] == "sample" and by_name["source"]["filled_from"], by_name["source"])
    form = lead.call("GET", f"/api/v1/start/form?kind=disposal&action=open_disposal&matter={sample}")
    expect("the sample is named, not typed", {f["name"]: f for f in form["fields"]}["sample_id"]["value"] == sample, form["fields"])
    expect("and the operator of the sample", form["operator"]["id"] == tea["id"], form["operator"])
    refused(shop, 403, "POST", "/api/v1/matters", {"kind": "recall", "action": "report_risk", "fields": {}, "links": [{"matter_id": sample}]})  # tied to what he may not see

    # Notices: to those that they are addressed to, counted, marked with the token.
    english = {"Accept-Language": "en"}
    before = {p.username: p.call("GET", "/api/v1/notices")["unread"] for p in (lead, shop, auditor)}
    order = inspector.call("GET", f"/api/v1/start/form?kind=rectification&action=order&operator={find(lead, '河畔茶叶店')[0]['id']}")
    fields = {}
    for field in order["fields"]:
        if field["optional"]:
            continue
        if field["type"] == "items":
            fields[field["name"]] = [{c["name"]: "2026-10-10" if c["type"] == "date" else c["options"][0]["value"] if c["type"] == "choice" else "建立进货查验记录并保存" for c in field["columns"] if not c["optional"]}]
        elif field["type"] in ("date", "datetime"):
            day = "2026-09-28" if "served" in field["name"] else "2026-10-10"
            fields[field["name"]] = day if field["type"] == "date" else day + "T09:00:00+08:00"
        elif field["type"] == "choice":
            fields[field["name"]] = field["options"][0]["value"]
        elif field["type"] == "bool":
            fields[field["name"]] = True
        else:
            fields[field["name"]] = field["value"] or "建立进货查验记录并保存，已当面送达"
    matter = inspector.call("POST", "/api/v1/matters", {"kind": "rectification", "action": "order", "operator_id": order["operator"]["id"], "fields": fields}, {"Idempotency-Key": "desk-2"})["id"]
    seen = shop.call("GET", "/api/v1/notices")
    expect("the shop was told of its order", seen["unread"] > before["teashop"], seen)
    mine = [n for n in seen["items"] if n["matter"]["id"] == matter]
    expect("the shop is told, with the matter", mine and not mine[0]["read"] and mine[0]["href"] == f"/matters/{matter}", seen)
    expect("an auditor is not told", auditor.call("GET", "/api/v1/notices")["unread"] == before["auditor"], None)
    told = shop.call("GET", "/api/v1/notices", headers=english)["items"][0]
    expect("in the reader's language", told["action_label"].isascii(), told["action_label"])
    token, shop.csrf = shop.csrf, None
    refused(shop, 403, "POST", "/api/v1/notices/read", {"ids": [mine[0]["id"]]})
    shop.csrf = token
    expect("another's mark changes nothing", auditor.call("POST", "/api/v1/notices/read", {"ids": [mine[0]["id"]]})["unread"] == before["auditor"], None)
    expect("the notice is still unread", shop.call("GET", "/api/v1/notices")["unread"] == seen["unread"], None)
    left = shop.call("POST", "/api/v1/notices/read", {"ids": [mine[0]["id"]]})["unread"]
    expect("one less is unread", left == seen["unread"] - 1, left)
    expect("it shows as read", [n["read"] for n in shop.call("GET", "/api/v1/notices")["items"] if n["id"] == mine[0]["id"]] == [True], None)
    expect("all are marked at once", shop.call("POST", "/api/v1/notices/read", {"all": True})["unread"] == 0, None)
    refused(shop, 422, "POST", "/api/v1/notices/read", {"ids": []})
    refused(shop, 422, "POST", "/api/v1/notices/read", {"ids": ["x"] * 501})

    # Regression: whoever holds two of the posts that a step tells is told once.
    everyone = lead.call("GET", "/api/v1/meta")
    expect("who is signed in is told so with the first answer", everyone["signed_in"], everyone["signed_in"])
    for account in [Person(server, one["username"]) for one in everyone["demo_accounts"]]:
        notices = [(n["matter"]["id"], n["at"], n["topic"], n["action_label"]) for n in account.call("GET", "/api/v1/notices?limit=200")["items"]]
        expect(f"{account.username} is told each thing once", len(notices) == len(set(notices)), [n for n in notices if notices.count(n) > 1][:3])

    # Lists: filters together, the operator's name and initials, the count, and the same rows exported.
    ids = lambda query: [m["id"] for m in lead.call("GET", "/api/v1/matters?limit=500&" + query)["items"]]
    expect("by the operator's initials", sample in ids("kind=sample&q=xgcy"), ids("kind=sample&q=xgcy"))
    expect("by state", sample in ids("kind=sample&state=assigned") or sample in ids("kind=sample&open=1"), None)
    expect("by territory", sample in ids(f"kind=sample&township={tea['jurisdiction']['id']}"), None)
    expect("not by another territory", sample not in ids("kind=sample&township=511113100"), None)
    expect("by day opened", sample in ids("kind=sample&from=2026-09-28&to=2026-09-28") and sample not in ids("kind=sample&to=2026-09-27"), None)
    refused(lead, 422, "GET", "/api/v1/matters?from=yesterday")
    refused(lead, 422, "GET", "/api/v1/matters?due=never")
    counted = lead.call("GET", "/api/v1/matters?kind=rectification&count=1&limit=2")
    expect("the count is that of the whole list", counted["total"] == len(ids("kind=rectification")), counted["total"])
    exported = lead.call("GET", "/api/v1/export/matters.csv?kind=rectification&township=511113100")
    rows = list(csv.reader(io.StringIO(exported if isinstance(exported, str) else exported.decode("utf-8-sig"))))
    expect("exactly what is filtered is exported", len(rows) - 1 == len(ids("kind=rectification&township=511113100")), len(rows))
    title = [m for m in lead.call("GET", f"/api/v1/matters?kind=rectification&limit=500", headers=english)["items"] if m["id"] == matter][0]["title"]
    expect("a title that the system made is said in the reader's language", title.startswith("Rectification") or "责" not in title.split(" · ")[0], title)
    number = lead.call("GET", "/api/v1/search?q=JKH2026")["groups"]
    expect("a lot is found by the beginning of its number", any(g["kind"] == "lot" and g["items"][0]["title"].endswith("JKH20260905") for g in number), number)
print("the desk: starts, notices, lists")
