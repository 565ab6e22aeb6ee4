#!/usr/bin/env python3
"""Forward recalls of the same graph by databases: SQLite, PostgreSQL, DuckDB, Kuzu. `tracing-peers.py FOLDER SAMPLE NODE_MODULES SECONDS ENGINE_US`
takes the first SAMPLE forward queries of FOLDER; prints a JSON line for each peer with its total, and says why where one is not
there; then how many times the engine's time (ENGINE_US for the same queries) the best of them takes. Recursive queries with UNION
(each lot once), an index on the parent, all in memory or cache after one untimed query. Each peer has SECONDS, loading and all."""
import json, os, pathlib, shutil, signal, sqlite3, subprocess, sys, tempfile, time

folder, sample, modules, seconds, engine_us = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
origins = [int(line.split()[1]) for line in (folder / "queries.txt").read_text().splitlines() if line.startswith("F")][:sample]
RECURSIVE = "WITH RECURSIVE d(v) AS (SELECT child FROM edges WHERE parent = {0} UNION SELECT child FROM edges JOIN d ON parent = v) SELECT count(*), coalesce(sum(v), 0) FROM d"


def say(peer, total, reached, loaded):
    print(json.dumps({"measure": "forward by " + peer, "queries": len(origins), "total_us": round(total * 1e6, 1), "reached": reached, "load_s": round(loaded, 1)}), flush=True)


def timed(peer, ask, loaded):
    ask(origins[0])
    best, reached = None, 0
    for _ in range(3):
        start = time.perf_counter()
        reached = sum(ask(origin) for origin in origins)
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
        if took > 20:
            break
    say(peer, best, reached, loaded)


def sqlite():
    start = time.perf_counter()
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE edges(parent INTEGER, child INTEGER)")
    with (folder / "edges.csv").open() as rows:
        db.executemany("INSERT INTO edges VALUES(?, ?)", (row.split(",")[:2] for row in rows))
    db.execute("CREATE INDEX by_parent ON edges(parent, child)")
    loaded = time.perf_counter() - start
    timed("SQLite", lambda origin: db.execute(RECURSIVE.format("?"), (origin,)).fetchone()[0], loaded)


def postgresql():
    places = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin")) if os.path.isdir("/usr/lib/postgresql") else []
    if not places:
        return print(json.dumps({"measure": "forward by PostgreSQL", "skipped": "not installed"}))
    bin, home = places[-1], tempfile.mkdtemp()
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    run = lambda *command, **more: subprocess.run([*as_user, *map(str, command)], check=True, capture_output=True, text=True, cwd="/", **more).stdout
    run(bin / "initdb", "-D", f"{home}/db", "-A", "trust", "-E", "UTF8")
    run(bin / "pg_ctl", "-D", f"{home}/db", "-w", "-l", f"{home}/log", "-o", f"-k {home} -c listen_addresses='' -c shared_buffers=2GB -c work_mem=64MB -c maintenance_work_mem=512MB -c fsync=off -c jit=off", "start")
    try:
        start = time.perf_counter()
        sql = lambda text, **more: run("psql", "-h", home, "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1", input=text, **more)
        sql("CREATE UNLOGGED TABLE edges(parent bigint, child bigint, grams bigint)")
        with (folder / "edges.csv").open() as rows:
            subprocess.run([*as_user, "psql", "-h", home, "-d", "postgres", "-q", "-c", "COPY edges FROM STDIN CSV"], stdin=rows, check=True, cwd="/", capture_output=True)
        sql("CREATE INDEX ON edges(parent) INCLUDE (child); VACUUM ANALYZE edges")
        loaded = time.perf_counter() - start
        # Timed inside of the server, so that the shell's own start does not count.
        # The planner expects a third of the table from each step and would hash it all: it is told to walk along the index.
        script = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan;\nPREPARE q(bigint) AS " + RECURSIVE.format("$1") + ";\n\\timing on\n" + "".join(f"EXECUTE q({origin});\n" for origin in origins * 2)
        lines = sql(script).split("\n")
        times = [float(line.split()[1]) / 1000 for line in lines if line.startswith("Time:")]
        counts = [int(line.split("|")[0]) for line in lines if "|" in line]
        half = len(origins)
        say("PostgreSQL", sum(times[half:]), sum(counts[half:]), loaded)
    finally:
        subprocess.run([*as_user, str(bin / "pg_ctl"), "-D", f"{home}/db", "-m", "immediate", "stop"], capture_output=True, cwd="/")
        shutil.rmtree(home, ignore_errors=True)


def node(peer, package, script):
    if not (modules / package).exists():
        return print(json.dumps({"measure": "forward by " + peer, "skipped": f"npm package {package} is not installed"}))
    done = subprocess.run(["node", "--input-type=commonjs", "-e", script], capture_output=True, text=True, cwd=modules.parent, env={**os.environ, "NODE_PATH": str(modules), "EDGES": str(folder / "edges.csv"), "LOTS": str(folder / "lots.csv"), "ORIGINS": json.dumps(origins), "SQL": RECURSIVE})
    if done.returncode != 0:
        return print(json.dumps({"measure": "forward by " + peer, "skipped": (done.stderr.strip().splitlines() or ["failed"])[-1][:200]}))
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    say(peer, answer["total"], answer["reached"], answer["loaded"])


TIMED = """
async function timed(ask, loaded) {
  const origins = JSON.parse(process.env.ORIGINS);
  await ask(origins[0]);
  const start = performance.now();
  let reached = 0;
  for (const origin of origins) reached += Number(await ask(origin));
  console.log(JSON.stringify({total: (performance.now() - start) / 1000, reached, loaded: loaded / 1000}));
}
"""
DUCKDB = TIMED + """
(async () => {
  const {DuckDBInstance} = require('@duckdb/node-api');
  const db = await (await DuckDBInstance.create(':memory:', {memory_limit: '3GB'})).connect();
  const start = performance.now();
  await db.run(`CREATE TABLE edges AS SELECT column0 AS parent, column1 AS child FROM read_csv('${process.env.EDGES}', header = false)`);
  await db.run('CREATE INDEX by_parent ON edges(parent)');
  const loaded = performance.now() - start;
  await timed(async (origin) => (await (await db.runAndReadAll(process.env.SQL.replace('{0}', origin))).getRows())[0][0], loaded);
})().catch((error) => { console.error(String(error)); process.exit(1); });
"""
KUZU = TIMED + """
(async () => {
  const kuzu = require('kuzu');
  const db = new kuzu.Connection(new kuzu.Database(':memory:', 3 * 2 ** 30));
  const start = performance.now();
  await db.query('CREATE NODE TABLE Lot(id INT64, layer INT64, operator INT64, minute INT64, grams INT64, PRIMARY KEY(id))');
  await db.query('CREATE REL TABLE Went(FROM Lot TO Lot, grams INT64)');
  await db.query(`COPY Lot FROM '${process.env.LOTS}' (header=false, file_format='csv')`);
  await db.query(`COPY Went FROM '${process.env.EDGES}' (header=false, file_format='csv')`);
  const loaded = performance.now() - start;
  await timed(async (origin) => (await (await db.query(`MATCH (a:Lot)-[:Went* SHORTEST 1..30]->(b:Lot) WHERE a.id = ${origin} RETURN count(DISTINCT b.id) AS n`)).getAll())[0].n, loaded);
  process.exit(0);
})().catch((error) => { console.error(String(error)); process.exit(1); });
"""

PEERS = {"SQLite": sqlite, "PostgreSQL": postgresql, "DuckDB": lambda: node("DuckDB", "@duckdb/node-api", DUCKDB), "Kuzu": lambda: node("Kuzu", "kuzu", KUZU)}


def bounded(peer):
    """The peer in a process of its own, which ends with its time (and then stops what it started)."""
    process = subprocess.Popen([sys.executable, *sys.argv[:6], peer], stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        lines = process.communicate(timeout=seconds)[0].strip().splitlines()
        return json.loads(lines[-1]) if lines else {"measure": "forward by " + peer, "skipped": "failed"}
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return {"measure": "forward by " + peer, "skipped": f"left out after {seconds:.0f} s"}


if len(sys.argv) > 6:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        PEERS[sys.argv[6]]()
    except (OSError, subprocess.CalledProcessError, sqlite3.Error) as error:
        print(json.dumps({"measure": "forward by " + sys.argv[6], "skipped": str(error)[:200]}), flush=True)
    sys.exit(0)
answers = []
for peer in PEERS:
    answers.append(bounded(peer))
    print(json.dumps(answers[-1]), flush=True)
there = [a for a in answers if "total_us" in a]
if there:
    best = min(there, key=lambda a: a["total_us"])
    print(json.dumps({"measure": "best database", "peer": best["measure"].removeprefix("forward by "), "times_the_engine": round(best["total_us"] / engine_us, 1), "all_reach_the_same": len({a["reached"] for a in there}) == 1}), flush=True)
