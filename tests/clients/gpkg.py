"""A GeoPackage taken along, edited in QGIS and brought back.

QGIS 3.22 opens the project inside the file: all layers valid, classes, forms, relations; it edits
a measure and a draft area with the file's own provider; ogr2ogr writes the file anew in another
coordinate system. The service compares, and what is accepted is what the layers show afterwards.
Usage: gpkg.py BINARY SOCKETDIR URL
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from osgeo import gdal, ogr
from qgis.core import QgsApplication, QgsCategorizedSymbolRenderer, QgsFeature, QgsGeometry, QgsPointXY, QgsProject

gdal.UseExceptions()
LOGIN = "probe.mitnahme"
POINTS = "massnahmen_punkte"


def check(name, right, why=""):
    print(f"ok {name}" if right else f"FEHLT {name}: {why}", flush=True)


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command[0]} {command[1]}: {done.stderr}")
    return done.stdout.strip()


class Service:
    def __init__(self, url, token):
        self.url, self.token = url, token

    def ask(self, path, method="GET", body=None, kind=None):
        request = urllib.request.Request(self.url + path, body, {"Authorization": f"Bearer {self.token}"}, method=method)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def take(self, path, target):
        status, body = self.ask(path)
        if status != 200:
            sys.exit(f"{path}: {status} {body[:300]!r}")
        target.write_bytes(body)

    def bring(self, file):
        status, body = self.ask("/mitnehmen", "POST", file.read_bytes(), "application/geopackage+sqlite3")
        if status != 201:
            sys.exit(f"zurückgebracht: {status} {body[:600]!r}")
        return json.loads(body)

    def accept(self, comparison, choice):
        body = json.dumps({"wahl": choice}).encode()
        return self.ask(f"/mitnehmen/vergleiche/{comparison['vergleich']}", "POST", body, "application/json")

    def feature(self, layer, kennung):
        status, body = self.ask(f"/collections/{layer}/items/{kennung}")
        return json.loads(body)["properties"] if status == 200 else None


def layers_of(project):
    """By name of the table."""
    return {layer.source().split("layername=")[-1]: layer for layer in project.mapLayers().values()}


def edit(layer, change):
    """As the edit mode of QGIS does: begins, changes, saves."""
    if not layer.startEditing():
        return f"{layer.name()} lässt sich nicht bearbeiten"
    change(layer)
    return "" if layer.commitChanges() else "; ".join(layer.commitErrors())


def main():
    binary, sockets, url = sys.argv[1:]
    more = ["--database-url", f"postgres://postgres@localhost/zielraum?host={sockets}"]
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    user = [binary, "user"]
    run([*user, "add", LOGIN, "--rolle", "strategie", "--rolle", "stadtplanung", "--ohne-kennwort", *more], env=env)
    token = run([*user, "token", "add", LOGIN, "--umfang", "lesen", "--umfang", "schreiben", *more], env=env)
    service = Service(url, token.split()[-1])
    folder = tempfile.TemporaryDirectory()
    file = Path(folder.name) / "stadt.gpkg"
    service.take("/mitnehmen/stadt.gpkg", file)

    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False, tempfile.mkdtemp())
    application.initQgis()
    project = QgsProject.instance()
    check("das Projekt in der Datei öffnet", project.read(f"geopackage:{file}?projectName=Zielraum"), project.error())
    layers = layers_of(project)
    bad = [layer.name() for layer in layers.values() if not layer.isValid()]
    check(f"{len(layers)} Ebenen gültig", layers and not bad, ", ".join(bad))
    check("alle liegen in der Datei", all(layer.dataProvider().name() == "ogr" for layer in layers.values()))
    plain = [name for name in (POINTS, "fnp_flaechen", "fachdaten") if not isinstance(layers[name].renderer(), QgsCategorizedSymbolRenderer)]
    check("Klassen mit Farben", not plain, ", ".join(plain))
    relations = project.relationManager().relations().values()
    wrong = [relation.name() for relation in relations if not relation.isValid()]
    check(f"{len(relations)} Beziehungen gültig", relations and not wrong, ", ".join(wrong))
    goals = [r for r in relations if r.referencedLayer() == layers[POINTS] and r.name() == "Ziele"]
    linked = sum(goals[0].getRelatedFeatures(f).isValid() and len(list(goals[0].getRelatedFeatures(f))) for f in layers[POINTS].getFeatures()) if goals else 0
    check("Maßnahmen führen zu ihren Zielen", linked > 0, "keine")
    check("nur zum Ansehen ist nur zum Ansehen", layers["fnp_flaechen"].readOnly() and not layers[POINTS].readOnly())
    draft = next(name for name in layers if name.startswith("fnp_flaechen_"))
    use = layers[draft].editorWidgetSetup(layers[draft].fields().indexOf("nutzung"))
    check("Codes als Auswahl im Formular", use.type() == "ValueMap", use.type())
    alias = layers[POINTS].attributeDisplayName(layers[POINTS].fields().indexOf("titel"))
    check("deutsche Namen der Felder", alias == "Bezeichnung", alias)

    first = next(layers[POINTS].getFeatures())
    moved = first["kennung"]
    area = next(layers[draft].getFeatures())

    def change_points(layer):
        layer.changeAttributeValue(first.id(), layer.fields().indexOf("titel"), "Aus QGIS geändert")
        shape = QgsGeometry(first.geometry())
        shape.translate(5, 0)
        layer.changeGeometry(first.id(), shape)
        new = QgsFeature(layer.fields())
        new.setAttribute("titel", "Aus QGIS neu")
        new.setAttribute("art", first["art"])
        centre = first.geometry().centroid().asPoint()
        new.setGeometry(QgsGeometry.fromMultiPointXY([QgsPointXY(centre.x() + 20, centre.y())]))
        layer.addFeature(new)

    trouble = edit(layers[POINTS], change_points)
    check("Maßnahme in QGIS bearbeitet", not trouble, trouble)
    trouble = edit(layers[draft], lambda layer: layer.changeAttributeValue(area.id(), layer.fields().indexOf("name"), "Rain der Probe"))
    check("Fläche des Entwurfs in QGIS bearbeitet", not trouble, trouble)
    project.clear()  # lets go of the file

    comparison = service.bring(file)
    found = sorted((item["art"], item["name"]) for item in comparison["objekte"])
    expected = sorted([("geaendert", "Aus QGIS geändert"), ("neu", "Aus QGIS neu"), ("geaendert", "Rain der Probe")])
    check("der Vergleich zeigt, was QGIS geändert hat", found == expected, f"{found} {comparison['hinweise']}")

    # Written anew in degrees, with other numbers: known by kennung, shapes equal within the detour.
    anew = Path(folder.name) / "grad.gpkg"
    source = gdal.OpenEx(str(file), gdal.OF_VECTOR)
    names = [source.GetLayer(i).GetName() for i in range(source.GetLayerCount())]
    for name in names:
        spatial = source.GetLayerByName(name).GetGeomType() != ogr.wkbNone
        command = ["ogr2ogr", "-f", "GPKG", *(["-update"] if anew.exists() else []), *(["-t_srs", "EPSG:4326"] if spatial else []), "-nln", name, str(anew), str(file), name]
        run(command)
    again = service.bring(anew)
    found_again = sorted((item["art"], item["name"]) for item in again["objekte"])
    check("auch nach ogr2ogr in Grad", found_again == expected, f"{found_again} {again['hinweise']}")

    # A wrong edit is refused as a whole, in German, with its object.
    wrong_file = Path(folder.name) / "falsch.gpkg"
    wrong_file.write_bytes(file.read_bytes())
    dataset = gdal.OpenEx(str(wrong_file), gdal.OF_VECTOR | gdal.OF_UPDATE)
    dataset.ExecuteSQL(f"UPDATE \"{draft}\" SET nutzung = 'gibtesnicht' WHERE kennung = '{area['kennung']}'")
    dataset = None
    bad = service.bring(wrong_file)
    status, body = service.accept(bad, {str(item["nr"]): True for item in bad["objekte"]})
    detail = json.loads(body).get("detail", "")
    check("ein falscher Wert wird als Ganzes abgelehnt", status == 400 and area["kennung"] in detail and "nutzung" in detail, f"{status} {detail}")
    check("und nichts ist geschrieben", service.feature(POINTS, moved)["titel"] != "Aus QGIS geändert")

    status, body = service.accept(comparison, {str(item["nr"]): True for item in comparison["objekte"]})
    done = json.loads(body)
    check("alles übernommen", status == 200 and len(done["ergebnis"]["objekte"]) == 3, f"{status} {body[:400]!r}")
    check("die Maßnahme heißt wie in QGIS", service.feature(POINTS, moved)["titel"] == "Aus QGIS geändert")
    check("die Fläche heißt wie in QGIS", service.feature(draft, area["kennung"])["name"] == "Rain der Probe")
    rest = {item["art"] for item in service.bring(file)["objekte"]}
    check("noch einmal gebracht ist alles schon da", rest == {"erledigt"}, rest)
    commanded = subprocess.run([binary, "gpkg", "vergleichen", str(file), *more], env=env, capture_output=True, text=True)
    check("zielraum gpkg vergleichen", commanded.returncode == 0 and "schon so" in commanded.stdout, commanded.stdout[-400:] + commanded.stderr[-400:])

    # At the command line a conflict needs a word, too. A copy: QGIS holds its file to the end.
    file = Path(folder.name) / "zweite.gpkg"
    file.write_bytes((Path(folder.name) / "stadt.gpkg").read_bytes())
    dataset = gdal.OpenEx(str(file), gdal.OF_VECTOR | gdal.OF_UPDATE)
    dataset.ExecuteSQL(f"UPDATE {POINTS} SET titel = 'Zweite Fassung' WHERE kennung = '{moved}'")
    dataset = None
    accept = lambda *words: subprocess.run([binary, "gpkg", "uebernehmen", str(file), *words, *more], env=env, capture_output=True, text=True)
    refused = accept()
    check("Konflikt an der Kommandozeile", refused.returncode == 3 and "--konflikte" in refused.stderr, f"{refused.returncode} {refused.stderr[-400:]}")
    check("und nichts ist geschrieben", service.feature(POINTS, moved)["titel"] == "Aus QGIS geändert")
    taken = accept("--konflikte", "datei", "--warum", "Begehung")
    check("mit --konflikte datei übernommen", taken.returncode == 0 and service.feature(POINTS, moved)["titel"] == "Zweite Fassung", taken.stderr[-400:])
    folder.cleanup()
    sys.stdout.flush()
    os._exit(0)  # without QGIS's own teardown, which now and then ends in a crash


main()
