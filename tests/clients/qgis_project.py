"""QGIS opens every project and layer definition the service offers and prints from them.

What is looked at: all layers valid, groups, classes equal to the code table, every sign drawn,
forms, bookmarks, themes; then pictures (the whole plan, one Ortsteil, the print layout) whose
pixels must show the colour of each class. Usage: qgis_project.py URL EXPECTED.json PICTURES
"""

import base64
import json
import os
import re
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsExpression,
    QgsFieldConstraints,
    QgsLayerDefinition,
    QgsLayoutExporter,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QByteArray, QSize
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtSvg import QSvgRenderer

GROUPS = ["Maßnahmen", "Dorferneuerung", "Grenzen und Flurstücke", "Überlagerungen", "Plan in Kraft"]


def fetch(url):
    try:
        with urllib.request.urlopen(quote(url, safe="/:?&=%"), timeout=600) as answer:
            return answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        sys.exit(f"{url}: {error}")


def report(name, problems, tale=""):
    problems = list(problems)
    print(f"FEHLT {name}: {'; '.join(problems)[:2000]}" if problems else f"ok {name}{': ' + tale if tale else ''}", flush=True)


def drawn(path):
    """A sign that stands inside the document and can be drawn."""
    if not path.startswith("base64:"):
        return False
    return QSvgRenderer(QByteArray(base64.b64decode(path[7:]))).isValid()


def symbol_layers(symbol):
    for layer in symbol.symbolLayers():
        yield layer
        if layer.subSymbol():
            yield from symbol_layers(layer.subSymbol())


def signs(symbol):
    """Complaints about the signs of a symbol, those an expression chooses too."""
    for layer in symbol_layers(symbol):
        if layer.layerType() != "SvgMarker":
            continue
        if not drawn(layer.path()):
            yield f"Zeichen fehlt: {layer.path()[:40]}"
        chosen = layer.dataDefinedProperties().property(QgsSymbolLayer.PropertyName)
        if chosen.isActive():
            text = chosen.expressionString()
            for code in [*re.findall(r"'([0-9]{4,})', 'base64:", text), "99999", ""]:
                # As it stands, with the column's value in its place.
                expression = QgsExpression(text.replace('"zweckbestimmung"', f"'{code}'"))
                value = expression.evaluate()
                if expression.hasEvalError() or not drawn(str(value)):
                    yield f"Zeichen zu {code or 'keinem Code'} fehlt: {expression.evalErrorString()}"


def symbols(renderer):
    from qgis.core import QgsRenderContext

    return renderer.symbols(QgsRenderContext())


def check_classes(layer, name, url, expected):
    """The categories against the code table: the database's for the plan, else the legend's."""
    renderer = layer.renderer()
    if renderer is None or not layer.isSpatial():
        return
    for symbol in symbols(renderer):
        yield from signs(symbol)
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return
    if name.startswith(("fnp_flaechen", "fnp_linien", "fnp_punkte")):
        wanted = [(c["schluessel"], c["name"], c["farbe"].upper()) for c in expected["classes"]]
    else:
        legend = json.loads(fetch(f"{url}/styles/{name}/legend?f=json")[0])
        wanted = [(e["wert"], e["titel"], e["farbe"].upper()) for e in legend["eintraege"] if e["wert"] is not None]
    found = []
    for category in renderer.categories():
        first = category.symbol().symbolLayer(0)
        found.append((category.value() or None, category.label(), first.color().name().upper()))
    if found[:-1] != wanted:
        different = [f"{f} statt {w}" for f, w in zip(found, wanted) if f != w] or [f"{len(found) - 1} statt {len(wanted)} Klassen"]
        yield f"{name}: " + ", ".join(different[:3])


def check_form(layer, name):
    if not layer.fields().count():
        return  # an empty layer: 3.22 learns the fields from features only
    empty = [field.name() for field in layer.fields() if not field.alias()]
    if empty:
        yield f"{name}: Felder ohne Titel: {empty}"
    if layer.readOnly():
        return
    form = layer.editFormConfig()
    if not form.tabs():
        yield f"{name}: kein Formular"
    free = [i for i in range(layer.fields().count()) if not form.readOnly(i)]
    if not free or len(free) == layer.fields().count():
        yield f"{name}: {len(free)} von {layer.fields().count()} Feldern änderbar"
    if "titel" in layer.fields().names() and name.startswith("massnahmen_"):
        index = layer.fields().indexOf("titel")
        rules = layer.fields().at(index).constraints()
        if rules.constraintStrength(QgsFieldConstraints.ConstraintNotNull) != QgsFieldConstraints.ConstraintStrengthHard or not layer.constraintDescription(index):
            yield f"{name}: titel darf leer bleiben"
        state = layer.fields().indexOf("beschlussstand")
        widget = layer.editorWidgetSetup(state)
        values = [list(entry.values())[0] for entry in widget.config().get("map", [])]
        default = QgsExpression(layer.defaultValueDefinition(state).expression()).evaluate()
        if widget.type() != "ValueMap" or default not in values:
            yield f"{name}: Beschlussstand {widget.type()}, Vorgabe {default} nicht in {values}"


def collection(layer):
    found = re.search(r"typename='([^']*)'", layer.source())
    return found.group(1) if found else ""


def check_layers(layers, url, expected, in_project):
    for layer in layers:
        name = collection(layer)
        if in_project and layer.id() not in (f"zielraum_ebene_{name}", "hintergrund_kacheln"):
            yield f"{name}: Kennung im Projekt {layer.id()}"
        if not layer.isValid():
            yield f"{name or layer.name()}: QGIS lädt die Ebene nicht"
            continue
        if not isinstance(layer, QgsVectorLayer):
            continue
        if layer.crs().authid() not in ("OGC:CRS84", "EPSG:4326"):
            yield f"{name}: Koordinatensystem {layer.crs().authid()}"
        yield from check_classes(layer, name, url, expected)
        yield from check_form(layer, name)


def check_project(project, url, expected):
    if project.crs().authid() != "EPSG:25832":
        yield f"Koordinatensystem {project.crs().authid()}"
    if not project.title():
        yield "kein Titel"
    groups = [group.name() for group in project.layerTreeRoot().findGroups()]
    missing = [name for name in GROUPS if name not in groups]
    if missing:
        yield f"Gruppen {groups} ohne {missing}"
    layers = list(project.mapLayers().values())
    in_tree = {node.layerId() for node in project.layerTreeRoot().findLayers()}
    if in_tree != set(project.mapLayers()):
        yield f"Baum und Ebenen verschieden: {in_tree ^ set(project.mapLayers())}"
    yield from check_layers(layers, url, expected, True)
    places = [b.name() for b in project.bookmarkManager().bookmarks() if b.group() == "Ortsteile"]
    if len(places) != len(expected["ortsteile"]):
        yield f"Lesezeichen {places}"
    extent = project.viewSettings().defaultViewExtent()
    if extent.isEmpty() or extent.crs().authid() != "EPSG:25832":
        yield f"Ausschnitt {extent.toString(1)} {extent.crs().authid()}"
    themes = project.mapThemeCollection()
    for theme in themes.mapThemes():
        if not themes.mapThemeVisibleLayers(theme):
            yield f"Thema {theme} ist leer"
    if "Plan" not in themes.mapThemes():
        yield "Thema Plan fehlt"
    if not project.layoutManager().layouts():
        yield "kein Drucklayout"
    relation = project.mapLayer("zielraum_ebene_dorferneuerungsgebiete")
    if relation:
        setup = relation.editorWidgetSetup(relation.fields().indexOf("ortsteil"))
        if setup.type() != "ValueRelation" or not project.mapLayer(setup.config().get("Layer")):
            yield f"Ortsteil der Gebiete: {setup.type()} {setup.config().get('Layer')}"


def draw(layers, extent, size, antialias=True):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(QgsProject.instance().crs())
    settings.setEllipsoid(QgsProject.instance().ellipsoid())
    settings.setTransformContext(QgsProject.instance().transformContext())
    settings.setExtent(extent)
    settings.setOutputSize(size)
    settings.setBackgroundColor(QColor("white"))
    settings.setFlag(QgsMapSettings.Antialiasing, antialias)
    settings.setFlag(QgsMapSettings.DrawLabeling, True)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def colours(image):
    return Counter(image.pixel(x, y) & 0xFFFFFF for y in range(image.height()) for x in range(image.width()))


def as_number(colour):
    return QColor(colour).rgb() & 0xFFFFFF


def pictures(project, expected, folder, name):
    """Draws what the project shows first; complaints about colours that are not there."""
    themes = project.mapThemeCollection()
    plan = themes.mapThemeVisibleLayers("Plan")
    extent = QgsRectangle(project.viewSettings().defaultViewExtent())
    areas = next((layer for layer in plan if collection(layer).startswith("fnp_flaechen")), None)
    if areas is None:
        yield "keine Flächen im Thema Plan"
        return
    whole = draw(plan, extent, QSize(1500, 1200))
    whole.save(str(folder / f"qgis-projekt-{name}.png"))
    if len(colours(whole)) < 20:
        yield "im Bild ist fast nichts zu sehen"
    drawn_classes = [c for c in expected["classes"] if c["radius"] is not None]
    if name == "zielraum":
        large = [c for c in drawn_classes if c["radius"] > 100]
        seen = colours(draw([areas], extent, QSize(1500, 1200)))
        missing = [c["schluessel"] for c in large if seen[as_number(c["farbe"])] < 30]
        if not large or missing:
            yield f"im ganzen Plan nicht zu sehen: {missing} von {len(large)} großen Klassen"
        for entry in drawn_classes:
            side = 2 * entry["radius"]
            around = QgsRectangle.fromCenterAndSize(QgsPointXY(entry["x"], entry["y"]), side, side)
            # The sign of the class may stand in the middle: most of the picture is its colour.
            [(most, _)] = colours(draw([areas], around, QSize(120, 120), False)).most_common(1)
            if most != as_number(entry["farbe"]):
                yield f"{entry['schluessel']}: Farbe #{most:06X} statt {entry['farbe']}"
        bookmark = project.bookmarkManager().bookmarks()[0]
        shown = themes.mapThemeVisibleLayers("Alles Wichtige")
        one = draw(shown, QgsRectangle(bookmark.extent()), QSize(1200, 900))
        one.save(str(folder / "qgis-projekt-ortsteil.png"))
        if len(colours(one)) < 20:
            yield "im Ortsteil ist fast nichts zu sehen"


def printed(project, expected, folder, name):
    [layout] = project.layoutManager().layouts()
    exporter = QgsLayoutExporter(layout)
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 100
    target = str(folder / f"qgis-druck-{name}.png")
    if exporter.exportToImage(target, settings) != QgsLayoutExporter.Success:
        yield "Druck als Bild misslingt"
        return
    pdf = folder / f"qgis-druck-{name}.pdf"
    if exporter.exportToPdf(str(pdf), QgsLayoutExporter.PdfExportSettings()) != QgsLayoutExporter.Success:
        yield "Druck als PDF misslingt"
    elif pdf.stat().st_size < 20_000:
        yield f"das PDF hat nur {pdf.stat().st_size} Bytes"
    image = QImage(target)
    if abs(image.width() - 1654) > 3 or abs(image.height() - 1169) > 3:
        yield f"Blatt {image.width()} × {image.height()} statt A3 quer"
    legend = next((item for item in layout.items() if getattr(item, "id", lambda: "")() == "Legende"), None)
    # Right of the map the legend repeats the colours of what the map shows.
    part = colours(image.copy(1270, 165, 370, 790))
    on_map = colours(image.copy(45, 90, 1190, 955))
    for entry in expected["classes"]:
        number = as_number(entry["farbe"])
        if on_map[number] > 400 and part[number] < 20:
            yield f"{entry['schluessel']} fehlt in der Legende"
    margin = colours(image.copy(0, 1060, 30, 100))
    if margin[as_number("#000000")]:
        yield "die Maßstabsleiste läuft über den Rand"
    if not legend or not legend.model().rootGroup().findLayers():
        yield "die Legende ist leer"
    if sum(on_map[as_number(c["farbe"])] for c in expected["classes"]) < 100_000:
        yield "auf der gedruckten Karte ist der Plan nicht zu sehen"


def main():
    url, expected, folder = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    with tempfile.TemporaryDirectory() as profile:
        application = QgsApplication([], False, profile)
        application.initQgis()
        complaints = []
        QgsApplication.messageLog().messageReceived.connect(
            lambda text, tag, level: complaints.append(f"{tag}: {text}") if level in (Qgis.Warning, Qgis.Critical) else None
        )
        offered = json.loads(fetch(f"{url}/qgis?f=json")[0])
        project = QgsProject.instance()
        for entry in offered["projekte"]:
            data, headers = fetch(entry["href"])
            problems = []
            [name] = re.findall(r'filename="([^"]+)\.qgz"', headers["Content-Disposition"]) or [""]
            path = Path(profile) / f"{name}.qgz"
            path.write_bytes(data)
            if not zipfile.is_zipfile(path):
                problems.append("kein ZIP")
            complaints.clear()
            project.clear()
            if not project.read(str(path)):
                problems.append(f"QGIS öffnet das Projekt nicht: {project.error()}")
            problems += check_project(project, url, expected)
            problems += pictures(project, expected, folder, name)
            if name == "zielraum" or "plan=" in entry["href"]:
                problems += printed(project, expected, folder, name)
            problems += complaints
            report(f"QGIS Projekt {name}", problems, f"{len(project.mapLayers())} Ebenen, {len(data)} Bytes")
        plain, _ = fetch(f"{url}/qgis/projekt.qgs")
        (Path(profile) / "plain.qgs").write_bytes(plain)
        project.clear()
        report("QGIS Projekt ungepackt", [] if project.read(str(Path(profile) / "plain.qgs")) else ["QGIS öffnet es nicht"])
        for group in offered["gruppen"]:
            for entry in [group, *group["ebenen"]]:
                data, _ = fetch(entry["href"])
                path = Path(profile) / "one.qlr"
                path.write_bytes(data)
                project.clear()
                complaints.clear()
                fine, error = QgsLayerDefinition.loadLayerDefinition(str(path), project, project.layerTreeRoot())
                problems = [] if fine else [error]
                layers = list(project.mapLayers().values())
                if not layers or entry is group and len(layers) != len(group["ebenen"]):
                    problems.append(f"{len(layers)} Ebenen statt {len(group['ebenen'])}")
                problems += check_layers(layers, url, expected, False)
                problems += complaints
                report(f"QGIS Ebenendefinition {entry['title']}", problems)
        # Without QGIS's own teardown: with Python objects still alive it ends in a crash
        # now and then, after everything has been said.
        sys.stdout.flush()
        shutil.rmtree(profile, ignore_errors=True)
        os._exit(0)


main()
