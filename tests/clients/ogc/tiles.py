"""OGC API – Tiles Part 1 (20-057), Annex A: what is declared of it, on vector tiles.

The content of a tile is read by a small reader of the Mapbox Vector Tile format: names of
its layers and number of their features.
"""

import math

from service import link

from . import schemas
from .core import fits
from .suite import abstract_test, expect, skip
from .target import JSON, TILES_1

VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
MVT = "application/vnd.mapbox-vector-tile"


def tiles(name, identifier, number=None):
    return abstract_test("Tiles 1", f"/conf/{name}/{identifier}", number, f"{TILES_1}/{name}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Number and value of each field of a protocol buffer message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = data[at : at + size], at + size
        elif kind == 2:
            size, at = varint(data, at)
            expect(at + size <= len(data), "Kachel ist abgeschnitten")
            value, at = data[at : at + size], at + size
        else:
            expect(False, f"Feldart {kind} in der Kachel")
        yield key >> 3, value


def layers_of(tile):
    """Names of a tile's layers with the number of their features."""
    found = {}
    for number, layer in fields(tile):
        expect(number == 3, f"Feld {number} in der Kachel")
        entries = list(fields(layer))
        [name] = [value.decode("utf-8") for key, value in entries if key == 1]
        expect(name not in found, f"Ebene {name} doppelt")
        expect([value for key, value in entries if key == 15] == [2], "Version der Ebene ist nicht 2")
        found[name] = sum(key == 2 for key, _ in entries)
    return found


def lists(iut):
    """Every list of tile sets: of the whole and of each collection."""
    entry = link(iut.landing["links"], VECTOR)
    if entry:
        yield "Datensatz", entry["href"]
    for collection in iut.collections:
        entry = link(collection["links"], VECTOR)
        if entry:
            yield collection["id"], entry["href"]


def sets(iut):
    """Every tile set: name, its entry of the list, its own document."""
    for name, address in lists(iut):
        for entry in iut.document(address)["tilesets"]:
            yield name, entry, iut.document(link(entry["links"], "self")["href"])


def template(tileset):
    for entry in tileset["links"]:
        if entry["rel"] == "item" and entry.get("templated") and (entry.get("type") or MVT) == MVT:
            return entry["href"]
    return None


def tile_at(tileset, lon, lat, zoom):
    """Address of the WebMercatorQuad tile that holds a place."""
    size = 2**zoom
    column = int((lon + 180) / 360 * size)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size)
    return address_of(tileset, zoom, row, column)


def address_of(tileset, matrix, row, column):
    return template(tileset).replace("{tileMatrix}", str(matrix)).replace("{tileRow}", str(row)).replace("{tileCol}", str(column))


def mercator(tileset):
    return "WebMercatorQuad" in tileset.get("tileMatrixSetURI", "") or tileset.get("tileMatrixSetId") == "WebMercatorQuad"


def with_place(iut):
    """Each WebMercatorQuad tile set with a place where it has data."""
    for name, _, tileset in sets(iut):
        entry = iut.expected.get(name) or max(iut.expected.values(), key=lambda e: e["with_geometry"])
        if mercator(tileset) and entry["with_geometry"]:
            collection = next(c for c in iut.collections if c["id"] == entry["id"])
            feature = next(f for f in iut.features(collection) if f["geometry"])
            point = feature["geometry"]["coordinates"]
            while isinstance(point[0], list):
                point = point[0]
            yield name, entry, tileset, point


@tiles("core", "conformance-success", "A.1")
def conformance(iut, case):
    """Klassen sind erklärt"""
    with case("mvt"):
        expect(f"{TILES_1}/mvt" in iut.declared, "kein Kachelformat erklärt")
    with case("Verweise"):
        expect(list(lists(iut)), "kein Verweis zu Kacheln")


@tiles("core", "tc-op", "A.2")
def tc_op(iut, case):
    """Kachel abrufen"""
    for name, _, tileset, (lon, lat, *_) in with_place(iut):
        with case(name):
            answer = iut.service.get(tile_at(tileset, lon, lat, 14), MVT)
            expect(answer.status == 200 and answer.media == MVT, f"{answer} {answer.media}")


def path_parameter(name, number):
    def judge(iut, case):
        paths = [p for p in iut.api["paths"] if "/tiles/" in p and p.count("{") >= 3]
        with case("Pfade"):
            expect(paths, "kein Pfad zu Kacheln in der Beschreibung")
        for path in paths:
            with case(path):
                parameter = iut.parameters(path).get(name)
                expect(parameter and parameter["in"] == "path" and parameter["required"], f"{name} fehlt: {parameter}")

    judge.__doc__ = f"Parameter {name} in der Beschreibung"
    tiles("core", f"tc-{name.lower()}-definition", number)(judge)


path_parameter("tileMatrix", "A.3")
path_parameter("tileRow", "A.4")
path_parameter("tileCol", "A.5")


@tiles("core", "tc-success", "A.6")
def tc_success(iut, case):
    """Inhalt einer Kachel"""
    for name, entry, tileset, (lon, lat, *_) in with_place(iut):
        for zoom in (0, 8, 12, 14):
            with case(f"{name} Stufe {zoom}"):
                answer = iut.service.get(tile_at(tileset, lon, lat, zoom), MVT)
                expect(answer.status == 200, answer)
                found = layers_of(answer.body)
                wanted = entry["id"] if name == entry["id"] else None
                # What is smaller than a dot of the whole world is not in its tile.
                expect(zoom == 0 or found and (wanted is None or wanted in found), f"Ebenen {list(found)}")
                if wanted and wanted in found:
                    expect(found[wanted] <= entry["with_geometry"], f"{found[wanted]} Objekte, laut SQL {entry['with_geometry']}")
                expect(answer.header("ETag"), "kein ETag")
                again = iut.service.ask(answer.address, [("Accept", MVT), ("If-None-Match", answer.header("ETag"))])
                expect(again.status == 304 and not again.body, again)


@tiles("core", "tc-error", "A.7")
def tc_error(iut, case):
    """Kacheln außerhalb"""
    for name, _, tileset in sets(iut):
        if not mercator(tileset):
            continue
        for matrix, row, column in ((0, 1, 0), (0, 0, 1), (3, -1, 0), (99, 0, 0), ("x", 0, 0), (2, "x", 0), (30, 2**31, 0)):
            with case(f"{name} {matrix}/{row}/{column}"):
                answer = iut.service.get(address_of(tileset, matrix, row, column), MVT)
                expect(answer.status in (400, 404), answer)
                fits(answer.json(), schemas.PROBLEM)
        with case(f"{name} leer"):
            limits = tileset.get("tileMatrixSetLimits")
            answer = iut.service.get(tile_at(tileset, -150, -60, 6), MVT)
            expect(answer.status in (200, 204) or limits and answer.status in (400, 404), answer)
            if answer.status in (200, 204):
                expect(not any(layers_of(answer.body).values()), "Objekte im Südpazifik")


@tiles("tileset", "description", "A.8")
def description(iut, case):
    """Beschreibung eines Kachelsatzes"""
    for name, _, tileset in sets(iut):
        with case(f"{name} {tileset.get('tileMatrixSetURI', '')}"):
            fits(tileset, schemas.TILESET)
            expect(tileset["dataType"] == "vector", tileset["dataType"])
            href = template(tileset)
            expect(href and all(f"{{{p}}}" in href for p in ("tileMatrix", "tileRow", "tileCol")), f"Verweis item: {href}")
            scheme = link(tileset["links"], SCHEME)
            expect(scheme, "kein Verweis tiling-scheme")
            if scheme["href"].startswith(iut.service.url):
                fits(iut.document(scheme["href"]), schemas.TILE_MATRIX_SET)
            uri = tileset.get("tileMatrixSetURI", "")
            expect(not mercator(tileset) or uri.endswith("/WebMercatorQuad"), f"tileMatrixSetURI {uri}")


@tiles("tilesets-list", "tileset-links", "A.9")
def tileset_links(iut, case):
    """Liste der Kachelsätze"""
    for name, address in lists(iut):
        with case(name):
            for entry in iut.document(address)["tilesets"]:
                fits(entry, schemas.TILESET)
                own = link(entry["links"], "self")
                expect(own and link(entry["links"], SCHEME), "self oder tiling-scheme fehlt")
                path = iut.service.target(own["href"]).split("?")[0]
                expect(path.rsplit("/", 1)[0].endswith("/tiles"), f"Adresse {path}")
                expect(iut.service.get(own["href"], JSON).status == 200, own["href"])


@tiles("dataset-tilesets", "landingpage", "A.10")
def dataset_landing(iut, case):
    """Verweis der Startseite"""
    with case("/"):
        expect(link(iut.landing["links"], VECTOR), f"kein Verweis {VECTOR}")


@tiles("dataset-tilesets", "operation", "A.11")
def dataset_operation(iut, case):
    """Kachelsätze des Datensatzes"""
    with case("/tiles"):
        expect(iut.document(link(iut.landing["links"], VECTOR)["href"])["tilesets"], "leer")


@tiles("geodata-tilesets", "desc-links", "A.12")
def geodata_links(iut, case):
    """Verweise der Sammlungen"""
    for collection in iut.spatial:
        with case(collection["id"]):
            expect(link(collection["links"], VECTOR), f"kein Verweis {VECTOR}")


@tiles("geodata-tilesets", "operation", "A.13")
def geodata_operation(iut, case):
    """Kachelsätze der Sammlungen"""
    for collection in iut.spatial:
        with case(collection["id"]):
            entry = link(collection["links"], VECTOR)
            if entry is None:
                skip("kein Verweis")
            expect(iut.document(entry["href"])["tilesets"], "leer")


@tiles("collections-selection", "collections-response")
def collections_response(iut, case):
    """Auswahl von Sammlungen in einer Kachel"""
    entry = link(iut.landing["links"], VECTOR)
    expect(entry, "kein Verweis der Startseite")
    chosen = [e["id"] for e in iut.expected.values() if e["with_geometry"]][:2]
    for name, _, tileset, (lon, lat, *_) in with_place(iut):
        if name != "Datensatz":
            continue
        for some in (chosen, chosen[:1]):
            with case(",".join(some)):
                answer = iut.service.get(tile_at(tileset, lon, lat, 8), MVT, collections=",".join(some))
                expect(answer.status == 200, answer)
                expect(set(layers_of(answer.body)) <= set(some), f"Ebenen {list(layers_of(answer.body))}")
        with case("unbekannte Sammlung"):
            answer = iut.service.get(tile_at(tileset, lon, lat, 8), MVT, collections="gibt-es-nicht")
            expect(answer.status in (400, 404), answer)


@tiles("oas30", "operation-id")
def operation_id(iut, case):
    """Endungen der operationId"""
    names = [o.get("operationId", "") for p in iut.api["paths"].values() for o in p.values() if isinstance(o, dict)]
    wanted = []
    if f"{TILES_1}/dataset-tilesets" in iut.declared:
        wanted += [".dataset.vector.getTileSetsList", ".dataset.vector.getTileSet", ".dataset.vector.getTile"]
    if f"{TILES_1}/geodata-tilesets" in iut.declared:
        wanted += [".collection.vector.getTileSetsList", ".collection.vector.getTileSet", ".collection.vector.getTile"]
    for ending in wanted:
        with case(ending):
            expect(any(n.endswith(ending) for n in names), "keine operationId mit dieser Endung")
