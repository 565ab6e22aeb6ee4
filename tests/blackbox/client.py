"""A small client of the HTTP interface for black-box tests: one server, one session a person."""
import base64, http.cookiejar, json, os, pathlib, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request


source, build = (sys.argv[1:3] + ["", ""])[:2]  # of the script that runs: the tree, and the folder of its build
passed = 0
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from demonstration import demonstration


def expect(condition, text):
    """A check: what must be true, told as it passes; the script ends with the first that is not."""
    global passed
    if not condition:
        sys.exit(f"FAILED: {text}")
    passed += 1
    print("ok", text)


def finish(more=""):
    """The last line of a script."""
    print(f"{passed} passed{more}")


def problem(call):
    """The refusal of a call that must be refused."""
    try:
        call()
    except Problem as error:
        return error
    raise AssertionError("was accepted, but must be refused")


class Problem(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {json.dumps(body, ensure_ascii=False)[:1500]}")
        self.status, self.body = status, body


class Server:
    """The program on a demonstration folder of its own, at a free port."""

    def __init__(self, program, source, data=None):
        self.folder = tempfile.TemporaryDirectory()
        self.data = data or os.path.join(self.folder.name, "data")
        self.program, self.policy = program, os.path.join(source, "policy")
        if data is None:
            demonstration(program, self.policy, self.data)
        self.log = open(os.path.join(self.folder.name, "log"), "w")
        self.process = subprocess.Popen([program, "serve", "--data", self.data, "--policy", self.policy, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        self.url = line.split(" at ")[1].strip()
        self.contract = None  # answers.Contract: every exchange of the people of this server is then held against it

    def hold_to_document(self):
        """From now on every exchange must be as /api/openapi.json declares it."""
        from answers import Contract  # only here: other tests do without a validator

        self.contract = Contract(json.loads(urllib.request.urlopen(self.url + "/api/openapi.json").read()))
        return self.contract

    def run(self, *arguments, check=True):
        return subprocess.run([self.program, *arguments, "--data", self.data, "--policy", self.policy], check=check, capture_output=True, text=True, timeout=300)

    def stop(self):
        self.process.terminate()
        code = self.process.wait(30)
        self.log.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.folder.cleanup()


class Person:
    def __init__(self, server, username, password="demo-2026"):
        self.server, self.username = server, username
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.csrf = None
        self.csrf = self.call("POST", "/api/v1/session", {"username": username, "password": password})["csrf"]

    def call(self, method, path, body=None, headers=None, raw=None):
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data=data, method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self.csrf:
            request.add_header("X-CSRF-Token", self.csrf)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with self.opener.open(request, timeout=60) as answer:
                text = answer.read()
                self.witness(method, path, body, answer, text)
        except urllib.error.HTTPError as error:
            text = error.read()
            self.witness(method, path, body, error, text)
            try:
                raise Problem(error.code, json.loads(text)) from None
            except json.JSONDecodeError:
                raise Problem(error.code, text.decode(errors="replace")) from None
        return json.loads(text) if text[:1] in (b"{", b"[") else text.decode()

    def witness(self, method, path, body, answer, text):
        if self.server.contract is not None:
            faults = self.server.contract.check(method, path, body, answer.status, answer.headers.get("Content-Type"), text)
            assert not faults, f"{self.username}: the answer is not as declared in /api/openapi.json:\n" + "\n".join(faults[:20])

    def upload(self, content, name):
        """Sends a file; returns its digest."""
        return self.call("POST", "/api/v1/attachments?name=" + urllib.parse.quote(name), raw=content, headers={"Content-Type": "application/octet-stream"})["sha256"]

    def bytes(self, path):
        with self.opener.open(self.server.url + path, timeout=60) as answer:
            return answer.read()

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def matter(self, id):
        return self.get(f"/api/v1/matters/{id}")

    def create(self, kind, action, fields, **more):
        return self.call("POST", "/api/v1/matters", {"kind": kind, "action": action, "fields": fields, **more})

    def act(self, id, action, second=None, attachments=(), **fields):
        """One step; where it needs a second person, `second` confirms it."""
        view = self.matter(id)
        version = view["matter"]["version"]
        answer = self.call("POST", f"/api/v1/matters/{id}/actions/{action}", {"fields": fields, "attachments": list(attachments)}, {"If-Match": f'"{version}"'})
        # What the door lets through, the page must have offered.
        offered = next((a for a in view["actions"] if a["action"] == action), None)
        assert offered is not None and offered["allowed"], f"{action} was accepted, but not offered: {offered and offered['reasons']}"
        if "approval_id" in answer:
            assert second is not None, f"{action} waits for a second person"
            answer = second.call("POST", f"/api/v1/approvals/{answer['approval_id']}", {"decision": "confirm"})
        return answer

    def refused(self, id, action, second=None, **fields):
        """The step must be refused; returns the problem."""
        try:
            self.act(id, action, second, **fields)
        except Problem as problem:
            return problem
        raise AssertionError(f"{action} was accepted, but must be refused")

    def state(self, id):
        return self.matter(id)["matter"]["state"]

    def linked(self, id, kind):
        return [m for m in self.matter(id)["links"] if m["kind"] == kind]


class BrowserPerson(Person):
    """Acts through the web interface in Chromium; reads, and what must be refused, go over HTTP as before."""
    driver = None
    contents = {}

    def step(self, **command):
        if BrowserPerson.driver is None:
            web = pathlib.Path(__file__).resolve().parents[2] / "web"
            BrowserPerson.driver = subprocess.Popen(["node", "tests/driver.mjs"], cwd=web, env={**os.environ, "BASE_URL": self.server.url}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        BrowserPerson.driver.stdin.write(json.dumps({"user": self.username, "files": self.contents, **command}) + "\n")
        BrowserPerson.driver.stdin.flush()
        answer = json.loads(BrowserPerson.driver.stdout.readline() or '{"ok":false,"error":"the driver ended"}')
        assert answer["ok"], f"{self.username} {command.get('action')}: {answer.get('error')}"
        return answer

    def upload(self, content, name):
        digest = super().upload(content, name)
        self.contents[digest] = {"name": name, "content": base64.b64encode(content).decode()}
        return digest

    def create(self, kind, action, fields, **more):
        if set(more) - {"operator_id", "jurisdiction_id"}:
            return super().create(kind, action, fields, **more)  # links are made by other steps, not typed by people
        return self.step(op="create", kind=kind, action=action, fields=fields, operator=more.get("operator_id"), place=more.get("jurisdiction_id"))

    def act(self, id, action, second=None, attachments=(), **fields):
        before = {m["id"] for m in self.matter(id)["links"]}
        self.step(op="act", matter=id, action=action, fields=fields)
        if second is not None:
            second.step(op="confirm", matter=id, action=action)
        view = self.matter(id)
        return {**view, "started": [m for m in view["links"] if m["id"] not in before]}

    def refused(self, id, action, second=None, **fields):
        try:
            Person.act(self, id, action, second, **fields)
        except Problem as problem:
            return problem
        raise AssertionError(f"{action} was accepted, but must be refused")
