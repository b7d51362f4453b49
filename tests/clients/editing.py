"""Editing as QGIS 3.32 and newer does it, replayed: QGIS 3.22 reads OGC API Features but cannot
change them. The requests of one edit session in their order (OPTIONS, POST with a bare
Content-Crs, PATCH of attributes, PATCH of the geometry, PUT, DELETE), with a token by Basic, on a
layer of measures and on the areas of a draft plan; afterwards QGIS 3.22 loads the layer with the
token and must see the result, and the database the balance that was there before.

Usage: editing.py BINARY SOCKETDIR URL
"""

import base64
import http.client
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

UTM = "http://www.opengis.net/def/crs/EPSG/0/25832"
LOGIN = "probe.stift"


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


class Service:
    """Requests with the token, as QGIS sends them."""

    def __init__(self, url, token):
        self.netloc = urlsplit(url).netloc
        self.basic = base64.b64encode(f"{LOGIN}:{token}".encode()).decode()

    def ask(self, method, path, body=None, **headers):
        """Status, headers as written, document."""
        connection = http.client.HTTPConnection(self.netloc, timeout=120)
        sent = {"Authorization": f"Basic {self.basic}", "Accept": "application/geo+json, application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, json.dumps(body) if body is not None else None, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        document = json.loads(text) if text.startswith("{") else None
        return answer.status, answer.getheaders(), document


def check(name, right, tale):
    print(f"ok {name}" if right else f"FEHLT {name}: {tale}", flush=True)


def session(service, layer, new, changed, moved, wrong):
    """One edit session; yields the kennung while the feature is there with its last state. Codes
    are sent as the layer shows them, here by title: QGIS sends back what it was given."""
    items = f"/collections/{layer}/items"
    geo = {"Content_Type": "application/geo+json", "Content_Crs": UTM}
    merge = {"Content_Type": "application/merge-patch+json"}
    # Before it lets anybody edit, QGIS asks what is allowed, of a feature with an id it makes up.
    status, headers, _ = service.ask("OPTIONS", items)
    allow = dict(headers).get("Allow", "")
    check(f"{layer} OPTIONS", status in (200, 204) and "POST" in allow, f"{status} {allow}")
    status, headers, _ = service.ask("OPTIONS", f"{items}/unknown_id")
    allow = dict(headers).get("Allow", "")
    check(f"{layer} OPTIONS unknown_id", status in (200, 204) and all(m in allow for m in ("PUT", "PATCH", "DELETE")), f"{status} {allow}")

    status, headers, document = service.ask("POST", items, {"type": "Feature", **new}, **geo)
    # In the case it was compared in until 3.44.
    places = [value for name, value in headers if name == "Location"]
    check(f"{layer} POST", status == 201 and places, f"{status} {headers} {document}")
    if not places:
        return
    kennung = places[0].rsplit("/", 1)[1]
    path = f"{items}/{kennung}"

    def read():
        return service.ask("GET", f"{path}?crs={UTM}")[2]

    status, _, document = service.ask("PATCH", path, {"properties": changed}, **merge)
    now = read()["properties"]
    check(f"{layer} PATCH Attribute", status == 200 and all(now[k] == v for k, v in changed.items()), f"{status} {document}")
    status, _, document = service.ask("PATCH", path, {"geometry": moved}, **merge, Content_Crs=UTM)
    first = read()["geometry"]["coordinates"]
    right = status == 200 and flat(first) == flat(moved["coordinates"])
    check(f"{layer} PATCH Geometrie", right, f"{status} {first} {document}")
    status, _, document = service.ask("PUT", path, {"type": "Feature", "id": kennung, **new}, **geo)
    back = read()
    right = status == 200 and flat(back["geometry"]["coordinates"]) == flat(new["geometry"]["coordinates"])
    right = right and all(back["properties"][k] == v for k, v in new["properties"].items())
    check(f"{layer} PUT", right, f"{status} {back} {document}")

    for what, body, words in wrong:
        status, _, document = service.ask("PATCH", path, body, **merge, Content_Crs=UTM)
        detail = (document or {}).get("detail", "")
        check(f"{layer} {what} abgewiesen: „{detail}“", status == 400 and words in detail, f"{status} {document}")
    check(f"{layer} unverändert danach", read() == back, f"{read()}")
    yield kennung
    status, _, document = service.ask("DELETE", path)
    gone = service.ask("GET", path)[0]
    check(f"{layer} DELETE", status == 204 and gone == 404, f"{status} {gone} {document}")


def flat(coordinates):
    """Coordinates in mm, without the order of the vertices of a ring."""
    if isinstance(coordinates[0], (int, float)):
        return {tuple(round(value * 1000) for value in coordinates)}
    return set().union(*(flat(part) for part in coordinates))


def square(x, y, side):
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


def qgis_sees(url, token):
    """What QGIS 3.22 shows of one feature of a layer, or None where it is not installed."""
    try:
        from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer
    except ImportError:
        print("übersprungen Bearbeiten in QGIS gesehen: python3-qgis fehlt")
        return None
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False, tempfile.mkdtemp())
    application.initQgis()
    manager = QgsApplication.authManager()
    manager.setMasterPassword("nur für die Probe", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("probe")
    config.setConfig("username", LOGIN)
    config.setConfig("password", token)
    manager.storeAuthenticationConfig(config)

    def look(layer, kennung):
        uri = f"url='{url}' typename='{layer}' pagingEnabled='true' srsname='EPSG:25832' authcfg={config.id()}"
        shown = QgsVectorLayer(uri, layer, "OAPIF")
        if not shown.isValid():
            return "die Ebene lädt nicht"
        found = [f for f in shown.getFeatures() if f["kennung"] == kennung]
        if len(found) != 1:
            return f"{len(found)} Objekte mit der Kennung"
        return {field.name(): found[0][field.name()] for field in shown.fields()}, found[0].geometry().area()

    look.application = application
    return look


def main():
    binary, sockets, url = sys.argv[1:]
    psql = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    psql = [str(psql[-1]) if psql else "psql", "-X", "-q", "-At", "-F", " ", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "postgres", "-d", "zielraum"]
    sql = lambda text: run([*psql, "-c", text])
    more = ["--database-url", f"postgres://postgres@localhost/zielraum?host={sockets}"]
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    user = [binary, "user"]
    run([*user, "add", LOGIN, "--rolle", "strategie", "--rolle", "stadtplanung", "--ohne-kennwort", *more], env=env)
    token = run([*user, "token", "add", LOGIN, "--umfang", "lesen", "--umfang", "schreiben", *more], env=env)
    service = Service(url, token.split()[-1])
    look = qgis_sees(url, token.split()[-1])

    def seen(layer, kennung, expected):
        if look is None:
            return
        found = look(layer, kennung)
        right = isinstance(found, tuple) and all(found[0].get(k) == v for k, v in expected.items())
        check(f"{layer} QGIS 3.22 sieht {expected}", right, found)

    # The balance and the shares of every Ortsteil, area by area: what is undone by hand is as before.
    balance = ("SELECT md5(string_agg(x::text, ';' ORDER BY x::text)) FROM (SELECT a.fassung_id, f.kennung, a.ortsteil_id, round(a.m2::numeric, 2)"
               " FROM fnp.anteil a JOIN fnp.flaeche f USING (fassung_id, ordnung)) x")
    before = sql(balance)
    x, y = (float(v) for v in sql("SELECT round(st_x(p)), round(st_y(p)) FROM (SELECT st_pointonsurface(geom) AS p FROM gemeinde.ortsteil WHERE id > 0 ORDER BY id LIMIT 1) o").split())
    far = {"geometry": {"type": "Point", "coordinates": [x + 900_000, y]}}
    point = lambda dx: {"type": "Point", "coordinates": [x + dx, y]}
    for kennung in session(
        service, "massnahmen_punkte",
        {"geometry": point(0), "properties": {"titel": "Bank am Weg", "art": "Bau"}},
        {"titel": "Zwei Bänke am Weg"}, point(7),
        [("leerer Titel", {"properties": {"titel": ""}}, "titel"), ("Ort weit weg", far, "Gemeinde")],
    ):
        seen("massnahmen_punkte", kennung, {"titel": "Bank am Weg"})
        public = service_public(url, f"/collections/massnahmen_punkte/items/{kennung}")
        check("massnahmen_punkte ohne Schlüssel unsichtbar", public == 404, public)

    plan = sql("SELECT kennung FROM fnp.plan WHERE stand = 'entwurf' ORDER BY kennung LIMIT 1")
    layer = f"fnp_flaechen_{plan}"
    wrong_use = [("unbekannte Nutzung", {"properties": {"nutzung": "gibtesnicht"}}, "Diesen Wert gibt es nicht")]
    for kennung in session(
        service, layer,
        {"geometry": square(x, y, 20), "properties": {"nutzung": "W"}},
        {"nutzung": "gruen"}, square(x + 3, y + 3, 15), wrong_use,
    ):
        seen(layer, kennung, {"nutzung": "W"})
        cut = sql(f"SELECT round(sum(a.m2)) FROM fnp.anteil a JOIN fnp.flaeche f USING (fassung_id, ordnung) WHERE f.kennung = '{kennung}'")
        check(f"{layer} in der Bilanz", cut == "400", f"{cut} m² statt 400")
        check(f"{layer} Bilanz bewegt", sql(balance) != before, "unverändert")
    check("Bilanz danach wie davor", sql(balance) == before, "verändert")
    broken = sql("SELECT count(*) FROM audit.pruefe()")
    check("Protokoll unverändert", broken == "0", broken)


def service_public(url, path):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", path)
    return connection.getresponse().status


main()
