#!/usr/bin/env python3
"""A recall tells each holder by name, and each holder answers for itself: what it says is entered once and counts in the recall."""
from client import Person, Problem, Server, build, expect, finish, source

LOT = "JKH20260905"
with Server(f"{build}/zhian", source) as server:
    tea, shop, inspector, lead, head, village, publicity = (Person(server, n) for n in ("tea", "teashop", "inspector1", "insplead", "head", "village", "publicity1"))
    own = head.get("/api/v1/operators", q="峡谷茶业")["items"][0]
    field = lambda view, name: next((f["value"] for f in view["matter"]["fields"] if f["name"] == name), None)

    recall = tea.create("recall", "report_risk", {"regime": "food", "origin": "voluntary", "product_name": "峡谷绿茶", "lots": [{"lot": LOT}]}, operator_id=own["id"], jurisdiction_id=own["jurisdiction"]["id"])["matter"]["id"]
    tea.act(recall, "stop_sale", level="2", level_reason="农药残留超标，可能造成暂时性危害")
    tea.act(recall, "submit_plan", recall_plan="逐户电话通知，收回封存", disposal_way="退回生产者后销毁")
    unread = shop.get("/api/v1/notices", limit=0)["unread"]
    tea.act(recall, "publish_notice", notice_text="峡谷绿茶 JKH20260905 批次召回", consumers_reached=True)
    notices = inspector.linked(recall, "consignee_notice")
    trace = inspector.get("/api/v1/trace", item=LOT, direction="forward")
    holders = {n["place_name"] for n in trace["nodes"] if not n["origin"] and n["layer"] >= 1 and n["operator"] != own["id"]}
    expect({field(inspector.matter(n["id"]), "holder_name") for n in notices} == holders, f"each holder of the trace has a notice of its own: {holders}")

    # ---- by name: page, message, paper
    mine = next(n for n in notices if "河畔茶叶店" in field(inspector.matter(n["id"]), "holder_name"))
    others = [n for n in notices if n["id"] != mine["id"]]
    expect(shop.get("/api/v1/notices", limit=0)["unread"] > unread and any(i["matter"]["id"] == mine["id"] for i in shop.get("/api/v1/notices")["items"]), "the shop is told")
    due = next(d for d in shop.get("/api/v1/duties", limit=200)["items"] if mine["id"] in str(d))
    expect(due, "and has it to do")
    view = shop.matter(mine["id"])
    limit = next(d for d in view["duties"] if "答复" in d["label"])
    expect("48" in str(limit) and "09-30" in str(limit), f"within the hours of its class: {limit}")
    letter = view["documents"][0]
    page = shop.bytes(f"/api/v1/documents/{letter['id']}").decode()
    expect("河畔茶叶店" in page and LOT in page and "峡谷茶业" in page and "待核实" in page, "the letter names the holder, the lot and the recaller; a limit of low confidence is marked")
    for other in others:
        try:
            shop.matter(other["id"])
            expect(False, "one holder does not see the notice of another")
        except Problem as problem:
            expect(problem.status == 403, "one holder does not see the notice of another")
    try:
        shop.matter(recall)
        expect(False, "nor the recall")
    except Problem as problem:
        expect(problem.status == 403, "nor the recall")

    # ---- answered by who knows
    right = dict(stopped_selling=True, q_received="60", q_held="25", q_sold="5", q_returned="30", answer_unit="kg")
    expect("请核对" in str(shop.refused(mine["id"], "answer", **{**right, "q_sold": "9"}).body), "parts that do not add up are refused, with both numbers")
    expect("见证" in str(shop.refused(mine["id"], "answer", **{**right, "q_held": "20", "q_destroyed_here": "5"}).body), "destruction without a witness is refused")
    expect(shop.refused(mine["id"], "answer", **{**right, "stopped_selling": False}).status == 422, "who goes on selling has not answered")
    expect(shop.refused(mine["id"], "answer", **{**right, "q_received": "-60"}).status == 422, "less than nothing is refused")
    shop.act(mine["id"], "answer", **right)
    row = lambda: next(c for c in tea.matter(recall)["balance"]["consignees"] if "河畔茶叶店" in c["name"])
    expect(row()["answered"] and (row()["received"], row()["held"], row()["sold"], row()["returned"]) == (60, 25, 5, 30), f"the recall shows it: {row()}")
    shop.act(mine["id"], "correct_answer", reason="盘点后更正，又卖出一公斤记漏了", **{**right, "q_held": "24000", "q_sold": "6000", "q_received": "60000", "q_returned": "30000", "answer_unit": "g"})
    tea.act(recall, "report_progress", progress=[], balance_unit="kg")
    expect(abs(row()["held"] - 24) < 1e-9 and abs(row()["sold"] - 6) < 1e-9, "a correction counts, in the unit of the recall; the recaller need not type it again")

    # ---- those who did not answer are sought; what is not known stays open
    tea.act(recall, "submit_summary", q_produced="200", q_stock="40", q_recovered="30", q_destroyed="0", q_consumed="6", q_loss="0", balance_unit="kg")
    open_items = lambda id: next(c for c in head.matter(recall)["balance"]["checks"] if c["id"] == id)["open_items"]
    names = [field(inspector.matter(o["id"]), "holder_name") for o in others]
    expect(not any("河畔茶叶店" in i for i in open_items("R3")) and all(any(n in i for i in open_items("R3")) for n in names), f"the shop is not asked for any more, the others are: {open_items('R3')}")
    for other in others:
        for way in ("phone", "at_place"):
            inspector.act(other["id"], "note_contact", contact_way=way, contact_result="无人接听，门市关闭")
    expect(open_items("R3") == ["货物已到消费者手中，须发布公告"], f"who was sought often enough is no open contact; a draft is no notice to the public: {open_items('R3')}")
    draft = next(x for x in publicity.linked(recall, "publication") if x["state"] == "drafted")["id"]
    publicity.act(draft, "approve", second=Person(server, "publicity2"), public_text="峡谷绿茶召回公告，批号 " + LOT, redaction_checked=True)
    publicity.act(draft, "publish")
    expect(not open_items("R3"), "once it is published, the contacts are closed")
    expect(not any("收货方的记录" in i for i in open_items("R1")), "what the holder sent back stands behind the quantity recovered")
    lead.act(recall, "reject_summary", reason="其余收货方尚未答复，继续召回")
    tea.act(recall, "report_progress", progress=[{"consignee": row()["name"], "answer": "answered", "recovered": "50", "attempts": "1"}], balance_unit="kg")
    tea.act(recall, "submit_summary", q_produced="200", q_stock="40", q_recovered="50", q_destroyed="0", q_consumed="6", q_loss="0", balance_unit="kg")
    expect(any("答复退回 30" in i and "收回 50" in i for i in open_items("R1")), "where recaller and holder disagree, the recall stays open and says by how much")

    # ---- figures, and what must not be
    contacted = head.get("/api/v1/figures/T09")
    expect(contacted["numerator"] >= 1 and contacted["denominator"] >= len(notices), f"the figure of contacts counts the answers ({contacted['numerator']} of {contacted['denominator']})")
    try:
        inspector.create("consignee_notice", "tell", {"product_name": "峡谷绿茶", "level": "2", "holder_name": "没有收到货的店", "lots": [{"lot": LOT}]}, jurisdiction_id="511113", links=[{"matter_id": recall}])
        expect(False, "a notice to who has none of it is refused")
    except Problem as problem:
        expect(problem.status == 403, "a notice to who has none of it is refused: recalls tell those whom the trace names")
    again = len(inspector.linked(recall, "consignee_notice"))
    expect(again == len(notices), "nobody is told twice")

finish()
