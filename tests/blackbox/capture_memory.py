#!/usr/bin/env python3
"""A long file of events is captured in the memory of a short one: one event at a time, whatever the length of the document."""
import subprocess, sys, tempfile, time

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from client import build, demonstration, expect, finish, source

SHORT, LONG, MORE_MB = 5_000, 20_000, 10  # twenty thousand events as trees are some sixty megabytes


def document(count, file):
    """Lots that are made and go over three places, one event after the other."""
    with open(file, "w") as out:
        out.write('{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-09-01T00:00:00+08:00","epcisBody":{"eventList":[')
        for i in range(count):
            lot, step = i // 4, i % 4
            place = lambda k: f"urn:zhian:place:B{(lot * 7919 + k * 31) % 5000}"
            out.write(("," if i else "") + f'{{"type":"ObjectEvent","eventID":"urn:zhian:event:{count}-{i}","eventTime":"2026-0{1 + i * 8 // count}-{1 + i % 28:02}T{i % 24:02}:00:00+08:00","eventTimeZoneOffset":"+08:00",')
            goods = f'"quantityList":[{{"epcClass":"urn:zhian:lot:{count}-{lot}","quantity":{100 - 20 * step},"uom":"KGM"}}]'
            if step == 0:
                out.write(f'"bizStep":"commissioning","action":"ADD","readPoint":{{"id":"{place(0)}"}},{goods}}}')
            else:
                out.write(f'"bizStep":"shipping","action":"OBSERVE","readPoint":{{"id":"{place(step - 1)}"}},{goods},"destinationList":[{{"type":"location","destination":"{place(step)}"}}]}}')
        out.write("]}}")


def capture(count, folder):
    """The most anonymous memory (heap and stacks, not the mapped files) that the capture took, in MB."""
    data, file = f"{folder}/data-{count}", f"{folder}/{count}.json"
    document(count, file)
    common = ["--data", data, "--policy", f"{source}/policy"]
    demonstration(f"{build}/zhian", f"{source}/policy", data)
    most = 0
    with subprocess.Popen([f"{build}/zhian", "capture", *common, file], stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            try:
                most = max([most] + [int(line.split()[1]) for line in open(f"/proc/{process.pid}/status") if line.startswith("RssAnon")])
            except OSError:
                break
            time.sleep(0.02)
        answer = process.stdout.read()
    expect(f'"captured":{count},' in answer, f"{count} events are captured from one file")
    return most / 1024


with tempfile.TemporaryDirectory() as folder:
    short, long = capture(SHORT, folder), capture(LONG, folder)
    expect(long < short + MORE_MB, f"four times the events take {long:.0f} MB, not {short:.0f} and {MORE_MB} more")
finish()
