#!/usr/bin/env python3
"""Bad input over HTTP and the command line: each is refused with the field and the mend, nothing is half written, nothing is lost."""
import concurrent.futures, json, os, pathlib, subprocess, sys, urllib.error, urllib.request

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Problem, Server

source, build = sys.argv[1:3]
done = 0


def expect(condition, text):
    global done
    if not condition:
        sys.exit(f"FAILED: {text}")
    done += 1
    print("ok", text)


def problem(call):
    try:
        call()
    except Problem as error:
        return error
    raise AssertionError("was accepted, but must be refused")


HEADER = "名称,统一社会信用代码,主体类型,乡镇,从业人数,地址,负责人\r\n"
with Server(f"{build}/zhian", source) as server:
    folder = pathlib.Path(server.folder.name)
    admin, lead, township, tea = (Person(server, n) for n in ("licence", "samplead", "yongsheng", "tea"))

    def imported(bytes, kind="operators", dry=False):
        return admin.call("POST", f"/api/v1/imports/{kind}" + ("?dry_run=1" if dry else ""), raw=bytes, headers={"Content-Type": "application/octet-stream"})

    count = lambda: json.loads(server.run("ledger", "verify").stdout)["entries"]

    # ---- the language of the person
    import re
    han = re.compile("[\u4e00-\u9fff]")
    for call in ("matters/none", "figures/none", "operators/none", "matters?cursor=x", "trace"):
        said = {language: problem(lambda: admin.call("GET", "/api/v1/" + call, headers={"Accept-Language": language})).body for language in ("zh-CN", "zh-TW", "en")}
        texts = {language: [body["title"], body.get("detail", ""), *(e["message"] for e in body["errors"])] for language, body in said.items()}
        expect(not any(han.search(t) for t in texts["en"]) and all(han.search(t) for t in texts["zh-CN"] if t), f"{call} is refused in English to whom reads English")
    said = problem(lambda: admin.call("POST", "/api/v1/session/password", {"old": "a", "new": "b"}, headers={"Accept-Language": "zh-TW"})).body
    expect(any("密碼" in e["message"] for e in said["errors"]), "and in Traditional Chinese to whom reads that")

    # ---- files of registries
    before = count()
    report = imported((HEADER + "测试甲店,,shop,永胜乡,3,建设村,示例\r\n").encode("gb18030"), dry=True)
    expect(report["accepted"] == 1 and count() == before, "a GBK file is read; a dry run writes nothing")
    report = imported((HEADER + "测试甲店,,shop,永胜乡,3,建设村,示例\r\n坏代码店,92511113MA6000087Z,shop,永胜乡,3,建设村,示例\r\n,,shop,永胜乡,3,建设村,示例\r\n远方店,,shop,北京市,3,建设村,示例\r\n\"没有引完,,shop,永胜乡,3,建设村,示例\r\n").encode())
    expect(report["accepted"] == 1 and report["refused"] == 4 and {e["column"] for e in report["errors"]} >= {"统一社会信用代码", "名称", "乡镇"}, "each bad row is refused with its column, the good one is entered")
    expect(imported((HEADER + "测试甲店,,shop,永胜乡,3,建设村,示例\r\n").encode())["duplicates"] == 1, "the same row again is a duplicate")
    expect(imported("名称\r\n".encode())["rows"] == 0, "a header alone is an empty import")
    for bytes, text in ((b"", "an empty file"), (b"a,b\r\n1,2\r\n", "a file without the needed columns"), (b"\xff\xfe\x00\x81\xff", "bytes that are no text"), (b"PK\x03\x04 half a workbook", "half a workbook")):
        expect(problem(lambda: imported(bytes)).status in (400, 415, 422), f"{text} is refused")
    report = imported((HEADER + "".join(f"店{i},123,shop,永胜乡,1,建设村,示例\r\n" for i in range(10_000))).encode())
    expect(report["refused"] == 10_000 and len(report["errors"]) == 500, "ten thousand refused rows: all counted, the first 500 shown")
    big = folder / "big.csv"
    with open(big, "wb") as out:
        out.write(HEADER.encode())
        line = ("甲" * 300 + ",123,shop,永胜乡,1,建设村,示例\r\n").encode()
        for _ in range(200 * 1024 * 1024 // len(line)):
            out.write(line)
    answer = server.run("import", "operators", str(big), "--dry-run", "--report", str(folder / "report.csv"), check=False)
    expect(answer.returncode in (1, 3) and (folder / "report.csv").stat().st_size < 64 << 20, "a file of 200 MB is read to its end within bounds")
    big.unlink()
    request = urllib.request.Request(server.url + "/api/v1/session", data=b"x" * (4 << 20), method="POST")
    try:
        urllib.request.urlopen(request, timeout=20)
        code = 200
    except urllib.error.HTTPError as error:
        code = error.code
    except OSError:
        code = 413  # closed while sending: refused before it was read
    expect(code in (413, 415, 400), "a body beyond the limit of its route is refused")

    # ---- forms
    shop = lead.get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    good = {"regime": "food", "purpose": "supervision", "task": "坏输入", "method": "random"}
    people = {x["name"]: x["id"] for x in lead.get("/api/v1/people")}
    good["samplers"] = [people["吴示例"], people["郑样本"]]
    for field, value in (("regime", "poison"), ("regime", 7), ("samplers", [people["吴示例"]]), ("samplers", [people["吴示例"]] * 2), ("task", "x" * 200_000), ("task", {"a": 1})):
        error = problem(lambda: lead.create("sample", "assign_sample", {**good, field: value}, operator_id=shop["id"]))
        expect(error.status in (413, 422) and any(e["pointer"] == f"/fields/{field}" for e in error.body.get("errors", [{"pointer": f"/fields/{field}"}])), f"{field}={str(value)[:20]} is refused at its field")
    expect(problem(lambda: lead.create("sample", "assign_sample", {**good, "no_such": 1}, operator_id=shop["id"])).status == 422, "an unknown field is refused, not ignored")
    script = "<script>alert(1)</script>'; DROP TABLE operator; --"
    sample = lead.create("sample", "assign_sample", {**good, "task": script}, operator_id=shop["id"])["id"]
    fields = {f["name"]: f["value"] for f in lead.matter(sample)["matter"]["fields"]}
    expect(fields["task"] == script, "script in a text is kept as text")
    document = lead.matter(sample)["documents"][0]["id"]
    page = lead.bytes(f"/api/v1/documents/{document}.html").decode()
    expect("<script" not in page and "&lt;script&gt;" in page, "and shown as text")
    sampler = Person(server, "sampler1")
    for value in ("2026-02-30", "2026-13-01", "29.02.2026", "2026-09-31", "0000-00-00", "99999-01-01", "2100-02-29"):
        error = sampler.refused(sample, "take", production_date=value)
        expect(any(e["pointer"] == "/fields/production_date" for e in error.body["errors"]), f"no such day: {value}")
    error = sampler.refused(sample, "take", production_date="2024-02-29")
    expect(not any(e["pointer"] == "/fields/production_date" for e in error.body["errors"]), "29 February of a leap year is a day")
    for value in ("-1", "1e400", "NaN", "0x10", "一", "1,5"):
        error = sampler.refused(sample, "take", base_quantity={"value": value, "unit": "kg"})
        expect(any(e["pointer"].startswith("/fields/base_quantity") for e in error.body["errors"]), f"no quantity: {value}")

    # ---- JSON, methods, addresses
    for raw in (b"", b"{", b"[" * 100_000, b'{"a":1e400}', b'{"a":"\xff"}', b"null", b"[1]"):
        expect(problem(lambda: lead.call("POST", "/api/v1/matters", raw=raw, headers={"Content-Type": "application/json"})).status in (400, 413, 422), f"no command: {raw[:12]!r}")
    for path in ("/api/v1/matters/%00", "/api/v1/matters/../../etc/passwd", "/api/v1/documents/" + "a" * 5000, "/api/v1/attachments/..%2f..%2fzhian.db", "/01/abc/10/x", "/ledger/tile/0/x999/../..", "/public/verify/" + "%F0%9F" * 50):
        expect(problem(lambda: lead.get(path)).status in (400, 403, 404, 414), f"no such address: {path[:40]}")
    expect(problem(lambda: lead.call("DELETE", "/api/v1/matters")).status == 405, "a method that is not there")
    for limit in ("0", "-1", "abc", "99999999999999999999"):
        answer = None
        try:
            answer = lead.get("/api/v1/operators", limit=limit)
        except Problem as error:
            expect(error.status == 422, f"limit={limit} is refused")
        if answer is not None:
            expect(len(answer["items"]) <= 500, f"limit={limit} is bounded")
    for cursor in ("x", "1", "|", "1|", "9" * 40 + "|a", "';--|"):
        for path in ("/api/v1/operators", "/api/v1/matters", "/api/v1/duties"):
            try:
                lead.get(path, cursor=cursor)
            except Problem as error:
                if error.status != 422:
                    sys.exit(f"FAILED: {path} cursor {cursor}: {error}")
    expect(True, "a cursor that is none is refused or finds nothing, never an error of the server")

    # ---- at once, again, from elsewhere, too late
    body = {"kind": "sample", "action": "assign_sample", "fields": {**good, "task": "两次"}, "operator_id": shop["id"]}
    first = lead.call("POST", "/api/v1/matters", body, {"Idempotency-Key": "k1"})
    again = lead.call("POST", "/api/v1/matters", body, {"Idempotency-Key": "k1"})
    expect(first["id"] == again["id"], "a submission that is sent twice is done once")
    expect(problem(lambda: lead.call("POST", "/api/v1/matters", {**body, "fields": {**good, "task": "别的"}}, {"Idempotency-Key": "k1"})).status == 409, "the key of another submission is refused")
    version = lead.matter(sample)["matter"]["version"]
    other = Person(server, "sampler2")
    act = lambda who: who.call("POST", f"/api/v1/matters/{sample}/actions/report_not_taken", {"fields": {"obstacle_evidence": "停业"}}, {"If-Match": f'"{version}"'})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [f.exception() for f in [pool.submit(act, sampler), pool.submit(act, other)]]
    statuses = sorted(0 if r is None else r.status for r in results)
    expect(statuses in ([0, 409], [0, 412], [422, 422]), f"two at once: one is done, the other told ({statuses})")
    expect(problem(lambda: lead.call("POST", f"/api/v1/matters/{sample}/actions/invalidate", {"fields": {}})).status in (403, 409, 428), "without the version read nothing is overwritten")
    expect(problem(lambda: township.get(f"/api/v1/operators/{shop['id']}")).status == 403, "a township's lead cannot open a file of another township")
    expect(not any(o["id"] == shop["id"] for o in township.get("/api/v1/operators", q="河畔茶叶店")["items"]), "nor find it")
    expect(problem(lambda: tea.get(f"/api/v1/operators/{shop['id']}")).status == 403, "an operator sees its own file only")
    expect(problem(lambda: township.create("sample", "assign_sample", good, operator_id=shop["id"])).status == 403, "a role that may not do it is refused")
    for at in ("2026-09-28T25:00:00+08:00", "2026-09-28", "2026-09-28T09:00:00+99:00", "2031-01-01T00:00:00+08:00", "1999-01-01T00:00:00Z"):
        expect(problem(lambda: lead.call("POST", "/api/v1/matters", {**body, "occurred_at": at})).body["errors"][0]["pointer"] == "/occurred_at", f"no time of this work: {at}")
    csrf, lead.csrf = lead.csrf, "wrong"
    expect(problem(lambda: lead.create("sample", "assign_sample", good, operator_id=shop["id"])).status == 403, "without the CSRF header nothing is written")
    lead.csrf = csrf
    lead.call("DELETE", "/api/v1/session")
    expect(problem(lambda: lead.get("/api/v1/duties")).status == 401, "after signing out the session is over")
    for _ in range(3):
        expect(problem(lambda: Person(server, "head", "wrong")).status == 401, "a wrong password is refused")
    expect(server.run("ledger", "verify", check=False).returncode == 0, "after all this the ledger verifies")
    expect(server.stop() == 0, "and the server ends in order")
print(f"{done} passed")
