#!/usr/bin/env python3
"""An exercise over HTTP: a mock recall that walks the real procedure, timed and balanced; nothing of it is felt outside, and what it
started ends with it."""
import urllib.request

from client import Person, Problem, Server, build, expect, finish, source

LOT = "JKH20260905"
with Server(f"{build}/zhian", source) as server:
    risk, office, head, tea, teashop, insplead, inspector, publicity = (Person(server, n) for n in ("risk", "office", "head", "tea", "teashop", "insplead", "inspector1", "publicity1"))
    own = head.get("/api/v1/operators", q="峡谷茶业")["items"][0]
    field = lambda view, name: next((f["value"] for f in view["matter"]["fields"] if f["name"] == name), None)
    flags = lambda view: {f["id"] for f in view["matter"]["flags"]}
    figure = lambda id: (lambda f: (f["numerator"], f["denominator"], f["value"]))(head.get(f"/api/v1/figures/{id}"))
    public = lambda path: urllib.request.urlopen(server.url + path, timeout=60).read().decode()
    catalogue = [f["id"] for f in head.get("/api/v1/figures") if f["live"]]

    before = {id: figure(id) for id in catalogue}
    notices = lambda who: who.get("/api/v1/notices", limit=0)["unread"]
    told_before = {who.username: notices(who) for who in (tea, teashop, insplead)}

    # ---- planned
    plan = dict(exercise_kind="mock_recall", scenario="峡谷绿茶检出农药残留超标，模拟召回", planned_on="2026-09-28", target_hours="4", target_share="99", lots=[{"lot": LOT}])
    for wrong, word in ((dict(target_share="0"), "比例"), (dict(lots=[]), "批次"), (dict(target_hours="0"), "用时")):
        try:
            risk.create("exercise", "plan_exercise", {**plan, **wrong}, jurisdiction_id="511113", operator_id=own["id"])
            expect(False, f"a plan with {wrong} is refused")
        except Problem as problem:
            expect(problem.status in (409, 422) and word in str(problem.body), f"a plan with {wrong} is refused and says why")
    exercise = risk.create("exercise", "plan_exercise", plan, jurisdiction_id="511113", operator_id=own["id"])["matter"]["id"]
    view = risk.matter(exercise)
    expect("training" in flags(view) and view["matter"]["title"].startswith("【演练】"), "an exercise says so in its title and by its flag")
    expect(any(d["id"] == "hold_exercise" or d.get("duty") == "hold_exercise" for d in view["duties"]), "it has a limit from the policy pack")
    paper = view["documents"][0]
    expect("演〔" in paper["number"], f"its plan bears a number of the series of exercises ({paper['number']})")
    page = risk.bytes(f"/api/v1/documents/{paper['id']}").decode()
    expect('<p class="mark">演练，不具效力</p>' in page, "and is marked on paper")
    code = page.split("/public/verify/")[1][:12]
    expect("演练，不具效力" in public(f"/public/verify/{code}") and "有效</span>" not in public(f"/public/verify/{code}"), "who verifies it is not told that it is in force")

    # ---- begun: the word must be said
    problem = risk.refused(exercise, "begin", participants=[{"participant": "峡谷茶业有限公司", "task": "召回"}], told_text="请立即召回下列批次")
    expect("演练" in str(problem.body), "participants must be told that it is an exercise")
    begun = risk.act(exercise, "begin", participants=[{"participant": "峡谷茶业有限公司", "task": "召回"}], told_text="今日上午进行召回演练，请按方案响应。本次为演练。")
    recall = next(m for m in risk.matter(exercise)["links"] if m["kind"] == "recall")
    view = tea.matter(recall["id"])
    expect("training" in flags(view) and view["matter"]["title"].startswith("【演练】"), "it started a recall that is training")
    expect(view["matter"]["operator"]["id"] == own["id"] and LOT in str(view["matter"]["fields"]), "of the producer and the lot")
    expect(notices(tea) > told_before["tea"] and notices(insplead) > told_before["insplead"], "the producer and the lead are told")
    expect(notices(teashop) == told_before["teashop"], "who is not in it is not")
    items = tea.get("/api/v1/notices")["items"]
    expect(items[0]["matter"]["title"].startswith("【演练】"), "the notice says that it is an exercise")

    # ---- the producer walks the real procedure
    tea.act(recall["id"], "stop_sale", level="3", level_reason="演练按三级处理，对人体一般无害")
    tea.act(recall["id"], "submit_plan", recall_plan="逐户电话通知，收回封存", disposal_way="销毁")
    tea.act(recall["id"], "publish_notice", notice_text="演练：峡谷绿茶 JKH20260905 批次召回", consumers_reached=True)
    expect(tea.state(recall["id"]) == "running", "its recall runs")
    expect(not tea.linked(recall["id"], "publication"), "nothing of it is published")
    lot_page = public(f"/01/06909912345670/10/{LOT}")
    expect("正在召回" not in lot_page and "已暂停销售" not in lot_page and "没有召回" in lot_page, "the public page of the lot knows nothing of it")
    expect("演练" not in public("/public/recalls") and "演练" not in public("/public"), "nor does the portal")
    try:
        publicity.create("publication", "draft_publication", {"publication_title": "召回"}, jurisdiction_id="511113", links=[{"matter_id": recall["id"]}])
        expect(False, "a publication of it is refused")
    except Problem as problem:
        expect("演练" in str(problem.body), f"a publication of it is refused, with the reason")

    # ---- the two worlds do not touch
    others = [m for m in inspector.get("/api/v1/matters", kind="recall")["items"] if m["id"] != recall["id"]]
    expect(bool(others), "there is a real recall")
    for who, drill, real in ((insplead, recall["id"], others[0]["id"]), (insplead, others[0]["id"], recall["id"])):
        view = who.matter(drill)
        if view["matter"]["terminal"]:
            continue
        problem = who.refused(drill, "link_matter", link_to=real, link_note="有关")
        expect("演练事项只能与演练事项关联" in str(problem.body), f"a real matter and an exercise are not linked")

    # ---- timed and balanced
    problem = office.refused(exercise, "review", findings_text="各环节响应及时，两处持有无电话")
    expect(LOT in str(problem.body), "a review without a mock recall is refused, and names the lot")
    office.act(exercise, "note_milestone", milestone="生产者已响应")
    risk.act(exercise, "run_mock_recall")
    view = office.matter(exercise)
    runs = field(view, "mock_runs")
    expect(len(runs) == 1 and LOT in str(runs), f"the mock recall stands in its record: {runs}")
    expect(runs[0]["sources"] == 2 and runs[0]["holders"] == 4, "both directions: two farms behind it, four holdings ahead")
    expect(any(LOT in str(r) for r in office.get("/api/v1/mock-recalls")["items"]), "and among the mock recalls")
    office.act(exercise, "review", findings_text="各环节响应及时，两处持有无电话")
    view = office.matter(exercise)
    expect(field(view, "met_hours") is not None and field(view, "met_share") is not None, f"time {field(view, 'met_hours')} h, share {field(view, 'met_share')} %")
    expect(any(d["kind"] == "exercise_report" for d in view["documents"]), "the report is on paper")
    ended = tea.matter(recall["id"])
    expect(ended["matter"]["terminal"] and ended["matter"]["state"] == "running", "the recall ended with it, where it stood")
    expect(not [a for a in ended["actions"] if a["allowed"]], "and offers no step any more")
    expect(any("随演练结束" in str(h) for h in ended["history"]), "its history says why")
    try:
        version = ended["matter"]["version"]
        tea.call("POST", f"/api/v1/matters/{recall['id']}/actions/report_progress", {"fields": {}}, {"If-Match": f'"{version}"'})
        expect(False, "it moves no more")
    except Problem as problem:
        expect(problem.status == 409 and "演练" in str(problem.body), "it moves no more")

    # ---- lessons
    problem = office.refused(exercise, "close", lessons=[{"lesson": "两家小卖部没有电话"}])
    expect("交办" in str(problem.body), "a lesson that nobody has is refused")
    office.act(exercise, "close", lessons=[{"lesson": "两家小卖部没有电话", "owner": "永胜乡人民政府"}, {"lesson": "无", "none_reason": "其余环节均在目标之内，没有教训"}])
    tasks = office.linked(exercise, "supervision_task")
    expect(len(tasks) == 1 and "小卖部" in tasks[0]["title"], "each lesson that has an owner is a task")

    # ---- no figure but its own
    after = {id: figure(id) for id in catalogue}
    changed = [id for id in catalogue if after[id] != before[id] and id not in ("T10", "R04")]
    expect(not changed, f"no figure counts the exercise ({changed})")
    expect(exercise in [r["id"] for r in head.get("/api/v1/figures/T10/records")["items"]], "its time is a figure of its own")
    expect(after["R04"][1] >= before["R04"][1], f"and whether it was held in time ({after['R04']})")

    # ---- stopped half way
    second = risk.create("exercise", "plan_exercise", {**plan, "scenario": "第二次演练，中途遇雨中止"}, jurisdiction_id="511113", operator_id=own["id"])["matter"]["id"]
    risk.act(second, "begin", participants=[{"participant": "峡谷茶业有限公司", "task": "召回"}], told_text="本次为演练")
    drill = risk.linked(second, "recall")[0]
    office.act(second, "stop_exercise", reason="暴雨红色预警，人员另有任务，演练中止")
    expect(office.state(second) == "cancelled" and office.matter(drill["id"])["matter"]["terminal"], "what is stopped ends all that it started")
    expect(server.run("ledger", "verify", check=False).returncode == 0, "the ledger covers all of it")

finish()
