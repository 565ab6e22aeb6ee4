#!/usr/bin/env python3
"""Papers from outside: every document of the demonstration as PDF and as print page with the same content, the whole file of a matter,
drafts, and the proof of a step recomputed here: papers.py ROOT BUILD"""
import base64, hashlib, html, json, pathlib, re, subprocess, sys, tempfile, unicodedata
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Person, Problem, Server

root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
checks = 0


def check(holds, what):
    global checks
    checks += 1
    if not holds:
        print("FAILED:", what)
        sys.exit(1)


def squeeze(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def words(page):
    """The text of a print page without its watermarks (they are drawn letter by letter across the PDF)."""
    body = page.split("<main>", 1)[1]
    body = re.sub(r"<p class=\"mark\">.*?</p>|<svg.*?</svg>", "", body)
    return [squeeze(html.unescape(part)) for part in re.split(r"<[^>]+>", body) if part.strip()]


with Server(str(build / "zhian"), str(root)) as server, tempfile.TemporaryDirectory() as folder:
    head = Person(server, "head")

    def raw(person, path):
        with person.opener.open(server.url + path, timeout=120) as answer:
            return answer.read()

    def pdf_text(path):
        file = pathlib.Path(folder) / "x.pdf"
        file.write_bytes(raw(head, path))
        return subprocess.run(["pdftotext", "-raw", str(file), "-"], check=True, capture_output=True, text=True).stdout

    kinds, case, tofu = {}, None, None
    cursor = ""
    while True:
        page = head.call("GET", "/api/v1/matters?limit=500" + (f"&cursor={cursor}" if cursor else ""))
        for item in page["items"]:
            check("urn:" not in item["title"], f"a title for people: {item['title']}")
            if item["kind"] in ("enforcement_case", "sample", "recall", "rectification", "credit_listing", "disposal", "judicial_transfer", "supervision_task", "publication", "assessment"):
                kinds.setdefault(item["kind"], item)
        cursor = page["next"]
        if not cursor or len(kinds) >= 10:
            break
    seen = set()
    for kind, item in kinds.items():
        view = head.call("GET", f"/api/v1/matters/{item['id']}")
        for document in view["documents"]:
            if document["kind"] in seen:
                continue
            seen.add(document["kind"])
            page = raw(head, f"/api/v1/documents/{document['id']}.html").decode()
            text = squeeze(pdf_text(f"/api/v1/documents/{document['id']}.pdf"))
            lost = [part for part in words(page) if part not in text and len(part) < 25]
            check(not lost, f"{document['kind']}: on the page, not in the PDF: {lost[:5]}")
            check(document["sha256"] in text, f"{document['kind']}: the digest stands in the foot")
            step = next(h for h in view["history"] if h["document_id"] == document["id"])
            proof = head.call("GET", f"/api/v1/matters/{item['id']}/steps/{step['id']}/proof")
            leaf = hashlib.sha256(b"\0" + proof["entry"].encode()).hexdigest()
            check(f"账本第{step['ledger_index']}条,叶{leaf[:16]}" in text, f"{document['kind']}: the ledger entry of its step stands in the foot")
            check("urn:zhian" not in text and "KGM" not in text, f"{document['kind']}: no code of machines")
            check("undefined" not in text and "________" not in text.replace("__________________", ""), f"{document['kind']}: nothing is left open: {text[:200]}")
        check(item["kind"] == "publication" or len(view["documents"]) > 0, kind)
    check(len(seen) >= 25, f"{len(seen)} kinds of documents were read")

    # One step, verified as a stranger would: the change, its commitment, the path and the root of the signed note.
    case = kinds["enforcement_case"]
    view = head.call("GET", f"/api/v1/matters/{case['id']}")
    for step in view["history"]:
        proof = head.call("GET", f"/api/v1/matters/{case['id']}/steps/{step['id']}/proof")
        entry = json.loads(proof["entry"])
        check(entry["commitment"] == hashlib.sha256(bytes.fromhex(proof["salt"]) + proof["change"].encode()).hexdigest(), "the change is the committed one")
        check(json.loads(proof["change"])["transition"] == step["id"], "the change speaks of this step")
        index, last, node = proof["index"], proof["size"] - 1, hashlib.sha256(b"\0" + proof["entry"].encode()).digest()
        for sibling in map(bytes.fromhex, proof["inclusion"]):
            if index % 2 or index == last:
                node = hashlib.sha256(b"\1" + sibling + node).digest()
                while index % 2 == 0 and index:
                    index, last = index // 2, last // 2
            else:
                node = hashlib.sha256(b"\1" + node + sibling).digest()
            index, last = index // 2, last // 2
        check(last == 0 and base64.b64decode(proof["checkpoint"].split("\n")[2]) == node, "the path leads to the root of the checkpoint")
    other = kinds["sample"]
    try:
        head.call("GET", f"/api/v1/matters/{other['id']}/steps/{view['history'][0]['id']}/proof")
        check(False, "a step of another matter is not proved under this one")
    except Problem as problem:
        check(problem.status == 404, "a step of another matter")

    # The whole file: contents, history, every paper in its order, the same in both forms.
    text, page = squeeze(pdf_text(f"/api/v1/matters/{case['id']}/papers/file.pdf")), raw(head, f"/api/v1/matters/{case['id']}/papers/file.html").decode()
    check(page.count("<article") == len(view["documents"]) + 1, "a cover and every paper")
    for document in view["documents"]:
        check(document["number"].replace("〔", "〔") in html.unescape(page) and squeeze(document["number"]) in text, document["number"])
    for step in view["history"]:
        check(str(step["ledger_index"]) in text, "every step stands in the history")
    check("目录" in text and "办理过程" in text, "contents and history")

    # A draft says so, has no number and is nothing that could be verified; who may not see the matter sees no draft and no file.
    drafted = 0
    for item in head.call("GET", "/api/v1/matters?limit=500")["items"]:
        if item["terminal"] or drafted >= 3:
            continue
        for action in head.call("GET", f"/api/v1/matters/{item['id']}")["actions"]:
            if action["document"] and not action["common"]:
                draft = raw(head, f"/api/v1/matters/{item['id']}/drafts/{action['action']}.html").decode()
                check('<p class="mark">草稿</p>' in draft and "/public/verify/" not in draft and "class=\"seal\"" not in draft, "a draft is marked and bears neither seal nor code")
                drafted += 1
                break
    check(drafted == 3, f"{drafted} drafts were read")
    tea = Person(server, "tea")
    for path in (f"/api/v1/matters/{case['id']}/papers/file.pdf", f"/api/v1/matters/{case['id']}/steps/{view['history'][0]['id']}/proof"):
        try:
            tea.call("GET", path)
            check(False, f"{path} is not for everybody")
        except Problem as problem:
            check(problem.status in (403, 404), path)

    # The portal: who is listed, and for what.
    listings = raw(head, "/public/listings?lang=zh-Hans").decode()
    check("<td data-l=\"列入情形\">食品安全</td>" in listings, "the conduct of a listing is told")
print(f"{checks} checks of papers passed")
