#!/usr/bin/env python3
"""The goods book over HTTP: what a household, a factory and a shop write down in five fields becomes one trace; the check at the door
stops what must not be accepted; what was wrong is taken back; the compliance certificate."""
import datetime, subprocess, urllib.error, urllib.parse, urllib.request

from client import Person, Problem, Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    server.hold_to_document()
    village, tea, shop, inspector, head = (Person(server, name) for name in ("village", "tea", "teashop", "inspector1", "head"))
    find = lambda q: inspector.get("/api/v1/operators", q=q)["items"][0]
    household, factory, teashop = find("建设村演示农户05号"), find("峡谷茶业有限公司"), find("河畔茶叶店")
    now = lambda: datetime.datetime.fromisoformat(head.get("/api/v1/meta")["now"].replace("Z", "+00:00")).astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    at = lambda minutes=0: (now() - datetime.timedelta(minutes=minutes)).isoformat(timespec="seconds")
    enter = lambda who, of, key=None, **fields: who.call("POST", "/api/v1/goods", {"operator_id": of["id"], "fields": fields}, {"Idempotency-Key": key} if key else {})
    offers = lambda who, of: who.get("/api/v1/goods-offers", operator=of["id"])

    def refused(who, of, status, **fields):
        try:
            enter(who, of, **fields)
        except Problem as problem:
            expect(problem.status == status, f"{fields} is refused with {status} ({problem.status})")
            return problem.body
        expect(False, f"{fields} is refused")

    # ---- from the field to the shop, each by his own hand
    leaf = enter(village, household, act="sent", product="鲜叶", quantity="80", unit="斤", partner_id=factory["id"], at=at(300))
    expect(leaf["lot_no"] and leaf["amount"] == "80 斤", "a household's leaf is sent in its own words")
    coming = [o for o in offers(tea, factory)["on_the_way"] if o["item"] == leaf["item"]]
    expect(coming and coming[0]["product"] == "鲜叶" and float(coming[0]["quantity"]) == 40 and coming[0]["partner_id"] == household["id"], "the factory sees it on the way, in kilograms")
    took = enter(tea, factory, act="received", item=leaf["item"], quantity="40", unit="公斤", partner_id=household["id"], at=at(240))
    expect(took["item"] == leaf["item"] and any(c["id"] == "certificate" and c["verdict"] == "ask" for c in took["check"]), "it is received as the same lot; the missing certificate is named")
    expect(not [o for o in offers(tea, factory)["on_the_way"] if o["item"] == leaf["item"]], "it is not on the way any more")
    made = enter(tea, factory, act="processed", product="毛茶", quantity="8", unit="公斤", lot_no="MC-1", inputs=[{"item": leaf["item"], "quantity": "40", "unit": "公斤"}], at=at(200))
    stock = {s["item"]: s for s in offers(tea, factory)["stock"]}
    expect(made["item"] in stock and float(stock[made["item"]]["left"]) == 8 and leaf["item"] not in stock, "what is in stock follows from the entries")
    enter(tea, factory, act="sent", item=made["item"], quantity="10", unit="斤", partner_id=teashop["id"], at=at(150))
    bought = enter(shop, teashop, act="received", item=made["item"], quantity="5", unit="公斤", partner_id=factory["id"], certificate="JY-2026-1", produced_on=now().date().isoformat(), shelf_life_days="365", at=at(90))
    expect(all(c["verdict"] == "good" for c in bought["check"]) and any(c["id"] == "permit" for c in bought["check"]), f"the shop's check is good: {bought['check']}")
    expect(bought["keep_until"] > (now().date() + datetime.timedelta(days=365 + 175)).isoformat(), f"the record is kept until half a year after the shelf life, or two years ({bought['keep_until']})")
    enter(shop, teashop, act="sold", item=made["item"], quantity="500", unit="克", at=at(30))
    left = {s["item"]: float(s["left"]) for s in offers(shop, teashop)["stock"]}
    expect(left.get(made["item"]) == 4.5, f"what was sold is not in stock any more ({left.get(made['item'])})")
    trace = inspector.get("/api/v1/trace", item=made["item"], direction="backward")
    names = {n["place_name"] for n in trace["nodes"]}
    expect("建设村演示农户05号" in names and factory["name"] in names, f"the trace leads back to the field: {names}")
    forward = inspector.get("/api/v1/trace", item=leaf["item"], direction="forward")
    expect(any("河畔茶叶店" in n["place_name"] for n in forward["nodes"]), "and forward to the shop")

    # Regression: the people of an operator could trace any lot of the district, with everybody's customers.
    seen = shop.get("/api/v1/trace", item=made["item"], direction="both")
    expect({n["place_name"] for n in seen["nodes"]} == {factory["name"], teashop["name"]}, f"a shop sees one step: {[n['place_name'] for n in seen['nodes']]}")
    for path, query in (("/api/v1/trace", {"item": "BEAN-0510"}), ("/api/v1/trace/holdings.csv", {"item": "BEAN-0510"}), ("/api/v1/trace-balance", {"operator": factory["id"]}), ("/api/v1/trace-common", {"item": [leaf["item"], made["item"]]})):
        try:
            shop.call("GET", path + "?" + urllib.parse.urlencode(query, doseq=True))
            expect(False, f"{path} of what never came to the shop is refused")
        except Problem as problem:
            expect(problem.status == 403, f"{path} of what never came to the shop is refused")

    # ---- who has no file is written down with his name, and stands in the trace with it
    stranger = enter(shop, teashop, act="received", product="花茶", quantity="3", unit="箱", partner_name="外地茶商甲", partner_contact="13800000000", lot_no="HC-9", at=at(20))
    expect(any(c["id"] == "supplier" and c["verdict"] == "ask" for c in stranger["check"]), "a supplier without a file is asked for his papers")
    names = {n["place_name"] for n in inspector.get("/api/v1/trace", item=stranger["item"], direction="both")["nodes"]}
    expect("外地茶商甲" in names, f"he stands in the trace by his name: {names}")
    again = enter(shop, teashop, act="received", product="花茶", quantity="1", unit="箱", partner_name="外地茶商甲", partner_contact="13800000000", lot_no="HC-9", at=at(10))
    expect(again["item"] == stranger["item"], "the same words name the same lot")
    expect(any(r["product"] == "花茶" and r["partner_name"] == "外地茶商甲" for r in offers(shop, teashop)["recent"]), "it is offered again next time")

    # ---- the mock recall: one press, one command
    run = tea.call("POST", "/api/v1/mock-recalls", {"item": made["item"]})
    expect(run["made"] == "8" and run["left"] == "8" and run["balanced"] and run["share"] == 1 and run["elapsed_ms"] >= 0, f"it balances: {run}")
    expect({h["place_name"] for h in run["holders"]} == {factory["name"], teashop["name"]} and run["reachable"] <= 2, "every holder is named")
    open_one = inspector.call("POST", "/api/v1/mock-recalls", {"item": "JKH20260905"})
    expect(not open_one["balanced"] and open_one["unaccounted"] == "20" and open_one["made"] == "200", f"what was shipped and never confirmed is open: {open_one['unaccounted']}")
    report = subprocess.run(["pdftotext", "-", "-"], input=inspector.bytes(f"/api/v1/mock-recalls/{open_one['id']}/report.pdf"), capture_output=True).stdout.decode()
    report = "".join(report.split())
    expect("模拟召回报告" in report and "超出容差" in report, f"with a report: {report[:300]}")
    expect([r["id"] for r in inspector.get("/api/v1/mock-recalls")["items"]][:2] == [open_one["id"], run["id"]], "and kept")
    expect(all(r["item"] == made["item"] for r in tea.get("/api/v1/mock-recalls")["items"] if r["id"] != open_one["id"]), "an operator sees the runs of its own lots")
    for who, item, status in ((shop, made["item"], 403), (inspector, "nothing", 404), (inspector, "", 422), (Person(server, "auditor"), made["item"], 403)):
        try:
            who.call("POST", "/api/v1/mock-recalls", {"item": item})
            expect(False, f"{who.username} is refused for {item!r}")
        except Problem as problem:
            expect(problem.status == status, f"{who.username} is refused for {item!r} with {status} ({problem.status})")
    expect(not any(m["kind"] == "recall" and made["lot_no"] in m["title"] for m in inspector.get("/api/v1/matters", kind="recall", limit=100)["items"]) and not {s["item"]: s["held"] for s in offers(tea, factory)["stock"]}.get(made["item"]), "no lot is held, no recall is started")

    # ---- sent twice, it is entered once
    one, two = (enter(shop, teashop, key="phone-1", act="received", product="绿茶", quantity="1", unit="公斤", partner_name="外地茶商乙", at=at(5)) for _ in range(2))
    expect(one["id"] == two["id"], "the same key is the same entry")

    # ---- taken back
    wrong = enter(shop, teashop, act="received", item=made["item"], quantity="50", unit="公斤", partner_id=factory["id"], at=at(4))
    before = {s["item"]: float(s["left"]) for s in offers(shop, teashop)["stock"]}[made["item"]]
    try:
        shop.call("POST", f"/api/v1/goods/{wrong['id']}/withdraw", {"reason": " "})
        expect(False, "no entry is taken back without a reason")
    except Problem as problem:
        expect(problem.status == 422, "no entry is taken back without a reason")
    gone = shop.call("POST", f"/api/v1/goods/{wrong['id']}/withdraw", {"reason": "多写了一个零"})
    after = {s["item"]: float(s["left"]) for s in offers(shop, teashop)["stock"]}[made["item"]]
    expect(gone["withdrawn"] and before - after == 50, f"what was taken back moves nothing ({before} -> {after})")
    try:
        shop.call("POST", f"/api/v1/goods/{wrong['id']}/withdraw", {"reason": "再撤一次"})
        expect(False, "it is taken back once")
    except Problem as problem:
        expect(problem.status == 409, "it is taken back once")

    # Regression: a second sale of the same day's harvest went out of nothing.
    shoots = [enter(village, household, act="sent", product="竹笋", quantity=q, unit="斤", partner_name="镇上饭店", at=at(m)) for q, m in (("40", 50), ("20", 40))]
    view = inspector.get("/api/v1/trace", item=shoots[0]["item"], direction="forward")
    expect(shoots[0]["item"] == shoots[1]["item"] and not [g for g in view["gaps"] if g["kind"] == "imbalance"], f"two sales of one day are one lot that balances: {view['gaps']}")
    expect([l["quantity"] for l in inspector.get("/api/v1/lots", q="竹笋")["items"]] == [30], "and its quantities add up")
    refused(shop, teashop, 422, act="sold", product="没有的货", quantity="1", unit="公斤")
    slip = enter(village, household, act="sent", product="春笋", quantity="800", unit="斤", partner_name="过路收购商", at=at(2))
    village.call("POST", f"/api/v1/goods/{slip['id']}/withdraw", {"reason": "数量写错"})
    expect(not [s for s in offers(village, household)["stock"] if s["item"] == slip["item"]], "what was made for a wrong entry is taken back with it")

    # ---- the check at the door: a lot under recall or held must not be accepted, nor go back
    held = "https://id.gs1.org/01/06909912345670/10/JKH20260905"
    check = shop.get("/api/v1/goods-check", operator=teashop["id"], partner_id=factory["id"], item="JKH20260905")
    expect([p["id"] for p in check["points"]] and all("text" in p for p in check["points"]), "the check can be asked for before anything is entered")
    producers = [o for o in inspector.get("/api/v1/operators", type="food_producer", limit=50)["items"] if o["id"] != factory["id"]]
    body = refused(shop, teashop, 409, act="received", product="饼干", quantity="2", unit="箱", partner_id=producers[0]["id"])
    expect(any(e["pointer"] == "/check/permit" for e in body["errors"]), f"goods of a producer without a permit are stopped: {body['errors']}")
    english = shop.call("GET", "/api/v1/goods-check?" + urllib.parse.urlencode({"operator": teashop["id"], "partner_id": producers[0]["id"]}), headers={"Accept-Language": "en"})
    expect(english["stops"] and any("permit" in p["text"] for p in english["points"]), "and it says so in the reader's language")

    # ---- a spreadsheet of the book
    sheet = ("种类,品名,数量,单位,对方,联系方式,日期,批号\n收货,白茶,6,公斤,外地茶商丙,13900000000,2026-09-20,BC-1\n零售,白茶,1.5,公斤,,,2026-09-21 10:30,\n"
             "收货,红茶,很多,公斤,外地茶商丙,,2026-09-20,\n偷来,红茶,1,公斤,外地茶商丙,,2026-09-20,\n收货,红茶,1,公斤,外地茶商丙,,去年,\n").encode("gbk")
    send = lambda dry: shop.call("POST", "/api/v1/imports/goods" + ("?dry_run=1" if dry else ""), raw=sheet, headers={"Content-Type": "application/octet-stream"})
    tried, done, twice = send(True), send(False), send(False)
    expect((tried["accepted"], tried["refused"]) == (2, 3) == (done["accepted"], done["refused"]), f"a spreadsheet in GBK, looked through and entered: {done}")
    expect({e["column"] for e in done["errors"]} == {"数量", "种类", "日期"}, f"each refused cell is named: {done['errors']}")
    expect(twice["duplicates"] == 2 and twice["accepted"] == 0, "sent twice, entered once")
    expect(any(s["product"] == "白茶" and float(s["left"]) == 4.5 for s in offers(shop, teashop)["stock"]), "the rows are entries like others")

    # ---- what is not right is named, all at once, and nothing is half written
    count = len(shop.get("/api/v1/goods", operator=teashop["id"], limit=200)["items"])
    body = refused(shop, teashop, 422, act="received", product="", quantity="-3", unit="担担", partner_name="", at=at(-600), produced_on="2026-02-30", shelf_life_days="many")
    pointers = {e["pointer"] for e in body["errors"]}
    expect({"/fields/product", "/fields/quantity", "/fields/partner_name", "/fields/at", "/fields/produced_on", "/fields/shelf_life_days"} <= pointers, f"every field is named: {pointers}")
    for fields, pointer in (({"act": "stolen"}, "/fields/act"), ({"quantity": "1e9"}, "/fields/quantity"), ({"quantity": "0"}, "/fields/quantity"), ({"quantity": "1.0000001"}, "/fields/quantity"), ({"quantity": "99999999999999999999"}, "/fields/quantity"),
                            ({"product": "x" * 300}, "/fields/product"), ({"product": "a\nb"}, "/fields/product"), ({"partner_id": teashop["id"]}, "/fields/partner_id"), ({"partner_id": "' OR 1=1"}, "/fields/partner_id"), ({"item": "urn:" + "x" * 400}, "/fields/item"), ({"at": "yesterday"}, "/fields/at")):
        body = refused(shop, teashop, 422, **{"act": "received", "product": "绿茶", "quantity": "1", "unit": "公斤", "partner_name": "外地茶商乙", **fields})
        expect(pointer in {e["pointer"] for e in body["errors"]}, f"{str(fields)[:60]} names {pointer}: {body['errors']}")
    refused(shop, teashop, 422, act="processed", product="拼配茶", quantity="1", unit="公斤", inputs=[])
    refused(shop, teashop, 422, act="processed", product="拼配茶", quantity="1", unit="公斤", inputs=[{"item": "nothing", "quantity": "1", "unit": "公斤"}])
    script = enter(shop, teashop, act="received", product="<script>alert(1)</script>", quantity="1", unit="公斤", partner_name="“商”'; DROP TABLE lot;--", at=at(3))
    expect(script["product"] == "<script>alert(1)</script>", "script in a name is a name")
    expect(len(shop.get("/api/v1/goods", operator=teashop["id"], limit=200)["items"]) == count + 1, "what was refused left nothing behind")

    # ---- whose book it is
    for who, of in ((shop, factory), (tea, teashop)):
        body = refused(who, of, 403, act="made", product="茶", quantity="1", unit="公斤")
    try:
        shop.get("/api/v1/goods", operator=factory["id"])
        expect(False, "another's book is not read")
    except Problem as problem:
        expect(problem.status == 403, "another's book is not read")
    refused(head, teashop, 403, act="made", product="茶", quantity="1", unit="公斤")
    expect(head.get("/api/v1/goods", operator=teashop["id"], limit=1)["items"], "whoever leads the bureau reads it")
    partners = lambda q: shop.get("/api/v1/goods-partners", operator=teashop["id"], q=q)["items"]
    expect(any(p["id"] == factory["id"] for p in partners("峡谷茶业")), "a partner is found by a part of its name")
    expect(not partners("建设村演示农户") and partners("建设村演示农户05号"), "a household only by the whole of it")

    # Regression: the people of an operator could capture events at anybody's place.
    tell = lambda who, place: who.call("POST", "/epcis/capture", {"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": at(1),
                                       "epcisBody": {"eventList": [{"type": "ObjectEvent", "eventTime": at(1), "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": "storing", **({"readPoint": {"id": place}} if place else {}),
                                                                    "quantityList": [{"epcClass": made["item"], "quantity": 1, "uom": "KGM"}]}]}})
    own, others = (f"https://id.gs1.org/414/{next(f['text'] for f in inspector.get('/api/v1/operators/' + of['id'])['operator']['fields'] if f['name'] == 'gln')}" for of in (teashop, factory))
    for place, may in ((own, True), (others, False), (None, False)):
        tell(shop, place)
        job = shop.get("/epcis/capture")[-1]
        expect(job["success"] == may and (may or "自己场所" in str(job["errors"])), f"an event at {place} by the shop: {may}")

    # ---- what fails at the door: proof brought, sent back, or held and reported
    refuse = lambda **fields: shop.create("incoming_refusal", "block_goods", {"supplier_name": "外地茶商甲", "product_name": "花茶", "lots": [{"lot": stranger["item"], "quantity": {"value": "2", "unit": "箱"}}],
                                                                         "failed_check": "certificate", "failure_note": "没有出厂检验合格证", **fields}, operator_id=teashop["id"])["id"]
    photo = shop.upload(b"proof", "proof.txt")
    blocked = refuse()
    expect([d for d in shop.matter(blocked)["documents"] if d["kind"] == "refusal_slip"], "a refusal is on paper")
    rows_before = len(shop.get("/api/v1/goods", operator=teashop["id"], limit=200)["items"])
    shop.act(blocked, "accept_after", proof="HG-2026-7", proof_files=[photo], attachments=[photo])
    entered = shop.get("/api/v1/goods", operator=teashop["id"], limit=200)["items"]
    expect(len(entered) == rows_before + 1 and any(e["item"] == stranger["item"] and e["amount"] == "2 箱" and e.get("certificate") == "HG-2026-7" for e in entered), "what is accepted after all is entered once, by the step itself")
    blocked = refuse(failed_check="label", failure_note="标签没有生产日期")
    expect("出货" in str(shop.refused(blocked, "return_goods").body), "goods go back only as a movement")
    enter(shop, teashop, act="sent", item=stranger["item"], quantity="2", unit="箱", partner_name="外地茶商甲", partner_contact="13800000000", at=at())
    shop.act(blocked, "return_goods")
    expect(shop.state(blocked) == "returned", "and then they are back")
    blocked = refuse(failed_check="condition", failure_note="有霉味")
    expect("就地封存" in str(shop.refused(blocked, "return_goods").body), "what may do harm does not go back")
    shop.act(blocked, "hold_and_report", hazard="开箱有霉味，怀疑受潮霉变")
    view = inspector.matter(blocked)
    expect(view["matter"]["state"] == "held" and any(link["kind"] == "lead" for link in view["links"]), "it is held, reported, and starts a lead")
    refused(shop, teashop, 409, act="received", item=stranger["item"], quantity="1", unit="箱", partner_name="外地茶商甲", partner_contact="13800000000")
    film = inspector.upload(b"film", "film.txt")
    part = [{"lot": stranger["item"], "place": "河畔茶叶店", "quantity": {"value": "1", "unit": "箱"}, "way": "destroyed", "witness": "村民甲", "film": "video-1", "on": now().date().isoformat()}]
    expect("没有处置" in str(inspector.refused(blocked, "dispose", disposed=part).body), "all of it must be accounted for")
    part[0]["quantity"]["value"] = "2"
    inspector.act(blocked, "dispose", disposed=part)
    expect(inspector.state(blocked) == "disposed", "then it is closed")

    # ---- the figures that the book feeds, down to the record
    office = Person(server, "office")
    refusals, kept = office.get("/api/v1/figures/T05"), office.get("/api/v1/figures/T01")
    expect(refusals["value"] == 2 and len(office.get("/api/v1/figures/T05/records")["items"]) == 2, f"two refusals are counted: {refusals['value']}")
    expect(kept["numerator"] == 1 and kept["denominator"] > 1 and [r for r in office.get("/api/v1/figures/T01/records", limit=500)["items"] if teashop["id"] in str(r) and r["counted"] == "numerator"], f"one seller of {kept['denominator']} keeps a book: {kept['numerator']}")

    # ---- list, export, certificate, ledger
    rows, cursor = [], None
    while True:
        page = shop.get("/api/v1/goods", operator=teashop["id"], limit=3, **({"cursor": cursor} if cursor else {}))
        rows += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    count = len(rows) - 1
    expect(len({r["id"] for r in rows}) == len(rows) == len(shop.get("/api/v1/goods", operator=teashop["id"], limit=200)["items"]) and [r["at"] for r in rows] == sorted((r["at"] for r in rows), reverse=True), "the book pages, newest first, each once")
    expect(all(r["act"] == "sold" for r in shop.get("/api/v1/goods", operator=teashop["id"], act="sold")["items"]), "by kind")
    expect({r["product"] for r in shop.get("/api/v1/goods", operator=teashop["id"], q="花茶")["items"]} == {"花茶"}, "by words")
    expect(not shop.get("/api/v1/goods", operator=teashop["id"], q="100%")["items"], "a sign is a sign")
    csv = shop.call("GET", "/api/v1/export/goods.csv?" + urllib.parse.urlencode({"operator": teashop["id"]}))
    expect(csv.count("\r\n") == count + 2 and "外地茶商甲" in csv, "the book is exported")
    paper = subprocess.run(["pdftotext", "-", "-"], input=village.bytes(f"/api/v1/goods/{leaf['id']}/certificate.pdf"), capture_output=True).stdout.decode()
    expect("承诺达标合格证" in paper and "鲜叶" in paper and "建设村演示农户05号" in paper, "the household's certificate is on paper")
    code = subprocess.run("pdftoppm -r 150 -png - /tmp/zhian-cert-$$ && zbarimg -q --raw /tmp/zhian-cert-$$*.png; rm -f /tmp/zhian-cert-$$*", shell=True, input=village.bytes(f"/api/v1/goods/{leaf['id']}/certificate.pdf"), capture_output=True).stdout.decode().strip()
    path = urllib.parse.urlparse(code).path
    story = urllib.request.urlopen(server.url + path).read().decode()
    expect(path.startswith("/public/lots/") and "鲜叶" in story and "没有召回" in story and "05号" not in story and factory["name"] not in story, f"its code opens the public story of the lot, without the household's name or the buyer's: {code}")
    expect(path in urllib.request.urlopen(server.url + "/public/search?q=" + leaf["lot_no"]).read().decode(), "the portal finds it by its number")
    for hostile in ("x" * 500, "%27%20OR%201=1", "..%2f..%2fetc"):
        try:
            urllib.request.urlopen(server.url + "/public/lots/" + hostile)
            expect(False, f"no lot {hostile[:20]}")
        except urllib.error.HTTPError as error:
            expect(error.code in (400, 404, 414), f"no lot {hostile[:20]} ({error.code})")
    try:
        tea.bytes(f"/api/v1/goods/{made['id']}/certificate.pdf")
        expect(False, "a factory issues none")
    except Exception as error:
        expect("409" in str(error), "a factory issues none")
    events = Person(server, "head").call("GET", "/epcis/events?" + urllib.parse.urlencode({"MATCH_anyEPCClass": leaf["item"]}), headers={"Accept": "application/json"})
    expect(len(events["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) >= 3, "the entries are events of the same repository")
    server.stop()
    command = subprocess.run([f"{build}/zhian", "mock-recall", made["item"], "--data", server.data, "--policy", server.policy], capture_output=True, text=True)
    expect(command.returncode == 0 and '"balanced":true' in command.stdout, f"as a command as well: {command.stderr}")
    expect(subprocess.run([f"{build}/zhian", "ledger", "verify", "--data", server.data], capture_output=True).returncode == 0, "the ledger covers the book")

finish()
