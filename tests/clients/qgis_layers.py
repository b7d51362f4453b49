"""QGIS loads every collection through its provider OAPIF, completely, and draws it.

The damage QGIS does silently is what this looks for: missing pages, fields fixed wrongly by
the first ten features, values that become NULL. Usage: qgis_layers.py URL EXPECTED.json PICTURES
"""

import json
import os
import shutil
import sys
import tempfile
import urllib.request
from pathlib import Path

from qgis.core import (
    NULL,
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

UTM = QgsCoordinateReferenceSystem("EPSG:25832")
PLAIN = "#B4005A"  # of layers without classes; no land use has it


def open_layer(url, name):
    # A small page, so that even the demonstration layers have several.
    uri = f"url='{url}' typename='{name}' pagingEnabled='true' pageSize='100' restrictToRequestBBOX='1' srsname='EPSG:25832'"
    return QgsVectorLayer(uri, name, "OAPIF")


def read(layer):
    """Every feature: number, ids, geometries, filled cells and sums per field."""
    names = layer.fields().names()
    filled, sums = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
    count = with_geometry = 0
    for feature in layer.getFeatures():
        count += 1
        with_geometry += feature.hasGeometry()
        for name, value in zip(names, feature.attributes()):
            if value is not None and value != NULL:
                filled[name] += 1
                if isinstance(value, (int, float)):
                    sums[name] += value
    return count, with_geometry, filled, sums


def compare(layer, expected):
    """Differences between the loaded layer and the database, in words."""
    if not layer.isValid():
        yield "QGIS lädt die Ebene nicht"
        return
    count, with_geometry, filled, sums = read(layer)
    if count != expected["count"]:
        yield f"{count} statt {expected['count']} Objekte"
    if layer.featureCount() != expected["count"]:
        yield f"gemeldete Anzahl {layer.featureCount()} statt {expected['count']}"
    if with_geometry != expected["with_geometry"]:
        yield f"{with_geometry} statt {expected['with_geometry']} Geometrien"
    if expected["count"] == 0:
        return  # before OGC API Features Part 5 QGIS learns fields and type from features only
    for name, wanted in expected["filled"].items():
        if filled.get(name) != wanted:
            yield f"Feld {name}: {filled.get(name, 'fehlt')} statt {wanted} Werte"
    for name, wanted in expected["sums"].items():
        if wanted is not None and abs(sums.get(name, 0) - wanted) > 1e-6 * max(1, abs(wanted)):
            yield f"Feld {name}: Summe {sums.get(name)} statt {wanted}"
    if not expected["with_geometry"]:
        return
    if expected["type"] == "GEOMETRY":
        return  # mixed: QGIS 3.22 takes the kind of the first feature for all
    kind = QgsWkbTypes.displayString(layer.wkbType())
    if kind.upper() != expected["type"] and f"MULTI{expected['type']}" != kind.upper():
        yield f"Geometrieart {kind} statt {expected['type']}"
    if layer.crs().authid() not in ("OGC:CRS84", "EPSG:4326"):
        yield f"Koordinatensystem {layer.crs().authid()}"
    wanted = QgsRectangle(*(expected[side] for side in "wsen"))
    if not layer.extent().buffered(1e-6).contains(wanted):
        yield f"Ausdehnung {layer.extent().toString(6)} umfasst nicht {wanted.toString(6)}"


def style(layer, classes):
    if classes:
        categories = []
        for entry in classes:
            fill = QgsFillSymbol.createSimple({"color": entry["farbe"], "outline_style": "no"})
            categories.append(QgsRendererCategory(entry["schluessel"], fill, entry["name"]))
        layer.setRenderer(QgsCategorizedSymbolRenderer("nutzung", categories))
        return
    symbol = {
        QgsWkbTypes.PointGeometry: lambda: QgsMarkerSymbol.createSimple({"color": PLAIN, "outline_style": "no", "size": "4"}),
        QgsWkbTypes.LineGeometry: lambda: QgsLineSymbol.createSimple({"color": PLAIN, "width": "0.8"}),
        QgsWkbTypes.PolygonGeometry: lambda: QgsFillSymbol.createSimple({"color": PLAIN, "outline_color": "#000000"}),
    }[layer.geometryType()]()
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def draw(layer, extent, size):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(UTM)
    settings.setExtent(extent)
    settings.setOutputSize(size)
    settings.setBackgroundColor(QColor("white"))
    settings.setFlag(QgsMapSettings.Antialiasing, False)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def has_colour(image, colour):
    wanted = QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width()))


def pictures(layer, expected, classes, folder):
    """Draws the layer to a file; returns what its pixels show wrongly."""
    style(layer, classes)
    transform = QgsCoordinateTransform(layer.crs(), UTM, QgsProject.instance())
    extent = transform.transformBoundingBox(QgsRectangle(*(expected[side] for side in "wsen")))
    extent.grow(max(50, 0.03 * max(extent.width(), extent.height())))
    image = draw(layer, extent, QSize(1200, 900))
    image.save(str(folder / f"qgis-{layer.name()}.png"))
    if not classes and not has_colour(image, PLAIN):
        yield "im Bild ist nichts zu sehen"
    for entry in classes:
        if entry["radius"] is None or expected["id"] != "fnp_flaechen":
            continue
        # Close up: 21 pixels across the circle that lies wholly inside one area of the class.
        around = QgsRectangle.fromCenterAndSize(QgsPointXY(entry["x"], entry["y"]), 2 * entry["radius"], 2 * entry["radius"])
        seen = draw(layer, around, QSize(21, 21)).pixelColor(10, 10).name().upper()
        if seen != entry["farbe"].upper():
            yield f"{entry['schluessel']} bei {entry['x']:.0f} {entry['y']:.0f}: Farbe {seen} statt {entry['farbe']}"


def main():
    url, expected, folder = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    with tempfile.TemporaryDirectory() as profile:
        application = QgsApplication([], False, profile)
        application.initQgis()
        complaints = []
        QgsApplication.messageLog().messageReceived.connect(
            lambda text, tag, level: complaints.append(f"{tag}: {text}") if level in (Qgis.Warning, Qgis.Critical) else None
        )
        with urllib.request.urlopen(f"{url}/collections?f=json") as answer:
            listed = {entry["id"] for entry in json.load(answer)["collections"]}
        wanted = {entry["id"] for entry in expected["layers"]}
        if listed == wanted:
            print(f"ok QGIS Liste der Ebenen: {len(listed)}")
        else:
            print(f"FEHLT QGIS Liste der Ebenen: zu viel {sorted(listed - wanted)}, es fehlen {sorted(wanted - listed)}")
        for entry in expected["layers"]:
            complaints.clear()
            layer = open_layer(url, entry["id"])
            problems = list(compare(layer, entry))
            if layer.isValid() and entry["with_geometry"]:
                classes = expected["classes"] if entry["id"].startswith("fnp_flaechen") else []
                problems += pictures(layer, entry, classes, folder)
            problems += complaints
            name = f"QGIS {entry['id']}"
            print(f"FEHLT {name}: {'; '.join(problems)}" if problems else f"ok {name}: {entry['count']} Objekte", flush=True)
        # Without QGIS's own teardown: with Python objects still alive it ends in a crash
        # now and then, after everything has been said.
        sys.stdout.flush()
        shutil.rmtree(profile, ignore_errors=True)
        os._exit(0)


main()
