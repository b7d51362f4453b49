"""Every layer as a file in every format, read by GDAL; the GeoPackage opened by QGIS with the
style and the aliases it brings; the workbook by LibreOffice. Counts and sums are those of the
database. Usage: files.py URL EXPECTED.json [SOFFICE]
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from osgeo import gdal, ogr
from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

gdal.UseExceptions()
gdal.SetConfigOption("OGR_XLSX_HEADERS", "FORCE")  # a sheet of texts has a head as well
FORMATS = ["fgb", "csv", "fg.json", "gml", "gpkg", "shp.zip", "xlsx"]
DESCRIBING = {"angaben", "layer_styles", "Angaben"}


def fetch(url, target, **headers):
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request) as answer:
        target.write_bytes(answer.read())
        return answer.headers


def read(path, ending):
    """Objects, objects with geometry, sums of the numbers by name of the column."""
    name = f"/vsizip/{path}" if ending == "shp.zip" else str(path)
    options = ["AUTODETECT_TYPE=NO"] if ending == "csv" else []
    source = gdal.OpenEx(name, gdal.OF_VECTOR, open_options=options)
    count = shapes = 0
    sums = {}
    for layer in (source.GetLayer(i) for i in range(source.GetLayerCount())):
        if layer.GetName() in DESCRIBING:
            continue
        fields = layer.GetLayerDefn()
        numbers = [i for i in range(fields.GetFieldCount()) if fields.GetFieldDefn(i).GetType() == ogr.OFTReal]
        for feature in layer:
            count += 1
            shape = feature.GetGeometryRef()
            shapes += shape is not None and not shape.IsEmpty()
            for i in numbers:
                if feature.IsFieldSetAndNotNull(i):
                    column = fields.GetFieldDefn(i).GetName()
                    sums[column] = sums.get(column, 0) + feature.GetField(i)
    return count, shapes, sums


def compare(url, entry, ending, folder):
    """What differs from the database, in words."""
    layer = quote(entry["id"])
    path = folder / f"{entry['id']}.{ending}"
    fetch(f"{url}/collections/{layer}/download/{layer}.{ending}", path)
    if ending == "gml" and not entry["count"]:
        return  # nothing tells GDAL of a layer
    count, shapes, sums = read(path, ending)
    if ending == "xlsx" and not entry["count"]:
        return  # GDAL takes a head without rows for a row
    # Objects of two kinds stand in two shapefiles.
    if count != entry["count"] and not (ending == "shp.zip" and entry["type"] == "GEOMETRY" and count > entry["count"]):
        yield f"{ending}: {count} statt {entry['count']} Objekte"
    # GDAL learned to read `place` of JSON-FG with 3.8.
    if ending not in ("xlsx", "shp.zip", "fg.json") and shapes != entry["with_geometry"]:
        yield f"{ending}: {shapes} statt {entry['with_geometry']} Geometrien"
    if ending in ("fgb", "gpkg"):
        for name, wanted in entry["sums"].items():
            if wanted is not None and abs(sums.get(name, 0) - wanted) > 1e-6 * max(1, abs(wanted)):
                yield f"{ending}: Summe {name} {sums.get(name)} statt {wanted}"


def colour_at(layer, x, y, radius):
    """What most pixels within the circle have: a sign stands on the area too."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle.fromCenterAndSize(QgsPointXY(x, y), 1.4 * radius, 1.4 * radius))
    settings.setOutputSize(QSize(101, 101))
    settings.setFlag(QgsMapSettings.Antialiasing, False)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    pixels = Counter(image.pixel(px, py) & 0xFFFFFF for px in range(101) for py in range(101))
    return f"#{pixels.most_common(1)[0][0]:06X}"


def seen_by_qgis(url, entry, classes, folder):
    """The GeoPackage as somebody opens it who knows nothing of styles."""
    layer = QgsVectorLayer(f"{folder}/{entry['id']}.gpkg|layername={entry['id']}", entry["id"], "ogr")
    if not layer.isValid():
        yield "QGIS öffnet das GeoPackage nicht"
        return
    if layer.featureCount() != entry["count"]:
        yield f"QGIS zählt {layer.featureCount()} statt {entry['count']}"
    with urllib.request.urlopen(f"{url}/collections/{quote(entry['id'])}/schema?f=json") as answer:
        schema = json.load(answer)["properties"]
    for name, field in schema.items():
        at = layer.fields().indexFromName(name)
        if at < 0:
            continue  # the geometry
        alias = field["title"] + (f" [{field['x-unit']}]" if "x-unit" in field else "")
        shown = layer.attributeAlias(at)
        if not shown.startswith(alias):
            yield f"{name} heißt „{shown}“ statt „{alias}“"
    if not entry["type"]:
        return
    with urllib.request.urlopen(f"{url}/styles/{quote(entry['id'])}/legend?f=json") as answer:
        legend = json.load(answer)["eintraege"]
    renderer = layer.renderer()
    if len(legend) == 1:
        if renderer.type() != "singleSymbol" or renderer.symbol().color().name().upper() != legend[0]["farbe"].upper():
            yield f"Darstellung {renderer.dump()} statt {legend[0]}"
        return
    if renderer.type() != "categorizedSymbol":
        yield f"Darstellung {renderer.type()}"
        return
    shown = [(c.label(), c.symbol().color().name().upper()) for c in renderer.categories()]
    wanted = [(e["titel"], e["farbe"].upper()) for e in legend]
    if shown != wanted:
        yield f"Klassen {shown} statt {wanted}"
    if entry["id"] == "fnp_flaechen":
        for c in (c for c in classes if c["radius"] is not None):
            seen = colour_at(layer, c["x"], c["y"], c["radius"])
            if seen != c["farbe"].upper():
                yield f"{c['schluessel']}: Farbe {seen} statt {c['farbe']}"


def load_style(url, entry, folder):
    """QML and SLD loaded by hand onto the GeoPackage."""
    with urllib.request.urlopen(f"{url}/styles/{quote(entry['id'])}/legend?f=json") as answer:
        legend = json.load(answer)["eintraege"]
    for f, ending in (("qml", "qml"), ("sld10", "sld"), ("sld11", "sld")):
        path = folder / f"{entry['id']}-{f}.{ending}"
        fetch(f"{url}/styles/{quote(entry['id'])}?f={f}", path)
        layer = QgsVectorLayer(f"{folder}/{entry['id']}.gpkg|layername={entry['id']}", entry["id"], "ogr", QgsVectorLayer.LayerOptions(loadDefaultStyle=False))
        text, good = layer.loadNamedStyle(str(path)) if ending == "qml" else layer.loadSldStyle(str(path))
        if not good:
            yield f"{f}: {text}"
            continue
        colours = {symbol.color().name().upper() for symbol in layer.renderer().symbols(render_context())}
        missing = {e["farbe"].upper() for e in legend} - colours
        if missing:
            yield f"{f}: es fehlen die Farben {sorted(missing)}"


def render_context():
    from qgis.core import QgsRenderContext

    return QgsRenderContext()


def resumed(url, folder):
    """A part of the GeoPackage by range, and GDAL reading it over the network."""
    address = f"{url}/collections/fnp_flaechen/download/fnp_flaechen.gpkg"
    whole = (folder / "fnp_flaechen.gpkg").read_bytes()
    part = folder / "teil"
    headers = fetch(address, part, Range="bytes=100-999")
    if part.read_bytes() != whole[100:1000]:
        yield "Range liefert andere Bytes"
    if headers["Content-Range"] != f"bytes 100-999/{len(whole)}":
        yield f"Content-Range {headers['Content-Range']}"
    source = gdal.OpenEx(f"/vsicurl/{address}", gdal.OF_VECTOR)
    if source.GetLayerByName("fnp_flaechen").GetFeatureCount() == 0:
        yield "/vsicurl/ liest nichts"


def office(soffice, entry, folder):
    """LibreOffice reads the workbook: a row for each object, figures as figures."""
    done = subprocess.run(
        [soffice, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76", "--outdir", folder / "office", folder / f"{entry['id']}.xlsx"],
        capture_output=True, text=True, env={**os.environ, "HOME": str(folder)},
    )
    path = folder / "office" / f"{entry['id']}.csv"
    if done.returncode or not path.exists():
        yield f"LibreOffice: {done.stderr.strip()[-200:]}"
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    if len(rows) - 1 != entry["count"]:
        yield f"LibreOffice: {len(rows) - 1} statt {entry['count']} Zeilen"


def say(name, problems, good):
    print(f"FEHLT {name}: {'; '.join(problems)}" if problems else f"ok {name}: {good}", flush=True)


def main():
    url, expected = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    soffice = sys.argv[3] if len(sys.argv) > 3 else None
    folder = Path(tempfile.mkdtemp())
    application = QgsApplication([], False, str(folder / "profil"))
    application.initQgis()
    for entry in expected["layers"]:
        problems = [p for ending in FORMATS for p in compare(url, entry, ending, folder)]
        problems += seen_by_qgis(url, entry, expected["classes"], folder)
        if entry["type"]:
            problems += load_style(url, entry, folder)
        if soffice and entry["id"] in ("fnp_flaechen", "massnahmen_punkte"):
            problems += office(soffice, entry, folder)
        say(f"Dateien {entry['id']}", problems, f"{entry['count']} Objekte in {len(FORMATS)} Formaten")
    say("Dateien in Teilen", list(resumed(url, folder)), "Range und /vsicurl/")
    sys.stdout.flush()
    shutil.rmtree(folder, ignore_errors=True)
    # Without QGIS's own teardown: see qgis_layers.py.
    os._exit(0)


main()
