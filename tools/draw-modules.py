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


# Rooms are drawn as one box each of rules and of faces: that they are alike, and know nothing of each other, is what the page says.
# A room of several parts is drawn with its own arrows.
GROUPS = {"rooms": "rules of the rooms", "faces": "faces of the rooms"}


def group(module):
    return None if not module.startswith("rooms/") else "faces" if module.endswith("/face") else "rooms"


def node(module):
    return f"{module.replace('/', '_')}[{module.removeprefix('rooms/')}]"


lines = ["```mermaid", "graph TD"]
arrows = []
for module in graph:
    direct = [d for d in graph[module] if not any(d in below(other) for other in graph[module] if other != d)]
    for d in direct:
        ends = []
        parts = group(module) == group(d) == "rooms"
        for end in (module, d):
            ends.append(node(end) if parts or group(end) is None else group(end))
        if ends[0] != ends[1] and f"  {ends[0]} --> {ends[1]}" not in arrows:
            arrows.append(f"  {ends[0]} --> {ends[1]}")
lines += arrows
for name, title in GROUPS.items():
    lines.append(f"  subgraph {name}[{title}]")
    lines += [f"    {node(m)}" for m in sorted(graph) if group(m) == name]
    lines.append("  end")
lines.append("```")
diagram = "\n".join(lines)
text = page.read_text()
begin, end = "<!-- modules: tools/draw-modules.py -->\n", "\n<!-- end of modules -->"
at, to = text.index(begin) + len(begin), text.index(end)
if text[at:to] == diagram:
    sys.exit(0)
if "--check" in sys.argv:
    sys.exit("docs/architecture.md does not show the modules of cmake/modules.cmake: run tools/draw-modules.py .")
page.write_text(text[:at] + diagram + text[to:])
