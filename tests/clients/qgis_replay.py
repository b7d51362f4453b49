"""QGIS 3.28, 3.32, 3.44 and 4.0 replayed: a scripted client sends the requests these versions
send and reads the answers as they do; what it gets is compared with SQL.

Replayed, not run: the requests are written from QGIS's sources. Every version opens every
layer; 3.28 reads each of them whole, the others one of each relation. What the service
does not declare is told as skipped.

Usage: qgis_replay.py URL EXPECTED.json SOCKETDIR
"""

import json
import re
import sys
from pathlib import Path

from expected import Database
from ogc.geometry import latitude_first, positions, transformer
from replay.filters import KINDS, TEXT, TRUTH, WHOLE, attribute_filters, expected_count, spatial_filters, sql_name, values_of
from replay.session import CRS84, FLATGEOBUF, ITEMS, SPEC, VERSIONS, Complaint, Session, demand
from service import Service

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def kinds(layers):
    """One layer of each relation, not that of every plan."""
    seen = set()
    for entry in layers:
        if entry["relation"].removesuffix("_aktuell") not in seen:
            seen.add(entry["relation"].removesuffix("_aktuell"))
            yield entry


def check_probe(layer, entry):
    """What QGIS builds the layer from: the first ten features."""
    features, wanted = layer.probe["features"], {c["name"] for c in entry["columns"]}
    demand(len(features) == min(10, entry["count"]), f"Probe: {len(features)} Objekte")
    demand(layer.probe.get("numberMatched") == entry["count"], f"Probe: numberMatched {layer.probe.get('numberMatched')}, laut SQL {entry['count']}")
    for feature in features:
        demand(set(feature["properties"]) == wanted, f"{feature['id']}: Felder {sorted(wanted ^ set(feature['properties']))}")
    fractions = {c["name"] for c in entry["columns"] if c["typ"] in ("float4", "float8", "numeric")}
    for column in fractions:
        # A whole number here would make the field an integer, and later fractions NULL.
        bare = re.search(f'{json.dumps(column, ensure_ascii=False)}:(-?\\d+)[,}}]', layer.probe_text)
        demand(not bare, f"{column}: {bare and bare[1]} ohne Dezimalpunkt")
    if entry["with_geometry"]:
        demand(features[0]["geometry"] is not None, "das erste Objekt hat keine Geometrie: eine Tabelle ohne Geometrie")


def check_schema(layer, entry):
    """Part 5: types, aliases from COMMENT, an order without gaps, a role for the geometry."""
    fields = layer.schema["properties"]
    places = [field.get("x-ogc-propertySeq") for field in fields.values()]
    demand(len(set(places)) == len(places) and None not in places, f"x-ogc-propertySeq nicht eindeutig: {places}")
    geometry = [f for f in fields.values() if f.get("x-ogc-role") == "primary-geometry"]
    demand(len(geometry) == (entry["type"] is not None), f"{len(geometry)} Felder sind primary-geometry")
    demand(all("type" not in f and f.get("format", "").startswith("geometry-") for f in geometry), f"Geometrie: {geometry}")
    if entry["type"] not in (None, "GEOMETRY"):
        wanted = "multi" + entry["type"].lower().removeprefix("multi")  # always the multiple form
        demand(geometry[0]["format"] == f"geometry-{wanted}", f"{geometry[0]['format']}, laut SQL {entry['type']}")
    for column in entry["columns"]:
        field = fields.get(column["name"])
        demand(field, f"Feld {column['name']} fehlt")
        alias = (column["text"] or "").split("\n")[0].split(" [")[0]
        demand(not alias or field.get("title") == alias, f"{column['name']}: Alias {field.get('title')!r}, laut Datenbank {alias!r}")
        if isinstance(field.get("type"), str):
            for feature in layer.probe["features"]:
                value = feature["properties"][column["name"]]
                right = value is None or isinstance(value, TYPES[field["type"]]) and (field["type"] == "boolean") == isinstance(value, bool)
                demand(right, f"{column['name']}: {value!r} ist nicht {field['type']}")


def check_options(session, layer):
    """Editing is offered by `Allow` alone; without POST nothing else may be."""
    demand({"GET", "HEAD", "OPTIONS"} <= layer.allowed, f"Allow {layer.allowed}")
    edits = layer.allowed & {"POST", "PUT", "PATCH", "DELETE"}
    # Nobody is signed in here: offered, QGIS would let the user edit and fail at saving.
    demand(not edits, f"ohne Anmeldung wird {edits} angeboten")


def check_data(layer, entry):
    found, told = layer.read()
    demand(len(found) == entry["count"], f"{len(found)} Objekte, laut SQL {entry['count']}")
    demand(told == entry["count"], f"numberMatched {told}")
    demand(len({f["id"] for f in found}) == len(found), "Kennungen doppelt")
    demand(layer.count() == entry["count"], f"Anzahl {layer.count()}")
    if "boxes" not in entry:
        return "ohne Geometrie"
    systems = [layer.crs] + ([EPSG + "4326"] if layer.crs != CRS84 else [])
    for crs in systems:
        srid = "4326" if crs == CRS84 else crs.rsplit("/", 1)[1]
        west, south, east, north = entry["boxes"][srid]["box"]
        box = (south, west, north, east) if latitude_first(crs) else (west, south, east, north)
        met = [f for f in layer.read(box=box, crs=crs)[0] if f["geometry"]]
        demand(len(met) == entry["boxes"][srid]["count"], f"bbox in {crs}: {len(met)} Objekte, laut SQL {entry['boxes'][srid]['count']}")
        # The layer lies where the collection says it does.
        turn = transformer(CRS84, crs)
        w, s, e, n = (entry[key] for key in "wsen")
        corners = [turn.transform(x, y) for x in (w, e) for y in (s, n)]
        slack = 0.01 * (max(c[0] for c in corners) - min(c[0] for c in corners)) + 1e-6
        for feature in found if crs == layer.crs else met:
            x, y = next(positions(feature["geometry"]), corners[0])[:2]
            inside = min(c[0] for c in corners) - slack <= x <= max(c[0] for c in corners) + slack
            inside &= min(c[1] for c in corners) - slack * 2 <= y <= max(c[1] for c in corners) + slack * 2
            demand(inside, f"{feature['id']} liegt in {crs} bei {x} {y}")
    return f"in {', '.join(c.rsplit('/', 1)[1] for c in systems)}"


def check_paging(layer, entry):
    """A page size set by the user, down to one that needs many pages."""
    size = max(1, entry["count"] // 5)
    first = layer.read(limit=size)[0]
    demand([f["id"] for f in first] == [f["id"] for f in layer.read()[0]], f"Seiten zu {size} ergeben andere Objekte")


def check_attributes(db, session, layer, entry):
    """Without CQL2: `?attr=value`, where the API document lists it under the layer's own path."""
    path = f"/collections/{layer.name}/items"
    demand(path in session.api["paths"], f"{path} steht nicht im API-Dokument")
    usable = set()
    for parameter in session.api["paths"][path]["get"]["parameters"]:
        if "$ref" in parameter:
            parameter = session.api["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
        if parameter["in"] == "query" and parameter.get("style") == "form" and parameter.get("explode") is False and "type" in parameter.get("schema", {}):
            usable.add(parameter["name"])
    asked = 0
    for kind in (TEXT, WHOLE, TRUTH):
        columns = [c["name"] for c in entry["columns"] if KINDS.get(c["typ"]) == kind and c["name"] in usable]
        for column in columns[:2]:
            for value in values_of(db, entry, column, kind)[:2]:
                found, _ = layer.read(attributes=[(column, value)])
                wanted = expected_count(db, entry, f"{sql_name(column)}::text = '" + value.replace("'", "''") + "'")
                demand(len(found) == wanted, f"{column}={value}: {len(found)} Objekte, laut SQL {wanted}")
                asked += 1
    return asked


def check_times(layer):
    """The open ends QGIS writes; year 0000 is one PostgreSQL does not know."""
    for text in ("2024-01-01T00:00:00Z/9999-12-31T00:00:00Z", "0000-01-01T00:00:00Z/2024-01-01T00:00:00Z"):
        layer.read(datetime=text)
    # A moment asks for the state of then, when there may have been no such layer.
    answer = layer.session.ask(layer.address(datetime="2024-01-01T00:00:00Z"), ITEMS)
    demand(answer.status in (200, 404), answer)


def check_formats(session, layer, entry):
    """4.0: features as FlatGeobuf, counts and `next` in the headers."""
    links = [e for e in layer.collection["links"] if e["rel"] == "items" and e.get("type") == FLATGEOBUF]
    if not links:
        return "FlatGeobuf nicht angeboten"
    from osgeo import gdal, ogr

    found, onward = 0, links[0]["href"] + ("&" if "?" in links[0]["href"] else "?") + f"limit={max(1, entry['count'] // 3)}"
    while onward:
        answer = session.ask(onward, FLATGEOBUF)
        demand(answer.status == 200 and answer.media == FLATGEOBUF, f"{answer} {answer.media}")
        demand(answer.header("OGC-NumberMatched") == str(entry["count"]), f"OGC-NumberMatched {answer.header('OGC-NumberMatched')!r}")
        gdal.FileFromMemBuffer("/vsimem/seite.fgb", answer.body)
        page = ogr.Open("/vsimem/seite.fgb")
        demand(page, "GDAL liest die Seite nicht")
        count = sum(1 for _ in page.GetLayer(0))
        demand(answer.header("OGC-NumberReturned") in ("", str(count)), f"OGC-NumberReturned {answer.header('OGC-NumberReturned')!r}, gelesen {count}")
        found += count
        following = [e for e in answer.links() if e.get("rel") == "next" and e.get("type") == FLATGEOBUF]
        onward = following[0]["href"] if following and count else None
    demand(found == entry["count"], f"FlatGeobuf: {found} Objekte, laut SQL {entry['count']}")
    return f"FlatGeobuf {found}"


def check_downloads(session, layer):
    """rel=enclosure: the whole layer as a file, readable in parts."""
    links = [e for e in layer.collection["links"] if e["rel"] == "enclosure"]
    for entry in links:
        answer = session.ask(entry["href"], entry.get("type"), "HEAD")
        demand(answer.status == 200, answer)
        part = session.service.ask(entry["href"], [("Range", "bytes=0-99")])
        demand(part.status == 206 and len(part.body) == 100, f"Range: {part}, {len(part.body)} Bytes")
    return len(links)


def filters(session, db, layers):
    """The table of CQL2 texts: one line per layer."""
    if not session.cql2:
        print(f"übersprungen nachgespielt QGIS {session.version} Filter: CQL2 ist nicht erklärt (filter, features-filter, cql2-text, basic-cql2)")
        return
    for entry in layers:
        if not entry["count"]:
            continue
        asked, problems, skipped = 0, [], set()
        try:
            layer = session.open(entry["id"])
            usable = {n for n, q in layer.queryables.items() if isinstance(q.get("type"), str)}
            for column, cql, sql, needs in attribute_filters(db, entry, usable):
                if needs and SPEC + f"cql2/1.0/conf/{needs}" not in session.classes:
                    skipped.add(needs)
                    continue
                problems += compare(layer, cql, expected_count(db, entry, sql))
                asked += 1
            column = layer.geometry_column()
            if entry["type"] and session.spatial_filters:
                demand(column, "queryables: keine Geometrie mit $ref und ohne type, QGIS schiebt keinen räumlichen Filter durch")
                for cql, sql in spatial_filters(db, entry, column):
                    problems += compare(layer, cql, expected_count(db, entry, sql))
                    asked += 1
            elif entry["type"]:
                skipped.add("räumliche Filter")
        except Complaint as complaint:
            problems.append(str(complaint))
        title = f"nachgespielt QGIS {session.version} Filter {entry['id']}"
        rest = f", nicht erklärt: {', '.join(sorted(skipped))}" if skipped else ""
        print(f"FEHLT {title}: {'; '.join(problems[:4])} ({len(problems)} von {asked})" if problems else f"ok {title}: {asked} Ausdrücke{rest}", flush=True)


def compare(layer, cql, wanted):
    try:
        found, told = layer.read(filter_text=cql)
    except Complaint as complaint:
        return [f"{cql}: {complaint}"]
    if len(found) != wanted or told not in (None, wanted):
        return [f"{cql}: {len(found)} Objekte, angegeben {told}, laut SQL {wanted}"]
    return []


def layer_line(session, db, entry, whole):
    """Everything about one layer; what was seen, or a complaint."""
    layer = session.open(entry["id"])
    seen = [f"{entry['count']} Objekte"]
    check_probe(layer, entry)
    if layer.schema:
        check_schema(layer, entry)
        seen.append("Felder aus dem Schema")
    if layer.allowed is not None:
        check_options(session, layer)
    if whole:
        seen.append(check_data(layer, entry))
        check_paging(layer, entry)
        check_times(layer)
        if "attributes" in session.knows and entry["count"]:
            seen.append(f"{check_attributes(db, session, layer, entry)} Filter als Parameter")
    if "formats" in session.knows:
        seen.append(check_formats(session, layer, entry))
        seen.append(f"{check_downloads(session, layer)} Downloads")
    return ", ".join(seen)


def main():
    url, expected, sockets = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), sys.argv[3]
    db = Database(sockets)
    layers = expected["layers"]
    chosen = {entry["id"] for entry in kinds(layers)}
    for version in VERSIONS:
        session = Session(Service(url), version)
        try:
            session.connect()
            print(f"ok nachgespielt QGIS {version} Verbindung: Seiten zu {session.page}", flush=True)
        except Complaint as complaint:
            print(f"FEHLT nachgespielt QGIS {version} Verbindung: {complaint}", flush=True)
            continue
        for entry in layers:
            title = f"nachgespielt QGIS {version} {entry['id']}"
            whole = version == "3.28" or entry["id"] in chosen
            try:
                print(f"ok {title}: {layer_line(session, db, entry, whole)}", flush=True)
            except Complaint as complaint:
                print(f"FEHLT {title}: {complaint}", flush=True)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                print(f"FEHLT {title}: {type(error).__name__}: {error}", flush=True)
        if version in ("3.32", "3.44"):  # the two ways the spatial classes are spelled
            filters(session, db, [e for e in layers if e["id"] in chosen])


main()
