#!/usr/bin/env python3
"""Every kind of `zhian import`: good rows, GBK, XLSX, half a file, wrong codes, duplicates, what is refused sent again alone, exit codes,
ten thousand rows, and the ledger over all of it. Then the file of an operator: entered once, changed with its history, as of a day."""
import csv, io, json, pathlib, time, zipfile

from client import Person, Problem, Server, build, expect, finish, source


def mod97(first17):  # check character of a credit code (GB 32100)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [pow(3, i, 31) for i in range(17)]
    return alphabet[(31 - sum(alphabet.index(c) * w for c, w in zip(first17, weights)) % 31) % 31]


def credit_code(n):
    first = f"91511113MA7{n:06d}"
    return first + mod97(first)


def gs1(digits):
    return digits + str(-sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))) % 10)


def mod1110(digits):
    p = 10
    for d in digits:
        p = ((p + int(d)) % 10 or 10) * 2 % 11
    return digits + str((11 - p) % 10)


def identity(first17):
    weights = [pow(2, 17 - i, 11) for i in range(17)]
    return first17 + "10X98765432"[sum(int(c) * w for c, w in zip(first17, weights)) % 11]


def xlsx(rows):
    cells = "".join(f"<row>{''.join(f'<c t=%sinlineStr%s><is><t>{c}</t></is></c>' % (chr(34), chr(34)) for c in row)}</row>" for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>')
    return out.getvalue()


A, B = credit_code(1), credit_code(2)
BAD = A[:-1] + ("0" if A[-1] != "0" else "1")
# kind: header, good rows, rows with one fault each (column and how to make it), the titles in English
KINDS = {
    "operators": (["名称", "统一社会信用代码", "主体类型", "乡镇", "地址", "从业人数"], [["登记测试甲厂", A, "食品生产企业", "永胜乡", "建设村一组", "12"], ["登记测试乙店", B, "shop", "永和镇", "河街", "2"]],
                  [("统一社会信用代码", lambda r: [r[0] + "丙", BAD, *r[2:]]), ("乡镇", lambda r: [r[0] + "丁", "", r[2], "北京市", *r[4:]])], ["name", "credit_code", "operator_type", "township", "address", "staff"]),
    "premises": (["统一社会信用代码", "名称", "场所类型", "地址", "位置码", "面积"], [[A, "一车间", "生产车间", "建设村一组 3 号", gs1("690991300001"), "200"], [A, "库房", "warehouse", "建设村一组 4 号", "", "80.5"]],
                 [("位置码", lambda r: [r[0], "二车间", *r[2:4], "6909913000010", r[5]]), ("统一社会信用代码", lambda r: [credit_code(99), *r[1:]])], ["credit_code", "name", "premises_type", "address", "gln", "area_m2"]),
    "products": (["统一社会信用代码", "产品名称", "商品条码", "类别", "执行标准", "保质期"], [[A, "测试绿茶", gs1("690991234561"), "茶叶", "GB/T 14456.1", "540"], [B, "测试红茶", "", "茶叶", "", ""]],
                 [("商品条码", lambda r: [*r[:2], "6909912345678", *r[3:]]), ("保质期", lambda r: [r[0], "别的茶", "", *r[3:5], "一年"])], ["credit_code", "name", "gtin", "category", "standard", "shelf_life_days"]),
    "permits": (["统一社会信用代码", "许可证编号", "许可类别", "类别", "有效期自", "有效期至"], [[A, "SC" + mod1110("1145111309901"), "food", "茶叶及相关制品", "2024/1/1", "2028年12月31日"], [B, "JY" + mod1110("1511113099902"), "food_sale", "预包装食品", "2024-01-01", "2028-12-31"]],
                [("许可证编号", lambda r: [r[0], "SC11451113099010", *r[2:]]), ("有效期至", lambda r: [r[0], "SC" + mod1110("1145111309903"), *r[2:5], "永远"])], ["credit_code", "permit_number", "regime", "category", "valid_from", "valid_to"]),
    "certifications": (["统一社会信用代码", "证书编号", "认证种类", "再认证规则", "认证机构", "有效期自", "有效期至", "最近审核日期"],
                       [[A, "00124Q30001R1S/5100", "质量管理体系 ISO 9001", "management", "示例认证中心", "2025-01-01", "2027-12-31", "2026-01-10"], [B, "LB-44-26010100001A", "green", "general", "示例认证中心", "2025-01-01", "2027-12-31", "2026-01-10"]],
                       [("证书编号", lambda r: [r[0], "证书一号", *r[2:]]), ("认证种类", lambda r: [r[0], "00124Q30002R1S", "iso1", *r[3:]])], ["credit_code", "certificate_number", "certificate_type", "class", "issuing_body", "valid_from", "valid_to", "last_audit_on"]),
    "equipment": (["统一社会信用代码", "设备名称", "设备种类", "使用登记证编号", "使用状态", "上次检验日期", "下次检验日期"], [[A, "蒸汽锅炉", "锅炉", "锅川L00001(26)", "在用", "2026-01-05", "2027-01-04"], [A, "储气罐", "vessel", "", "out_of_use", "", ""]],
                  [("设备种类", lambda r: [r[0], "飞船", "rocket", "", *r[4:]]), ("下次检验日期", lambda r: [r[0], "别的锅炉", "boiler", "", "in_use", "2026-01-05", "2025-01-04"])], ["credit_code", "name", "equipment_class", "registration_code", "equipment_state", "last_inspection_on", "next_inspection_on"]),
    "people": (["统一社会信用代码", "姓名", "职务", "身份证号", "健康检查日期", "任职日期"], [[A, "欧阳示例", "食品安全总监", identity("51111319800101001"), "2026-03-01", "2025-02-01"], [A, "司马样本", "food_worker", "", "2026-03-01", "2026-03-01"]],
               [("身份证号", lambda r: [r[0], "上官样本", r[2], "511113198001010010", *r[4:]]), ("健康检查日期", lambda r: [r[0], "诸葛样本", r[2], "", "2031-01-01", r[5]])], ["credit_code", "name", "person_duty", "id_number", "health_checked_on", "since"]),
    "samples": (["被抽样单位名称", "统一社会信用代码", "抽样编号", "产品名称", "批号", "抽样日期", "检验结论", "不合格项目", "检验机构"],
                [["登记测试甲厂", A, "XC25511113000001", "测试绿茶", "20250601", "2025-06-20", "合格", "", "示例检验所"], ["登记测试甲厂", A, "XC25511113000002", "测试绿茶", "20250701", "2025-07-20", "fail", "吡虫啉 0.86 mg/kg", "示例检验所"]],
                [("不合格项目", lambda r: [*r[:2], "XC25511113000003", *r[3:6], "不合格", "", r[8]]), ("抽样日期", lambda r: [*r[:2], "XC25511113000004", *r[3:5], "2025-02-30", *r[6:]])],
                ["operator_name", "credit_code", "sample_number", "product_name", "lot", "sampled_on", "verdict", "failed_items", "laboratory"]),
}


def text(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    folder = pathlib.Path(server.folder.name)
    verified = lambda: json.loads(server.run("ledger", "verify").stdout)

    def imported(kind, data, *options):
        file = folder / "rows"
        file.write_bytes(data)
        answer = server.run("import", kind, str(file), *options, check=False)
        return answer.returncode, json.loads(answer.stdout) if answer.stdout else {}, answer.stderr

    # ---- the figures of the speech, with the records behind them
    licence, case_officer, tea_user = Person(server, "licence"), Person(server, "case1"), Person(server, "tea")
    for figure, top, bottom in (("SP01", 86, None), ("SP02", 20, None), ("SP03", 2, 20), ("SP04", 1, 20), ("SP08", 6, None), ("SP09", 6, 9)):
        view = licence.get(f"/api/v1/figures/{figure}", as_of="2007-08-31")
        records = licence.get(f"/api/v1/figures/{figure}/records", as_of="2007-08-31", limit=500)["items"]
        expect((view["numerator"], view["denominator"]) == (top, bottom) and len(records) == (bottom or top), f"{figure} on 2007-08-31: {view['value_text']}, with {len(records)} records behind it")
    households = licence.get("/api/v1/operators", q="建设村演示农户", limit=500)["items"]
    expect(len(households) == 69 and sum(h["staff"] for h in households) == 229, "建设村: 69 households, 229 people")
    for kind, (header, good, faults, english) in KINDS.items():
        before = verified()["entries"]
        code, report, said = imported(kind, text([header, *good]).encode("gb18030"), "--dry-run")
        expect(code == 0 and report["accepted"] == 2 and verified()["entries"] == before, f"{kind}: a GBK file is read, a dry run writes nothing {said.strip()}")
        half = text([header, *good]).encode("utf-8-sig")
        code, report, said = imported(kind, half[: len(half) - len(good[1][-1].encode()) - 6])
        expect(code in (0, 1, 3), f"{kind}: half a file ends without harm: {report}")
        rows = [make(good[0]) for _, make in faults]
        code, report, said = imported(kind, text([header, *good, *rows]).encode("utf-8-sig"), "--report", str(folder / "refused.csv"))
        expect(code == (3 if report["accepted"] else 1) and report["refused"] == 2 and report["accepted"] + report["duplicates"] == 2, f"{kind}: two are entered or known, two are refused: {report} {said.strip()}")
        for column, _ in faults:
            expect(f": {column}: " in said, f"{kind}: the fault is told at its column {column}")
        refused = list(csv.reader(io.StringIO((folder / "refused.csv").read_text("utf-8-sig"))))
        expect(refused[0][: len(header)] == header and len(refused) == 3 and all(r[-1] for r in refused[1:]), f"{kind}: the report holds the refused rows as they came, and the mend")
        code, report, said = imported(kind, (folder / "refused.csv").read_bytes())
        expect(code == 1 and report["refused"] == 2, f"{kind}: the report itself can be sent again (exit 1: nothing stored)")
        code, report, said = imported(kind, text([english, *good]).encode())
        expect(code == 0 and report["duplicates"] == 2 and report["accepted"] == 0, f"{kind}: English titles are known too; the same rows again are duplicates, and no failure {said.strip()}")
        code, report, said = imported(kind, xlsx([header, *good]))
        expect(code == 0 and report["duplicates"] == 2, f"{kind}: and so they are from a workbook {said}")
    expect(verified()["ok"], "the ledger covers every row that was imported")
    for data, what in ((b"", "an empty file"), ("甲,乙\r\n1,2\r\n".encode(), "a header that names nothing"), ("姓名,姓名,统一社会信用代码\r\n".encode(), "two columns of one title"), (b"\xff\xfe\x00\x81\xff", "bytes that are no text")):
        code, report, said = imported("people", data)
        expect(code == 1 and said.strip(), f"{what} is refused: {said.strip()}")
    code, report, said = imported("horses", b"a\r\n")
    expect(code == 1 and "people" in said, f"an unknown kind is refused, and the known ones are named: {said.strip()}")
    blob = b"".join(p.read_bytes() for p in pathlib.Path(server.data).glob("zhian.db*"))
    expect(identity("51111319800101001").encode() not in blob, "no identity number is stored in clear")

    # ---- ten thousand rows: bounded, and the second time nothing is written
    for kind, columns, row in (("people", ["统一社会信用代码", "姓名", "职务"], lambda i: [A, f"员工{i}", "food_worker"]), ("operators", KINDS["operators"][0], lambda i: [f"万行测试企业{i}号", credit_code(10_000 + i), "shop", "永和镇", "河街", "1"])):
        file = folder / "many.csv"
        file.write_text(text([columns, *map(row, range(10_000))]), encoding="utf-8")
        times = []
        for _ in range(2):
            begin = time.monotonic()
            answer = server.run("import", kind, str(file))
            times.append(time.monotonic() - begin)
            report = json.loads(answer.stdout)
        expect(report["duplicates"] == 10_000 and report["accepted"] == 0, f"ten thousand {kind}: {times[0]:.1f} s, again {times[1]:.1f} s with nothing written")
    expect(verified()["ok"], "and the ledger covers them")

    # ---- over HTTP: who may, and what the page is told
    kinds = {k["kind"] for k in licence.get("/api/v1/imports")["items"]}
    expect({"operators", "permits", "people", "products", "premises"} <= kinds and "samples" not in kinds, f"a licence officer is offered what he may import: {sorted(kinds)}")
    try:
        case_officer.call("POST", "/api/v1/imports/people", raw=b"x", headers={"Content-Type": "application/octet-stream"})
        expect(False, "a case officer imports people")
    except Problem as problem:
        expect(problem.status == 403, "a case officer imports nothing")
    report = licence.call("POST", "/api/v1/imports/people?dry_run=1", raw=text([["统一社会信用代码", "姓名", "职务", "身份证号"], [A, "某人", "food_worker", "511113198001010010"]]).encode(), headers={"Content-Type": "application/octet-stream"})
    expect(report["refused"] == 1 and "511113198001010010" not in json.dumps(report["errors"]) and "511113198001010010" in report["refused_csv"], "a faulty identity number is not repeated in what is told; the person's own row comes back to be mended")

    # ---- one box finds all of it, each within the reader's scope
    def groups(person, text):
        return {g["kind"]: [(i["title"], i["subtitle"], i["href"]) for i in g["items"]] for g in person.get("/api/v1/search", q=text)["groups"]}

    office, township, farmer = Person(server, "insplead"), Person(server, "yongsheng"), Person(server, "tea")
    expect(any("峡谷茶业" in title for title, _, _ in groups(office, "xgcy")["operator"]), "an operator by its initials")
    a_matter = office.get("/api/v1/matters", room="inspection", limit=5)["items"][0]
    number = a_matter["number"]
    for text_, what in ((number, "its number"), (number.split("-", 2)[2], "the end of its number"), (a_matter["title"][2:8], "a part of its title")):
        expect(any(href == f"/matters/{a_matter['id']}" for _, _, href in groups(office, text_).get("matter", [])) or what == "a part of its title" and groups(office, text_).get("matter"), f"a matter by {what}: {text_}")
    documents = [d for d in office.matter(a_matter["id"])["documents"]]
    expect(any(d["number"] == title for d in documents[:1] for title, _, _ in groups(office, d["number"])["document"]), f"a document by its number: {documents[0]['number']}")
    expect(any("JKH20260905" in title for title, _, _ in groups(office, "JKH2026")["lot"]), "a lot by the beginning of its number")
    expect(any("JKH20260905" in title for title, _, _ in groups(farmer, "JKH2026")["lot"]) and not groups(farmer, "演示冶金"), "a maker finds his own lot, and no other operator")
    other = next(m for m in office.get("/api/v1/matters", limit=200)["items"] if m["jurisdiction"]["id"] != "511113203" and not m["jurisdiction"]["id"].startswith("511113203"))
    expect(other["number"] in str(groups(office, other["number"])) and other["number"] not in str(groups(township, other["number"])), "a township's lead does not find a matter of another township")

    # ---- the file
    tea = licence.get("/api/v1/operators", q="峡谷茶业")["items"][0]["id"]
    view = licence.get(f"/api/v1/operators/{tea}")
    held = {r["kind"]: r for r in view["records"]}
    expect(all(held[k]["items"] for k in ("premises", "product", "equipment", "person")) and view["permits"], "the tea factory's file shows premises, products, equipment, people and permits")
    entered = tea_user.call("POST", f"/api/v1/operators/{tea}/records", {"kind": "product", "fields": {"name": "老鹰茶 50 g", "category": "茶叶及相关制品"}})
    try:
        tea_user.call("POST", f"/api/v1/operators/{tea}/records", {"kind": "product", "fields": {"name": "老鹰茶 50 g", "category": "茶叶及相关制品"}})
        expect(False, "entered twice")
    except Problem as problem:
        expect(problem.status == 409, "what is on file is not entered twice")
    change = {"action": "change", "fields": {"name": "老鹰茶 100 g", "category": "茶叶及相关制品"}, "note": "换包装"}
    for headers, status in (({}, 428), ({"If-Match": '"7"'}, 412)):
        try:
            tea_user.call("POST", f"/api/v1/records/{entered['record_id']}", change, headers)
            expect(False, "changed unread")
        except Problem as problem:
            expect(problem.status == status, f"a change without the version that was read is refused ({status})")
    changed = tea_user.call("POST", f"/api/v1/records/{entered['record_id']}", change, {"If-Match": '"1"'})
    versions = licence.get(f"/api/v1/records/{entered['record_id']}")["items"]
    expect(changed["version"] == 2 and [v["name"] for v in versions] == ["老鹰茶 100 g", "老鹰茶 50 g"], "a change keeps what was before it")
    director = next(p for p in held["person"]["items"] if p["fields"][1]["value"] == "food_safety_director")
    then = licence.get(f"/api/v1/operators/{tea}", as_of="2026-09-27")
    expect(director["name"] == "赵样例" and then["past"] and not any(r["may_write"] for r in then["records"]), "the file as of a day is read only")
    try:
        licence.get(f"/api/v1/operators/{tea}", as_of="2006-01-01")
        expect(False, "a file before its time")
    except Problem as problem:
        expect(problem.status == 404, "before the file was made there is none")
    first = licence.get(f"/api/v1/operators/{tea}/timeline", limit=10)
    second = licence.get(f"/api/v1/operators/{tea}/timeline", limit=10, cursor=first["next"])
    days = [e["day"] for e in first["items"] + second["items"]]
    expect(days == sorted(days, reverse=True) and not {e["id"] for e in first["items"]} & {e["id"] for e in second["items"]}, "the time line is in order, page by page")
    rooms = {r["room"]: r["count"] for r in first["rooms"]}
    only = licence.get(f"/api/v1/operators/{tea}/timeline", room="inspection", limit=500)["items"]
    expect(len(only) == rooms["inspection"] and {e["room"] for e in only} == {"inspection"}, "a room's chip counts what it shows")
    back = licence.get(f"/api/v1/operators/{tea}/timeline", as_of="2007-12-31", limit=500)["items"]
    expect(back and max(e["day"] for e in back) <= "2007-12-31", "and as of a day it ends there")

    expect(verified()["ok"], "the ledger covers all of it")
finish()
