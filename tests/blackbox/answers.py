"""The declared shapes of /api/openapi.json, held against what the server answers and what people send. The validator is an independent
one: Debian's python3-jsonschema, draft 2020-12, which is what OpenAPI 3.1 builds on."""
import json, re, urllib.parse

import jsonschema

PARTS = "#/components/schemas/"
FORMATS = jsonschema.FormatChecker(formats=())
DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"


@FORMATS.checks("date")
def is_day(value):
    return not isinstance(value, str) or re.fullmatch(DAY, value) is not None


@FORMATS.checks("date-time")
def is_instant(value):
    return not isinstance(value, str) or re.fullmatch(DAY + r"T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})", value) is not None


def no_double(pairs):
    """An object of an answer; a name that stands twice is a fault that parsers hide."""
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"names that stand twice in one object: {sorted(twice)}")
    return dict(pairs)


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


class Contract:
    """One document. `check` returns the faults of one exchange, each with the JSON pointer of the place."""

    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]
        self.validators = {}
        self.answered = {}  # operationId: {status: how often}
        self.templates = []
        for path, methods in document["paths"].items():
            pattern = re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path)) + "$")
            for method, operation in methods.items():
                self.templates.append((method.upper(), pattern, path, operation))
        # Where two templates fit (/trace/{file} and a fixed name), the one with fewer open parts is the route.
        self.templates.sort(key=lambda entry: entry[2].count("{"))

    def faults_of_document(self):
        """What is wrong with the document itself, whatever the server answers."""
        faults, ids = [], set()
        if self.document.get("openapi") != "3.1.0":
            faults.append("/openapi: not 3.1.0")
        for key in ("title", "version"):
            if not self.document.get("info", {}).get(key):
                faults.append(f"/info/{key}: missing")
        for reference in set(references(self.document)):
            if not reference.startswith(PARTS) or reference[len(PARTS):] not in self.schemas:
                faults.append(f"a reference leads nowhere: {reference}")
        used = {reference[len(PARTS):] for reference in references(self.document["paths"])}
        while True:
            more = {reference[len(PARTS):] for name in used for reference in references(self.schemas.get(name, {}))} - used
            if not more:
                break
            used |= more
        for name, schema in self.schemas.items():
            if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
                faults.append(f"/components/schemas/{name}: not a name that OpenAPI takes")
            faults += self.faults_of_schema(f"/components/schemas/{name}", schema)
        for method, _, path, operation in self.templates:
            where = f"{method} {path}"
            if operation.get("operationId") in ids or not operation.get("operationId"):
                faults.append(f"{where}: operationId is missing or stands twice")
            ids.add(operation.get("operationId"))
            if not operation.get("summary"):
                faults.append(f"{where}: no summary")
            open_parts = set(re.findall(r"\{([^}]*)\}", path))
            declared = [(p["name"], p["in"]) for p in operation.get("parameters", [])]
            if {name for name, place in declared if place == "path"} != open_parts or len(declared) != len(set(declared)):
                faults.append(f"{where}: parameters do not fit the path, or stand twice")
            done = [status for status in operation["responses"] if status.startswith("2")]
            if not done or "default" not in operation["responses"]:
                faults.append(f"{where}: no answer is declared")
            for status, response in operation["responses"].items():
                if not response.get("description"):
                    faults.append(f"{where} {status}: no description")
                for media, content in response.get("content", {}).items():
                    if media.endswith("json"):
                        faults += self.faults_of_schema(f"{where} {status}", content.get("schema"))
                if status.startswith("2") and status != "204" and not response.get("content"):
                    faults.append(f"{where} {status}: says neither a schema nor a media type")
            if method == "POST" and not operation.get("requestBody"):
                faults.append(f"{where}: does not say what it takes")
            for media, content in (operation.get("requestBody") or {}).get("content", {}).items():
                if "schema" in content:  # a document of another standard (EPCIS) is taken as it is
                    faults += self.faults_of_schema(f"{where} takes", content["schema"])
        return faults

    def faults_of_schema(self, where, schema):
        """Not a schema, or one that says nothing: no type at all, or an object that takes anything."""
        if not isinstance(schema, dict) or not schema:
            return [f"{where}: no schema"]
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            return [f"{where}: {error.message}"]
        faults = []

        def look(node, at):
            if isinstance(node, dict):
                if node.get("type") == "object" and "additionalProperties" not in node:
                    faults.append(f"{where}{at}: an object that does not say what it refuses")
                missing = set(node.get("required", [])) - set(node.get("properties", {}))
                if "properties" in node and isinstance(node.get("required", []), list) and missing:
                    faults.append(f"{where}{at}: required but not declared: {sorted(missing)}")
                for key, value in node.items():
                    look(value, f"{at}/{key}")
            elif isinstance(node, list):
                for i, value in enumerate(node):
                    look(value, f"{at}/{i}")

        look(schema, "")
        return faults

    def route(self, method, path):
        return next(((path_of, operation) for m, pattern, path_of, operation in self.templates if m == method and pattern.match(path)), (None, None))

    def against(self, schema, value):
        """Faults of the value, each with its pointer; the deepest of the alternatives where several shapes are allowed."""
        key = id(schema)
        if key not in self.validators:
            whole = {**schema, "components": self.document["components"]}
            self.validators[key] = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        for error in self.validators[key].iter_errors(value):
            told = jsonschema.exceptions.best_match([error])
            yield f"/{'/'.join(str(part) for part in told.absolute_path)}: {told.message[:300]}"

    def check(self, method, url, sent, status, media, text):
        """One exchange. `sent`: the JSON that was sent, or None; `text`: the answer's bytes."""
        path = urllib.parse.urlsplit(url).path
        _, operation = self.route(method, path)
        if operation is None:
            return [] if not path.startswith("/api/") or status in (404, 405) else [f"{method} {path}: answered, but not declared"]
        seen = self.answered.setdefault(operation["operationId"], {})
        seen[status] = seen.get(status, 0) + 1
        where = f"{method} {url} {status}"
        responses = operation["responses"]
        declared = responses.get(str(status)) or (responses["default"] if status >= 400 else None)
        if declared is None:
            return [f"{where}: this status is not declared"]
        faults = []
        contents = declared.get("content", {})
        kind = (media or "").split(";")[0].strip()
        if not contents:
            return [f"{where}: has content, but none is declared"] if text else []
        if kind not in contents:
            return [f"{where}: media type {kind!r}, declared {sorted(contents)}"]
        if kind.endswith("json"):
            try:
                value = json.loads(text, object_pairs_hook=no_double)
            except ValueError as error:
                return [f"{where}: {error}"]
            faults += [f"{where} {fault}" for fault in self.against(contents[kind]["schema"], value)]
        body = operation.get("requestBody")
        if sent is not None and status < 300 and "schema" in (body or {}).get("content", {}).get("application/json", {}):
            # What was taken is what is declared: a client that follows the document can send it.
            faults += [f"{where} sent {fault}" for fault in self.against(body["content"]["application/json"]["schema"], sent)]
        return faults
