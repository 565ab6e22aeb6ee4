"""What the lanes that put published documents through the program share: where these are looked for, the program, a count of checks."""
import pathlib, subprocess, sys

root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
data = root.parent / "shared" / "data" / "epcis"
zhian = str(build / "zhian")
failed = checked = 0


def check(ok, what):
    global failed, checked
    checked += 1
    if not ok:
        failed += 1
        print("FAILED", what)


def run(*arguments):
    done = subprocess.run([zhian, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def end(said=""):
    print(f"{checked} checked, {failed} failed{said}")
    sys.exit(1 if failed else 0)
