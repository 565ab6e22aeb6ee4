"""What is measured from outside the program: rates and tails of small answers, time to the first answer, memory, the first page."""
import gzip, json, os, pathlib, re, shutil, signal, socket, subprocess, sys, time, urllib.request

program, folder, root, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]


def show(**measure):
    print(json.dumps(measure, ensure_ascii=False))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def serve(port):
    started = time.perf_counter()
    process = subprocess.Popen([program, "serve", "--data", str(folder / "demo"), "--policy", str(root / "policy"), "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port)) as s:
                s.sendall(b"GET /api/v1/meta HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                s.recv(1000)
                return process, time.perf_counter() - started
        except OSError:
            time.sleep(0.0005)
    sys.exit("the program did not start")


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(20)


# ---- from start to the first answer, against opening the database with its own shell
port, static_port = free_port(), free_port()
ours, shell = [], []
for i in range(7):
    process, taken = serve(port)
    ours.append(taken)
    stop(process)
    begun = time.perf_counter()
    subprocess.run(["sqlite3", str(folder / "demo" / "zhian.db"), "SELECT COUNT(*) FROM operator"], stdout=subprocess.DEVNULL, check=True)
    shell.append(time.perf_counter() - begun)
ours.sort(), shell.sort()
show(measure="start to first answer", ms=round(ours[3] * 1e3, 1), shell_ms=round(shell[3] * 1e3, 1), ratio=round(ours[3] / shell[3], 2), goal="<= 3")

# ---- small answers
process, _ = serve(port)
time.sleep(1)
rss = next(int(line.split()[1]) for line in open(f"/proc/{process.pid}/status") if line.startswith("VmRSS"))
show(measure="memory at rest", MB=round(rss / 1024, 1))
if shutil.which("wrk"):
    def rate(url, *headers):
        out = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", *sum((["-H", h] for h in headers), []), url], capture_output=True, text=True).stdout
        tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
        unit = {"us": 1e-3, "ms": 1, "s": 1e3}[tail[2]]
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
        assert bad is None, f"{url}: {bad[0]}"
        return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), float(tail[1]) * unit

    body = json.dumps({"username": "head", "password": "demo-2026"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/session", data=body, headers={"Content-Type": "application/json"})
    cookie = urllib.request.urlopen(request).headers["Set-Cookie"].split(";")[0]
    transport = rate(f"http://127.0.0.1:{port}/healthz")
    answer = rate(f"http://127.0.0.1:{port}/api/v1/clock", f"Cookie: {cookie}")
    show(measure="small JSON answer of a session", per_s=round(answer[0]), p99_ms=round(answer[1], 2), transport_per_s=round(transport[0]), transport_p99_ms=round(transport[1], 2), ratio=round(answer[0] / transport[0], 2), goal=">= 0.5")
    if shutil.which("nginx"):
        site = folder / "site"
        site.mkdir()
        (site / "small.json").write_text("{}" * 60)
        (folder / "nginx.conf").write_text(f"user root; worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.err; events {{}} http {{ access_log off; server {{ listen 127.0.0.1:{static_port}; root {site}; }} }}")
        server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        time.sleep(1)
        static = rate(f"http://127.0.0.1:{static_port}/small.json")
        server.terminate()
        show(measure="transport alone against a bare static server (nginx)", per_s=round(transport[0]), static_per_s=round(static[0]), ratio=round(transport[0] / static[0], 2))
    else:
        show(measure="bare static server", skipped="nginx is not installed")
else:
    show(measure="small answers", skipped="wrk is not installed")
stop(process)

# ---- the first page: what the browser loads before anybody has signed in
page = (root / "web/dist/index.html").read_text()
names = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
size = sum(len(gzip.compress((root / "web/dist" / n[1:]).read_bytes(), 9)) for n in names) + len(gzip.compress(page.encode(), 9))
show(measure="first page, gzip", KB=round(size / 1024, 1), goal="< 120")
