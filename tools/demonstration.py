#!/usr/bin/env python3
"""demonstration.py PROGRAM POLICY FOLDER   a demonstration folder for one test.

Making one takes seconds, and some thirty tests need one: it is made once for a build, a policy and a day, beside the program, and
copied. Safe to call from several tests at a time."""
import datetime, fcntl, hashlib, pathlib, shutil, subprocess, sys


def demonstration(program, policy, target):
    """Copies the demonstration to `target`, which must not exist yet; makes it where this program, policy or day has none."""
    program, policy = pathlib.Path(program).resolve(), pathlib.Path(policy).resolve()
    stamp = hashlib.sha256(str(datetime.date.today()).encode())
    for path in [program, *sorted(program.parent.glob("*.so")), *sorted(policy.rglob("*"))]:
        stat = path.stat()
        stamp.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    home = program.parent / "test-demonstration"
    home.mkdir(exist_ok=True)
    folder = home / stamp.hexdigest()[:16]
    with open(home / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for old in home.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            making = home / "making"
            subprocess.run([program, "demo", "--data", making, "--policy", policy], check=True, stdout=subprocess.DEVNULL, timeout=300)
            making.rename(folder)
        shutil.copytree(folder, target)


if __name__ == "__main__":
    demonstration(*sys.argv[1:4])
