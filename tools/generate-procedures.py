#!/usr/bin/env python3
"""generate-procedures.py SRC OUT [--policy DIR] [--check]: the declared tables of src/rooms/*/procedures.md and
src/procedure/data/*.tsv as C++ (OUT/procedure/*.generated.cpp). Exit 1 and one line a fault; with --check nothing is written.

What is checked: every name is declared, every state is reachable and has an exit, no (kind, from, action) occurs twice, what is
opened is closed somewhere, every deadline has a rule, every field of a form has a label in three languages."""
import csv, pathlib, re, sys

args = [a for a in sys.argv[1:] if not a.startswith("--")]
SRC, OUT = pathlib.Path(args[0]), pathlib.Path(args[1]) if len(args) > 1 else None
POLICY = pathlib.Path(sys.argv[sys.argv.index("--policy") + 1]) if "--policy" in sys.argv else SRC.parent / "policy"
if "--policy" in sys.argv:
    args.remove(str(POLICY)) if str(POLICY) in args else None
FLAGS = "overdue suspended exception disputed urgent confidential upper frozen_holder training voided".split()
TYPES = "text longtext date datetime integer decimal money quantity bool choice duty officers account operator matter jurisdiction file files items code rule".split()
# Guards that state that a duty is closed: the duty is named in the guard, not in the row.
ASSERTS = {"no_hearing_is_open": "finish_permit_hearing", "no_preserved_item_is_open": "settle_preserved", "upward_report_is_done": "report_upward",
           "midterm_is_recorded": "midterm", "registration_was_accepted": "accept_registration"}
faults = []


def bad(*what):
    faults.append(" ".join(str(w) for w in what))


def tsv(name):
    with open(SRC / "procedure/data" / name, encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def cells(line):
    line = re.sub(r"\{[^}]*\}", lambda m: m.group(0).replace("|", "\0"), line.strip().strip("|"))
    return [c.replace("\0", "|").strip() for c in line.split("|")]


none = lambda c: c in ("—", "-", "")
labels = {r["key"]: (r["zh-Hans"], r["zh-Hant"], r["en"]) for r in tsv("labels.tsv")}
guards = {r["guard"]: r for r in tsv("guards.tsv")}
documents = {r["document"]: r for r in tsv("documents.tsv")}
roles = {r["role"]: r for r in tsv("roles.tsv")}
grounds = [r["ground"] for r in tsv("grounds.tsv")]


def label(key):
    if key not in labels:
        bad("no label:", key, "- add a row to src/procedure/data/labels.tsv")
        return ("?", "?", "?")
    if not all(labels[key]):
        bad("label lacks a language:", key)
    return labels[key]


def parse_field(name, spec, where):
    # A "?" at the end of an items field belongs to its last column.
    # "items?:" is a list that may be left empty.
    optional = spec.startswith("items?:") or spec.endswith("?") and not spec.startswith("items:")
    spec = "items:" + spec[7:] if spec.startswith("items?:") else spec[:-1] if optional else spec
    kind, _, arguments = spec.partition(":")
    if "(" in kind:
        kind, _, arguments = spec.partition("(")
        arguments = arguments.rstrip(")")
    if kind not in TYPES:
        bad(where, "field", name, "has unknown type", kind)
    if kind == "items":
        arguments = re.sub(r"\(([^)]*)\)", lambda m: "(" + m.group(1).replace("/", "|") + ")", arguments)
        for column in re.split(r",(?![^(]*\))", arguments):
            label("field." + column.split(":")[0].strip())
    else:
        arguments = arguments.replace("/", "|")
    return dict(name=name, type=kind, args=arguments, optional=optional, label=label("field." + name))


def guard_fields(spec, guard):
    return [parse_field(*part.split(":", 1), f"guard {guard}") for part in re.split(r";", spec) if part] if spec else []


# ---- rules of the policy pack
rules = set()
for path in POLICY.glob("*/*.toml"):
    for found in re.findall(r'^id = "([^"]+)"', path.read_text(encoding="utf-8"), re.M):
        rules.add(re.sub(r"\.v\d{4}(?=\.)", "", found))


def rule_exists(pattern):
    patterns = [pattern]
    while any("{" in p for p in patterns):
        out = []
        for p in patterns:
            m = re.search(r"\{([^}]*)\}", p)
            if not m:
                out.append(p)
            elif "/" in m.group(1):
                out += [p[: m.start()] + a + p[m.end():] for a in m.group(1).split("/")]
            else:
                out.append(p[: m.start()] + "\x01" + p[m.end():])
        patterns = out
    return [p.replace("\x01", "*") for p in patterns if not any(re.fullmatch(re.escape(p).replace("\x01", r"\S+?"), r) for r in rules)] if rules else []


# ---- kinds
kinds = {}
for path in sorted([*(SRC / "rooms").glob("*/procedures.md"), SRC / "identity/procedures.md"]):
    room = path.parent.name
    for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        kind = section.split()[0]
        where = f"{path.relative_to(SRC)}: {kind}:"
        if kind in kinds:
            bad(where, "kind twice")
        for part in ("**Purpose and ground.**", "**Subject.**", "**Room.**", "**Live.**", "**States.**", "**Must refuse.**"):
            if part not in section:
                bad(where, "lacks", part)
        head = re.search(r"\*\*States\.\*\*(.*)", section)
        states = {m.group(1): bool(m.group(2)) for m in re.finditer(r"`([a-z0-9_]+)`(\*?) ", head.group(1) if head else "")}
        rows, duties, fields, mode = [], {}, [], None
        for line in section.splitlines():
            first = line.split("|")[1].strip() if line.startswith("|") and line.count("|") > 1 else ""
            if first in ("from", "duty", "field"):
                mode = first
                continue
            if not line.startswith("|"):
                mode = None
                continue
            if set(line) <= set("|-: "):
                continue
            c = cells(line)
            if mode == "from":
                if len(c) != 9:
                    bad(where, "row has", len(c), "columns instead of 9:", line[:80])
                    continue
                rows.append(dict(zip("from action zh to who guards duties document effects".split(), c)))
            elif mode == "duty":
                if len(c) != 7:
                    bad(where, "duty row has", len(c), "columns instead of 7:", line[:80])
                    continue
                if c[0] in duties:
                    bad(where, "duty twice", c[0])
                duties[c[0]] = dict(zip("duty zh holder rule start suspended extension".split(), c))
            elif mode == "field":
                if len(c) != 5:
                    bad(where, "field row has", len(c), "columns instead of 5:", line[:80])
                    continue
                field = parse_field(c[0], c[1], where)
                field.update(actions=[a.strip() for a in c[2].split(",")], visibility=c[3], automatic="" if none(c[4]) else c[4])
                fields.append(field)
        kinds[kind] = dict(room=room, live="**Live.** yes" in section, states=states, rows=rows, duties=duties, fields=fields, where=where,
                           purpose=(re.search(r"\*\*Purpose and ground\.\*\* (.*)", section) or [None, ""])[1],
                           about=list(dict.fromkeys(re.findall(r"[a-z]+", (re.search(r"\*\*Subject\.\*\* (.*?)(?:\*\*|$)", section, re.M) or [None, ""])[1].replace("(s)", "").lower()))))

for kind, k in kinds.items():
    where, states = k["where"], k["states"]
    terminal = {s for s, t in states.items() if t}
    keys, edges, opened, closed, expanded = set(), {}, set(), set(), []
    actions = {r["action"] for r in k["rows"]}
    for r in k["rows"]:
        origins = [s for s in states if s not in terminal] if r["from"] == "any" else [f.strip() for f in r["from"].split(",")]
        r["who_list"] = r["who"].split("/")
        r["guard_list"] = [] if none(r["guards"]) else [g.strip() for g in r["guards"].split(",")]
        r["duty_list"] = [] if none(r["duties"]) else r["duties"].split()
        r["effect_list"] = []
        for role in r["who_list"]:
            if role not in roles:
                bad(where, "unknown role", role, "in", r["action"])
        for g in r["guard_list"]:
            if g not in guards:
                bad(where, "guard not in the glossary:", g)
            elif k["live"] and guards[g]["how"] == "pending":
                bad(where, "is live, but its guard has no meaning yet:", g, "- set `how` in src/procedure/data/guards.tsv")
        for d in r["duty_list"]:
            if d[0] not in "+-~^" or d[1:] not in k["duties"]:
                bad(where, "unknown duty", d, "in", r["action"])
                continue
            if d[0] == "+":
                opened.add(d[1:])
            elif d[0] == "-":
                closed.add(d[1:])
            elif d[0] == "~" and none(k["duties"][d[1:]]["suspended"]):
                bad(where, "suspends a duty that may not be suspended:", d)
        if not none(r["document"]) and r["document"] not in documents:
            bad(where, "document not in the list:", r["document"])
        if not none(r["effects"]):
            for e in r["effects"].split(";"):
                m = re.fullmatch(r"(start|close|credit|set|hold|free|stop|notify|flag|unflag):([a-z_.0-9]+)(?:#([a-z_]+))?", e.strip())
                if not m:
                    bad(where, "effect cannot be read:", e)
                    continue
                if m[1] in ("start", "close") and m[2] not in kinds:
                    bad(where, "effect names no kind:", e)
                if m[1] == "notify" and m[2] not in roles:
                    bad(where, "effect names no role:", e)
                if m[1] in ("flag", "unflag") and m[2] not in FLAGS:
                    bad(where, "unknown flag:", e)
                r["effect_list"].append((m[1], m[2], m[3] or ""))
        for origin in origins:
            if origin != "∅" and origin not in states:
                bad(where, "unknown state in `from`:", origin)
            if (origin, r["action"]) in keys:
                bad(where, "two rows for", origin, r["action"])
            keys.add((origin, r["action"]))
            to = origin if r["to"] == "=" else r["to"]
            if to not in states:
                bad(where, "unknown state in `to`:", to)
            if origin in terminal and not re.match(r"(reopen|restore)", r["action"]):
                bad(where, "leaves the terminal state", origin, "by", r["action"], "- name it reopen… or restore…")
            edges.setdefault(origin, set()).add(to)
            expanded.append(("" if origin == "∅" else origin, to, r))
        label(f"action.{kind}.{r['action']}")
    k["expanded"] = expanded
    seen, todo = {"∅"}, ["∅"]
    while todo:
        for n in edges.get(todo.pop(), ()):
            if n not in seen:
                seen.add(n)
                todo.append(n)
    for s in states:
        label(f"state.{kind}.{s}")
        if s not in seen:
            bad(where, "state cannot be reached:", s)
        if s not in terminal:
            reach, stack = set(), [s]
            while stack:
                for n in edges.get(stack.pop(), ()):
                    if n not in reach:
                        reach.add(n)
                        stack.append(n)
            if not reach & terminal:
                bad(where, "no end can be reached from", s)
    asserted = {ASSERTS[g] for r in k["rows"] for g in r["guard_list"] if g in ASSERTS}
    for d, row in k["duties"].items():
        label(f"duty.{kind}.{d}")
        if d not in opened:
            bad(where, "duty is never opened:", d)
        if d not in closed and d not in asserted:
            bad(where, "duty is never closed:", d)
        if row["holder"] not in roles:
            bad(where, "unknown holder of", d + ":", row["holder"])
        for missing in rule_exists(row["rule"]):
            bad(where, "no rule for the duty", d + ":", missing)
        for ground in [] if none(row["suspended"]) else row["suspended"].split(","):
            if ground.strip() not in grounds:
                bad(where, "unknown ground", ground, "for", d)
    for f in k["fields"]:
        for a in f["actions"]:
            if a not in actions:
                bad(where, "field", f["name"], "names no action:", a)
    label("kind." + kind)
for g, row in guards.items():
    label("guard." + g)
    row["field_list"] = guard_fields(row["fields"] or "", g)
for d in documents:
    label("document." + d)
for r in roles:
    label("role." + r)
# ---- actions of every kind (procedures.md, "Actions of every kind")
common = tsv("common.tsv")
for row in common:
    split = lambda text: [x.strip() for x in re.split("[/,]", text or "") if x.strip()]
    row["who_list"], row["guard_list"], row["kind_list"] = split(row["who"]), split(row["guards"]), [] if row["kinds"] == "*" else split(row["kinds"])
    row["effect_list"] = [e.split(":", 1)[1] for e in split(row["effects"])]
    label("action.common." + row["action"])
    for g in row["guard_list"]:
        if g not in guards:
            bad("common.tsv:", row["action"], "names no guard:", g)
    for r in row["who_list"]:
        if r != "holder" and r not in roles:
            bad("common.tsv:", row["action"], "names no role:", r)
if faults:
    print("\n".join(sorted(set(faults))), file=sys.stderr)
    sys.exit(1)
if "--live" in sys.argv:
    for kind, k in sorted(kinds.items()):
        if k["live"]:
            print(kind, "(" + k["room"] + "):", " ".join(sorted({g for r in k["rows"] for g in r["guard_list"] if guards[g]["how"].startswith("code")})))
if "--check" in sys.argv or OUT is None:
    sys.exit(0)

# ---- C++
q = lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"'
lab = lambda t: "{" + ", ".join(q(x) for x in t) + "}"
out = ['// Generated by tools/generate-procedures.py; do not edit.', '#include "procedure/about.hpp"', '#include "procedure/model.hpp"', "", "namespace zhian::procedure {", "namespace {", ""]
counter = 0


def array(kind, items):
    """A named constexpr array, or an empty span."""
    global counter
    if not items:
        return "{}"
    counter += 1
    out.append(f"constexpr {kind} a{counter}[] = {{" + ", ".join(items) + "};")
    return f"a{counter}"


def field_code(f, actions=(), visibility="", automatic=""):
    return (f'Field{{{q(f["name"])}, {q(f["type"])}, {q(f["args"])}, {"true" if f["optional"] else "false"}, {lab(f["label"])}, '
            f'{array("std::string_view", [q(a) for a in actions])}, {q(visibility)}, {q(automatic)}}}')


HOW = {"fields": "kFields", "code": "kCode", "code+form": "kCodeForm", "second": "kSecond", "pending": "kPending"}
guard_rows = []
for g, row in guards.items():
    guard_rows.append(f'Guard{{Guard::How::{HOW[row["how"]]}, {q(g)}, {lab(label("guard." + g))}, {array("Field", [field_code(f) for f in row["field_list"]])}}}')
DUTY = {"+": "kOpen", "-": "kClose", "~": "kSuspend", "^": "kResume"}
kind_rows, code_guards, effects = [], set(), set()
for kind, k in sorted(kinds.items()):
    states = array("State", [f'State{{{q(s)}, {lab(label(f"state.{kind}.{s}"))}, {"true" if t else "false"}}}' for s, t in k["states"].items()])
    shared, rows = {}, []
    for origin, to, r in k["expanded"]:
        if id(r) not in shared:
            shared[id(r)] = [array("std::string_view", [q(x) for x in r["who_list"]]), array("std::string_view", [q(x) for x in r["guard_list"]]),
                             array("DutyOp", [f"DutyOp{{DutyOp::Kind::{DUTY[d[0]]}, {q(d[1:])}}}" for d in r["duty_list"]]),
                             array("Effect", [f"Effect{{Effect::Kind::k{e[0].capitalize()}, {q(e[1])}, {q(e[2])}}}" for e in r["effect_list"]])]
        who, gs, ds, es = shared[id(r)]
        rows.append(f'Transition{{{q(origin)}, {q(r["action"])}, {lab(label(f"action.{kind}." + r["action"]))}, {q(to)}, {who}, {gs}, {ds}, '
                    f'{q("" if none(r["document"]) else r["document"])}, {es}}}')
        if k["live"]:
            code_guards |= {g for g in r["guard_list"] if guards[g]["how"].startswith("code")}
            effects |= {e[0] if e[0] == "credit" else f"{e[0]}:{e[1]}" for e in r["effect_list"] if e[0] in ("set", "hold", "free", "stop", "credit")}
    transitions = array("Transition", rows)
    duty_rows = []
    for d, row in k["duties"].items():
        start, before = row["start"], "false"
        if start.startswith("before "):
            start, before = start[7:], "true"
        clock_kind, clock_action, clock_field = "", "", ""
        if start.startswith("field:"):
            clock_field = start[6:]
        else:
            clock_kind, _, clock_action = start.partition("#")
        duty_rows.append(f'Duty{{{q(d)}, {lab(label(f"duty.{kind}.{d}"))}, {q(row["holder"])}, {q(row["rule"])}, {q(clock_kind)}, {q(clock_action)}, {q(clock_field)}, {before}, '
                         f'{array("std::string_view", [] if none(row["suspended"]) else [q(g.strip()) for g in row["suspended"].split(",")])}, '
                         f'{q("" if none(row["extension"]) else row["extension"])}}}')
    duties = array("Duty", duty_rows)
    fields = array("Field", [field_code(f, f["actions"], f["visibility"], f["automatic"]) for f in k["fields"]])
    kind_rows.append(f'Kind{{{q(kind)}, {q(k["room"])}, {lab(label("kind." + kind))}, {q(k["purpose"])}, "", {"true" if k["live"] else "false"}, {states}, {transitions}, {duties}, {fields}}}')
subject_rows = [f'KindSubject{{{q(kind)}, {array("std::string_view", [q(w) for w in k["about"]])}}}' for kind, k in sorted(kinds.items())]
common_rows, EMPTY = [], q("")
for row in common:
    code_guards |= {g for g in row["guard_list"] if guards[g]["how"].startswith("code")}
    effects |= {f"set:{e}" for e in row["effect_list"]}
    transition = (f'Transition{{"", {q(row["action"])}, {lab(label("action.common." + row["action"]))}, "", {array("std::string_view", [q(x) for x in row["who_list"]])}, '
                  f'{array("std::string_view", [q(x) for x in row["guard_list"]])}, {{}}, {q(row["document"] or "")}, {array("Effect", [f"Effect{{Effect::Kind::kSet, {q(e)}, {EMPTY}}}" for e in row["effect_list"]])}}}')
    common_rows.append(f'CommonAction{{{transition}, {array("std::string_view", [q(k) for k in row["kind_list"]])}}}')
names = [array("Kind", kind_rows), array("Guard", guard_rows),
         array("DocumentKind", [f'DocumentKind{{{q(d)}, {lab(label("document." + d))}, {"true" if r["series"] == "external" else "false"}}}' for d, r in documents.items()]),
         array("Role", [f'Role{{{q(r)}, {lab(label("role." + r))}, {q(v["scope"])}}}' for r, v in roles.items()]),
         array("SuspensionGround", [f'SuspensionGround{{{q(g)}, {lab(label("ground." + g))}}}' for g in grounds]),
         array("LabelRow", [f"LabelRow{{{q(k)}, {lab(v)}}}" for k, v in sorted(labels.items())]), array("CommonAction", common_rows), array("KindSubject", subject_rows)]
out += ["", "}  // namespace", ""]
for name, kind, values in (("Kinds", "Kind", 0), ("Guards", "Guard", 1), ("DocumentKinds", "DocumentKind", 2), ("Roles", "Role", 3),
                           ("SuspensionGrounds", "SuspensionGround", 4), ("Labels", "LabelRow", 5), ("CommonActions", "CommonAction", 6), ("KindSubjects", "KindSubject", 7)):
    out.append(f"std::span<const {kind}> {name}() {{ return {names[values]}; }}")
out += ["", "}  // namespace zhian::procedure", ""]
bind = ['// Generated by tools/generate-procedures.py; do not edit.', '#include "procedure/bindings.hpp"', "",
        "// A guard or effect of a live kind without code does not link: define it in its room.", "namespace zhian::guards {"]
bind += [f"procedure::GuardResult {g}(const procedure::GuardContext&);" for g in sorted(code_guards)]
bind += ["}  // namespace zhian::guards", "namespace zhian::effects {"]
function = lambda e: e.replace(":", "_").replace(".", "_")
bind += [f"Status {function(e)}(procedure::EffectContext&);" for e in sorted(effects)]
bind += ["}  // namespace zhian::effects", "", "namespace zhian::procedure {", "namespace {", "constexpr GuardBinding kGuards[] = {"]
bind += [f"    {{{q(g)}, &guards::{g}}}," for g in sorted(code_guards)]
bind += ["};", "constexpr EffectBinding kEffects[] = {"] + [f"    {{{q(e)}, &effects::{function(e)}}}," for e in sorted(effects)]
bind += ["};", "constexpr Bindings kBindings{kGuards, kEffects, {}};", "}  // namespace", "const Bindings& LiveBindings() { return kBindings; }", "}  // namespace zhian::procedure", ""]
folder = OUT / "procedure"
folder.mkdir(parents=True, exist_ok=True)
for name, lines in (("kinds.generated.cpp", out), ("bindings.generated.cpp", bind)):
    text = "\n".join(lines)
    path = folder / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
