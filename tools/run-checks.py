#!/usr/bin/env python3
"""Runs the checks of ./test, as many at a time as the machine has cores (two at least), and says how each ended.

    run-checks.py LOGS <list        each line of the list: NAME <tab> SECONDS at most <tab> command of the shell

Output keeps the order of the list, whatever ends first. Those that took longest the last time (LOGS/times.tsv) begin first, so that
no long one is left over at the end. A check passes with 0, is skipped with 77, fails with all else, or when its time is over; its
output is LOGS/NAME.log, of which a failure shows the end. A check that leaves processes behind loses them when it ends."""
import os, pathlib, signal, subprocess, sys, time

TAIL_LINES, LONGEST_NAMED = 60, 10


class Check:
    def __init__(self, line, logs):
        self.name, seconds, self.command = line.rstrip("\n").split("\t", 2)
        self.seconds_max = float(seconds)
        self.log = logs / (self.name.replace("/", "-") + ".log")
        self.status = None  # once it has ended

    def start(self):
        self.began = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["bash", "-c", self.command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def end_group(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nothing was left of it

    def poll(self):
        """True once it has ended; its time on the clock and on the cores is known then."""
        late = time.monotonic() - self.began > self.seconds_max
        if late:
            self.end_group()
        pid, status, usage = os.wait4(self.process.pid, 0 if late else os.WNOHANG)
        if pid == 0:
            return False
        self.process.returncode = self.status = os.waitstatus_to_exitcode(status)
        if late:
            self.status = 1
            with open(self.log, "a") as log:
                log.write(f"\nended: not done within {self.seconds_max:.0f} s\n")
        self.end_group()
        self.elapsed, self.cores = time.monotonic() - self.began, usage.ru_utime + usage.ru_stime
        return True

    def say(self):
        word = {0: "ok", 77: "skipped"}.get(self.status, "FAILED")
        if word == "FAILED":
            lines = self.log.read_text(errors="replace").splitlines()
            print("\n".join(lines[-TAIL_LINES:]))
        print(f"{word:8} {self.name}  {self.elapsed:.1f} s", flush=True)
        return word


def run(checks, at_once, expected):
    waiting = sorted(checks, key=lambda check: -expected.get(check.name, float("inf")))
    running, said, count = [], 0, {"ok": 0, "FAILED": 0, "skipped": 0}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(waiting.pop(0))
                running[-1].start()
            time.sleep(0.02)
            running = [check for check in running if not check.poll()]
            while said < len(checks) and checks[said].status is not None:
                count[checks[said].say()] += 1
                said += 1
    finally:
        for check in running:
            check.end_group()
    return count


def main():
    logs = pathlib.Path(sys.argv[1])
    logs.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    checks = [Check(line, logs) for line in sys.stdin if line.strip()]
    times = logs / "times.tsv"
    expected = {}
    if times.exists():
        for line in times.read_text().splitlines():
            name, seconds = line.split("\t")[:2]
            expected[name] = float(seconds)
    began = time.monotonic()
    count = run(checks, max(2, os.cpu_count() or 2), expected)
    expected.update({check.name: check.elapsed for check in checks})
    times.write_text("".join(f"{name}\t{seconds:.1f}\n" for name, seconds in expected.items()))
    longest = sorted(checks, key=lambda check: -check.elapsed)[:LONGEST_NAMED]
    print("longest: " + ", ".join(f"{check.name} {check.elapsed:.0f} s" for check in longest))
    print(f"{len(checks)} checks took {time.monotonic() - began:.0f} s, {sum(check.cores for check in checks):.0f} s of the cores")
    print(f"{count['ok']} passed, {count['FAILED']} failed, {count['skipped']} skipped")
    sys.exit(1 if count["FAILED"] else 0)


main()
