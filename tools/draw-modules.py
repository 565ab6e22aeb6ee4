#!/usr/bin/env python3
"""draw-modules.py ROOT [--check]: the modules of cmake/modules.cmake as the diagram of docs/architecture.md (Mermaid), without the
arrows that follow from others. --check says whether the page shows what the build declares."""
import pathlib, re, sys

root = pathlib.Path(sys.argv[1])
page = root / "docs/architecture.md"
graph = {}
for name, rest in re.findall(r"^zhian_module\((\S+)(.*)\)\s*$", (root / "cmake/modules.cmake").read_text(), re.M):
    match = re.search(r"DEPENDS ([^A-Z]*)", rest)
    if any((root / "src" / name).glob("*.cpp")):
        graph[name] = match[1].split() if match else []


def below(module, seen=None):
    seen = set() if seen is None else seen
    for d in graph.get(module, []):
        if d not in seen:
            seen.add(d)
            below(d, seen)
    return seen


lines = ["```mermaid", "graph TD"]
rooms = sorted(m for m in graph if m.startswith("rooms/"))
plain = {m: m.replace("/", "_") for m in graph}
for module in graph:
    direct = [d for d in graph[module] if not any(d in below(other) for other in graph[module] if other != d)]
    if module in rooms:
        direct = [d for d in direct if d != "procedure"]
    elif any(d in rooms for d in direct):
        direct = [d for d in direct if d not in rooms] + ["rooms"]
    for d in direct:
        lines.append(f"  {plain[module]}[{module}] --> {d if d == 'rooms' else plain[d] + '[' + d + ']'}")
lines.append("  subgraph rooms")
lines += [f"    {plain[m]}[{m.removeprefix('rooms/')}]" for m in rooms]
lines += ["  end", "  rooms --> procedure[procedure]", "```"]
diagram = "\n".join(lines)
text = page.read_text()
begin, end = "<!-- modules: tools/draw-modules.py -->\n", "\n<!-- end of modules -->"
at, to = text.index(begin) + len(begin), text.index(end)
if text[at:to] == diagram:
    sys.exit(0)
if "--check" in sys.argv:
    sys.exit("docs/architecture.md does not show the modules of cmake/modules.cmake: run tools/draw-modules.py .")
page.write_text(text[:at] + diagram + text[to:])
