"""OGC API – Features Part 2 (18-058r1), Annex A: coordinate reference systems, tests 1 to 10."""

import re

from . import schemas
from .core import fits
from .features import page, some
from .geometry import box_in, degrees, known, positions, transformer
from .suite import abstract_test, expect, skip
from .target import CRS84, EPSG, FEATURES_2, GEOJSON


def crs(identifier, number):
    return abstract_test("Features 2", f"/conf/crs/{identifier}", number, f"{FEATURES_2}/crs")


def systems(iut, collection):
    """The systems of a collection, `#/crs` replaced by the list of all."""
    found = []
    for uri in collection.get("crs", [CRS84]):
        found += iut.document("/collections").get("crs", []) if uri == "#/crs" else [uri]
    return found


def spatial(iut, case):
    """Each spatial collection in the list and alone; a case of its own where there is none."""
    if not iut.spatial:
        with case("alle"):
            skip("keine Sammlung mit räumlicher Ausdehnung")
    for collection in iut.spatial:
        yield collection


def both_forms(iut):
    for collection in iut.spatial:
        yield f"{collection['id']} in der Liste", collection
        yield collection["id"], iut.document(f"/collections/{collection['id']}")


@crs("crs-uri", 1)
def crs_uri(iut, case):
    """Bezeichner der Systeme"""
    for subject, collection in both_forms(iut):
        with case(subject):
            for uri in [*collection.get("crs", []), *filter(None, [collection.get("storageCrs")])]:
                if uri == "#/crs" and "Liste" in subject:
                    continue
                expect(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", uri), f"{uri} ist kein URI")
                if uri.startswith("http://www.opengis.net/def/crs/"):
                    expect(re.fullmatch(r"http://www\.opengis\.net/def/crs/[A-Za-z]+/[0-9.]+/[A-Za-z0-9]+", uri), uri)
    with case("Liste aller"):
        for uri in iut.document("/collections").get("crs", []):
            expect(re.fullmatch(r"http://www\.opengis\.net/def/crs/[A-Za-z]+/[0-9.]+/[A-Za-z0-9]+", uri), uri)


@crs("default-crs", 2)
def default_crs(iut, case):
    """CRS84 gehört dazu"""
    for subject, collection in both_forms(iut):
        with case(subject):
            expect(CRS84 in systems(iut, collection), f"crs {collection.get('crs')}")


@crs("storageCrs", 3)
def storage_crs(iut, case):
    """System der Speicherung gehört dazu"""
    for subject, collection in both_forms(iut):
        with case(subject):
            stored = collection.get("storageCrs")
            if stored is None:
                skip("storageCrs ist nicht angegeben")
            expect(stored in systems(iut, collection), f"{stored} fehlt in crs")
            entry = iut.expected.get(collection["id"])
            if entry and entry["srid"] and EPSG + str(entry["srid"]) in systems(iut, collection):
                expect(stored == EPSG + str(entry["srid"]), f"{stored}, laut SQL {entry['srid']}")


@crs("crs-parameter", 4)
def crs_parameter(iut, case):
    """Parameter crs"""
    for collection in spatial(iut, case):
        first = iut.features(collection)[0]
        for uri in systems(iut, collection):
            for address in (iut.items(collection), iut.item(collection, first)):
                with case(f"{address} {uri}"):
                    answer = iut.service.get(address, GEOJSON, crs=uri, **({"limit": 3} if address.endswith("/items") else {}))
                    expect(answer.status == 200 and answer.media == GEOJSON, f"{answer} {answer.media}")
                    expect(answer.header("Content-Crs") == f"<{uri}>", f"Content-Crs {answer.header('Content-Crs')!r}")
                    fits(answer.json(), schemas.FEATURES if "features" in answer.json() else schemas.FEATURE)


UNSUPPORTED = [EPSG + "999999", EPSG + "2056", "EPSG:25832", "", "http://www.opengis.net/def/crs/OGC/1.3/CRS84/"]


@crs("crs-parameter-invalid", 5)
def crs_parameter_invalid(iut, case):
    """Unbekannte Systeme werden abgewiesen"""
    for place, collection in enumerate(spatial(iut, case)):
        first = iut.features(collection)[0]
        for uri in UNSUPPORTED if place == 0 else UNSUPPORTED[place % len(UNSUPPORTED) :][:1]:
            if uri in systems(iut, collection):
                continue
            for address in (iut.items(collection), iut.item(collection, first)):
                with case(f"{address} {uri!r}"):
                    answer = iut.service.get(address, GEOJSON, crs=uri)
                    expect(answer.status == 400, answer)
                    fits(answer.json(), schemas.PROBLEM)


@crs("crs-parameter-default", 6)
def crs_parameter_default(iut, case):
    """Ohne crs ist es CRS84"""
    for collection in spatial(iut, case):
        with case(collection["id"]):
            for address in (iut.items(collection), iut.item(collection, iut.features(collection)[0])):
                few = {"limit": 20} if address.endswith("/items") else {}
                bare, asked = iut.service.get(address, GEOJSON, **few), iut.service.get(address, GEOJSON, crs=CRS84, **few)
                expect(bare.header("Content-Crs") == f"<{CRS84}>", f"Content-Crs {bare.header('Content-Crs')!r}")
                expect(geometries(bare.json()) == geometries(asked.json()), "andere Koordinaten als mit crs=CRS84")


def geometries(document):
    return [(f["id"], f["geometry"]) for f in document.get("features", [document])]


@crs("crs-parameter-transform", 7)
def crs_parameter_transform(iut, case):
    """Koordinaten sind umgerechnet"""
    for collection in spatial(iut, case):
        plain = {f["id"]: f["geometry"] for f in iut.features(collection)}
        for uri in systems(iut, collection):
            with case(f"{collection['id']} {uri}"):
                if not known(uri):
                    skip(f"PROJ kennt {uri} nicht")
                turn = transformer(CRS84, uri)
                near = 2e-7 if degrees(uri) else 0.03  # what seven decimals of a degree can be off
                found = page(iut, collection, crs=uri, limit=60)["features"]
                expect([f["id"] for f in found] == list(plain)[:60], "andere Objekte")
                alone = [iut.document(iut.item(collection, f) + "?crs=" + uri, GEOJSON) for f in some(found, 2)]
                for feature in [*found, *alone]:
                    ours, theirs = list(positions(feature["geometry"])), list(positions(plain[feature["id"]]))
                    expect(len(ours) == len(theirs), f"{feature['id']}: {len(ours)} statt {len(theirs)} Punkte")
                    if not ours:
                        continue
                    # Web Mercator stretches by 1/cos(lat); UTM shrinks by 0.04 %.
                    turned = zip(*turn.transform([p[0] for p in theirs], [p[1] for p in theirs]))
                    far = max(max(abs(a - c), abs(b - d)) for (a, b, *_), (c, d) in zip(ours, turned))
                    expect(far <= near, f"{feature['id']}: {far} neben PROJ")


def box(iut, collection):
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    return west + (east - west) / 4, south + (north - south) / 4, east - (east - west) / 4, north - (north - south) / 4


@crs("bbox-crs-parameter", 8)
def bbox_crs_parameter(iut, case):
    """Parameter bbox-crs"""
    for collection in spatial(iut, case):
        whole = collection["extent"]["spatial"]["bbox"][0]
        for uri in systems(iut, collection):
            with case(f"{collection['id']} {uri} Ausdehnung"):
                if not known(uri):
                    skip(f"PROJ kennt {uri} nicht")
                slack = [whole[0] - 1e-6, whole[1] - 1e-6, whole[2] + 1e-6, whole[3] + 1e-6]
                text = ",".join(map(repr, box_in(slack, uri)))
                found, everything = iut.matched(collection, bbox=text, bbox_crs=uri), iut.features(collection)
                expect(found in (len(everything), sum(f["geometry"] is not None for f in everything)), f"{found} von {len(everything)} Objekten")
            with case(f"{collection['id']} {uri} Mitte"):
                if not known(uri):
                    skip(f"PROJ kennt {uri} nicht")
                # The box of another system covers more than ours: every feature of ours is in
                # it, and none that its own corners in CRS84, made wider, would not hold.
                part = box_in(box(iut, collection), uri)
                wide = box_in(part, CRS84, uri)
                text = lambda values: ",".join(map(repr, values))
                # By their features in the stored system, by their number in the others.
                few = (lambda **s: {f["id"] for f in iut.features(collection, **s)}) if uri == collection.get("storageCrs") else (lambda **s: set(range(iut.matched(collection, **s))))
                found, inner, outer = few(bbox=text(part), bbox_crs=uri), few(bbox=text(box(iut, collection))), few(bbox=text(wide))
                expect(inner <= found, f"fehlen: {sorted(inner - found)[:3]}")
                expect(found <= outer, f"zu viel: {sorted(found - outer)[:3]}")


@crs("bbox-crs-parameter-invalid", 9)
def bbox_crs_parameter_invalid(iut, case):
    """Unbekannte Systeme von bbox werden abgewiesen"""
    for place, collection in enumerate(spatial(iut, case)):
        for uri in UNSUPPORTED if place == 0 else UNSUPPORTED[place % len(UNSUPPORTED) :][:1]:
            if uri in systems(iut, collection):
                continue
            with case(f"{collection['id']} {uri!r}"):
                answer = iut.service.get(iut.items(collection), GEOJSON, bbox="10,48,11,49", bbox_crs=uri)
                expect(answer.status == 400, answer)
                fits(answer.json(), schemas.PROBLEM)


@crs("bbox-crs-parameter-default", 10)
def bbox_crs_parameter_default(iut, case):
    """Ohne bbox-crs ist bbox in CRS84"""
    for collection in spatial(iut, case):
        with case(collection["id"]):
            text = ",".join(map(repr, box(iut, collection)))
            first = lambda **more: [f["id"] for f in page(iut, collection, bbox=text, limit=50, **more)["features"]]
            bare, named = first(), first(bbox_crs=CRS84)
            expect(bare == named, f"{len(bare)} und {len(named)} Objekte")
            # crs is the system of the answer alone.
            other = first(crs=EPSG + "25832")
            expect(bare == other, "crs ändert die Auswahl")
