"""Random requests over the service's own OpenAPI document: none may end in a 5xx, each status
and media type must be one the document names, each document must be readable.

Usage: fuzz.py URL [SECONDS [SEED]]; the same seed asks the same questions.
"""

import json
import random
import re
import sys
import time
from urllib.parse import quote

from ogc.schemas import PROBLEM, complaint
from service import Service

NASTY = [
    "", " ", "0", "-1", "1", "1.5", "1e309", "-0", "NaN", "inf", "9" * 25, "9" * 400, "0x10", "١٢", "null", "true", "[]", "{}", "*", "..", "../..", "/", "\\",
    "'", "''", '"', "' OR 1=1 --", "a' ; SELECT 1 --", "%", "_", "$1", "${x}", "<script>", "&", "a&b=c", "a+b", "a b", "ä", "Ä" * 50, "🙂", "\u202eabc", "e\u0301",
    "\x00", "a\x00b", "\n", "\t", "\x7f", "x" * 3000, "1,2,3,4", "10,48,11,49", "11,49,10,48", "1,2,3", "-180,-90,180,90", "1e300,1e300,1e301,1e301", ",,,",
    "10.8,48,-179,48.1", "10.85,48.02,10.85,48.03", "2024-02-30", "0000-01-01", "9999-12-31", "2024-01-01", "2024-01-01T00:00:00Z", "../2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00Z/..", "infinity", "-infinity", "99999-01-01", "-0001-01-01", "2024-01-01T24:00:00Z", "2024-06-30T23:59:60Z", "now", "P1Y", "2026", "2026-2030",
    "http://www.opengis.net/def/crs/EPSG/0/25832", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:25832", "00000000-0000-0000-0000-000000000000",
    "json", "html", "csv", "xlsx", "pdf", "geojson", "jsonx",
]
RAW = ["%", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%00", "%2e%2e%2f", "%252f", "+"]  # as they travel
ACCEPT = [
    None, "*/*", "application/json", "application/geo+json", "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/*", "image/png",
    "", ";;;", "application/json;q=0", "application/json;q=nein", "text/html;q=0.1, application/json;q=0.9", "a" * 2000, "application/geo+json, */*;q=0.1",
]
# Statuses that belong to HTTP and not to one operation.
GENERAL = {304, 405, 414, 431}


def pattern(path, operation):
    """Operations of the same kind, so that those of every collection count once."""
    return operation.get("operationId", path).rsplit(".", 1)[-1] if path.startswith("/collections/") else path


class Fuzzer:
    def __init__(self, service, seed):
        self.service, self.random = service, random.Random(seed)
        self.api = json.loads(service.get("/api", "application/vnd.oai.openapi+json;version=3.0").body)
        self.groups, self.known = {}, {}
        for path, entry in self.api["paths"].items():
            for method in ("get", "post", "put", "patch", "delete"):
                if method in entry:
                    self.groups.setdefault((method, pattern(path, entry[method])), []).append((path, entry[method]))
        self.seen, self.faults = 0, {}

    def resolved(self, entry):
        while "$ref" in entry:
            found = self.api
            for step in entry["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            entry = found
        return entry

    def fitting(self, schema):
        """A value the schema allows, as text."""
        schema = self.resolved(schema)
        if "enum" in schema:
            return str(self.random.choice(schema["enum"]))
        kind = schema.get("type")
        if kind == "integer":
            return str(self.random.randint(int(schema.get("minimum", -5)), int(min(schema.get("maximum", 3000), 100000))))
        if kind == "number":
            return str(self.random.choice([0, 0.5, 1234.5, -3, 1e6]))
        if kind == "boolean":
            return self.random.choice(["true", "false"])
        if kind == "array":
            return ",".join(self.fitting(schema.get("items", {})) for _ in range(self.random.choice([1, 2, 4, 6])))
        if schema.get("format") == "date":
            return self.random.choice(["2024-02-29", "2030-12-31", "1999-01-01"])
        return self.random.choice(["a", "wohnen", "fnp-2001", "erpfting", "10.81,48.00,10.9,48.05", "2025", "Straße"])

    def value(self, schema):
        """Encoded for the query: mostly fitting, often not."""
        dice = self.random.random()
        if dice < 0.45:
            return quote(self.fitting(schema), safe=",")
        if dice < 0.92:
            return quote(self.random.choice(NASTY), safe="")
        return self.random.choice(RAW)

    def identifier(self, path, name):
        """For a path parameter: one that exists, mostly."""
        before = path.split("{" + name + "}")[0]
        if before not in self.known:
            self.known[before] = []
            if before.startswith("/collections/") and before.endswith("/items/"):
                answer = self.service.get(before.rstrip("/") + "?limit=5", "application/geo+json")
                if answer.status == 200:
                    self.known[before] = [str(f["id"]) for f in answer.json()["features"]]
        if self.known[before] and self.random.random() < 0.6:
            return quote(self.random.choice(self.known[before]), safe="")
        return self.value({"type": "string"})

    def request(self):
        method, _ = group = self.random.choice([g for g in self.groups if g[0] == "get" or self.random.random() < 0.1] or list(self.groups))
        path, operation = self.random.choice(self.groups[group])
        parameters = [self.resolved(p) for p in [*self.api["paths"][path].get("parameters", []), *operation.get("parameters", [])]]
        target, query = path, []
        for parameter in parameters:
            if parameter["in"] == "path":
                target = target.replace("{" + parameter["name"] + "}", self.identifier(path, parameter["name"]) or "x")
        for parameter in self.random.sample(parameters, min(len(parameters), self.random.choice([0, 1, 1, 2, 3]))):
            if parameter["in"] == "query":
                query += [f"{quote(parameter['name'])}={self.value(parameter.get('schema', {}))}"] * self.random.choice([1] * 12 + [2])
        query += [f"{quote(p['name'])}={self.value(p.get('schema', {}))}" for p in parameters if p["in"] == "query" and p.get("required")]
        if self.random.random() < 0.05:
            query.append(self.random.choice(["x=1", "=", "&&", "limit", "%00=1", "limit=1;drop", "a" * 2000 + "=1"]))
        headers, accept = [], self.random.choice(ACCEPT) if self.random.random() < 0.4 else None
        if accept is not None:
            headers.append(("Accept", accept))
        for name, values in (
            ("Accept-Encoding", ["gzip", "br", "zstd", "identity", "gzip;q=x"]), ("If-None-Match", ["*", '"x"', 'W/"x"', "x", '"' + "x" * 900 + '"']),
            ("Range", ["bytes=0-9", "bytes=-5", "bytes=9-1", "zeilen=1-2", "bytes=0-0,5-9"]), ("If-Modified-Since", ["gestern", "Mon, 23 Nov 2026 00:00:00 GMT"]),
            ("Content-Crs", ["x"]), ("X-Forwarded-Host", ["a b", "beispiel.de"]), ("Origin", ["http://anderswo.de"]), ("Cookie", ["sitzung=x", "=;;"]),
        ):
            if self.random.random() < 0.06:
                headers.append((name, self.random.choice(values)))
        body = None
        if method != "get":
            headers.append(("Content-Type", self.random.choice(["application/geo+json", "application/json", "text/plain", "x"])))
            body = self.random.choice([b"", b"{}", b"[", b'{"type":"Feature","geometry":null,"properties":{}}', b"\xff\xfe", b"[" * 5000])
        elif self.random.random() < 0.05:
            method = "head"
        return method.upper(), target + ("?" + "&".join(query) if query else ""), headers, body, path, operation

    def judge(self, answer, accept, operation):
        """What is wrong with an answer, as a word to count by and a sentence; None when nothing is."""
        responses = operation["responses"]
        if answer.status >= 500:
            return f"Status {answer.status}", answer.body[:300].decode("utf-8", "replace")
        if answer.status not in GENERAL and str(answer.status) not in responses and answer.status not in (206, 416):
            return f"Status {answer.status} ist nicht beschrieben", f"beschrieben sind {sorted(responses)}"
        if answer.header("Content-Encoding") in ("br", "zstd"):
            return None  # Python reads neither
        if answer.status in (204, 304) or answer.method == "HEAD" and answer.status < 400:
            return None if not answer.body else (f"Status {answer.status} mit Inhalt", "")
        if answer.status >= 400:
            if answer.method == "HEAD":
                return None
            if answer.media == "text/html" and "html" in (accept or ""):
                return None
            if answer.media != "application/problem+json":
                return f"Status {answer.status} als {answer.media or 'nichts'}", answer.body[:200].decode("utf-8", "replace")
            wrong = complaint(answer.json(), PROBLEM)
            return ("Fehlermeldung", wrong) if wrong else None
        described = {m.split(";")[0].strip() for m in self.resolved(responses.get(str(answer.status), responses.get("200", {}))).get("content", {})}
        if described and answer.media not in described:
            return f"Typ {answer.media} ist nicht beschrieben", f"beschrieben sind {sorted(described)}"
        if "json" in answer.media:
            json.loads(answer.body.decode("utf-8"), parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
        elif answer.media.startswith("text/"):
            answer.body.decode("utf-8")
        return None

    def once(self):
        method, target, headers, body, path, operation = self.request()
        start = time.monotonic()
        try:
            answer = self.service.ask(target, headers, method, body)
            fault = self.judge(answer, dict(headers).get("Accept"), operation)
        except (OSError, ValueError) as error:
            fault = type(error).__name__, str(error)
        except Exception as error:  # noqa: BLE001 — http.client's own: the service broke off
            fault = f"bricht ab: {type(error).__name__}", str(error)
        self.seen += 1
        spent = time.monotonic() - start
        if fault is None and spent > 30:
            fault = "braucht über 30 s", f"{spent:.0f} s"
        if fault:
            key = (method, pattern(path, operation), fault[0])
            text = f"{method} {target[:400]} {' '.join(f'{n}: {v[:80]}' for n, v in headers)} → {fault[1]}"
            count, first = self.faults.get(key, (0, text))
            self.faults[key] = count + 1, min(first, text, key=len)


def main():
    url = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = sys.argv[3] if len(sys.argv) > 3 else "2026"
    fuzzer = Fuzzer(Service(url), seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fuzzer.once()
    for (method, path, what), (count, text) in sorted(fuzzer.faults.items(), key=str):
        print(f"FEHLT Zufallsanfragen {method} {path}: {what} ({count}×): {re.sub(r'[^ -~äöüÄÖÜß„“→…]', '?', text)[:900]}")
    if not fuzzer.faults:
        print(f"ok Zufallsanfragen: {fuzzer.seen} Anfragen an {len(fuzzer.groups)} Arten von Adressen in {seconds:.0f} s, Saat {seed}")


main()
