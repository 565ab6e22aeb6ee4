#!/usr/bin/env python3
"""All routes that read × every role × inside and outside of the territory: nothing ends in an error of the server, nothing of
another territory or of another operator is shown, nothing but what is public is shown without an account."""
import json, sys, urllib.error, urllib.request

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Problem, Server

source, build = sys.argv[1:3]


def expect(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


with Server(f"{build}/zhian", source) as server:
    meta = json.loads(urllib.request.urlopen(server.url + "/api/v1/meta").read())
    users = [a["username"] for a in meta["demo_accounts"]]
    expect(len(users) > 20, "the demonstration has people of every role")
    head = Person(server, "head")
    routes = json.loads(urllib.request.urlopen(server.url + "/api/openapi.json").read())["paths"]
    inside = head.get("/api/v1/operators", q="峡谷茶业")["items"][0]
    outside = head.get("/api/v1/operators", q="河畔茶叶店")["items"][0]
    streams = {"/api/v1/events"}
    reads = [path for path, methods in routes.items() if "get" in methods and path not in streams]
    expect(len(reads) > 25, f"the routes are declared ({len(reads)})")

    def addresses(operator, matter):
        for path in reads:
            for name, value in (("id", operator["id"] if "operators" in path else matter), ("sha256", "0" * 64), ("file", "operators.csv"), ("code", "ABCDEFGH2345"), ("gtin", "06909912345670"), ("lot", "JKH20260905"), ("kind", "operators"), ("level", "0"), ("index", "000"), ("duty", "x"), ("action", "x")):
                path = path.replace("{" + name + "}", value)
            yield path.split("{")[0] if "{" in path else path

    asked = 0
    scope = {}
    for user in users:
        person = Person(server, user)
        for where, operator in (("inside", inside), ("outside", outside)):
            for path in addresses(operator, operator["matter_id"]):
                asked += 1
                try:
                    person.call("GET", path)
                except Problem as error:
                    expect(error.status < 500, f"{user} {path}: {error}")
        session = person.get("/api/v1/session")
        places = {a["jurisdiction"]["id"] for a in session["assignments"] if a.get("jurisdiction")}
        own = {a["operator"]["id"] for a in session["assignments"] if a.get("operator")}
        shown = []
        cursor = None
        while True:
            page = person.get("/api/v1/operators", limit=500, **({"cursor": cursor} if cursor else {}))
            shown += page["items"]
            cursor = page["next"]
            if not cursor:
                break
        for item in shown:
            expect(item["id"] in own if own else any(item["jurisdiction"]["id"].startswith(p) for p in places), f"{user} is shown {item['name']} of {item['jurisdiction']['name']}")
        for item in person.get("/api/v1/matters", limit=500)["items"]:
            expect((item["operator"] or {}).get("id") in own if own else any(item["jurisdiction"]["id"].startswith(p) for p in places), f"{user} is shown the matter {item['number']}")
        scope[user] = len(shown)
        for operator in (inside, outside):
            may = operator["id"] in own if own else any(operator["jurisdiction"]["id"].startswith(p) for p in places)
            for path in (f"/api/v1/operators/{operator['id']}", f"/api/v1/matters/{operator['matter_id']}"):
                try:
                    person.get(path)
                    expect(may, f"{user} opened {path}")
                except Problem as error:
                    expect(not may and error.status in (403, 404), f"{user} {path}: {error.status}")
    expect(scope["head"] > scope["yongsheng"] > 1 and scope["tea"] == scope["teashop"] == 1, f"territories differ: {scope}")

    anonymous = 0
    for path in addresses(outside, outside["matter_id"]):
        try:
            status = urllib.request.urlopen(server.url + path, timeout=20).status
        except urllib.error.HTTPError as error:
            status = error.code
        expect(status < 500, f"without an account {path}: {status}")
        if path.startswith("/api/v1/") and path not in ("/api/v1/meta",):
            expect(status in (401, 404), f"without an account {path} is open: {status}")
            anonymous += status == 401
    expect(anonymous > 15, "what is not public asks for an account")
    print(f"{asked} answers for {len(users)} people over {len(reads)} routes")
print("1 passed, 0 failed")
