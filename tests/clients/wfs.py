"""The WFS and GML, read by OWSLib, GDAL and QGIS, against SQL and the service's own GeoJSON.

Usage: wfs.py URL EXPECTED.json
What is not installed is left out and said.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

WFS = "{http://www.opengis.net/wfs/2.0}"
GML_ID = "{http://www.opengis.net/gml/3.2}id"


# What must outlive its function: QGIS torn down early ends in a crash now and then.
kept = []


def report(name, problems, said):
    print(f"FEHLT {name}: {'; '.join(problems[:5])}" if problems else f"ok {name}: {said}", flush=True)


def fetch(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def owslib(url, layers):
    """Lists, counts and pages by OWSLib."""
    from owslib.wfs import WebFeatureService

    service = WebFeatureService(url=f"{url}/wfs", version="2.0.0")
    problems = []
    wanted = {f"zr:{entry['id']}" for entry in layers}
    if set(service.contents) != wanted:
        problems.append(f"Liste: zu viel {set(service.contents) - wanted}, es fehlen {wanted - set(service.contents)}")
    for entry in layers:
        name = f"zr:{entry['id']}"
        seen, start = set(), 0
        while True:
            answer = service.getfeature(typename=[name], startindex=start, maxfeatures=200)
            tree = ElementTree.fromstring(answer.read())
            members = [member[0].get(GML_ID) for member in tree.iter(f"{WFS}member")]
            if tree.get("numberMatched") != str(entry["count"]) or tree.get("numberReturned") != str(len(members)):
                problems.append(f"{name}: {tree.get('numberMatched')} von {entry['count']}, {tree.get('numberReturned')} gesendet")
            seen.update(members)
            start += len(members)
            if "next" not in tree.keys():
                break
        if len(seen) != entry["count"] or start != entry["count"]:
            problems.append(f"{name}: {len(seen)} verschiedene Objekte in {start}, laut SQL {entry['count']}")
    report("OWSLib WFS", problems, f"{len(layers)} Ebenen in Seiten")
    schema = service.get_schema("zr:fnp_flaechen")
    good = schema["geometry_column"] == "geom" and schema["properties"]["flaeche_m2"] == "double"
    report("OWSLib WFS Schema", [] if good else [str(schema)], "Typen und Geometrie von fnp_flaechen")


def copied(url, layer, *options):
    """Copies one layer by GDAL's driver; the number of features, or why it failed."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "copy.gpkg")
        command = ["ogr2ogr", "-f", "GPKG", target, f"WFS:{url}/wfs", f"zr:{layer}", "-nln", "copy", *options]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OGR_WFS_PAGE_SIZE": "150"})
        if done.returncode or "ERROR" in done.stderr:
            return f"ogr2ogr {done.stderr.strip()}"
        info = subprocess.run(["ogrinfo", "-ro", "-so", target, "copy"], capture_output=True, text=True)
        return int(re.search(r"^Feature Count: (\d+)$", info.stdout, re.M)[1])


def gdal_wfs(url, layers):
    problems = []
    for entry in layers:
        if (found := copied(url, entry["id"])) != entry["count"]:
            problems.append(f"{entry['id']}: {found} statt {entry['count']} Objekte")
        box = entry.get("boxes", {}).get("25832")
        if box and (found := copied(url, entry["id"], "-spat", *map(repr, box["box"]))) != box["count"]:
            problems.append(f"{entry['id']} -spat: {found} statt {box['count']} Objekte")
    report("ogr2ogr WFS", problems, f"{len(layers)} Ebenen, ganz und im Ausschnitt")
    for where, condition in [
        ("nutzung = 'wald'", "nutzung=wald"),
        ("flaeche_m2 > 100000 AND nutzung <> 'wald'", "filter=" + quote("flaeche_m2 > 100000 AND nutzung <> 'wald'")),
        ("nutzung LIKE 'w%'", "filter=" + quote("nutzung LIKE 'w%'")),
    ]:
        wanted = json.loads(fetch(f"{url}/collections/fnp_flaechen/items?limit=1&{condition}"))["numberMatched"]
        found = copied(url, "fnp_flaechen", "-where", where)
        report(f"ogr2ogr WFS -where {where}", [] if found == wanted else [f"{found} statt {wanted}"], f"{wanted} Objekte")


def gdal_gml(url, layers):
    """Every layer as GML in every system is the layer as GeoJSON."""
    from osgeo import gdal, ogr

    gdal.UseExceptions()
    problems, compared = [], 0
    for entry in layers:
        collection = json.loads(fetch(f"{url}/collections/{quote(entry['id'])}?f=json"))
        for uri in collection.get("crs", [None]):
            items = f"{url}/collections/{quote(entry['id'])}/items?limit=10000" + (f"&crs={quote(uri, safe='')}" if uri else "")
            theirs = json.loads(fetch(items))["features"]
            name = f"{entry['id']} {uri}"
            if not theirs:
                continue
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "layer.gml")
                path.write_bytes(fetch(f"{items}&f=gml"))
                data = ogr.Open(str(path))
                layer = data.GetLayer(0)
                if data.GetLayerCount() != 1 or layer.GetFeatureCount() != len(theirs):
                    problems.append(f"{name}: {layer.GetFeatureCount()} statt {len(theirs)} Objekte")
                    continue
                code = uri.rsplit("/", 1)[1] if uri else None
                system = layer.GetSpatialRef()
                if code not in (None, "CRS84") and system is not None and system.GetAuthorityCode(None) != code:
                    problems.append(f"{name}: gelesen als {system.GetAuthorityCode(None)}")
                for ours, feature in zip(layer, theirs):
                    geometry = ours.GetGeometryRef()
                    if geometry is None or feature["geometry"] is None:
                        if (geometry is None) != (feature["geometry"] is None):
                            problems.append(f"{name}: {feature['id']} hier mit, dort ohne Geometrie")
                        continue
                    wanted = ogr.CreateGeometryFromJson(json.dumps(feature["geometry"]))
                    if code in ("4326", "4258", "31468"):
                        wanted.SwapXY()  # GDAL gives x first
                    off = max(abs(a - b) for a, b in zip(geometry.GetEnvelope(), wanted.GetEnvelope()))
                    area = abs(geometry.GetArea() - wanted.GetArea()) if wanted.GetDimension() == 2 else 0
                    if off > 1e-9 or area > 1e-6 * max(1, wanted.GetArea() if wanted.GetDimension() == 2 else 1):
                        problems.append(f"{name}: {feature['id']} um {off} versetzt, Fläche um {area} anders")
                    compared += 1
                data = layer = None
    if compared < 1000:
        problems.append(f"nur {compared} Objekte verglichen")
    report("GDAL GML", problems, f"{compared} Geometrien in allen Systemen wie in GeoJSON")


def qgis(url, layers):
    """Every layer by the native WFS provider."""
    from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    kept.append(application)
    problems = []
    for entry in layers:
        source = f"pagingEnabled='true' restrictToRequestBBOX='1' srsname='EPSG:25832' typename='zr:{entry['id']}' url='{url}/wfs' version='auto'"
        layer = QgsVectorLayer(source, entry["id"], "WFS")
        if not layer.isValid():
            problems.append(f"{entry['id']}: {layer.error().summary()}")
            continue
        found = sum(1 for _ in layer.getFeatures())
        if found != entry["count"]:
            problems.append(f"{entry['id']}: {found} statt {entry['count']} Objekte")
        box = entry.get("boxes", {}).get("25832")
        if box:
            west, south, east, north = box["box"]
            request = QgsFeatureRequest().setFilterRect(QgsRectangle(west, south, east, north))
            fresh = QgsVectorLayer(source, entry["id"], "WFS")
            # The provider looks at the bounding boxes of what the service gave it.
            met = sum(1 for _ in fresh.getFeatures(request))
            if met != box["count"]:
                problems.append(f"{entry['id']} im Ausschnitt: {met} statt {box['count']} Objekte")
    layer = QgsVectorLayer(
        f"srsname='EPSG:25832' typename='zr:fnp_flaechen' url='{url}/wfs' version='auto' sql=SELECT * FROM fnp_flaechen WHERE nutzung = 'wald'",
        "wald",
        "WFS",
    )
    wanted = json.loads(fetch(f"{url}/collections/fnp_flaechen/items?limit=1&nutzung=wald"))["numberMatched"]
    found = sum(1 for _ in layer.getFeatures())
    if found != wanted:
        problems.append(f"Filter: {found} statt {wanted} Objekte")
    report("QGIS WFS", problems, f"{len(layers)} Ebenen, ganz, im Ausschnitt und gefiltert")


def main():
    url, expected = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    for name, check in [("OWSLib", owslib), ("ogr2ogr", gdal_wfs), ("GDAL", gdal_gml), ("QGIS", qgis)]:
        try:
            check(url, expected["layers"])
        except ImportError as missing:
            print(f"übersprungen {name} WFS: {missing.name} fehlt", flush=True)
    sys.stdout.flush()
    os._exit(0)  # without QGIS's own teardown, which now and then ends in a crash


main()
