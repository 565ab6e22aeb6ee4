#!/usr/bin/env python3
"""The public portal, from outside: three languages without script, the links of a lot, and nothing personal."""
import json, re, urllib.error, urllib.parse, urllib.request

from client import Server, build, expect, finish, source

with Server(f"{build}/zhian", source) as server:
    def get(path, **headers):
        request = urllib.request.Request(server.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    pages = ["/public", "/public/notices", "/public/recalls", "/public/penalties", "/public/listings", "/public/draws", "/public/ledger", "/public/search?q=%E8%8C%B6", "/public/verify/ABCDEFGH2345", "/01/06909912345670", "/01/06909912345670/10/JKH20260905"]
    for path in pages:
        for language in ("zh-Hans", "zh-Hant", "en"):
            status, page, headers = get(path + ("&" if "?" in path else "?") + "lang=" + language)
            if status not in (200, 404) or f'<html lang="{language}">' not in page or "<script" in page or "text/html" not in headers["Content-Type"]:
                expect(False, f"{path} in {language}: {status}")
        expect(page.count("<h1>") == 1 and f'href="{path.replace("&", "&amp;")}' in page, f"{path} stands in three languages, without script, and links to the others")
    expect("Look it up" in get("/public", Accept_Language="en-GB,en;q=0.8")[1] and "公示" in get("/public")[1], "the browser's language is followed, Simplified Chinese where it names none")
    expect("lang=en" in get("/public?lang=en")[1] and 'href="/public/recalls?lang=en"' in get("/public?lang=en")[1], "a language that was chosen is kept in the links")
    expect(not re.search("[\u4e00-\u9fff]", re.sub(r"<(style|title)>.*?</\1>|金口河区|质</span>|简体|繁體|<h3>.*?</h3>|<a [^>]*>[^<]*</a>|<p>[^<]*〔[^<]*</p>|<article.*?</article>|<td.*?</td>", "", get("/public?lang=en")[1])), "an English page says nothing in Chinese but names and published texts")

    lot = get("/01/06909912345670/10/JKH20260905")[1]
    expect("峡谷" in lot and "JKH20260905" in lot and "SC1" in lot, "a lot tells what it is, its producer and the permit")
    expect(get("/01/06909912345687/10/JKH20260905")[0] == 404, "the same lot number of another product is another lot")
    expect("/01/06909912345670/10/JKH20260905" in get("/01/06909912345670")[1], "a product lists its lots")
    for path, headers in (("/01/06909912345670/10/JKH20260905?linkType=all", {}), ("/01/06909912345670/10/JKH20260905", {"Accept": "application/linkset+json"})):
        status, body, answer = get(path, **headers)
        links = json.loads(body)["linkset"][0]
        expect(status == 200 and answer["Content-Type"].startswith("application/linkset+json") and links["anchor"].endswith("/01/06909912345670/10/JKH20260905") and "https://gs1.org/voc/recallStatus" in links, "a linkset tells the links of the lot by type")

    expect("SC1" in get("/public/search?q=" + urllib.parse.quote("峡谷茶业"))[1], "an enterprise is found by name, with its permits")
    number = re.search(r"SC\d{14}", get("/public/search?q=" + urllib.parse.quote("峡谷茶业"))[1])[0]
    expect("峡谷茶业" in get("/public/search?q=" + number)[1], "and by the number of its permit")
    expect("/01/06909912345670/10/JKH20260905" in get("/public/search?q=JKH20260905")[1], "a lot is found by its number")
    hostile = '"><script>alert(1)</script>%_'
    status, page, _ = get("/public/search?q=" + urllib.parse.quote(hostile))
    expect(status == 200 and "<script" not in page, "what was typed is shown, not run")
    household = json.loads(urllib.request.urlopen(urllib.request.Request(server.url + "/api/v1/meta")).read())
    expect("farm" not in json.dumps(household) and "户" not in re.sub(r"<style>.*?</style>|<form.*?</form>", "", get("/public/search?q=" + urllib.parse.quote("建设村"))[1]).replace("没有查到“建设村”", ""), "no household is found by the public")
    for path in ("/public/publications/none", "/public/draws/none/proof", "/01/1/10/2", "/01/%25/10/%25"):
        expect(get(path)[0] == 404, f"{path} is not there, and says so")
finish()
