"""Vector tiles: GDAL decodes them, QGIS draws them as a vector tile layer in the colours of the classes.

Usage: tiles.py URL EXPECTED.json PICTURES
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

LAYER = "fnp_flaechen"


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def tile_of(lon, lat, zoom):
    n = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def gdal(url, expected, folder):
    """Every area of the plan arrives by tiles of zoom 14, with its class, as a valid shape."""
    entry = next(e for e in expected["layers"] if e["id"] == LAYER)
    x0, y1 = tile_of(entry["w"], entry["s"], 14)
    x1, y0 = tile_of(entry["e"], entry["n"], 14)
    found, invalid = {}, 0
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            body = get(f"{url}/kacheln/{LAYER}/14/{x}/{y}.mvt")
            if not body:
                continue
            path = folder / "14" / str(x) / f"{y}.mvt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            sql = f"SELECT kennung, nutzung, ST_IsValid(geometry) AS gut FROM {LAYER}"
            done = subprocess.run(
                ["ogr2ogr", "-f", "CSV", "/vsistdout/", str(path), "-oo", f"X={x}", "-oo", f"Y={y}", "-oo", "Z=14", "-dialect", "SQLite", "-sql", sql],
                capture_output=True, text=True,
            )
            if done.returncode:
                yield f"{x}/{y}: {done.stderr.strip()}"
                return
            for line in done.stdout.splitlines()[1:]:
                key, use, good = line.rsplit(",", 2)
                found[key] = use
                invalid += good.strip('"') != "1"
    if len(found) != entry["count"]:
        yield f"{len(found)} statt {entry['count']} Flächen"
    if invalid:
        yield f"{invalid} ungültige Flächen"
    classes = {c["schluessel"] for c in expected["classes"]}
    if not {use.strip('"') for use in found.values()} <= classes:
        yield f"unbekannte Klassen {sorted(set(found.values()) - classes)}"


def qgis(url, expected, pictures):
    from qgis.core import (
        QgsApplication,
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsFillSymbol,
        QgsMapRendererSequentialJob,
        QgsMapSettings,
        QgsPointXY,
        QgsProject,
        QgsRectangle,
        QgsVectorTileBasicRenderer,
        QgsVectorTileBasicRendererStyle,
        QgsVectorTileLayer,
        QgsWkbTypes,
    )
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    application = QgsApplication([], False)
    application.initQgis()
    document = json.loads(get(f"{url}/kacheln/{LAYER}"))
    source = f"type=xyz&url={document['tiles'][0]}&zmin={document['minzoom']}&zmax={document['maxzoom']}"
    layer = QgsVectorTileLayer(source, LAYER)
    if not layer.isValid():
        yield "QGIS lädt die Kacheln nicht"
        return
    styles = []
    for entry in expected["classes"]:
        style = QgsVectorTileBasicRendererStyle(entry["schluessel"], LAYER, QgsWkbTypes.PolygonGeometry)
        style.setFilterExpression(f"\"nutzung\" = '{entry['schluessel']}'")
        style.setSymbol(QgsFillSymbol.createSimple({"color": entry["farbe"], "outline_style": "no"}))
        styles.append(style)
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles(styles)
    layer.setRenderer(renderer)
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    transform = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:25832"), mercator, QgsProject.instance())

    def draw(extent, size):
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(mercator)
        settings.setExtent(extent)
        settings.setOutputSize(size)
        settings.setBackgroundColor(QColor("white"))
        settings.setFlag(QgsMapSettings.Antialiasing, False)
        job = QgsMapRendererSequentialJob(settings)
        job.start()
        job.waitForFinished()
        return job.renderedImage()

    seen = 0
    for entry in expected["classes"]:
        if entry["radius"] is None:
            continue
        middle = transform.transform(QgsPointXY(entry["x"], entry["y"]))
        around = QgsRectangle.fromCenterAndSize(middle, 2 * entry["radius"], 2 * entry["radius"])
        colour = draw(around, QSize(21, 21)).pixelColor(10, 10).name().upper()
        seen += 1
        if colour != entry["farbe"].upper():
            yield f"{entry['schluessel']}: Farbe {colour} statt {entry['farbe']}"
    if seen < 3:
        yield f"nur {seen} Klassen zu sehen"
    entry = next(e for e in expected["layers"] if e["id"] == LAYER)
    extent = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), mercator, QgsProject.instance()).transformBoundingBox(
        QgsRectangle(*(entry[side] for side in "wsen"))
    )
    draw(extent, QSize(1200, 900)).save(str(pictures / "qgis-kacheln.png"))


def report(name, problems):
    problems = list(problems)
    print(f"FEHLT {name}: {'; '.join(problems)}" if problems else f"ok {name}", flush=True)


def main():
    url, expected, pictures = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    folder = Path(tempfile.mkdtemp())
    report("Kacheln GDAL", gdal(url, expected, folder))
    shutil.rmtree(folder, ignore_errors=True)
    try:
        from qgis import core  # noqa: F401
    except ImportError:
        print("übersprungen Kacheln QGIS: python3-qgis fehlt")
    else:
        report("Kacheln QGIS", qgis(url, expected, pictures))
    sys.stdout.flush()
    os._exit(0)  # without QGIS's own teardown, which now and then ends in a crash


main()
