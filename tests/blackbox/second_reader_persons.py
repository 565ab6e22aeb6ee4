#!/usr/bin/env python3
"""Who acts, asked in both directions over HTTP: one person with two accounts, the officer who is only named, the officer without a
certificate or with one that ran out, the role that ended or begins later, and whoever works for the party. Each unlawful step is
refused with its reason, and the lawful one beside it goes through."""
import os, pathlib, sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Server, build, expect, finish, source

HEADER = "username,name,id_number,password,role,place,body,operator_id,certificate,issuer,valid_from,valid_to"
NUMBER = "511113198001010011"  # the identity number of the one person who has three accounts


def staff(shop):
    """People that the demonstration does not have; the business day is 2026-09-28."""
    bureau = lambda username, name, role, certificate="", start="2026-01-01", end="", number="": ",".join([username, name, number, "demo-2026", role, "511113", "bureau", "", certificate, "省政府" if certificate else "", start, end])
    return "\n".join([
        HEADER,
        bureau("twin1", "章示例", "case_officer", "川L演示T1", number=NUMBER),
        bureau("twin2", "章示例", "legal_reviewer", number=NUMBER),
        bureau("twin3", "章示例", "bureau_head", number=NUMBER),
        bureau("plain", "苗示例", "inspector"),
        bureau("ended", "凤示例", "inspector", "川L演示E1", end="2026-06-01"),
        bureau("later", "花示例", "inspector", "川L演示L1", start="2026-12-01"),
        bureau("expired", "方示例", "inspector"),
        "expired,,,,,,,,川L演示X1,省政府,2020-01-01,2026-01-01",  # his certificate ran out, his post did not
        bureau("kin", "俞示例", "inspector", "川L演示K1", number="51111319800101002X"),
        f"kin2,俞示例,51111319800101002X,demo-2026,operator_user,511113,,{shop},,,2026-01-01,", ""])


with Server(f"{build}/zhian", source) as server:
    p = {name: Person(server, name) for name in "inspector1 insplead case1 head legal".split()}
    shop = p["insplead"].get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    table = os.path.join(server.folder.name, "staff.csv")
    pathlib.Path(table).write_text(staff(shop["id"]), encoding="utf-8")
    entered = server.run("accounts", table, check=False)
    expect("0 refused" in entered.stdout and "9 accounts" in entered.stdout, "people, their roles and certificates are entered by a table: " + entered.stdout.strip() + entered.stderr.strip())
    p |= {name: Person(server, name) for name in ("twin1", "twin2", "twin3")}
    people = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")}
    twin = next(x["id"] for x in p["head"].get("/api/v1/people") if x["name"] == "章示例" and x["role_label"] == "办案人员")
    lawful = [people["李示例"], people["蒋示例"]]
    with_case2 = [people["蒋示例"], people["沈样本"]]

    def lead(clue):
        return p["inspector1"].create("lead", "register_lead", {"clue": clue, "clue_product": "茶叶", "source": "visit"}, operator_id=shop["id"])["id"]

    # ---- who may be assigned
    first = lead("经营标签不合格的茶叶")
    everyone = {x["name"]: x["id"] for x in p["head"].get("/api/v1/people")} | {}
    for name, why in (("苗示例", "has no certificate"), ("凤示例", "holds a role that ended"), ("花示例", "takes up his post later"), ("方示例", "has a certificate that ran out"), ("魏示例", "is the auditor"), ("华示例", "works in an office")):
        if name not in everyone:
            expect(name in ("凤示例", "花示例"), f"{name} {why}: he is not offered")
            continue
        problem = p["insplead"].refused(first, "assign", officers=[people["李示例"], everyone[name]])
        expect(problem.status == 422 and "执法证" in str(problem.body) and name in str(problem.body), f"{name} {why}: he is refused by name")
    problem = p["insplead"].refused(first, "assign", officers=[people["李示例"], everyone["俞示例"]])
    expect("须回避" in str(problem.body), "who works for the party under another account must step aside")
    p["insplead"].act(first, "assign", officers=lawful)
    expect(p["head"].state(first) == "verifying", "two officers with certificates are assigned")

    # ---- those present are those assigned
    problem = p["case1"].refused(first, "secure", officers_present=[people["王样本"], people["沈样本"]])
    expect("指派的两名人员" in str(problem.body), "two others who were not assigned are refused")
    p["case1"].act(first, "secure", officers_present=lawful)

    # ---- the officer who is only named does not decide, by whichever account
    p["head"].act(first, "file_case", suspected_violation="标签不合格", article="食品安全法第六十七条", act_ended_on="2026-09-20", jurisdiction_ground="place_of_act")
    case = p["head"].linked(first, "enforcement_case")[0]["id"]
    p["case1"].act(case, "collect_evidence", officers_present=[people["蒋示例"], twin], certificates_shown=True, evidence_note="现场检查笔录",
                   evidence_items=[{"id": "E1", "kind": "site_record", "what": "现场检查笔录"}])
    reasons = str(p["twin3"].refused(case, "decide_no_penalty", no_penalty_ground="no_violation").body)
    expect("another_person_decides" in reasons and "章示例" in reasons, "named on the record of evidence, he may not decide under his account as head, and is told why")
    p["head"].act(case, "decide_no_penalty", no_penalty_ground="no_violation")
    expect(p["head"].state(case) == "dropped", "the head who had no part in it decides")

    # ---- what the record keeps of each step
    history = p["head"].matter(case)["history"]
    expect(all(str(NUMBER) not in str(row) for row in history), "no identity number stands in the history")
    report = server.run("ledger", "verify")
    expect('"ok":true' in report.stdout, "accounts, certificates, services and persons stand in the ledger, and it verifies")

    # ---- the law is told with each guard
    told = p["legal"].get("/api/v1/procedures/enforcement_case/decide_penalty")[0]
    guard = next(g for g in told["guards"] if g["id"] == "another_person_decides")
    expect(guard["ground"] and any(c["holds"] for c in guard["cases"]) and any(not c["holds"] for c in guard["cases"]), "a step tells of each guard its law and its cases both ways")
finish()
