#!/usr/bin/env python3
"""A pledge over HTTP: handed out, signed with the picture of its own paper, renewed, ended by the clock; refused with a witness."""
from client import Person, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    inspector, tea, head = (Person(server, name) for name in ("inspector1", "tea", "head"))
    days = lambda n: [head.call("POST", "/api/v1/clock", {"advance_working_days": min(60, n - done)}) for done in range(0, n, 60)]
    today = lambda: head.get("/api/v1/clock")["today"]
    own = head.get("/api/v1/operators", q="峡谷茶业")["items"][0]
    other = head.get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    ask = lambda operator: inspector.create("pledge", "ask", {"promises": "不使用非食用物质；建立进货台账；接受监督检查。"}, operator_id=operator["id"])["matter"]["id"]
    field = lambda view, name: next((f["value"] for f in view["matter"]["fields"] if f["name"] == name), None)

    pledge = ask(own)
    paper = tea.upload(b"a photo of the signed paper", "承诺书.jpg")
    sign = dict(signatory="示例", signature_way="fingerprint", signed_paper=[paper], attachments=[paper])
    expect(tea.refused(pledge, "sign", signed_on="2031-01-01", **sign).status in (409, 422), "nobody signs in the future")
    expect(tea.refused(pledge, "sign", signed_on=today(), **{**sign, "signed_paper": ["0" * 64], "attachments": []}).status in (404, 409, 422), "a paper that is not on file is refused")
    tea.act(pledge, "sign", signed_on=today(), **sign)
    view = tea.matter(pledge)
    expect(view["matter"]["state"] == "signed" and field(view, "valid_to")[:4] == str(int(today()[:4]) + 1), f"it holds for a year ({field(view, 'valid_to')})")
    expect(any(d["kind"] == "pledge_form" for d in view["documents"]), "it is on paper")

    second = ask(other)
    shop = Person(server, "teashop")
    problem = shop.refused(second, "sign", signed_on=today(), **sign)
    expect("另一主体" in str(problem.body), "one signature does not serve two operators")
    inspector.act(second, "refuse", witness="村委会 严示例")
    expect(inspector.state(second) == "refused", "who refuses is recorded with a witness")

    days(240)
    new = tea.upload(b"a photo of next year's paper", "承诺书二.jpg")
    tea.act(pledge, "renew", signed_on=today(), signatory="示例", signature_way="seal", signed_paper=[new], attachments=[new])
    renewed = field(tea.matter(pledge), "valid_to")
    expect(renewed > field(view, "valid_to"), f"renewed, it holds on ({renewed})")
    days(290)
    expect(head.state(pledge) == "ended", "the clock ends it when its term has passed")

finish()
