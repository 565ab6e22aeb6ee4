#!/usr/bin/env python3
"""XML and JSON-LD say one thing: every published document, and documents of our own, go through `zhian convert` to XML, back to
JSON-LD and to XML again; the hashes and all that both forms can say stay, and what is written holds to the published schema.
Usage: epcis_xml.py ROOT BUILD. The published documents and schema are looked for beside the project; it says so where they are not."""
import json, pathlib, shutil, subprocess, tempfile

from lane import check, data, end, run

# ---- what both forms can say, read anew and apart from the program ----
STANDARD = {"cbv": "https://ref.gs1.org/cbv/", "cbvmda": "urn:epcglobal:cbv:mda:", "epcis": "https://ref.gs1.org/epcis/", "gs1": "https://gs1.org/voc/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "owl": "http://www.w3.org/2002/07/owl#", "xsd": "http://www.w3.org/2001/XMLSchema#", "dcterms": "http://purl.org/dc/terms/"}
LISTS = {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList", "bizTransactionList", "sourceList", "destinationList", "sensorElementList",
         "sensorReport", "set", "unset", "correctiveEventIDs"}
CBV = {"bizStep": "BizStep-", "disposition": "Disp-", "set": "Disp-", "unset": "Disp-", "reason": "ER-"}


def prefixes(context, known):
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            known = {**known, **{k: v["@id"] if isinstance(v, dict) and "@id" in v else v for k, v in part.items() if isinstance(v, (str, dict)) and ":" not in k and "@" not in k}}
    return known


def plain(value, known, own, part=""):
    if isinstance(value, list):
        items = []
        for item in value:
            one = plain(item, known, own, part)
            items += one if own and isinstance(one, list) else [one]
        return items[0] if own and len(items) == 1 else items
    if not isinstance(value, dict):
        # An attribute of XML is text.
        return value
    known = prefixes(value.get("@context", []), known)
    out = {}
    for key, inner in value.items():
        if key == "@context":
            continue
        prefix, colon, local = key.lstrip("@").partition(":")
        # Members that the sender named lie beyond the standard, however deep.
        theirs = own or colon == ":" or prefix in known
        space = known.get(prefix, STANDARD.get(prefix))
        if colon and space is not None:
            name = ("@" if key.startswith("@") else "") + "{" + space + "}" + local
        elif colon and local.startswith("//"):
            at = max(key.rfind("/"), key.rfind("#")) + 1
            name = "{" + key[:at] + "}" + key[at:]
        else:
            name = key
        inner = plain(inner, known, theirs or key == "certificationInfo", key)
        if inner == [] or (key == "#text" and inner in ("", None)):
            continue
        if part in ("sensorMetadata", "sensorReport") and theirs and isinstance(inner, (int, float)):
            inner = str(inner)
        out[name] = inner
    if own and list(out) == ["#text"]:
        return out["#text"]
    return out


def events(text):
    document = json.loads(text)
    known = prefixes(document.get("@context", []), {})
    return [plain(e, known, False) for e in document["epcisBody"]["eventList"]]


def vocabularies(text):
    return json.loads(text).get("epcisHeader", {}).get("epcisMasterData", {}).get("vocabularyList", [])


schema = data / "gs1" / "xsd"
xmllint = shutil.which("xmllint")


def holds_to_schema(file, kind):
    done = subprocess.run([xmllint, "--nonet", "--noout", "--schema", str(schema / kind), str(file)], capture_output=True, text=True, timeout=120)
    return done.returncode == 0, done.stderr.strip()[:400]


def there_and_back(document, folder):
    name = document.name
    code, hashes, _ = run("hash", document)
    if code != 0:
        return  # refused as a whole, or in part: the other lane says of which documents that is right
    first, second, third = (pathlib.Path(folder) / n for n in ("first.xml", "second.jsonld", "third.xml"))
    as_json = run("convert", document, "--to", "json")
    first.write_text(run("convert", document, "--to", "xml")[1], encoding="utf-8")
    check(run("hash", first)[1] == hashes, f"{name}: the hashes of its XML")
    back = run("convert", first, "--to", "json")
    check(back[0] == 0, f"{name}: its XML is read: {back[2][:300]}")
    second.write_text(back[1], encoding="utf-8")
    check(run("hash", second)[1] == hashes, f"{name}: the hashes of the JSON-LD of its XML")
    wanted, got = events(as_json[1]), events(back[1])
    check(len(wanted) == len(got), f"{name}: {len(wanted)} events, {len(got)} came back")
    for i, (a, b) in enumerate(zip(wanted, got)):
        differing = [k for k in {*a, *b} if a.get(k) != b.get(k)]
        check(not differing, f"{name} event {i}: " + "; ".join(f"{k}: {json.dumps(a.get(k), ensure_ascii=False)[:300]} became {json.dumps(b.get(k), ensure_ascii=False)[:300]}" for k in differing[:3]))
    check(vocabularies(as_json[1]) == vocabularies(back[1]), f"{name}: master data")
    third.write_text(run("convert", second, "--to", "xml")[1], encoding="utf-8")
    check(run("hash", third)[1] == hashes, f"{name}: the hashes after a second time")
    # Names to ignore stand before the events, where the reader needs them; the schema has their place after.
    if xmllint and schema.is_dir() and "ignoreFields" not in first.read_text(encoding="utf-8"):
        ok, why = holds_to_schema(first, "EPCglobal-epcis-2_0.xsd")
        check(ok, f"{name}: {why}")


OWN = {"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"tea": "https://tea.example/ns/"}], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-24T09:00:00Z",
       "epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": "urn:epcglobal:epcis:vtype:BusinessLocation", "vocabularyElementList": [
           {"id": "urn:epc:id:sgln:6909912.34567.0", "attributes": [{"id": "urn:epcglobal:cbv:mda:site", "attribute": "金口河茶厂"}], "children": ["urn:epc:id:sgln:6909912.34567.1"]}]}]}},
       "epcisBody": {"eventList": [
           {"type": "ObjectEvent", "eventTime": "2026-09-08T14:00:00.123+08:00", "eventTimeZoneOffset": "+08:00", "action": "ADD", "bizStep": "commissioning", "epcList": ["urn:epc:id:sgtin:6909912.034567.1"],
            "quantityList": [{"epcClass": "urn:epc:class:lgtin:6909912.034567.L1", "quantity": 62.5, "uom": "KGM"}, {"epcClass": "urn:epc:class:lgtin:6909912.034567.L2"}],
            "persistentDisposition": {"set": ["recalled"], "unset": ["active"]}, "ilmd": {"tea:grade": "特级 <一芽一叶>", "tea:height": 1200, "tea:dry": True, "tea:none": None, "tea:spaced": " a "},
            "sensorElementList": [{"sensorMetadata": {"deviceID": "urn:x:device:1", "tea:room": "2"}, "sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL"}, {"type": "RelativeHumidity", "value": 40.5, "exception": "ALARM_CONDITION"}],
                                   "tea:seal": {"tea:no": 7, "tea:whole": [1, "2", {"tea:deep": ""}]}}]},
           {"type": "TransformationEvent", "eventTime": "2026-09-08T15:00:00Z", "eventTimeZoneOffset": "+08:00", "transformationID": "urn:x:run:1", "inputEPCList": ["urn:x:1"], "outputQuantityList": [{"epcClass": "urn:x:2", "quantity": 3}],
            "errorDeclaration": {"declarationTime": "2026-09-09T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:uuid:2"], "tea:by": "李"}},
           {"type": "AssociationEvent", "eventTime": "2026-09-08T15:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "ADD", "parentID": "urn:x:box", "childEPCs": ["urn:x:1"], "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po"}],
            "sourceList": [{"type": "location", "source": "urn:epc:id:sgln:6909912.34567.0"}], "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:6909912.34567"}]},
           {"type": "TransactionEvent", "eventTime": "2026-09-08T15:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizTransactionList": [{"bizTransaction": "urn:x:po"}], "epcList": ["urn:x:1"],
            "readPoint": {"id": "urn:x:gate", "tea:side": "left"}, "bizLocation": {"id": "urn:x:hall"}, "certificationInfo": "https://cert.example/1"},
           {"type": "AggregationEvent", "eventTime": "2026-09-08T15:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "DELETE", "parentID": "urn:x:box", "childQuantityList": [{"epcClass": "urn:x:2", "quantity": 3, "uom": "KGM"}]}]}}

with tempfile.TemporaryDirectory() as folder:
    own = pathlib.Path(folder) / "own.jsonld"
    own.write_text(json.dumps(OWN, ensure_ascii=False), encoding="utf-8")
    there_and_back(own, folder)
    said = ""
    if data.is_dir():
        for place in ("gs1/json", "gs1/xml", "event-hash/examples", "event-hash/expected-equal"):
            for document in sorted((data / place).rglob("*")):
                if document.suffix in (".jsonld", ".xml", ".json") and "CaptureJob" not in document.parts:
                    there_and_back(document, folder)
    else:
        said = "; skipped the published documents: ../shared/data/epcis is not there"
    if not xmllint:
        said += "; skipped the schema: no xmllint"
end(said)
