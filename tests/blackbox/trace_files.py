#!/usr/bin/env python3
"""The files of a trace: every holding as CSV and XLSX, a report whose text can be read, and clear answers where there is none."""
import io, subprocess, sys, zipfile

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import Person, Problem, Server

source, build = sys.argv[1:3]


def expect(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")
    print("ok", text)


with Server(f"{build}/zhian", source) as server:
    lead = Person(server, "samplead")
    shop = lead.get("/api/v1/operators", q="峡口杂货店")["items"][0]["name"]
    nodes = lead.get("/api/v1/trace", item="JKH20260905")["nodes"]
    expect(all(n["township"].startswith("511113") and n["township_name"] for n in nodes if n["operator"]), "each holding names its township")
    table = lead.bytes("/api/v1/trace/holdings.csv?item=JKH20260905").decode("utf-8-sig")
    expect(table.count("\r\n") == 1 + len(nodes) and shop in table, "as CSV: a header and every holding")
    expect("xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(lead.bytes("/api/v1/trace/holdings.xlsx?item=JKH20260905"))).namelist(), "as XLSX")
    text = subprocess.run(["pdftotext", "-", "-"], input=lead.bytes("/api/v1/trace/report.pdf?item=JKH20260905"), capture_output=True).stdout.decode()
    expect("批次追溯报告" in "".join(text.split()) and shop.split("（")[0] in "".join(text.split()), "as a report whose text can be read")
    for path, status in (("/api/v1/trace/other.txt?item=JKH20260905", 404), ("/api/v1/trace/holdings.csv", 422), ("/api/v1/trace/holdings.csv?item=none", 404)):
        try:
            lead.call("GET", path)
            expect(False, path)
        except Problem as problem:
            expect(problem.status == status, f"{path} is {status}")
print("1 passed, 0 failed")
