#!/usr/bin/env python3
"""A circular over HTTP: its facts name records, the body that it names sees the draft first, it is signed, answered and on paper;
and the one that the system drafts when a supervision task was not carried out."""
import subprocess

from client import Person, Problem, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    office, leader, lead, head = (Person(server, name) for name in ("office", "leader", "agrilead", "head"))
    days = lambda n: head.call("POST", "/api/v1/clock", {"advance_working_days": n})
    all_of = lambda kind: office.get("/api/v1/matters", kind=kind, limit=200)["items"]

    # ---- the year: tasks that were dropped, and the assessment
    past = [office.matter(m["id"]) for m in all_of("circular")]
    field = lambda view, name: next((f["value"] for f in view["matter"]["fields"] if f["name"] == name), None)
    asked = [m for m in past if field(m, "reply_asked") == "yes"]
    expect(asked and all(m["matter"]["state"] in ("drafted", "issued", "replied") for m in asked), "an escalated task has its circular")
    expect(all(any(link["kind"] in ("supervision_task", "assessment", "accountability") for link in m["links"]) for m in past), "each is linked to what caused it")
    expect(any(m["matter"]["state"] == "no_reply_needed" for m in past), "the result of the assessment asks for no reply")

    # ---- what the clock starts for those who dropped a task names its facts
    organ = Person(server, "organ")
    started = [organ.matter(m["id"]) for m in organ.get("/api/v1/matters", kind="accountability", limit=200)["items"]]
    started = [m for m in started if any(link["kind"] == "supervision_task" for link in m["links"])]
    expect(started, "a dropped supervision task starts a matter of accountability")
    for view in started:
        chain = field(view, "evidence_chain") or ""
        numbers = [link["number"] for link in view["links"] if link["kind"] == "supervision_task"]
        expect(field(view, "concerned") and "逾期" in chain and "依据" in chain and "期限" in chain and all(n in chain for n in numbers), f"its chain of evidence names duty, ground, limit and records: {chain[:120]}")

    # ---- one that a person writes
    task = all_of("supervision_task")[0]
    fields = {"named": "区农业农村局", "circular_body": "三季度逾期事项通报如下，逾期率 3/20。", "reply_asked": "yes"}
    create = lambda facts, **more: office.create("circular", "draft_circular", {**fields, "circular_facts": facts, **more}, jurisdiction="511113", title="三季度逾期事项的通报")
    for facts, why in (([], "no fact"), ([{"fact": "听说办得慢", "record": "群众反映"}], "a fact without a record"), ([{"fact": "已核", "record": task["number"]}, {"fact": "另一件", "record": "ST-000000-2026-9999"}], "a number that is not on file")):
        try:
            create(facts)
        except Problem as problem:
            expect(problem.status in (409, 422), f"{why} is refused ({problem.status})")
        else:
            expect(False, f"{why} is refused")
    circular = create([{"fact": "督办未按期办结", "record": task["number"]}, {"fact": "按期办结率", "record": "G01"}])["matter"]["id"]
    told = [n for n in lead.get("/api/v1/notices")["items"] if (n.get("matter") or {}).get("id") == circular]
    expect(told, "the lead of the body is told of the draft")
    expect("核对" in str(leader.refused(circular, "issue").body), "it is not signed before the body saw it")
    days(2)
    leader.act(circular, "issue")
    expect("要求回复" in str(office.refused(circular, "note").body), "a circular that asks for a reply is not put away without one")
    digest = lead.upload("原因和整改".encode(), "回复.txt")
    lead.act(circular, "reply", evidence="原因已查明，已整改", evidence_files=[digest], attachments=[digest])
    view = office.matter(circular)
    expect(view["matter"]["state"] == "replied", "the reply ends it")
    paper = next(d for d in view["documents"] if d["kind"] == "circular_text")
    text = "".join(subprocess.run(["pdftotext", "-", "-"], input=office.bytes(f"/api/v1/documents/{paper['id']}.pdf"), capture_output=True).stdout.decode().split())
    expect("区农业农村局" in text and "3/20" in text and task["number"] in text and "".join(paper["number"].split()) in text, "the circular is on paper with its number, its text and its records")

    # ---- a figure without its count
    again = create([{"fact": "督办未按期办结", "record": task["number"]}], circular_body="逾期率高达 15%。")["matter"]["id"]
    days(2)
    expect("分子和分母" in str(leader.refused(again, "issue").body), "a percentage without its count is not signed")
    leader.act(again, "drop_draft", reason="百分比没有写出分子和分母，退回重写")
    expect(office.state(again) == "revoked", "the draft is dropped")

finish()
