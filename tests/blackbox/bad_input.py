#!/usr/bin/env python3
"""Bad input over HTTP and the command line: each is refused with the field and the mend, nothing is half written, nothing is lost.
The items of the first issue's point on bad input are named below; each must have had a check by the end. What the user typed is kept by
the page: tests/browser/keyboard (a session that ends in the middle of a form), tests/browser/phone (two writers, no signal, leaving)."""
import concurrent.futures, contextlib, json, os, pathlib, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

from client import Person, Problem, Server, build, expect, finish, problem, source


ITEMS = ["wrong codes", "wrong dates", "GBK files", "half a file", "a file of 200 MB", "ten thousand refused rows", "duplicated submissions", "two people at once", "an expired session", "outside the jurisdiction",
         "script in names", "time zones", "leap days", "nothing is lost"]
seen = set()


def item(name, condition, text):
    """A check of one of the items."""
    assert name in ITEMS, name
    seen.add(name)
    expect(condition, f"{name}: {text}")


def memory_mb(pid, peak=True):
    """What the process holds, or held at its most."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(l for l in status.splitlines() if l.startswith("VmHWM" if peak else "VmRSS")).split()[1]) / 1024


HEADER = "名称,统一社会信用代码,主体类型,乡镇,从业人数,地址,负责人\r\n"
os.environ["TZ"] = "America/Los_Angeles"  # wherever the machine stands, the days are those of the district
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
    item("GBK files", report["accepted"] == 1 and count() == before, "one is read; a dry run writes nothing")
    report = imported((HEADER + "测试甲店,,shop,永胜乡,3,建设村,示例\r\n坏代码店,92511113MA6000087Z,shop,永胜乡,3,建设村,示例\r\n,,shop,永胜乡,3,建设村,示例\r\n远方店,,shop,北京市,3,建设村,示例\r\n\"没有引完,,shop,永胜乡,3,建设村,示例\r\n").encode())
    item("wrong codes", report["accepted"] == 1 and report["refused"] == 4 and {e["column"] for e in report["errors"]} >= {"统一社会信用代码", "名称", "乡镇"}, "each bad row is refused with its column, the good one is entered")
    back = report["refused_csv"]
    item("nothing is lost", all(x in back for x in ("坏代码店", "92511113MA6000087Z", "北京市")), "the refused rows come back as they were sent, to be mended")
    half = (HEADER + "测试乙店,,shop,永胜乡,3,建设村,示例\r\n测试丙店,,shop,永胜乡,3,建设村,示例\r\n").encode()
    report = imported(half[:-30])
    item("half a file", report["accepted"] + report["refused"] == 2 and report["accepted"] >= 1, f"the rows that are whole are entered, the one that breaks off is told: {report['accepted']} and {report['refused']}")
    item("half a file", problem(lambda: imported(half[:-29])).status in (400, 415, 422), "one that ends in the middle of a character is refused whole")
    expect(imported((HEADER + "测试甲店,,shop,永胜乡,3,建设村,示例\r\n").encode())["duplicates"] == 1, "the same row again is a duplicate")
    expect(imported("名称\r\n".encode())["rows"] == 0, "a header alone is an empty import")
    for bytes, text in ((b"", "an empty file"), (b"a,b\r\n1,2\r\n", "a file without the needed columns"), (b"\xff\xfe\x00\x81\xff", "bytes that are no text"), (b"PK\x03\x04 half a workbook", "half a workbook")):
        expect(problem(lambda: imported(bytes)).status in (400, 415, 422), f"{text} is refused")
    report = imported((HEADER + "".join(f"店{i},123,shop,永胜乡,1,建设村,示例\r\n" for i in range(10_000))).encode())
    item("ten thousand refused rows", report["refused"] == 10_000 and len(report["errors"]) == 500 and report["refused_csv"].count("\n") > 10_000, "all counted, the first 500 shown, all given back")

    # ---- a file of 200 MB: to its end by the command line, refused or read by the server, and neither grows with it without bound
    big = folder / "big.csv"
    with open(big, "wb") as out:
        out.write(HEADER.encode())
        line = ("甲" * 300 + ",123,shop,永胜乡,1,建设村,示例\r\n").encode()
        for _ in range(200 * 1024 * 1024 // len(line)):
            out.write(line)
    run = subprocess.Popen([server.program, "import", "operators", str(big), "--dry-run", "--report", str(folder / "report.csv"), "--data", server.data, "--policy", server.policy], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    most = 0
    while run.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            most = max(most, memory_mb(run.pid))
        time.sleep(0.05)
    told = run.stdout.read()
    item("a file of 200 MB", run.returncode in (1, 3) and (folder / "report.csv").stat().st_size < 64 << 20 and most < 900, f"the command line reads it to its end, with {most:.0f} MB: {told.strip()[:150]}")
    before = memory_mb(server.process.pid)
    begin = time.monotonic()
    with open(big, "rb") as content:
        try:
            request = urllib.request.Request(server.url + "/api/v1/imports/operators?dry_run=1", data=content, method="POST", headers={"Content-Type": "application/octet-stream", "Content-Length": str(big.stat().st_size), "X-CSRF-Token": admin.csrf})
            with admin.opener.open(request, timeout=300) as answer:
                said, status = json.load(answer), answer.status
        except urllib.error.HTTPError as error:
            said, status = json.load(error), error.code
    most, after = memory_mb(server.process.pid), memory_mb(server.process.pid, peak=False)
    item("a file of 200 MB", status == 200 and said["refused"] == said["rows"] > 200_000 and len(said["errors"]) == 500 and len(json.dumps(said)) < 8 << 20, f"the server reads it to its end in {time.monotonic() - begin:.0f} s, and its answer stays small")
    item("a file of 200 MB", most < 700 and after < before + 200, f"it held {most:.0f} MB at its most, {after:.0f} MB afterwards ({before:.0f} MB before)")
    with open(big, "ab") as out:
        out.write(b"x" * (60 << 20))
    request = urllib.request.Request(server.url + "/api/v1/imports/operators?dry_run=1", data=open(big, "rb"), method="POST", headers={"Content-Type": "application/octet-stream", "Content-Length": str(big.stat().st_size), "X-CSRF-Token": admin.csrf})
    try:
        admin.opener.open(request, timeout=300)
        status = 200
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError:
        status = 413  # closed while sending: refused before it was read
    item("a file of 200 MB", status == 413 and memory_mb(server.process.pid) < most + 50 and admin.get("/api/v1/clock")["today"], "one beyond the limit of 256 MB is refused, and the server goes on")
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
    item("script in names", fields["task"] == script, "in a text it is kept as text")
    document = lead.matter(sample)["documents"][0]["id"]
    page = lead.bytes(f"/api/v1/documents/{document}.html").decode()
    item("script in names", "<script" not in page and "&lt;script&gt;" in page, "and shown as text")
    hostile = "<img src=x onerror=alert(1)>茶店"
    report = imported((HEADER + f"{hostile},,shop,永和镇,1,河街,示例\r\n\"=HYPERLINK(\"\"http://x\"\")\",,shop,永和镇,1,河街,示例\r\n").encode())
    named = lead.get("/api/v1/operators", q="茶店", limit=100)["items"]
    target = next((o for o in named if o["name"] == hostile), None)
    item("script in names", report["accepted"] == 2 and target is not None, "the name of an operator is kept as it was sent")
    order = {"findings": [{"finding": "无标签", "measure": "补贴", "severity": "general"}], "deadline": "2026-10-12", "served_on": "2026-09-28", "service_way": "direct"}
    inspectors = [Person(server, "inspector1"), Person(server, "inspector2")]
    ordered = inspectors[0].create("rectification", "order", order, operator_id=target["id"], title=hostile)["id"]
    page = lead.bytes(f"/api/v1/documents/{lead.matter(ordered)['documents'][0]['id']}.html").decode()
    item("script in names", "<img src=x" not in page and "&lt;img src=x" in page, "and is text on the paper")
    item("script in names", "'=HYPERLINK" in lead.bytes("/api/v1/export/operators.csv?" + urllib.parse.urlencode({"q": "HYPERLINK"})).decode(), "a formula in a name is no formula in the list that is exported")
    sampler = Person(server, "sampler1")
    for value in ("2026-02-30", "2026-13-01", "29.02.2026", "2026-09-31", "0000-00-00", "99999-01-01", "2100-02-29"):
        error = sampler.refused(sample, "take", production_date=value)
        item("wrong dates", any(e["pointer"] == "/fields/production_date" for e in error.body["errors"]), f"no such day: {value}")
    error = sampler.refused(sample, "take", production_date="2024-02-29")
    item("leap days", not any(e["pointer"] == "/fields/production_date" for e in error.body["errors"]), "29 February of a leap year is a day")
    code = lead.get("/api/v1/operators", q="峡谷茶业")["items"][0]["code"]
    report = imported(("统一社会信用代码,姓名,职务,任职日期\r\n" + "".join(f"{code},闰{i}示例,food_worker,{day}\r\n" for i, day in enumerate(("2024-02-29", "2024年2月29日", "2023-02-29", "2100-02-29")))).encode(), "people")
    item("leap days", report["accepted"] == 2 and {(e["row"], e["column"]) for e in report["errors"]} == {(4, "任职日期"), (5, "任职日期")}, "in a registry too, and no other 29 February")
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
    item("duplicated submissions", first["id"] == again["id"], "sent twice, done once")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = {f.result()["id"] for f in [pool.submit(lead.call, "POST", "/api/v1/matters", body, {"Idempotency-Key": "k8"}) for _ in range(8)]}
    item("duplicated submissions", len(made) == 1, "eight at once by an impatient finger, done once")
    item("duplicated submissions", problem(lambda: lead.call("POST", "/api/v1/matters", {**body, "fields": {**good, "task": "别的"}}, {"Idempotency-Key": "k1"})).status == 409, "the key of another submission is refused")
    file = next(l["matter_id"] if "matter_id" in l else l["id"] for l in inspectors[0].get("/api/v1/matters", kind="operator_file", operator=shop["id"])["items"])
    before = inspectors[0].matter(file)
    act = lambda who: who.call("POST", f"/api/v1/matters/{file}/actions/reverify", {"fields": {"contact_note": "现场核对，" + who.username}}, {"If-Match": f'"{before["matter"]["version"]}"'})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [f.exception() for f in [pool.submit(act, who) for who in inspectors]]
    after = inspectors[0].matter(file)
    item("two people at once", sorted(0 if r is None else r.status for r in results) in ([0, 409], [0, 412]), "one is done, the other is told")
    winner = inspectors[results.index(None)].username
    item("two people at once", len(after["history"]) == len(before["history"]) + 1 and winner in str(after), "nothing of the second overwrote the first")
    item("two people at once", problem(lambda: lead.call("POST", f"/api/v1/matters/{sample}/actions/invalidate", {"fields": {}})).status in (403, 409, 428), "without the version read nothing is overwritten")
    item("outside the jurisdiction", problem(lambda: township.get(f"/api/v1/operators/{shop['id']}")).status == 403, "a township's lead cannot open a file of another township")
    expect(not any(o["id"] == shop["id"] for o in township.get("/api/v1/operators", q="河畔茶叶店")["items"]), "nor find it")
    expect(problem(lambda: tea.get(f"/api/v1/operators/{shop['id']}")).status == 403, "an operator sees its own file only")
    item("outside the jurisdiction", problem(lambda: township.create("sample", "assign_sample", good, operator_id=shop["id"])).status == 403, "a role that may not do it is refused")
    item("outside the jurisdiction", problem(lambda: township.matter(sample)).status in (403, 404) and problem(lambda: township.call("POST", f"/api/v1/matters/{sample}/actions/invalidate", {"fields": {}}, {"If-Match": '"1"'})).status in (403, 404),
         "a matter of another township is neither opened nor moved")
    clue = {"source": "visit", "clue": "时区", "clue_place": "永和镇"}
    item("time zones", lead.get("/api/v1/clock")["today"] == "2026-09-28", "the day is the district's, though the machine's clock stands in California, where it is the day before")
    moments = set()
    for at in ("2026-09-28T07:00:00+08:00", "2026-09-27T23:00:00Z", "2026-09-27T18:00:00-05:00", "2026-09-28T04:30:00.000+05:30"):
        made = inspectors[0].create("lead", "register_lead", clue, jurisdiction_id="511113100", occurred_at=at)["id"]
        moments.add(inspectors[0].matter(made)["history"][-1]["at"])
    item("time zones", len(moments) == 1, f"one moment in four zones is one moment: {moments}")
    for at in ("2026-09-28T25:00:00+08:00", "2026-09-28", "2026-09-28T09:00:00+99:00", "2031-01-01T00:00:00+08:00", "1999-01-01T00:00:00Z"):
        item("time zones", problem(lambda: lead.call("POST", "/api/v1/matters", {**body, "occurred_at": at})).body["errors"][0]["pointer"] == "/occurred_at", f"no time of this work: {at}")
    csrf, lead.csrf = lead.csrf, "wrong"
    expect(problem(lambda: lead.create("sample", "assign_sample", good, operator_id=shop["id"])).status == 403, "without the CSRF header nothing is written")
    lead.csrf = csrf
    lead.call("DELETE", "/api/v1/session")
    expect(problem(lambda: lead.get("/api/v1/duties")).status == 401, "after signing out the session is over")
    typed = {**body, "fields": {**good, "task": "写到一半会话过期"}}
    held = lambda who: [m for m in who.get("/api/v1/matters", kind="sample", limit=200)["items"] if "写到一半" in str(who.matter(m["id"])["matter"]["fields"])]
    item("an expired session", problem(lambda: lead.call("POST", "/api/v1/matters", typed, {"Idempotency-Key": "late"})).status == 401, "what is sent after its end is refused as such")
    lead = Person(server, "samplead")
    item("an expired session", not held(lead) and problem(lambda: lead.call("POST", "/api/v1/matters", typed, {"Idempotency-Key": "k1"})).status == 409, "nothing of it was written")
    for _ in range(2):
        lead.call("POST", "/api/v1/matters", typed, {"Idempotency-Key": "late"})
    item("an expired session", len(held(lead)) == 1, "sent again after signing in, with the key of its birth, it is done, and once")
    for _ in range(3):
        expect(problem(lambda: Person(server, "head", "wrong")).status == 401, "a wrong password is refused")
    expect(server.run("ledger", "verify", check=False).returncode == 0, "after all this the ledger verifies")
    expect(server.stop() == 0, "and the server ends in order")
expect(set(ITEMS) == seen, f"every item has had its check: {sorted(set(ITEMS) - seen)}")
finish()
