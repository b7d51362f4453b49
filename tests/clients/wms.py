"""QGIS Server makes a WMS of the project the service offers: what it says of itself, a map in the
colours of the classes, an object at a point, a legend. Each answer by CGI, as a web server asks.
Usage: wms.py URL EXPECTED.json PICTURES
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from qgis.PyQt.QtGui import QImage

SERVER = "/usr/lib/cgi-bin/qgis_mapserv.fcgi"
AREAS = "zielraum_ebene_fnp_flaechen"
WMS = "{http://www.opengis.net/wms}"
SIDE = 1000


def report(name, problems, tale=""):
    problems = list(problems)
    print(f"FEHLT {name}: {'; '.join(problems)[:2000]}" if problems else f"ok {name}{': ' + tale if tale else ''}", flush=True)


class Server:
    def __init__(self, project, home):
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "/wms",
            "QGIS_PROJECT_FILE": str(project),
        }

    def ask(self, request, **parameters):
        query = urlencode({"SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": request, **parameters})
        done = subprocess.run([SERVER], env={**self.environment, "QUERY_STRING": query}, capture_output=True, timeout=300)
        head, _, body = done.stdout.partition(b"\r\n\r\n" if b"\r\n\r\n" in done.stdout[:2000] else b"\n\n")
        if done.returncode or not body:
            sys.exit(f"{request}: {done.returncode} {head!r} {done.stderr[-600:]!r}")
        return body


def capabilities(document, box):
    root = ElementTree.fromstring(document)
    top = root.find(f"{WMS}Capability/{WMS}Layer")
    [extent] = [b for b in top.findall(f"{WMS}BoundingBox") if b.get("CRS") == "EPSG:25832"][:1] or [None]
    if extent is None:
        yield "keine Ausdehnung in EPSG:25832"
        return
    west, south, east, north = (float(extent.get(k)) for k in ("minx", "miny", "maxx", "maxy"))
    if not (west <= box[0] and south <= box[1] and east >= box[2] and north >= box[3]):
        yield f"die Ausdehnung {west, south, east, north} fasst die Flächen {box} nicht"
    if east - west > 3 * (box[2] - box[0]):
        yield f"die Ausdehnung ist {east - west:.0f} m breit"
    names = {name.text for name in root.iter(f"{WMS}Name")}
    if AREAS not in names:
        yield f"{AREAS} fehlt: {sorted(names)}"
    systems = {crs.text for crs in top.findall(f"{WMS}CRS")}
    if not {"EPSG:25832", "EPSG:3857", "EPSG:4326"} <= systems:
        yield f"Systeme {systems}"


def colours(picture, box, classes):
    """The commonest colour around a point well inside an area: signs are black and smaller."""
    metres = (box[2] - box[0]) / SIDE
    seen = 0
    for entry in classes:
        if entry["radius"] is None or entry["radius"] < 4 * metres:
            continue
        reach = int(entry["radius"] / metres / 1.5)
        x, y = int((entry["x"] - box[0]) / metres), int((box[3] - entry["y"]) / metres)
        around = Counter(
            picture.pixelColor(x + dx, y + dy).name().upper()
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
            if 0 <= x + dx < SIDE and 0 <= y + dy < picture.height()
        )
        seen += 1
        if around.most_common(1)[0][0] != entry["farbe"].upper():
            yield f"{entry['schluessel']}: {around.most_common(2)} statt {entry['farbe']}"
    if seen < 3:
        yield f"nur {seen} Klassen zu sehen"


def main():
    url, expected_path, pictures = sys.argv[1:]
    expected = json.loads(Path(expected_path).read_text())
    classes = expected["classes"]
    middle = [(e["x"], e["y"]) for e in classes if e["radius"] is not None]
    xs, ys = [x for x, _ in middle], [y for _, y in middle]
    half = max(max(xs) - min(xs), max(ys) - min(ys)) / 2 + 300
    x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    box = (x - half, y - half, x + half, y + half)
    with tempfile.TemporaryDirectory() as home:
        project = Path(home) / "zielraum.qgs"
        with urllib.request.urlopen(f"{url}/qgis/projekt.qgs", timeout=120) as answer:
            project.write_bytes(answer.read())
        server = Server(project, home)
        inner = (min(xs), min(ys), max(xs), max(ys))
        report("WMS: Fähigkeiten", capabilities(server.ask("GetCapabilities"), inner))
        where = {"CRS": "EPSG:25832", "BBOX": ",".join(map(str, box)), "WIDTH": SIDE, "HEIGHT": SIDE, "STYLES": ""}
        drawn = server.ask("GetMap", LAYERS=AREAS, FORMAT="image/png", **where)
        (Path(pictures) / "wms.png").write_bytes(drawn)
        picture = QImage.fromData(drawn, "PNG")
        problems = ["kein Bild"] if picture.width() != SIDE else colours(picture, box, classes)
        report("WMS: Karte in den Farben der Klassen", problems)
        metres = (box[2] - box[0]) / SIDE
        entry = next(e for e in classes if e["radius"] is not None)
        at = {"I": int((entry["x"] - box[0]) / metres), "J": int((box[3] - entry["y"]) / metres)}
        told = server.ask("GetFeatureInfo", LAYERS=AREAS, QUERY_LAYERS=AREAS, INFO_FORMAT="application/json", **at, **where)
        found = json.loads(told)["features"]
        report("WMS: Auskunft an einem Ort", [] if found else [told[:300].decode()])
        legend = QImage.fromData(server.ask("GetLegendGraphic", LAYERS=AREAS, FORMAT="image/png"), "PNG")
        report("WMS: Legende", [] if legend.height() > 100 else ["leer"])


main()
