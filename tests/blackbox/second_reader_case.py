#!/usr/bin/env python3
"""What a second reader tried on a penalty case: each unlawful step is refused with its reason, over HTTP, on the
demonstration; and one lawful case runs to its close, over a late payment, a shutdown and goods that balance."""
import datetime

from client import Person, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    p = {name: Person(server, name) for name in "inspector1 insplead case1 case2 legal head deputy organ teashop credit hearing".split()}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    officers = [people["蒋示例"], people["沈样本"]]
    days = lambda n: p["head"].call("POST", "/api/v1/clock", {"advance_working_days": n})
    today = lambda days=0: (datetime.date.fromisoformat(p["head"].get("/api/v1/clock")["today"]) + datetime.timedelta(days)).isoformat()

    def refused(who, matter, action, words, why, **fields):
        body = str(p[who].refused(matter, action, **fields).body)
        expect(words in body, why if words in body else f"{why}: {body[:600]}")

    shop = p["case1"].get("/api/v1/operators", q="河畔茶叶店")["items"][0]

    def lead_of(title):
        lead = p["inspector1"].create("lead", "register_lead", {"clue": title, "clue_product": "茶叶", "source": "visit"}, operator_id=shop["id"])["id"]
        return lead

    filing = dict(suspected_violation="未按规定公示许可证", article="食品安全法第一百二十六条", jurisdiction_ground="place_of_act")

    # ---- the lead
    lead = lead_of("未按规定公示许可证")
    p["insplead"].act(lead, "assign", officers=officers)
    refused("head", lead, "file_case", "追责时效", "an act that ended two years and a day before it was found is barred", **filing, act_ended_on=today(-732))
    p["head"].act(lead, "file_case", **filing, act_ended_on=today(-1))
    case = p["head"].linked(lead, "enforcement_case")[0]["id"]
    p["case1"].act(case, "collect_evidence", officers_present=officers, certificates_shown=True, evidence_note="现场检查笔录",
                   evidence_items=[{"id": "E1", "kind": "site_record", "what": "现场检查笔录"}])
    p["insplead"].act(case, "check_evidence", evidence_id="E1", evidence_lawful="yes")
    for gate in ("G2", "G4"):
        p["legal"].act(case, "confirm_not_applicable", not_applicable_gate=gate, not_applicable_reason="只涉及公示，没有货物，没有罪名涉及")

    # ---- the report: each act proven, goods without a lot do not slip past gate two
    act = {"act": "未按规定公示许可证", "article": "食品安全法第一百二十六条", "from": today(-60), "to": today(-1)}
    facts = [{"element": e, "statement": s, "status": "proven", "evidence": "E1", "confession_only": "no"} for e, s in
             (("who", shop["name"]), ("act", "未公示"), ("when", "两个月"), ("where", "店内"), ("how_much", "一处"))]
    parties = [{"name": shop["name"], "role": "principal", "identity_proof": "营业执照"}]
    refused("case1", case, "submit_report", "批次", "goods that are entered after gate two was confirmed open it again", acts=[act], facts=facts, parties=parties,
            goods=[{"name": "散茶", "quantity": {"value": "5000", "unit": "kg"}, "price": "10"}], goods_value="50000", value_basis="标价")
    refused("case1", case, "submit_report", "尚未查实", "what is proven of one act is not proven of another", acts=[act, act | {"act": "进货不查验"}],
            facts=[fact | {"act": "1"} for fact in facts], parties=parties)
    p["case1"].act(case, "submit_report", acts=[act], facts=facts, parties=parties)

    # ---- review and notice
    rows = lambda amount: [{"party": shop["name"], "kind": "fine", "amount": amount}]
    notice = dict(discretion="general", notice_served_on=today(), notice_text="拟罚款")
    refused("legal", case, "approve_review", "之内", "a fine of five millions is outside the band", penalties=rows("5000000"), **notice)
    refused("legal", case, "approve_review", "不能早于", "a notice is not served before it was made", penalties=rows("20000"), **notice | {"notice_served_on": today(-1)})
    refused("legal", case, "approve_review", "不是本案登记的当事人", "nobody is fined who is no party", penalties=[{"party": "别家", "kind": "fine", "amount": "20000"}], **notice)
    p["legal"].act(case, "approve_review", penalties=rows("20000"), **notice)
    refused("teashop", case, "ask_hearing", "听证标准", "no hearing is offered for a fine below the threshold of an entity")
    refused("case1", case, "proceed", "陈述申辩", "the defence period runs")
    days(6)
    p["case1"].act(case, "proceed")

    # ---- the decision
    decision = dict(decision_text="罚款", discretion="general", defence_record="未提出")
    for amount, words, why in (("5000000", "重于告知", "the decided is judged, not the proposed"), ("30000", "重于告知", "nor is it heavier than the notice"), ("100", "之内", "nor below the band")):
        refused("head", case, "decide_penalty", words, why, penalties=rows(amount), **decision)
    transfer = p["case1"].create("judicial_transfer", "propose_transfer", {"officers_signed": officers, "offence": "非法经营", "threshold_note": "待查"}, links=[{"matter_id": case, "relation": "about"}], operator_id=shop["id"])["id"]
    refused("head", case, "decide_penalty", "尚在办理", "no penalty while a referral to the police is under way", penalties=rows("20000"), **decision)
    p["head"].act(transfer, "decide_not", reason="不涉及犯罪，没有罪名涉及这一行为", legal_opinion="同意不移送")
    p["head"].act(case, "decide_penalty", penalties=rows("20000"), **decision)
    p["case1"].act(case, "serve", served_on=today(), service_way="direct")

    # ---- the listing that service started rests on what was decided
    listing = p["credit"].linked(case, "credit_listing")[0]["id"]
    for ground in ("heavy_fine", "revocation", "shutdown", "ban"):
        refused("credit", listing, "notify", "不构成较重处罚", f"a general fine is no heavy penalty by {ground}", conduct="food_safety", heavy_ground=ground, served_on=today(), service_way="direct")
    p["head"].act(listing, "not_list", reason="一般处罚，不符合列入严重失信名单的条件")

    # ---- execution
    refused("case1", case, "urge", "尚未届满", "nobody is urged before the period of payment is over", **{})
    refused("case1", case, "record_payment", "应为", "a part is no payment without a plan", paid="5000", paid_on=today())
    refused("case1", case, "record_other_execution", "没有对", "what was not decided is not carried out", executions=[{"party": shop["name"], "kind": "shutdown", "on": today(), "evidence": "笔录"}])
    refused("head", case, "allow_instalments", "各期之和", "a plan adds up to what is owed", hardship="停业", instalments=[{"on": today(30), "amount": "10000"}])
    closing = p["head"].refused(case, "close_case")
    expect("尚欠 20000" in str(closing.body), "a case does not close over an unpaid fine")
    refused("case1", case, "record_payment", "应为", "nor more than the decision before it is late", paid="20000.01", paid_on=today())
    p["case1"].act(case, "record_payment", paid="20000", paid_on=today())
    refused("case1", case, "record_payment", "已经缴清", "what is paid is not paid again", paid="20000", paid_on=today())
    refused("case1", case, "urge", "已经履行", "nor urged")
    refused("case1", case, "settle_goods", "比清点多", "goods that were never counted go nowhere", settlements=[{"name": "散茶", "quantity": {"value": "1", "unit": "kg"}, "way": "returned", "on": today(), "document": "领取单"}])
    indicators = next(g for g in p["head"].matter(case)["gates"] if g["gate"] == "G5")["indicators"]
    for indicator in indicators:
        p["organ"].act(case, "answer_official_check", official_indicator=indicator, official_answer="经核查，未发现违纪", official_letter="金纪复〔2026〕9 号")
    if not indicators:
        p["organ"].act(case, "confirm_no_indication", official_letter="金纪复〔2026〕9 号", unrecorded_checked=True)
    gates = {g["gate"]: (g["status"], g["open_items"]) for g in p["head"].matter(case)["gates"]}
    expect(all(status in ("closed", "not_applicable") for status, _ in gates.values()), f"the gates of the lawful case are closed: {gates}")
    p["head"].act(case, "close_case", second=p["legal"])
    expect(p["head"].state(case) == "closed", "the lawful case runs to its close")
    money = {f["name"]: f["value"] for f in p["head"].matter(case)["matter"]["fields"] if f["name"] == "fine_decided"}
    expect(str(money.get("fine_decided")) in ("20000", "20000.00"), "the sum of the decision follows from its rows")

    # ---- another fine for the same act, in other words; then a case whose fine is not paid
    def reported(title, article, **changes):
        other = lead_of(title)
        p["insplead"].act(other, "assign", officers=officers)
        p["head"].act(other, "file_case", **filing | {"suspected_violation": title, "article": article}, act_ended_on=today(-40))
        made = p["head"].linked(other, "enforcement_case")[0]["id"]
        p["case1"].act(made, "collect_evidence", officers_present=officers, certificates_shown=True, evidence_note="现场检查笔录", evidence_items=[{"id": "E1", "kind": "site_record", "what": "现场检查笔录"}])
        p["insplead"].act(made, "check_evidence", evidence_id="E1", evidence_lawful="yes")
        for gate in ("G2", "G4"):
            p["legal"].act(made, "confirm_not_applicable", not_applicable_gate=gate, not_applicable_reason="没有货物，没有罪名涉及")
        p["case1"].act(made, "submit_report", acts=[act | {"act": title, "article": article} | changes], facts=facts, parties=parties)
        return made

    second = reported("许可证没有挂出来", "食品安全法第一百二十六条")
    refused("legal", second, "approve_review", "已在", "one act is fined once, however it is worded", penalties=rows("20000"), **notice | {"notice_served_on": today()})
    late = reported("拒绝检查", "食品安全法第一百三十三条", **{"from": today(-40), "to": today(-40)})
    p["legal"].act(late, "approve_review", penalties=rows("10000"), **notice | {"notice_served_on": today()})
    days(6)
    p["case1"].act(late, "proceed")
    p["head"].act(late, "decide_penalty", penalties=rows("10000"), **decision)
    p["case1"].act(late, "serve", served_on=today(), service_way="direct")
    days(15)
    refused("head", late, "apply_to_court", "尚未催告", "nobody is taken to court who was not urged")
    p["case1"].act(late, "urge")
    days(12)
    refused("head", late, "apply_to_court", "起诉期限尚未届满", "the court is not asked before the time for a suit is over")
    refused("case1", late, "record_payment", "另加不超过", "nor is more surcharge taken than the law has", paid="20000.01", paid_on=today())
    p["case1"].act(late, "record_payment", paid="12000", paid_on=today())
    refused("case1", late, "record_payment", "已经缴清", "a late fine is paid with its surcharge, once", paid="10000", paid_on=today())
    expect(server.run("ledger", "verify", check=False).returncode == 0, "the ledger verifies")
finish()
