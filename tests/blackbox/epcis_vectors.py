#!/usr/bin/env python3
"""Published documents and vectors of EPCIS 2.0, where they are beside the project: every document validates, every event has its
CBV hash, every identifier its canonical Digital Link. Usage: epcis_vectors.py ROOT BUILD; exit 77 where they are absent."""
import json, sys

from lane import check, data, end, run

if not data.is_dir():
    print("skipped: ../shared/data/epcis is not there")
    sys.exit(77)


def hashes(path):
    return run("hash", path)[1].split()


examples = data / "event-hash" / "examples"
for expected in sorted(examples.glob("*.hashes")):
    wanted = expected.read_text().split()
    for document in (expected.with_suffix(".jsonld"), expected.with_suffix(".xml")):
        if document.exists():
            check(hashes(document) == wanted, f"hash {document.name}")
for group in sorted((data / "event-hash" / "expected-equal").iterdir()):
    found = hashes(group)
    check(len(found) > 0 and len(set(found)) == 1, f"equal {group.name}: {len(set(found))} of {len(found)}")
# The second of the seven has another device in a sensor report.
same = [hashes(p) for p in sorted((data / "gs1" / "xml" / "WithEventHashID").glob("event_with*")) if "_2." not in p.name]
check(all(h and h[0] == same[0][0] for h in same), "identical hash")

# One example holds the key eventID twice with two values: it says two things, and is refused.
TWICE = "AssociationEvent-h.jsonld"
documents = [p for folder in ("gs1/json", "gs1/xml", "event-hash/examples", "event-hash/expected-equal") for p in sorted((data / folder).rglob("*"))
             if p.suffix in (".jsonld", ".xml", ".json") and "CaptureJob" not in p.parts]
for document in documents:
    code, out, err = run("validate", document)
    check(code == (1 if document.name == TWICE else 0), f"validate {document.relative_to(data)}: {err.strip()[:300]}")
# Digital Link and element strings.
links = json.loads((data / "digital-link" / "dl-vectors.json").read_text(encoding="utf-8"))
NAMES = {"PermitZeroSuppressedGTINinDLuris": "--zero-suppressed-gtin", "permitConvenienceAlphas": "--short-names"}


def flags(case):
    options = case.get("options") or {}
    out = [NAMES[name] for name in options if name in NAMES]
    # Unknown identifiers are attributes only where the rule against them is switched off as well.
    if any(value is False for value in options.values()):
        out.append("--unknown-identifiers")
    return out


for case in links["parse_dl_uri"]:
    code, out, err = run("digital-link", "parse", *flags(case), "--", case["uri"])
    check((code == 0) == case["ok"] and out.strip() == case["expect_element_string"], f"parse {case['uri']}: {code} {out.strip()} {err.strip()}, wanted {case['expect_element_string']}")
for case in links["generate_dl_uri"]:
    stem = ["--stem", case["stem"]] if case["stem"] else []
    code, out, err = run("digital-link", "build", *flags(case), *stem, "--", case["ai_data"])
    check((code == 0) == case["ok"] and out.strip() == case["expect_uri"], f"build {case['ai_data']}: {code} {out.strip()} {err.strip()}, wanted {case['expect_uri']}")
end()
