#!/usr/bin/env python3
"""The thread: a sample of tea fails, and the matter is followed to its end over HTTP, each step by its own role."""
import datetime, os, pathlib, subprocess

from client import BrowserPerson, Person, Problem, Server, build, expect, finish, source

LOT = "JKH20260905"

with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    names = "sampler1 sampler2 samplead samplead2 labtech labverify inspector1 inspector2 insplead case1 case2 legal credit publicity1 publicity2 head deputy office leader organ yongsheng tea teashop auditor licence".split()
    # ZHIAN_BROWSER: every step is done in Chromium, through the pages.
    p = {name: (BrowserPerson if os.environ.get("ZHIAN_BROWSER") else Person)(server, name) for name in names}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    officers = [people["李示例"], people["王样本"]]
    cases = [people["蒋示例"], people["沈样本"]]
    days = lambda n: p["head"].call("POST", "/api/v1/clock", {"advance_working_days": n})
    today = lambda days=0: (datetime.date.fromisoformat(p["head"].get("/api/v1/clock")["today"]) + datetime.timedelta(days)).isoformat()

    shop = p["samplead"].get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    tea = p["samplead"].get("/api/v1/operators", q="峡谷茶业")["items"][0]
    permits = p["samplead"].get(f"/api/v1/operators/{tea['id']}")["permits"]
    expect(len(permits) == 2, "the permit is on the one file")

    # ---- the speech of 2007 against itself, and against the records of that day
    checks = p["head"].get("/api/v1/statements")[0]["checks"]
    verdict = lambda rule, quote: next(c["verdict"] for c in checks if c["rule"] == rule and c["quotes"][0] == quote)
    expect(verdict("growth_is_delta_over_base", "increase") == verdict("share_has_an_integer_total", "iso") == "contradiction", "two of the speech's figures cannot be right")
    expect(all(verdict("quote_equals_records", q) == "consistent" for q in ("industrial", "food", "food10", "food10_share", "qs", "qs_share")), "what it counts is what the records of 1 September 2007 say")
    figure = p["head"].get("/api/v1/figures/SP04", as_of="2007-09-01")
    expect((figure["numerator"], figure["denominator"]) == (1, 20) and len(p["head"].get(figure["records_href"])["items"]) == 20, "1 of 20 food producers has its permit, and the 20 are shown")

    # ---- the plan and the draw
    plan = p["samplead"].create("sampling_plan", "draft_plan", {"plan_name": "2026 年茶叶抽检", "plan_year": "2026", "strata": [{"category": "茶叶", "stage": "circulation", "area": "全区", "batches": "2", "cost": "4000"}]})["id"]
    p["head"].act(plan, "approve_plan", budget_line="监督抽检", budget="4000", overlap_check="与市级计划不重复")
    p["samplead"].act(plan, "start_plan", laboratory_contract="HT-2026-01")
    sellers = [p["samplead"].get("/api/v1/operators", q=q)["items"][0] for q in ("河畔茶叶店", "金河超市", "峡口杂货店")]
    draw = p["samplead"].create("draw", "prepare_draw", {"stratum": "茶叶销售者", "population": [{"id": s["id"], "name": s["name"], "weight": "1"} for s in sellers], "excluded": [{"id": sellers[2]["id"], "reason": "已停业"}], "draw_count": "1"})["id"]
    p["samplead"].act(draw, "commit", second=p["samplead2"], public_source="福彩 3D 开奖号码", public_value_due_on="2026-09-29")
    problem = p["samplead"].refused(draw, "draw_now", public_value="1", public_value_proof="截图")
    expect("随机值到" in str(problem.body), "nobody can draw before the public value is due")
    days(1)
    p["samplead"].act(draw, "draw_now", public_value="358", public_value_proof="公告截图")
    drawn = {f["name"]: f["value"] for f in p["samplead"].matter(draw)["matter"]["fields"] if f["name"] in ("selected", "draw_commitment")}
    expect(len(drawn["selected"]) == 1 and drawn["selected"][0] in [s["id"] for s in sellers[:2]] and len(drawn["draw_commitment"]) == 64, "the draw is committed to, and selects by the public value")

    # ---- sampling
    sample = p["samplead"].create("sample", "assign_sample", {"regime": "food", "purpose": "supervision", "task": "秋季茶叶监督抽检", "method": "random", "samplers": [people["吴示例"], people["郑样本"]]}, operator_id=shop["id"])["id"]
    problem = p["inspector1"].refused(sample, "take", officers_present=officers)
    expect(problem.status == 403, "who is no sampler cannot take the sample")
    problem = p["sampler1"].refused(sample, "take", product_name="峡谷绿茶")
    expect(problem.status == 422 and len(problem.body["errors"]) > 5, "all errors of a form come at once")
    form = dict(officers_present=[people["吴示例"], people["郑样本"]], product_name="峡谷绿茶", lot=LOT, production_date="2026-09-05", producer=tea["id"], producer_name=tea["name"], base_quantity={"value": "60", "unit": "kg"},
                sample_quantity={"value": "1", "unit": "kg"}, sampled_place="河畔茶叶店货架", price="320", voucher="P-001", backup_quantity={"value": "1", "unit": "kg"}, seal_number="F-2026-001", party_signature="signed")
    p["sampler1"].act(sample, "take", **form)
    problem = p["labtech"].refused(sample, "receive", seal_seen="F-2026-999", sent_by="sampler", laboratory="乐山市示例检验所", cma_number="CMA-1")
    expect(problem.status == 422 and "封条" in str(problem.body), "another seal is refused, and named")
    p["labtech"].act(sample, "receive", seal_seen="F-2026-001", sent_by="sampler", laboratory="乐山市示例检验所", cma_number="CMA-1")
    p["labtech"].act(sample, "enter_result", results=[{"item": "联苯菊酯", "value": "7.9", "limit": "5", "unit": "mg/kg", "method": "GB 23200.113"}, {"item": "铅", "value": "0.8", "limit": "5", "unit": "mg/kg", "method": "GB 5009.12"}])
    problem = p["labtech"].refused(sample, "verify_fail", document_number="R-1")
    expect(problem.status == 403, "who tested cannot verify")
    problem = p["labverify"].refused(sample, "verify_pass", document_number="R-1")
    expect(problem.status == 422 and "联苯菊酯" in str(problem.body), "a pass over a failed item is refused")
    p["labverify"].act(sample, "verify_fail", document_number="JY-2026-0371")
    expect(p["samplead"].get("/api/v1/lots", q=LOT)["items"][0]["held"], "the lot is held")
    p["labverify"].act(sample, "hand_over_fail")
    disposals = p["samplead"].linked(sample, "disposal")
    expect(len(disposals) == 2, "a disposal for the seller and one for the producer")
    p["samplead"].act(sample, "serve", served_on=today(), service_way="direct", rights_stated=True)
    problem = p["samplead"].refused(sample, "close_fail")
    expect("复检异议期" in str(problem.body), "the sample cannot close while the window is open")

    # ---- disposal, trace, recall, rectification, case
    by_role = {}
    for d in disposals:
        fields = {f["name"]: f["value"] for f in p["samplead"].matter(d["id"])["matter"]["fields"]}
        by_role[fields["role_in_chain"]] = d["id"]
    producer, seller = by_role["producer"], by_role["seller"]
    # ---- the head extends a limit once, before it passes
    duty = next(d for d in p["head"].matter(producer)["duties"] if d["duty"] == "finish_disposal")
    extend = lambda who, **more: who.call("POST", f"/api/v1/matters/{producer}/duties/{duty['id']}/extend", {"reason": "产品流向涉及外区", **more}, {"If-Match": f'"{who.matter(producer)["matter"]["version"]}"'})
    for who, body, status in ((p["inspector1"], {}, 403), (p["head"], {"reason": " "}, 422)):
        try:
            extend(who, **body)
            expect(False, "must be refused")
        except Problem as error:
            expect(error.status == status, f"{who.username} cannot extend the limit ({status})")
    extend(p["head"])
    later = next(d for d in p["head"].matter(producer)["duties"] if d["id"] == duty["id"])
    expect(later["limit_on"] > duty["limit_on"] and not later["can_extend"], f"the limit is extended by its rule: {duty['limit_on']} to {later['limit_on']}")
    try:
        extend(p["head"])
        expect(False, "must be refused")
    except Problem as error:
        expect("不能再延长" in str(error.body), "and only once")

    answer = p["inspector1"].act(producer, "start_on_site", officers_present=officers, stock=[{"lot": LOT, "quantity": {"value": "40", "unit": "kg"}, "place": "峡谷茶业仓库"}])
    kinds = [s["kind"] for s in answer["started"]]
    expect("trace_gap" in kinds and "lead" in kinds, "the trace gap and the lead are started")
    gap = next(s["id"] for s in answer["started"] if s["kind"] == "trace_gap")
    lead = next(s["id"] for s in answer["started"] if s["kind"] == "lead")
    p["samplead"].act(producer, "order_recall")
    recall = p["samplead"].linked(producer, "recall")[0]["id"]
    p["tea"].act(recall, "stop_sale", level="2", level_reason="农药残留超标，可能引起一般健康损害")
    p["tea"].act(recall, "submit_plan", recall_plan="通知两家销售者和一家杂货店，三个工作日内收回", disposal_way="销毁")
    p["tea"].act(recall, "publish_notice", notice_text="峡谷绿茶 JKH20260905 批次召回", consumers_reached=True)
    def publish(source, title):
        """What was drafted of a matter is read by two people and put before the public; returns the publication."""
        publication = [x for x in p["publicity1"].linked(source, "publication") if x["state"] == "drafted"][0]["id"]
        problem = p["publicity1"].refused(publication, "approve", second=p["publicity2"], public_text="联系人 13800138000", redaction_checked=True)
        expect("手机号码" in str(problem.body), "personal data does not reach the portal")
        p["publicity1"].act(publication, "approve", second=p["publicity2"], public_text=title + "，批号 " + LOT, redaction_checked=True)
        p["publicity1"].act(publication, "publish")
        return publication

    publication = publish(recall, "峡谷绿茶召回公告")
    duties = {d["duty"]: d for d in p["tea"].matter(recall)["duties"]}
    expect(duties["finish_recall"]["limit_on"] is not None and duties["finish_recall"]["rule"]["source"], "the recall has a dated limit with its ground")

    # The gap: the corner shop answers by the receipt that was missing.
    document = {"type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [{"type": "ObjectEvent", "eventTime": "2026-09-10T15:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": "receiving",
                "readPoint": {"id": "https://id.gs1.org/414/" + p["inspector1"].get(f"/api/v1/operators/{p['inspector1'].get('/api/v1/operators', q='峡口杂货店')['items'][0]['id']}")["premises"][0]["gln"]},
                "sourceList": [{"type": "location", "source": "https://id.gs1.org/414/" + p["inspector1"].get(f"/api/v1/operators/{tea['id']}")["premises"][0]["gln"]}],
                "quantityList": [{"epcClass": "https://id.gs1.org/01/06909912345670/10/JKH20260905", "quantity": 20, "uom": "KGM"}]}]}}
    photo = p["inspector1"].upload(b"\xff\xd8\xff\xe0 receipt of the corner shop", "收货单.jpg")
    expect(p["inspector1"].bytes(f"/api/v1/attachments/{photo}").startswith(b"\xff\xd8"), "evidence is stored, and named by its digest")
    problem = p["inspector1"].refused(gap, "answer", answer_text="x", evidence_files=["0" * 64])
    expect(problem.body["errors"][0]["pointer"] == "/attachments", "evidence that was never sent is refused")
    p["inspector1"].act(gap, "answer", answer_text="杂货店补交收货单", evidence_files=[photo])
    problem = p["inspector1"].refused(gap, "resolve")
    expect("收货" in str(problem.body), "a gap cannot be ticked closed: the trace still finds it")
    report = p["inspector1"].call("POST", "/api/v1/capture", document)
    expect(report["captured"] == 1, "the missing receipt is captured")
    expect(p["inspector1"].call("POST", "/api/v1/capture", document)["duplicates"] == 1, "the same event again is a duplicate")
    p["inspector1"].act(gap, "resolve")

    # Case
    p["insplead"].act(lead, "assign", officers=cases)
    p["head"].act(lead, "file_case", suspected_violation="生产销售农药残留超标的茶叶", article="食品安全法第一百二十四条", act_ended_on="2026-09-10", jurisdiction_ground="place_of_act")
    case = p["head"].linked(lead, "enforcement_case")[0]["id"]
    # ---- actions of every kind: the clock stands still on a lawful ground and by two persons; a duty is given to a named person
    decide = lambda: next(d for d in p["head"].matter(case)["duties"] if d["duty"] == "decide_case")
    limit = decide()["limit_on"]
    problem = p["head"].refused(case, "suspend_clock", duty_id=decide()["id"], stop_ground="supplement", stop_evidence="等待补充材料")
    expect("不因这个事由中止" in str(problem.body), "a ground that the table does not name stops no clock")
    p["head"].act(case, "suspend_clock", second=p["legal"], duty_id=decide()["id"], stop_ground="dispute", stop_evidence="公安机关商请暂缓，函〔2026〕5 号")
    expect(decide()["status"] == "suspended", "the clock stands still once a second person confirms")
    p["head"].act(case, "resume_clock", second=p["legal"], duty_id=decide()["id"], ground_ended="公安机关复函，继续办理")
    expect(decide()["status"] == "open" and decide()["limit_on"] >= limit, "and goes on, its limit not earlier")
    problem = p["head"].refused(case, "void_as_error", reason="录入时选错了种类，另立一件")
    expect("已制发文书" in str(problem.body), "a matter that issued a document is not voided")
    p["case1"].act(case, "collect_evidence", officers_present=cases, certificates_shown=True, evidence_note="现场检查笔录、进销台账、检验报告",
                   evidence_items=[{"id": "E1", "kind": "site_record", "what": "现场检查笔录与进销台账"}, {"id": "E2", "kind": "sample_report", "what": "检验报告 JY-2026-0371"}])
    goods = [{"name": "峡谷绿茶", "lot": LOT, "quantity": {"value": "200", "unit": "kg"}, "price": "20", "outcome": "destroyed"}]
    facts = [{"element": e, "statement": t, "status": "proven", "evidence": "E1、E2", "confession_only": "no"} for e, t in [("who", "峡谷茶业"), ("act", "生产销售超标茶叶"), ("when", "2026年9月"), ("where", "永胜乡"), ("how_much", "200 kg")]]
    acts = [{"act": "生产经营农药残留超标食品", "article": "食品安全法第124条", "from": "2026-09-05", "to": "2026-09-10"}]
    report_fields = dict(acts=acts, facts=facts, parties=[{"name": tea["name"], "role": "principal", "identity_proof": tea["code"]}], goods_value="4000", goods=goods, value_basis="标价 20 元/kg",
                         threshold_checks=[{"offence": "生产销售不符合安全标准的食品", "measured": "4000", "threshold": "200000", "unit": "元", "result": "below"}])
    problem = p["case1"].refused(case, "submit_report", **report_fields)
    expect(problem.status == 422 and "未查明" in str(problem.body), "the investigation cannot end: gate two shows the open holdings")
    expect("核对" in str(problem.body) and "村级书面确认" in str(problem.body), "nor with evidence that nobody else checked, or a source that nobody confirmed")
    problem = p["case1"].refused(case, "submit_report", **report_fields, gate_closed="G2")
    expect(any(e["pointer"] == "/fields/gate_closed" for e in problem.body["errors"]), "there is no field that closes a gate")
    for evidence in ("E1", "E2"):
        p["insplead"].act(case, "check_evidence", evidence_id=evidence, evidence_lawful="yes")
    letter = p["case1"].upload(b"\xff\xd8\xff\xe0 confirmation by the village", "确认书.jpg")
    sources = [n for n in p["inspector1"].get("/api/v1/trace", item=LOT, direction="backward")["nodes"] if n["layer"] < 0 and "LEAF" in n["item"] and "农户" in n["place_name"]]
    expect(len(sources) == 2, "the trace ends at two farm households")
    for source in sources:
        p["case1"].act(case, "confirm_source", source_place=source["place_name"], source_ground="village_confirmation", source_letter="建设村确〔2026〕1 号", source_files=[letter])

    # Everything is accounted for, holding by holding.
    item = "https://id.gs1.org/01/06909912345670/10/JKH20260905"
    nodes = p["inspector1"].get("/api/v1/trace", item=LOT, direction="forward")["nodes"]
    expect(len(nodes) == 4, "four holdings of the lot")
    for node in nodes:
        p["inspector1"].call("POST", "/api/v1/holdings", {"item": item, "place": node["place"], "status": "recalled_and_disposed", "evidence": "召回清点单", "quantity": str(node["quantity"])})
    p["case1"].act(case, "submit_report", **report_fields)
    problem = p["case1"].refused(case, "approve_review")
    expect(problem.status == 403, "the investigator cannot review")
    penalties = [{"party": tea["name"], "kind": "fine", "amount": "90000"}]
    p["legal"].act(case, "approve_review", penalties=penalties, discretion="heavier", discretion_ground="货值全部流出，两户供货，影响较大", notice_served_on=today(), notice_text="拟罚款 90000 元")
    problem = p["case1"].refused(case, "proceed")
    expect("陈述申辩" in str(problem.body), "no decision before the defence period is over")
    days(6)
    p["case1"].act(case, "proceed")
    problem = p["head"].refused(case, "decide_penalty", decision_text="罚款", penalties=[penalties[0] | {"amount": "1"}], discretion="general", defence_record="未提出")
    expect("之内" in str(problem.body), "a fine outside the band is refused, with the band")
    decision = dict(decision_text="罚款九万元", penalties=penalties, discretion="heavier", defence_record="当事人未提出陈述申辩")
    problem = p["head"].refused(case, "decide_penalty", **decision)
    expect("集体讨论" in str(problem.body), "a decision at the heavier grade needs the minutes of the heads")
    problem = p["head"].refused(case, "decide_penalty", **decision | {"penalties": [penalties[0] | {"amount": "95000"}]}, collective_minutes="局务会讨论")
    expect("重于告知" in str(problem.body), "nobody is punished harder than the notice said")
    p["head"].act(case, "decide_penalty", **decision, collective_minutes="负责人集体讨论，同意从重处罚")
    p["case1"].act(case, "serve", served_on=today(), service_way="direct")
    expect(p["credit"].linked(case, "credit_listing") and p["publicity1"].linked(case, "publication"), "the listing is proposed and a publication drafted")

    # ---- rectification
    p["inspector1"].act(producer, "finish_control", cause_class="raw_material", cause_analysis="鲜叶采摘间隔期不足，追溯到建设村两户",
                        findings=[{"finding": "鲜叶农药间隔期", "measure": "逐户登记用药，间隔期满方可收购", "severity": "general"}], deadline=today(15), served_on=today(), service_way="direct")
    rectification = p["inspector1"].linked(producer, "rectification")[0]["id"]
    p["tea"].act(rectification, "report", corrections=[{"finding": "鲜叶农药间隔期", "correction": "逐户登记用药，间隔期满方可收购", "evidence": "照片"}])
    p["inspector2"].act(rectification, "start_recheck", officers_present=officers)
    problem = p["inspector2"].refused(rectification, "strike_off", officers_signed=officers, recheck=[{"finding": "鲜叶农药间隔期", "result": "not_corrected"}])
    expect(problem.status == 422, "nothing is struck off that is not corrected")
    p["inspector2"].act(rectification, "strike_off", second=p["insplead"], officers_signed=officers, recheck=[{"finding": "鲜叶农药间隔期", "result": "corrected"}])

    # ---- recall: balance, contacts, closing
    progress = [{"consignee": n["place_name"], "answer": "answered", "held": "0", "recovered": str(n["quantity"] * 100 / 160), "attempts": "1"} for n in nodes if not n["origin"]]
    p["tea"].act(recall, "report_progress", progress=progress, balance_unit="KGM")
    # Whether the recall works is looked at on a sample that nobody chose.
    effect = p["inspector1"].matter(recall)["balance"]["effect"]
    check = lambda name: [{"consignee": name, "informed": "yes", "on_sale": "no", "checked_on": today()}]
    expect(0 < len(effect["drawn"]) <= effect["consignees"] and effect["left"] == effect["drawn"], f"of {effect['consignees']} consignees some are drawn to be checked: {effect['drawn']}")
    expect("不在抽中" in str(p["inspector1"].refused(recall, "check_effect", effect_checks=check("没有抽中的店")).body), "who was not drawn is not checked in another's place")
    p["inspector1"].act(recall, "check_effect", effect_checks=check(effect["drawn"][0]))
    expect(p["inspector1"].matter(recall)["balance"]["effect"]["left"] == effect["drawn"][1:], "what was checked is not to be checked again")
    summary = dict(q_produced="200", q_stock="40", q_recovered="100", q_destroyed="58", q_consumed="0", q_loss="2", balance_unit="KGM")
    p["tea"].act(recall, "submit_summary", **summary)
    problem = p["head"].refused(recall, "close_recall")
    expect("见证" in str(problem.body), "destruction without witness does not count: the recall stays open")
    p["insplead"].act(recall, "reject_summary", reason="销毁没有见证和录像，补充后再报")
    p["inspector1"].act(recall, "record_disposal", disposed=[{"lot": LOT, "place": "金口河垃圾处置场", "quantity": {"value": "58", "unit": "KGM"}, "way": "destroyed", "goods_from": "elsewhere", "witness": "严示例", "film": "V-58", "on": today()},
                                                                   {"lot": LOT, "place": "金口河垃圾处置场", "quantity": {"value": "100", "unit": "KGM"}, "way": "destroyed", "goods_from": "recovered", "witness": "严示例", "film": "V-100", "on": today()}])
    p["tea"].act(recall, "report_progress", progress=progress, balance_unit="KGM")
    p["tea"].act(recall, "submit_summary", **summary)
    balance = p["head"].matter(recall)["balance"]
    expect(balance["U"] == 0 and abs(balance["effective_rate"] - 158 / 160) < 1e-9, "the balance is computed and shown")
    p["head"].act(recall, "close_recall", second=p["insplead"])
    expect(p["head"].state(recall) == "closed", "the recall is closed by two persons, balanced")
    notices = p["inspector1"].linked(recall, "consignee_notice")
    expect(notices and all(p["inspector1"].state(n["id"]) == "closed" for n in notices), f"and the notices to its {len(notices)} holders with it")

    # ---- the case closes only by its gates
    closing = p["head"].refused(case, "close_case")
    expect("G3" in str(closing.body) and "G5" in str(closing.body), "the case cannot close: gates three and five are open")
    # ---- the exception path: another ground, another person at each step, the leader for gate five
    wanted = {"exception_gate": "G5", "exception_done": "已书面函询区监委", "exception_risk": "对当事人的处罚不受影响", "exception_measures": "每月催办一次"}
    problem = p["case1"].refused(case, "ask_gate_exception", **wanted, exception_grounds="fled", exception_review_on=today(90))
    expect("不适用于这一关" in str(problem.body), "a ground of another gate opens nothing")
    problem = p["case1"].refused(case, "ask_gate_exception", **wanted, exception_grounds="organ_still_investigating", exception_review_on=today(400))
    expect("复查日期" in str(problem.body), "an exception is reviewed within its rule")
    p["case1"].act(case, "ask_gate_exception", **wanted, exception_grounds="organ_still_investigating", exception_review_on=today(90))
    p["leader"].refused(case, "approve_gate_exception", exception_gate="G5")
    p["legal"].act(case, "give_exception_opinion", exception_gate="G5", exception_opinion="事由成立，措施可行")
    problem = p["head"].refused(case, "approve_gate_exception", exception_gate="G5")
    expect("区领导" in str(problem.body), "gate five is not the bureau's own to except")
    p["leader"].act(case, "approve_gate_exception", exception_gate="G5")
    expect(any(d["kind"] == "exception_record" for d in p["head"].matter(case)["documents"]), "the exception is a numbered document")
    gate = next(g for g in p["head"].matter(case)["gates"] if g["gate"] == "G5")
    expect(gate["status"] == "excepted" and gate["open_items"] and gate["exceptions"][0]["decided_name"], "the gate is excepted, its open items stay visible")
    p["case1"].act(case, "record_payment", paid="90000", paid_on=today())
    where = lambda quantity, way, paper: {"name": "峡谷绿茶", "lot": LOT, "quantity": {"value": quantity, "unit": "kg"}, "way": way, "on": today(), "document": paper, "witness": "严示例"}
    problem = p["case1"].refused(case, "settle_goods", settlements=[where("201", "recalled", "召回处置记录")])
    expect("比清点多" in str(problem.body), "no more goods can have gone than were counted")
    p["case1"].act(case, "settle_goods", settlements=[where("198000", "recalled", "召回处置记录") | {"quantity": {"value": "198000", "unit": "g"}}, where("2", "sold_before", "损耗记录")])
    indicators = next(g for g in p["head"].matter(case)["gates"] if g["gate"] == "G5")["indicators"]
    expect(indicators, f"gate five found by itself what to ask about: {indicators}")
    problem = p["organ"].refused(case, "confirm_no_indication", official_letter="金纪复〔2026〕9 号", unrecorded_checked=True)
    expect("须逐项答复" in str(problem.body), "where there is an indicator, silence about it is not offered")
    for indicator in indicators:
        p["organ"].act(case, "answer_official_check", official_indicator=indicator, official_answer="经核查，未发现违纪，提醒复查要深入", official_letter="金纪复〔2026〕9 号")
    gates = {g["gate"]: g for g in p["head"].matter(case)["gates"]}
    expect(all(g["status"] == "closed" for g in gates.values()), f"all five gates are closed: { {k: (g['status'], g['open_items']) for k, g in gates.items()} }")
    p["head"].act(case, "close_case", second=p["legal"])
    expect(p["head"].state(case) == "closed", "the case is closed")

    # ---- listing, publications
    listing = p["credit"].linked(case, "credit_listing")[0]["id"]
    problem = p["credit"].refused(listing, "notify", conduct="food_safety", heavy_ground="revocation", served_on=today(), service_way="direct")
    expect("较重处罚" in str(problem.body), "no listing for a penalty that the decision does not have")
    p["credit"].act(listing, "notify", conduct="food_safety", heavy_ground="heavy_fine", served_on=today(), service_way="direct")
    days(8)
    p["deputy"].act(listing, "list", second=None, upper_consent="无需", legal_opinion="符合列入条件")
    expect(p["head"].state(listing) == "listed", "the offender is listed")
    publish(listing, "严重违法失信名单：峡谷茶业")
    import urllib.request
    portal = lambda path: urllib.request.urlopen(server.url + path, timeout=30).read().decode()
    expect(LOT in portal("/public/publications/" + publication) and "峡谷绿茶" in portal("/public/recalls"), "listing and recall stand on the portal")

    # ---- disposal and sample
    p["samplead"].get("/api/v1/duties")
    checklist = [{"point": x, "state": "done"} for x in ("control", "trace", "cause", "recheck", "penalty", "publication", "credit")]
    p["head"].act(producer, "close", checklist=checklist)
    problem = p["samplead"].refused(sample, "close_fail")
    expect("核查处置" in str(problem.body), "the sample waits for the seller's disposal")

    # ---- overdue: the seller's disposal was never begun by the inspectors
    days(12)
    tasks = p["office"].get("/api/v1/matters", kind="supervision_task")["items"]
    expect(tasks, "a duty that was let pass has become a supervision task")
    figure = p["office"].get("/api/v1/figures/G02")
    records = p["office"].get("/api/v1/figures/G02/records")["items"]
    expect(figure["value"] == len(records) and records, "a figure equals the records that it opens")

    # ---- the documents of the thread, as PDF
    for matter, kind, holder in ((sample, "fail_notice", "samplead"), (case, "penalty_decision", "head"), (recall, "recall_notice", "head"), (sample, "sampling_form", "sampler1")):
        document = next(d for d in p[holder].matter(matter)["documents"] if d["kind"] == kind)
        pdf = p[holder].bytes(f"/api/v1/documents/{document['id']}.pdf")
        text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True).stdout.decode()
        expect(pdf.startswith(b"%PDF-") and "".join(document["number"].split()) in "".join(text.split()), f"{document['kind_label']} is a PDF whose text can be read: {document['number']}")

    # ---- target and score of the township
    targets = p["office"].create("target_plan", "draft_targets", {"plan_year": "2026", "subject": "永胜乡人民政府", "targets": [{"figure": "G01", "target": "95", "weight": "60"}, {"figure": "S11", "target": "100", "weight": "40"}]}, jurisdiction_id="511113203")["id"]
    p["yongsheng"].act(targets, "sign", signed_by="曹范例")
    for _ in range(2):
        days(45)
    assessments = p["office"].get("/api/v1/matters", kind="assessment")["items"]
    score = {f["name"]: f["value"] for f in p["office"].matter(assessments[0]["id"])["matter"]["fields"]} if assessments else {}
    expect("score" in score and score["grade"] in "ABCD" and len(score["score_lines"]) == 2, f"the township's score is computed line by line: {score.get('score')} {score.get('grade')}")
    expect(p["office"].state(targets) == "frozen" and assessments, "the year ends: the plan is frozen and the score computed")

    # ---- proof
    verify = server.run("ledger", "verify", check=False)
    expect(verify.returncode == 0, "the ledger verifies: " + verify.stderr[:500])
    # ---- backup: everything in one file, also while the server runs
    saved, again = server.folder.name + "/backup.zip", server.folder.name + "/again"
    expect(server.run("backup", saved).returncode == 0, "a backup is made while the server runs")
    restore = subprocess.run([server.program, "restore", saved, "--data", again], capture_output=True, text=True)
    expect(restore.returncode == 0 and subprocess.run([server.program, "ledger", "verify", "--data", again, "--policy", server.policy]).returncode == 0, "it is restored and verifies: " + restore.stderr)
    expect(subprocess.run([server.program, "restore", saved, "--data", again], capture_output=True).returncode == 1, "nothing is restored over data")
    evidence = pathlib.Path(server.data, "attachments", photo[:2], photo[2:])
    evidence.write_bytes(b"\xff\xd8\xff\xe0 another picture")
    verify = server.run("ledger", "verify", check=False)
    expect(verify.returncode == 1 and photo in verify.stderr, "evidence that was exchanged is found")
    evidence.write_bytes(b"\xff\xd8\xff\xe0 receipt of the corner shop")
    import sqlite3
    copy = sqlite3.connect(server.data + "/zhian.db")
    copy.execute("UPDATE matter SET title='另一个名称' WHERE id=?", (case,))
    copy.commit()
    copy.close()
    verify = server.run("ledger", "verify", check=False)
    expect(verify.returncode == 1 and case in verify.stderr, "a bit that is changed behind its back is found")
    expect(server.stop() == 0, "the server drains and ends with 0")
finish()
