#!/usr/bin/env python3
"""What the second reader showed of sampling and inspection, in both directions over HTTP: the unlawful is refused, the lawful goes through."""
import datetime

from client import Person, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    names = "sampler1 sampler2 samplead samplead2 labtech labverify labtech2 labverify2 inspector1 inspector2 insplead head deputy tea teashop licence publicity1 publicity2".split()
    p = {name: Person(server, name) for name in names}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    officers, samplers = [people["李示例"], people["王样本"]], [people["吴示例"], people["郑样本"]]
    today = lambda days=0: (datetime.date.fromisoformat(p["head"].get("/api/v1/clock")["today"]) + datetime.timedelta(days)).isoformat()
    operator = lambda name: p["samplead"].get("/api/v1/operators", q=name)["items"][0]
    shop, tea, grocer = operator("河畔茶叶店"), operator("峡谷茶业"), operator("峡口杂货店")
    says = lambda problem, words: words in str(problem.body)

    def taken(lot, product="峡谷绿茶", **more):
        """A sample that was taken and sealed."""
        id = p["samplead"].create("sample", "assign_sample", {"regime": "food", "purpose": "supervision", "task": f"{product}抽检", "method": "random", "samplers": samplers}, operator_id=shop["id"])["id"]
        form = dict(officers_present=samplers, product_name=product, lot=lot, production_date=today(-20), producer=tea["id"], producer_name=tea["name"], base_quantity={"value": "60", "unit": "kg"},
                    sample_quantity={"value": "1", "unit": "kg"}, sampled_place="货架", price="30", voucher="P", backup_quantity={"value": "1", "unit": "kg"}, seal_number="F-" + lot, party_signature="signed")
        return id, {**form, **more}

    def received(lot, category=None, **more):
        id, form = taken(lot, **more)
        p["sampler1"].act(id, "take", **form)
        told = {"limit_category": category} if category else {}
        p["labtech"].act(id, "receive", seal_seen="F-" + lot, sent_by="sampler", laboratory="乐山市示例检验所", cma_number="CMA-1", **told)
        return id

    result = lambda item, value, limit=None, unit="mg/kg", method="GB": {"item": item, "value": value, "unit": unit, "method": method, **({"limit": limit} if limit else {})}

    # ---- a limit has a sense, and the table decides
    low = received("SR-LOW")
    problem = p["labtech"].refused(low, "enter_result", results=[result("浸出物甲", "20", "34", "%")])
    expect(says(problem, "上限"), "a limit that does not say whether it is a maximum is not entered")
    p["labtech"].act(low, "enter_result", results=[result("浸出物甲", "20", "≥34", "%"), result("pH", "9.1", "5.5-8.5", "-")])
    problem = p["labverify"].refused(low, "verify_pass", document_number="SR-1")
    expect(says(problem, "浸出物甲") and says(problem, "pH"), "below its minimum and out of its range: no pass")
    p["labverify"].act(low, "verify_fail", document_number="SR-1")
    expect(p["labverify"].state(low) == "failed", "the real fail below a minimum is entered")

    table = received("SR-TABLE", "茶叶")
    p["labtech"].act(table, "enter_result", results=[result("铅", "6000", "≤100000", "μg/kg")])
    problem = p["labverify"].refused(table, "verify_pass", document_number="SR-2")
    expect(says(problem, "铅") and says(problem, "<=5"), "6000 μg/kg is judged by the table's 5 mg/kg, not by what is typed")
    p["labverify"].act(table, "return_result", reason="换算复核之后重新录入检验结果")
    p["labtech"].act(table, "enter_result", results=[result("铅", "<0.01"), result("沙门氏菌", "未检出", "不得检出", "/25g")])
    problem = p["labverify"].refused(table, "verify_fail", document_number="SR-2")
    expect(says(problem, "限量之内"), "nothing outside: no fail")
    p["labverify"].act(table, "verify_pass", document_number="SR-2")
    expect(p["labverify"].state(table) == "passed", "below the detection limit and not detected: a pass")

    # ---- the same lot is not sampled twice
    again, form = taken("SR-TABLE")
    problem = p["sampler1"].refused(again, "take", **form)
    expect(says(problem, "同一批次"), "the same lot of the same producer is not sampled again")
    p["sampler1"].act(again, "take", **{**form, "lot": "SR-OTHER"})
    expect(p["sampler1"].state(again) == "taken", "another lot is")

    # ---- re-inspection: named only, tested by others, applied to the sample after it ended
    p["labverify"].act(low, "hand_over_fail")
    p["samplead"].act(low, "serve", served_on=today(), service_way="direct", rights_stated=True)
    problem = p["samplead"].refused(low, "contest")
    expect(says(problem, "复检"), "nothing is contested before somebody applied")
    apply = lambda who, sample, op: p[who].create("reinspection", "apply", {"sample_id": sample, "application_reason": "对结果有异议，申请复检"}, operator_id=op["id"])["id"]
    first = apply("teashop", low, shop)
    p["samplead"].act(first, "accept", fee="prepaid")
    second = apply("tea", low, tea)
    problem = p["samplead"].refused(second, "accept", fee="prepaid")
    expect(says(problem, "已申请过复检"), "a second re-inspection of one sample is refused")
    p["samplead"].act(second, "refuse", reason="同一样品已经受理过复检申请，不再受理")
    own, other = "1251110045123456XK", "1251000045765432XH"
    where = dict(laboratory_draw="公布名录随机抽取", cma_number="CMA-2", first_laboratory_code=own, first_laboratory_owner="乐山市市场监督管理局")
    fix = lambda name, code, owner: dict(where, laboratory=name, second_laboratory=name, second_laboratory_code=code, second_laboratory_owner=owner)
    for name, code, owner, words in (("乐山市示例检验所（本部）", other, "四川省局", "同一机构"), ("示例质检院", own, "四川省局", "同一法人"), ("示例质检院", other, "乐山市市场监督管理局", "举办单位")):
        expect(says(p["samplead"].refused(first, "fix_laboratory", **fix(name, code, owner)), words), f"{name} is no second laboratory: {words}")
    p["samplead"].act(first, "fix_laboratory", **fix("四川省示例检验研究院", other, "四川省市场监督管理局"))
    p["labtech"].act(first, "hand_over", seal_seen="F-SR-LOW", handed_by="褚示例", received_by="卜示例")
    problem = p["labverify"].refused(first, "conclude", reinspection_verdict="pass", same_method=True)
    expect(says(problem, "复检机构还没有录入"), "nobody concludes what nobody tested")
    problem = p["labtech2"].refused(first, "enter_result", results=[result("pH", "7", "5.5-8.5", "-")])
    expect(says(problem, "浸出物甲"), "each item that failed is tested again")
    p["labtech2"].act(first, "enter_result", results=[result("浸出物甲", "36", "≥34", "%"), result("pH", "7.1", "5.5-8.5", "-")])
    problem = p["labverify"].refused(first, "conclude", reinspection_verdict="pass", same_method=True)
    expect(says(problem, "初检"), "the first laboratory's verifier does not conclude the re-test")
    problem = p["labverify2"].refused(first, "conclude", reinspection_verdict="fail", same_method=True)
    expect(says(problem, "限量之内"), "the conclusion follows from the results")
    p["labverify2"].act(first, "conclude", reinspection_verdict="pass", same_method=True)
    p["samplead"].act(first, "notify", served_on=today(), service_way="direct")
    if p["samplead"].state(low) == "failed":  # nobody contested it, so that nothing moved by itself
        p["samplead"].act(low, "overturn")
    expect(p["samplead"].state(low) == "passed", "the sample that nobody had contested takes the outcome over, and is no fail any more")
    expect(says(p["samplead"].refused(low, "close_pass"), "公开"), "and closes as a pass only when the public was told of that")
    for disposal in p["samplead"].linked(low, "disposal"):
        if p["samplead"].state(disposal["id"]) != "cancelled":
            p["samplead"].act(disposal["id"], "cancel")
    expect(all(p["samplead"].state(d["id"]) == "cancelled" for d in p["samplead"].linked(low, "disposal")), "and its disposals can be cancelled")

    # ---- microbiological items are not tested again
    water = received("SR-WATER", product="山泉水")
    p["labtech"].act(water, "enter_result", results=[result("铜绿假单胞菌", "3/0/0/0/0", "n=5,c=0,m=0", "CFU/250mL")])
    p["labverify"].act(water, "verify_fail", document_number="SR-3")
    p["labverify"].act(water, "hand_over_fail")
    p["samplead"].act(water, "serve", served_on=today(), service_way="direct", rights_stated=True)
    asked = apply("teashop", water, shop)
    expect(says(p["samplead"].refused(asked, "accept", fee="prepaid"), "微生物"), "铜绿假单胞菌 is microbiological")

    # ---- draws
    population = lambda weight: {"stratum": "茶叶", "population": [{"id": s["id"], "name": s["name"], "weight": w} for s, w in ((shop, "1"), (tea, "1"), (grocer, weight))], "draw_count": "1", "drawn_for": "inspections"}
    try:
        p["samplead"].create("draw", "prepare_draw", population("1000000"))
        expect(False, "must be refused")
    except Exception as error:
        expect("按规则是 1" in str(error), "a weight of a million is not the rule's")
    draw = p["samplead"].create("draw", "prepare_draw", population("1"))["id"]
    p["samplead"].act(draw, "commit", second=p["samplead2"], public_source="福彩 3D", public_value_due_on=today(1))
    p["head"].call("POST", "/api/v1/clock", {"advance_working_days": 1})
    while today() < next(f["value"] for f in p["samplead"].matter(draw)["matter"]["fields"] if f["name"] == "public_value_due_on"):
        p["head"].call("POST", "/api/v1/clock", {"advance_working_days": 1})
    p["samplead"].act(draw, "draw_now", public_value="123", public_value_proof="公告")
    selected = next(f["value"] for f in p["samplead"].matter(draw)["matter"]["fields"] if f["name"] == "selected")[0]
    rest = [s["id"] for s in (shop, tea, grocer) if s["id"] != selected]
    tried = [p["samplead"].refused(draw, "replace_subject", replaced_id=rest[0], replacement_id=rest[1], obstacle="停业")]
    expect(says(tried[0], "不是抽中的对象"), "who was not drawn is not replaced")
    replaced = [selected]
    for _ in range(2):
        for candidate in rest:
            try:
                p["samplead"].act(draw, "replace_subject", replaced_id=replaced[-1], replacement_id=candidate, obstacle="停业")
                replaced.append(candidate)
                break
            except Exception as error:
                expect("按序应替补" in str(error), "the replacement is the next of the reserve")
    expect(len(set(replaced)) == 3, "each of the reserve stands in once")
    expect(says(p["samplead"].refused(draw, "replace_subject", replaced_id=replaced[-1], replacement_id=replaced[1], obstacle="停业"), "没有可替补"), "and is used up")
    last = next(s for s in (shop, tea, grocer) if s["id"] == replaced[-1])
    expect(says(p["insplead"].refused(draw, "use"), "没有任务"), "the replacement needs a task too")
    order = lambda **more: dict(findings=[{"finding": "索证不全", "measure": "补齐", "severity": "general"}], deadline=today(15), served_on=today(), service_way="direct", **more)
    task = p["inspector1"].create("rectification", "order", order(), operator_id=last["id"])
    number = p["inspector1"].matter(task["id"])["matter"]["number"]
    p["insplead"].act(draw, "use", drawn_tasks=[{"id": last["id"], "task": number}])
    expect(p["insplead"].state(draw) == "used", "a draw for inspections is used by the task that is on file")
    other_draw = p["samplead"].create("draw", "prepare_draw", population("1"))["id"]
    p["samplead"].act(other_draw, "commit", second=p["samplead2"], public_source="福彩 3D", public_value_due_on=today(1))
    while today() < next(f["value"] for f in p["samplead"].matter(other_draw)["matter"]["fields"] if f["name"] == "public_value_due_on"):
        p["head"].call("POST", "/api/v1/clock", {"advance_working_days": 1})
    p["samplead"].act(other_draw, "draw_now", public_value="7", public_value_proof="公告")
    p["head"].act(other_draw, "void_draw", second=p["deputy"], reason="名单抽取之后全部停业，公开作废并说明")
    expect(p["head"].state(other_draw) == "void", "what was drawn can be voided, by two persons and in public")

    # ---- orders to correct
    both = [{"finding": "索证不全", "result": "corrected"}, {"finding": "索证不全", "result": "not_corrected"}]
    twice = order()
    twice["findings"] = twice["findings"] * 2
    try:
        p["inspector1"].create("rectification", "order", twice, operator_id=grocer["id"])
        expect(False, "must be refused")
    except Exception as error:
        expect("写了两次" in str(error), "each finding stands once in an order")
    rct = p["inspector1"].create("rectification", "order", order(), operator_id=grocer["id"])["id"]
    p["inspector1"].act(rct, "report", corrections=[{"finding": "索证不全", "correction": "补齐", "evidence": "照片"}])
    p["inspector2"].act(rct, "start_recheck", officers_present=officers)
    expect(says(p["inspector2"].refused(rct, "strike_off", officers_signed=officers, recheck=both), "写了两次"), "corrected and not corrected at once strikes nothing off")
    invented = [{"finding": "随便", "result": "corrected"}]
    expect(says(p["inspector2"].refused(rct, "strike_off", officers_signed=officers, recheck=invented), "不是这次责令"), "nor does an invented row")
    expect(says(p["inspector2"].refused(rct, "fail_recheck", officers_signed=officers, recheck=[{"finding": "随便", "result": "not_corrected"}]), "不是这次责令"), "nor fails by one")
    p["inspector2"].act(rct, "fail_recheck", officers_signed=officers, recheck=[{"finding": "索证不全", "result": "not_corrected"}])
    expect(says(p["head"].refused(rct, "escalate_closure", closure_ground="counterfeit"), "制售假冒"), "no closure for counterfeiting without such a finding")
    holidays = order()
    holidays["findings"] = [{"finding": "节假日未安排值班", "measure": "安排", "severity": "minor"}]
    permitted = p["inspector1"].create("rectification", "order", holidays, operator_id=tea["id"])["id"]
    p["inspector1"].act(permitted, "report", corrections=[{"finding": "节假日未安排值班", "correction": "已排班", "evidence": "照片"}])
    p["inspector2"].act(permitted, "start_recheck", officers_present=officers)
    p["inspector2"].act(permitted, "fail_recheck", officers_signed=officers, recheck=[{"finding": "节假日未安排值班", "result": "not_corrected"}])
    for ground, words in (("counterfeit", "制售假冒"), ("unlicensed", "有效许可")):
        expect(says(p["head"].refused(permitted, "escalate_closure", closure_ground=ground), words), f"节假日 is no counterfeit, and a permit on file is one: {ground}")
finish()
