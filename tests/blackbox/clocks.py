#!/usr/bin/env python3
"""Clocks over HTTP, both ways: what is late stays late however it is dated, an emergency measure is not lifted because its approval is
late, a task that nobody signed for is not escalated, a form asks for the moment of the event, and a year without a calendar says so."""
import datetime, sys, uuid

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Problem, Server, build, expect, finish, problem, source


def born(at):
    """A key of a draft that was begun at the time: a UUID of version 7."""
    ms = f"{int(at.timestamp() * 1000):012x}"
    return f"{ms[:8]}-{ms[8:]}-7{str(uuid.uuid4())[15:]}"


with Server(f"{build}/zhian", source) as server:
    contract = server.hold_to_document()
    p = {name: Person(server, name) for name in "inspector1 inspector2 insplead case1 head leader office".split()}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    officers = [people["蒋示例"], people["沈样本"]]
    now = lambda: datetime.datetime.fromisoformat(p["head"].get("/api/v1/clock")["now"]).astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    today = lambda more=0: (now().date() + datetime.timedelta(more)).isoformat()
    days = lambda n: p["head"].call("POST", "/api/v1/clock", {"advance_working_days": n})
    duty = lambda matter, name: next(d for d in p["head"].matter(matter)["duties"][::-1] if d["duty"] == name)
    firm = p["inspector1"].get("/api/v1/operators", limit=1)["items"][0]

    # ---- the event, not the press
    lead = lambda **more: p["inspector1"].create("lead", "register_lead", {"clue": "无标签腊肉", "clue_product": "腊肉", "source": "visit", **more}, operator_id=firm["id"])["id"]
    pressed, stated = lead(), lead(lead_received_on=today(-5))
    began = lambda matter: datetime.datetime.fromisoformat(duty(matter, "decide_filing")["start_at"]).astimezone(now().tzinfo).date().isoformat()
    expect(began(stated) == today(-5) and began(pressed) == today(), "a clue that came five days ago counts from then; left open, from today")
    refused = problem(lambda: lead(lead_received_on=today(2)))
    expect(refused.body["errors"][0]["pointer"] == "/fields/lead_received_on", "and it cannot have come tomorrow")

    # ---- a stated deadline, and lateness by the day of recording
    order = lambda **more: p["inspector1"].create("rectification", "order", {"findings": [{"finding": "冷库温度不达标", "measure": "检修", "severity": "general"}], "deadline": today(5), "served_on": today(), "service_way": "direct", **more}, operator_id=firm["id"])["id"]
    refused = problem(lambda: order(deadline=today(90)))
    expect("期限不能晚于" in str(refused.body), "a deadline beyond the rule is refused")

    def send(person, matter, action, fields, **more):
        version = p[person].matter(matter)["matter"]["version"]
        return p[person].call("POST", f"/api/v1/matters/{matter}/actions/{action}", {"fields": fields, **more.get("body", {})}, {"If-Match": f'"{version}"', **more.get("headers", {})})

    def accept_task(at, recorded, key=False):
        """A task with two working days to sign for: signed for `at` hours after it was given, as its sender says, and recorded after
        `recorded` days; `key`: with the key of a draft that was begun just before."""
        task = p["office"].create("supervision_task", "issue_task", {"level": "ordinary", "owner": "市场监管局", "assigned_on": today(), "task": "核查一批腊肉"}, jurisdiction_id="511113")["id"]
        signed = now() + datetime.timedelta(hours=at)
        begun = signed - datetime.timedelta(minutes=10)
        to(days=recorded)
        send("head", task, "accept_task", {}, body={"occurred_at": signed.isoformat()}, headers={"Idempotency-Key": born(begun)} if key else {})
        return duty(task, "accept_task")["status"]

    to = lambda **more: p["head"].call("POST", "/api/v1/clock", {"advance_to": (now() + datetime.timedelta(**more)).isoformat()})
    while now().date().weekday() != 0:
        days(1)
    late = order(deadline=today(1))
    expect(duty(late, "rectify")["limit_on"] == today(1), "the limit is the day that the order states")
    expect(accept_task(3, 4) == "done_late", "what is recorded four days later is late, whatever time its sender states")
    expect(p["head"].matter(late)["matter"]["state"] == "failed", "an order whose day is over is looked at by the clock")
    for recorded, key, status in ((6, True, "done_late"), (3, False, "done_late"), (3, True, "done")):
        while now().date().weekday() != 1 or "2026-09-20" < today() < "2026-10-12":
            days(1)
        expect(accept_task(30, recorded, key) == status, f"signed for in time without a signal, recorded after {recorded} days, {'with' if key else 'without'} the draft's key: {status}")

    # ---- of whose limit a row speaks
    lot = {"name": "腊肉", "quantity": {"value": "5", "unit": "kg"}, "outcome": "held"}
    measure = p["case1"].create("coercive_measure", "impose_urgent", {"emergency": "货物正在装车转移，已电话报告局长", "officers_present": officers, "regime": "food", "place": "后院冷库", "goods": [lot], "lots": [{"lot": "LA-1"}], "list_signed_by": "当事人", "imposed_at": (now() - datetime.timedelta(hours=2)).isoformat()}, operator_id=firm["id"])["id"]
    hours = datetime.datetime.fromisoformat(duty(measure, "approve_afterwards")["limit_at"]) - now()
    expect(datetime.timedelta(hours=21, minutes=50) < hours < datetime.timedelta(hours=22, minutes=1), "24 hours count from the moment at which it was imposed")
    to(days=3)
    expect(p["head"].matter(measure)["matter"]["state"] == "ordered" and duty(measure, "approve_afterwards")["status"] == "overdue", "an approval that is late is late, and lifts no measure")

    # ---- a year without a calendar
    while now().date() < datetime.date(2026, 12, 14):
        days(5)
    view = p["head"].matter(lead())
    expect(view["duties"][0]["uncertain"] is True and view["duties"][0]["limit_on"].startswith("2027"), "a limit in 2027, whose holidays nobody knows, says so")
    server.contract = None
finish()
