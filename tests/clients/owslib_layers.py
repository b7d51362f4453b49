"""OWSLib reads every collection in every system it is offered in: counts as SQL gives them,
boxes in the axis order of each system, coordinates as PROJ computes them.

Usage: owslib_layers.py URL EXPECTED.json
"""

import json
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import owslib
from ogc.geometry import degrees, latitude_first, positions, transformer
from owslib.ogcapi.features import Features

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def pages(service, name, **parameters):
    """Features page by page; OWSLib knows no paging, so the query of `next` is handed to it."""
    while True:
        answer = service.collection_items(name, **parameters)
        yield answer
        onward = [entry["href"] for entry in answer["links"] if entry["rel"] == "next"]
        if not onward:
            return
        parameters = dict(parse_qsl(urlsplit(onward[0]).query, keep_blank_values=True))
        if "bbox" in parameters:
            parameters["bbox"] = parameters["bbox"].split(",")


def read(service, name, **parameters):
    found = list(pages(service, name, **parameters))
    return [f for page in found for f in page["features"]], found[0].get("numberMatched")


def box_for(uri, entry):
    """SQL's box for a system, written in the axis order of its definition."""
    srid = "4326" if uri == CRS84 else uri.rsplit("/", 1)[1]
    if srid not in entry["boxes"]:
        return None, None
    west, south, east, north = entry["boxes"][srid]["box"]
    box = [south, west, north, east] if latitude_first(uri) else [west, south, east, north]
    return [repr(value) for value in box], entry["boxes"][srid]["count"]


def check(service, entry, systems):
    """What is wrong with one collection, as texts."""
    name = entry["id"]
    plain, _ = read(service, name, limit=400)
    if len(plain) != entry["count"]:
        yield f"{len(plain)} statt {entry['count']} Objekte"
    for uri in systems:
        found, told = read(service, name, limit=1000, crs=uri)
        if len(found) != entry["count"] or told not in (None, entry["count"]):
            yield f"{uri}: {len(found)} Objekte, angegeben {told}, laut SQL {entry['count']}"
        if [f["id"] for f in found] != [f["id"] for f in plain]:
            yield f"{uri}: andere Objekte als in CRS84"
            continue
        turn, near = transformer(CRS84, uri), 2e-7 if degrees(uri) else 0.03
        for ours, theirs in zip(found, plain):
            first = next(positions(theirs["geometry"]), None)
            if first is None:
                continue
            x, y = next(positions(ours["geometry"]))[:2]
            wanted = turn.transform(*first[:2])
            if max(abs(x - wanted[0]), abs(y - wanted[1])) > near:
                yield f"{uri}: {ours['id']} bei {x} {y}, laut PROJ {wanted}"
                break
        if "boxes" not in entry:
            continue
        box, count = box_for(uri, entry)
        if box is None:
            yield f"{uri}: für dieses System rechnet SQL hier nichts, bitte in expected.py ergänzen"
            continue
        met, told = read(service, name, limit=1000, bbox=box, **{"bbox-crs": uri, "crs": uri})
        met = [f for f in met if f["geometry"]]  # those without one are met by every box
        if len(met) != count:
            yield f"{uri} bbox: {len(met)} Objekte, laut SQL {count}"
        elif uri != CRS84 and latitude_first(uri) and 0 < count < entry["with_geometry"]:
            # Longitude first is another place, far away.
            turned = [box[1], box[0], box[3], box[2]]
            wrong = [f for f in read(service, name, bbox=turned, **{"bbox-crs": uri})[0] if f["geometry"]]
            if wrong:
                yield f"{uri} bbox mit vertauschten Achsen: {len(wrong)} Objekte"


def main():
    url, expected = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    service = Features(url)
    listed = set(service.feature_collections())
    wanted = {entry["id"] for entry in expected["layers"]}
    if listed == wanted:
        print(f"ok OWSLib {owslib.__version__} Liste der Ebenen: {len(listed)}")
    else:
        print(f"FEHLT OWSLib Liste der Ebenen: zu viel {sorted(listed - wanted)}, es fehlen {sorted(wanted - listed)}")
    if not service.api()["paths"] or not service.conformance()["conformsTo"]:
        print("FEHLT OWSLib Beschreibung oder Konformität ist leer")
    shared = service.collections().get("crs", [])
    for entry in expected["layers"]:
        if entry["id"] not in listed:
            continue
        collection = service.collection(entry["id"])
        systems = [s for uri in collection.get("crs", [CRS84]) for s in (shared if uri == "#/crs" else [uri])]
        problems = list(check(service, entry, systems))
        name = f"OWSLib {entry['id']}"
        print(f"FEHLT {name}: {'; '.join(problems)}" if problems else f"ok {name}: {entry['count']} Objekte in {len(systems)} Systemen", flush=True)


main()
