"""Statements that must run on SQLite and on PostgreSQL: what only one of them knows is refused, outside of src/storage.

Reads the string literals of C++ (neighbours joined) and looks at those that are SQL. Migrations that differ between the engines are
given for both: `.sql` and `.postgresql` of storage::Migration; what stands in the text named `.sql` of such a one is SQLite's own.
The text of a migration that folders have applied cannot be changed: what is wrong with an old one gets its `.postgresql` beside it."""
import re

# (family, pattern, what to do instead)
ONE_ENGINE = [
    ("insert-or", r"\bINSERT OR \w+|\bREPLACE INTO\b", "ON CONFLICT … DO NOTHING or DO UPDATE"),
    ("ifnull", r"\bIFNULL\s*\(", "COALESCE"),
    ("glob", r"\b(GLOB|REGEXP)\b", "LIKE … ESCAPE, or a comparison in C++"),
    ("time", r"\b(strftime|julianday|datetime|unixepoch)\s*\(", "compute the instant in C++ and bind it"),
    ("json", r"\bjson_\w+\s*\(|->>|\bjsonb?\b", "keep what is asked for in a column of its own"),
    ("aggregate", r"\b(group_concat|string_agg|total)\s*\(", "read the rows and join them in C++"),
    ("text-function", r"\b(printf|instr|hex|quote|char|unicode|typeof|randomblob|random|zeroblob)\s*\(", "compute it in C++"),
    ("pragma", r"\bPRAGMA\b|\bpragma_\w+", "a function of storage::Connection"),
    ("rowid", r"\b_?rowid_?\b|\boid\b|\blast_insert_rowid\b", "a key of its own"),
    ("autoincrement", r"\bAUTOINCREMENT\b|\bWITHOUT ROWID\b|\bSTRICT\b|\bSERIAL\b", "BIGINT and a counter, or UUIDv7"),
    ("virtual-table", r"\bVIRTUAL TABLE\b|\bfts5\b|\bMATCH\b", "a migration in both dialects (Migration::postgresql)"),
    ("trigger", r"\bCREATE (TEMP )?TRIGGER\b|\bCREATE FUNCTION\b", "a migration in both dialects (Migration::postgresql)"),
    ("limit", r"\bLIMIT\s+-1\b|\bLIMIT\s+[$\w]+\s*,", "LIMIT with a bound"),
    ("collation", r"\bCOLLATE\b|\bNOCASE\b", "fold the text in C++ (base::Fold) and keep the folded one"),
    ("double-equals", r"(?<![<>=!])==(?!=)", "="),
    ("is-value", r"\bIS (NOT )?(?!NOT\b|NULL\b|DISTINCT\b|TRUE\b|FALSE\b)[$\w'(]", "= with what NULL means said, or IS NULL"),
    ("index-hint", r"\bINDEXED BY\b|\bNOT INDEXED\b", "a condition that the index serves"),
    ("savepoint", r"\bSAVEPOINT\b|^\s*BEGIN\b|^\s*COMMIT\b|\bROLLBACK\b", "storage::Connection::Attempt, or Database::Write"),
    ("type", r"\b(?:TINYINT|MEDIUMINT|NUMBER|DATETIME|CLOB|NVARCHAR|BYTEA|UUID|JSONB|VARCHAR|BOOLEAN)\b(?=[ ,)])", "TEXT, BIGINT, DOUBLE PRECISION or BLOB, which the storage knows on both"),
    ("type-width", r"\b\w+ (?:INTEGER|INT|SMALLINT|REAL|FLOAT)\b(?=[ ,)])", "BIGINT or DOUBLE PRECISION: PostgreSQL's INTEGER has 32 bits and its REAL 24"),
    ("like", r"\bLIKE (?:\$\d+|[\w.]+ \|\||'%' \|\|)(?!\S* ?ESCAPE)(?![^)]{0,40}ESCAPE)", "LIKE $n ESCAPE '\\\\' with base::LikePattern"),
    ("quoted-text", r"(?:[=(,<>]|\bIN|\bLIKE)\s*\"[^\"]*\"", "text stands in single quotes; in double ones it is the name of a column"),
    ("text-plus", r"'[^']*'\s*\+|\+\s*'[^']*'", "||"),
    ("truth", r"\b(?:WHERE|AND|OR|NOT|WHEN) (?:\w\.)?(?:terminal|food|stopped|above_size|held|extended)\b(?!\s*(?:[=<>!]|IS|IN|\.))", "compare with 0 or 1: PostgreSQL takes no number for a truth"),
    ("truth-sum", r"\bSUM\s*\((?![^()]*\bCASE\b)[^()]*(?:[=<>]|\bIN\b|\bIS\b)[^()]*\)", "SUM(CASE WHEN … THEN 1 ELSE 0 END)"),
    ("cut-write", r"\b(?:DELETE FROM|UPDATE) (?:(?!SELECT).)*\bLIMIT\b", "DELETE … WHERE key IN (SELECT … LIMIT n)"),
    ("district", r"'d'(?!\w)", "$d, which the connection binds"),
]
# Where one engine's own stands for a reason: {path: (families, why)}. Nothing of it in other files.
OWN = {
    "src/search/search.cpp": (("virtual-table", "rowid", "type-width", "quoted-text"), "full text is the engine's own; PostgreSQL's statements come with its engine"),
    "src/demo/demo_test.cpp": (("json",), "the demonstration is loaded into a folder, which is SQLite"),
}


def literals(text):
    """Neighbouring string literals of C++, joined, each with the line where it begins and what stands before it."""
    token = re.compile(r'R"(\w*)\((.*?)\)\1"|"((?:[^"\\\n]|\\.)*)"|//[^\n]*|/\*.*?\*/|\'(?:[^\'\\\n]|\\.)\'', re.S)
    joined, start, end, before = None, 0, 0, ""
    for match in token.finditer(text):
        if match[2] is None and match[3] is None:
            continue
        part = match[2] if match[2] is not None else match[3].replace('\\"', '"').replace("\\\\", "\\").replace("\\n", "\n")
        if joined is not None and not re.sub(r"//[^\n]*", "", text[end : match.start()]).strip():
            joined += part
        else:
            if joined is not None:
                yield joined, start, end, before
            joined, start, before = part, match.start(), text[max(0, match.start() - 160) : match.start()]
        end = match.end()
    if joined is not None:
        yield joined, start, end, before


SQL = re.compile(r"^\s*(SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|PRAGMA|SAVEPOINT|ROLLBACK|RELEASE|BEGIN|COMMIT)\b[ ;]|\b(WHERE|ORDER BY|FROM|JOIN|VALUES|DO UPDATE SET|LIMIT) [\w$(]")


def arguments(text, at):
    """The parts between commas of the parenthesis that opens at text[at]."""
    depth, part, parts, quoted = 0, "", [], False
    for c in text[at:]:
        if c == "'":
            quoted = not quoted
        if not quoted and c == "(":
            depth += 1
            if depth == 1:
                continue
        if not quoted and c == ")":
            depth -= 1
            if depth == 0:
                return parts + [part]
        if not quoted and c == "," and depth == 1:
            parts.append(part)
            part = ""
        else:
            part += c
    return parts + [part]


def schema(files):
    """{column: types} of every table that a migration makes."""
    columns = {}
    for path, text in files.items():
        if not path.startswith("src/") or not path.endswith((".cpp", ".hpp")) or path.endswith("_test.cpp"):
            continue
        for table in re.finditer(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) (?=\()", text):
            for column in arguments(text, table.end()):
                words = column.replace('"', " ").split()
                if len(words) >= 2 and words[1].rstrip(",)") in ("TEXT", "BIGINT", "DOUBLE", "BLOB"):
                    columns.setdefault(words[0], set()).add(words[1].rstrip(",)"))
    return columns


def one_engine(sql, columns):
    """(family, what stands there, what to do) of one statement or part of one."""
    for family, pattern, instead in ONE_ENGINE:
        for match in re.finditer(pattern, sql):
            yield family, match[0].strip(), instead
    for match in re.finditer(r"\b(MIN|MAX)\s*(?=\()", sql):
        if len(arguments(sql, match.end())) > 1:
            yield "scalar-min-max", match[1] + "(a, b)", "CASE WHEN a < b THEN a ELSE b END: PostgreSQL's MIN and MAX are of rows only"
    for match in re.finditer(r"\bDO UPDATE SET (.*)", sql, re.S):
        for name in re.findall(r"(?<![.\w])(\w+)\s*=\s*\1\b(?!\.)", match[1]):
            yield "upsert-name", name + " = " + name, "say whose: TABLE." + name + " or excluded." + name
    for match in re.finditer(r"\b(?:FROM|JOIN) (?=\((?:SELECT|VALUES|WITH)\b)", sql):
        inner = ",".join(arguments(sql, match.end()))
        after = sql[match.end() + len(inner) + 2 :].lstrip()
        if after and not re.match(r"(AS )?(?!ON\b|WHERE\b|JOIN\b|ORDER\b|LIMIT\b|GROUP\b|LEFT\b)[a-z]\w*", after):
            yield "alias", "FROM (SELECT …)", "a name after the parenthesis"
    for name, value in re.findall(r"(?<![\w$])(?:\w+\.)?(\w+)\s*(?:=|<>|<=?|>=?)\s*('[^']*'|-?\d+)", sql):
        types = columns.get(name, set())
        if types == {"TEXT"} and not value.startswith("'"):
            yield "implicit-cast", f"{name} against {value}", "compare a text with a text"
        if types and types <= {"BIGINT", "DOUBLE"} and value.startswith("'"):
            yield "implicit-cast", f"{name} against {value}", "compare a number with a number"


def whole_query(text, at):
    """The first argument of the call whose parenthesis opens at text[at]."""
    return arguments(re.sub(r"'(?=[^'\n]*[\"(])", "'", text[at : at + 6000]), 0)[0]


def statement_faults(path, text, columns):
    """What is refused in a file of C++: (line, family, what, instead)."""
    if not path.startswith(("src/", "apps/")) or path.startswith("src/storage/") or not path.endswith((".cpp", ".hpp")):
        return
    own = OWN.get(path, ((), ""))[0]
    if path.endswith("_test.cpp"):
        own += ("savepoint",)  # both know it; in the product it would leave behind what was asked for the end of the write
    for joined, start, end, before in literals(text):
        if not SQL.search(joined) or not re.search(r"[a-z_$*]", joined):
            continue
        # Given for both: the text for SQLite may be SQLite's own, the other PostgreSQL's.
        both = re.match(r"\s*,\s*\.postgresql\s*=", re.sub(r"//[^\n]*", "", text[end : end + 600])) or re.search(r"\.postgresql\s*=\s*$", before)
        if both:
            continue
        line = text[:start].count("\n") + 1
        for family, what, instead in one_engine(joined, columns):
            if family not in own:
                yield line, family, what, instead
    for match in re.finditer(r'\{\s*"district"\s*,\s*"d"\s*\}', text):
        yield text[: match.start()].count("\n") + 1, "district", match[0], "district() of storage::Connection"
    if path.endswith("_test.cpp"):
        return
    for match in re.finditer(r"\bQuery(?=\()", text):
        argument = whole_query(text, match.end())
        sql = "".join(part for part, *_ in literals(argument))
        is_select = re.match(r"\s*(SELECT|WITH)\b", sql)
        if not is_select or re.search(r"\bLIMIT\b", sql) or re.search(r'"\s*\+|\+\s*"|\?', re.sub(r'"(?:[^"\\]|\\.)*"', '""', argument)):
            continue
        listed = re.split(r"\bFROM\b", sql, maxsplit=1)[0]
        if re.match(r"\s*SELECT\s+(COUNT|MIN|MAX|SUM|COALESCE\s*\(\s*(SUM|MAX|MIN))\b", listed) and not re.search(r"\bGROUP BY\b", sql):
            continue
        yield text[: match.start()].count("\n") + 1, "no-limit", sql[:60], "LIMIT: rows are read into memory"


FAMILIES = [family for family, *_ in ONE_ENGINE] + ["scalar-min-max", "upsert-name", "alias", "implicit-cast", "no-limit"]


def unseen(lines, columns):
    """Rows of the fixture, FAMILY<tab>CODE: a family whose fault the check does not see, or code that is right ("-") and is refused."""
    seen = set()
    for row in lines:
        wanted, _, code = row.partition("\t")
        found = {family for _, family, _, _ in statement_faults("src/rooms/example/guards.cpp", code, columns)}
        if wanted == "-" and found:
            yield f"{code}: is right, and is refused as {', '.join(sorted(found))}"
        if wanted != "-" and wanted not in found:
            yield f"{code}: {wanted} was not seen"
        seen.add(wanted)
    for family in FAMILIES:
        if family not in seen:
            yield f"{family}: has no row that must fail"
