"""How values are written as C++."""


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def boolean(value):
    return "true" if value else "false"


def label(texts):
    return "{" + ", ".join(text(one) for one in texts) + "}"


class Arrays:
    """Numbered constexpr arrays, in the order in which they are asked for: a span in a constant table points at one of them."""

    def __init__(self):
        self.lines = []

    def add(self, element, values):
        """The name of a new array, or an empty span."""
        if not values:
            return "{}"
        name = f"a{len(self.lines) + 1}"
        self.lines.append(f"constexpr {element} {name}[] = {{" + ", ".join(values) + "};")
        return name

    def texts(self, values):
        return self.add("std::string_view", [text(value) for value in values])
