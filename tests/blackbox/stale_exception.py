#!/usr/bin/env python3
"""An exception of a closed case that is overtaken: what it did not name appears afterwards, the clock sees it, a lead is registered
and somebody must act, by a day. The case itself stays closed, and is not reported twice."""
import datetime, sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    p = {name: Person(server, name) for name in "inspector1 inspector2 insplead case1 case2 legal head leader organ publicity1 publicity2 office".split()}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    officers = [people["蒋示例"], people["沈样本"]]
    days = lambda n: p["head"].call("POST", "/api/v1/clock", {"advance_working_days": n})
    today = lambda more=0: (datetime.date.fromisoformat(p["head"].get("/api/v1/clock")["today"]) + datetime.timedelta(more)).isoformat()
    gate = lambda case: next(g for g in p["head"].matter(case)["gates"] if g["gate"] == "G5")
    overtaken = lambda: [m for m in p["insplead"].get("/api/v1/matters", kind="lead", limit=200)["items"] if m["title"].startswith("例外失效")]

    def closed_case(title, party, review_days):
        """From the lead to the closing, with an exception of gate five that is to be looked at again."""
        lead = p["inspector1"].create("lead", "register_lead", {"clue": title, "clue_product": "茶叶", "source": "visit"}, operator_id=party["id"])["id"]
        p["insplead"].act(lead, "assign", officers=officers)
        p["head"].act(lead, "file_case", suspected_violation=title, article="食品安全法第一百二十六条", act_ended_on=today(), jurisdiction_ground="place_of_act")
        case = p["head"].linked(lead, "enforcement_case")[0]["id"]
        p["case1"].act(case, "collect_evidence", officers_present=officers, certificates_shown=True, evidence_note="现场检查笔录与询问笔录",
                       evidence_items=[{"id": "E1", "kind": "site_record", "what": "现场检查笔录"}, {"id": "E2", "kind": "interview", "what": "询问笔录"}])
        for evidence in ("E1", "E2"):
            p["insplead"].act(case, "check_evidence", evidence_id=evidence, evidence_lawful="yes")
        p["legal"].act(case, "confirm_not_applicable", not_applicable_gate="G2", not_applicable_reason="只涉及检验记录，没有批次可追溯")
        p["legal"].act(case, "confirm_not_applicable", not_applicable_gate="G4", not_applicable_reason="没有罪名涉及这一行为")
        facts = [{"element": e, "statement": t, "status": "proven", "evidence": "E1、E2", "confession_only": "no"} for e, t in (("who", party["name"]), ("act", title), ("when", today()), ("where", "厂区"), ("how_much", "未售出"))]
        p["case1"].act(case, "submit_report", acts=[{"act": title, "article": "食品安全法第一百二十六条", "from": today(-1), "to": today()}], facts=facts, parties=[{"name": party["name"], "role": "principal", "identity_proof": "营业执照"}])
        penalties = [{"party": party["name"], "kind": "fine", "amount": "50000"}]
        p["legal"].act(case, "approve_review", penalties=penalties, discretion="general", notice_served_on=today(), notice_text="拟罚款 50000 元")
        days(6)
        p["case1"].act(case, "proceed")
        p["head"].act(case, "decide_penalty", decision_text="罚款五万元", penalties=penalties, discretion="general", defence_record="当事人未提出陈述申辩")
        p["case1"].act(case, "serve", served_on=today(), service_way="direct")
        p["case1"].act(case, "record_payment", paid="50000", paid_on=today())
        p["head"].refused(case, "close_case")
        p["case1"].act(case, "ask_gate_exception", exception_gate="G5", exception_done="已书面函询区监委", exception_risk="对当事人的处罚不受影响", exception_measures="每月催办一次", exception_grounds="organ_still_investigating", exception_review_on=today(review_days))
        p["legal"].act(case, "give_exception_opinion", exception_gate="G5", exception_opinion="事由成立，措施可行")
        p["leader"].act(case, "approve_gate_exception", exception_gate="G5")
        p["head"].act(case, "close_case", second=p["legal"])
        expect(p["head"].state(case) == "closed" and gate(case)["status"] == "excepted" and gate(case)["open_items"], "the case is closed over an exception of gate five, whose open item stays visible")
        return case

    # ---- what the exception did not name appears afterwards
    case = closed_case("出厂检验记录不全", p["case1"].get("/api/v1/operators", q="演示建材企业11号")["items"][0], 60)
    days(2)
    expect(not overtaken() and gate(case)["status"] == "excepted", "as long as nothing new is known, the clock starts nothing")
    record = p["case2"].create("interference_record", "record", {"concerned": "本案处罚幅度", "contact_who": "某单位人员（演示）", "contact_at": today() + "T09:30:00+08:00", "contact_how": "电话", "contact_what": "要求从轻"},
                               jurisdiction_id="511113", links=[{"matter_id": case, "relation": "about"}])["id"]
    number = p["head"].matter(record)["matter"]["number"]
    stale = gate(case)
    expect(stale["status"] == "stale" and any(number in item for item in stale["open_items"]), f"the record of interference {number} is no item of the exception: it is stale")
    expect(not overtaken(), "a page that is read writes nothing")
    days(1)
    leads = overtaken()
    view = p["head"].matter(leads[0]["id"])
    told = {f["name"]: f["value"] for f in view["matter"]["fields"]}
    expect(len(leads) == 1 and "G5" in told["clue"] and told["source"] == "system" and view["history"][-1]["actor"] == "系统", f"the clock registers one lead: {told['clue']}")
    expect([m["id"] for m in p["head"].linked(view["matter"]["id"], "enforcement_case")] == [case], "it hangs on the case")
    closed = p["head"].matter(case)["matter"]
    expect(closed["state"] == "closed" and "gate_reopened" in str(closed["flags"]), "the decision of the case stays, and the case says that a gate is open again")
    duty = next(d for d in view["duties"] if d["duty"] == "decide_filing")
    expect(duty["holder_role"] == "bureau_head" and duty["status"] == "open" and duty["limit_on"] > today() and duty["rule"]["source"], f"the head must decide by {duty['limit_on']}, on a ground")
    mine = lambda name: [d for d in p[name].get("/api/v1/duties", limit=200)["items"] if d["matter"]["id"] == view["matter"]["id"]]
    expect(mine("head") and not mine("organ"), "it stands among the head's duties")
    expect(any(n["matter"]["id"] == view["matter"]["id"] for n in p["insplead"].get("/api/v1/notices")["items"]), "whoever leads the inspectors has a notice")
    days(1)
    expect(len(overtaken()) == 1, "and not a second time the day after")
    p["insplead"].act(view["matter"]["id"], "assign", officers=officers)
    expect(p["head"].state(view["matter"]["id"]) == "verifying", "it is assigned, and goes the way of every lead")

    # ---- the day of its review passes
    other = closed_case("未按规定留样", p["case1"].get("/api/v1/operators", q="演示建材企业15号")["items"][0], 12)
    days(3)
    expect(len(overtaken()) == 1, "before the day of its review the second exception holds")
    days(10)
    leads = [m for m in overtaken() if other in str(p["head"].matter(m["id"])["links"])]
    expect(len(leads) == 1 and gate(other)["status"] == "stale", "after that day it is stale, though nothing new came, and a lead is registered")
    expect(server.run("ledger", "verify", check=False).returncode == 0, "the ledger covers what the clock did")
finish()
