#!/usr/bin/env python3
"""generate-policy-pack.py FACTS_DIR OUT_DIR: turns the raw rule rows and holiday lists (CSV) into the policy packs (TOML).

Kept for provenance: the packs under policy/ are the product's own data and are edited by hand from now on.
Pack `2007`: rows whose period covers a day of 2007; pack `current`: every other row. A row stands in one pack only, because
rules are looked up by date, not by pack."""
import csv, pathlib, re, sys

FACTS, OUT = map(pathlib.Path, sys.argv[1:3])
DATE = re.compile(r"\d{4}-\d\d-\d\d$")


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


rows = []
for name in ("policy_rules.csv", "policy_new_rows.csv"):
    with open(FACTS / name, encoding="utf-8") as f:
        rows += list(csv.DictReader(f))
packs = {}
# Counted strictly (procedures.md, "Counting"): deprivation-like measures and the limits of referral do not roll over a rest day.
STRICT = ("transfer.decide", "transfer.send", "transfer.police.forward", "transfer.police.review", "transfer.reconsider", "seal.food", "seal.general", "seal.food.ext", "seal.general.ext")
for row in rows:
    start, end = row["effective_from"], row["effective_to"] or "9999-12-31"
    old = DATE.match(start) and start <= "2007-12-31" and end >= "2007-01-01" and end < "2020-01-01"
    packs.setdefault(("2007" if old else "current", row["domain"]), []).append(row)
for (pack, domain), group in sorted(packs.items()):
    out = [f"# Rules of the domain {domain}. Each row holds from `from` to `to` (both included); see docs/architecture.md, policy.", ""]
    for row in group:
        out += ["[[rule]]", f'id = {text(row["id"])}', f'zh = {text(row["rule_zh"])}', f'en = {text(row["rule_en"])}',
                f'value = {text(row["value"])}', f'unit = {text(row["unit"])}', f'start_event = {text(row["start_event"])}',
                f'from = {text(row["effective_from"])}', f'to = {text(row["effective_to"])}', f'source = {text(row["source"])}',
                *(["strict = true"] if row["id"] in STRICT and row["unit"] in ("d", "mo", "y") else []),
                f'confidence = {text(row["confidence"])}', ""]
    path = OUT / pack / f"{domain}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(out), encoding="utf-8")
days = {}
for name in ("holidays_cn_2007.csv", "holidays_cn_2024_2026.csv"):
    with open(FACTS / name, encoding="utf-8") as f:
        for row in csv.DictReader(f):
            days.setdefault(row["date"][:4], []).append(row)
for year, group in sorted(days.items()):
    out = [f"# Days that the State Council's notice moves in {year}: off = rest, otherwise a working day.", f"year = {year}", ""]
    for row in group:
        out += ["[[day]]", f'date = "{row["date"]}"', f'off = {"true" if row["is_off_day"] == "1" else "false"}', f'name = {text(row["name"])}', ""]
    path = OUT / "calendar" / f"{year}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(out), encoding="utf-8")
