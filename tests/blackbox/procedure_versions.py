#!/usr/bin/env python3
"""A folder and the versions of procedures: one from before versions opens and verifies; one whose matters cannot follow, or that
is newer, is not opened, and the message names the kinds and states."""
import sqlite3, subprocess

from client import Person, Server, build, expect, finish, source


def change(server, *statements):
    with sqlite3.connect(f"{server.data}/zhian.db") as db:
        for statement in statements:
            db.execute(statement)


def refusal(server):
    """What the program says when it will not serve the folder."""
    served = subprocess.run([server.program, "serve", "--data", server.data, "--policy", server.policy, "--listen", "127.0.0.1:0"],
                            capture_output=True, text=True, timeout=60)
    expect(served.returncode != 0, "the folder is not served")
    return served.stdout + served.stderr


with Server(f"{build}/zhian", source) as server:
    lead = Person(server, "samplead")
    shop = lead.get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    people = {x["name"]: x["id"] for x in lead.get("/api/v1/people")}
    fields = {"regime": "food", "purpose": "supervision", "task": "版本", "method": "random", "samplers": [people["吴示例"], people["郑样本"]]}
    lead.create("sample", "assign_sample", fields, operator_id=shop["id"])
    procedure = lead.get("/api/v1/procedures/sample")
    report = next(d for d in procedure["duties"] if d["id"] == "report_result")
    expect(len(report["rules"]) == 3 and len(report["chooses_by"]) == 1, "a kind's page lists the rules among which a duty chooses")
    server.stop()

    with sqlite3.connect(f"{server.data}/zhian.db") as db:
        kinds = dict(db.execute("SELECT kind, version FROM procedure_version"))
        stamped = db.execute("SELECT COUNT(*), COUNT(procedure_version) FROM matter").fetchone()
    expect(len(kinds) > 50 and kinds["sample"] >= 1, "the folder says which version of each kind it follows")
    expect(stamped[0] == stamped[1] > 0, "every matter bears the version under which it was made")

    # From before versions: nothing is said. It opens, and says so from then on.
    change(server, "DELETE FROM procedure_version")
    expect(server.run("ledger", "verify").returncode == 0, "a folder that says nothing opens and verifies")
    with sqlite3.connect(f"{server.data}/zhian.db") as db:
        expect(dict(db.execute("SELECT kind, version FROM procedure_version")) == kinds, "and says its versions from then on")

    # An older version in whose place nothing was put.
    change(server, "UPDATE procedure_version SET version=0 WHERE kind='sample'", "UPDATE matter SET state='on_the_way' WHERE kind='sample' AND title='版本'")
    said = refusal(server)
    expect("sample" in said and "on_the_way" in said, "and is told which kind and state nothing follows")

    change(server, "UPDATE matter SET state='assigned' WHERE kind='sample' AND title='版本'", "UPDATE procedure_version SET version=9 WHERE kind='recall'",
           "UPDATE procedure_version SET version=1 WHERE kind='sample'")
    said = refusal(server)
    expect("recall is version 9" in said, "a newer folder is refused, and told which kind is newer")
    change(server, "UPDATE procedure_version SET version=1 WHERE kind='recall'")
    expect(server.run("ledger", "verify").returncode == 0, "as it was, it opens and verifies again")
finish()
