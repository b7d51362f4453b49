"""OGC API – Features Part 1 (17-069r4), Annex A: the documents around the features, tests 1 to 16."""

from service import link, segment

from . import schemas
from .geometry import box_of, positions
from .suite import abstract_test, expect, skip
from .target import CRS84, FEATURES_1, FEATURES_2, GEOJSON, HTML, JSON

STANDARD = "Features 1"
CORE = f"{FEATURES_1}/core"


def core(identifier, number):
    return abstract_test(STANDARD, f"/conf/core/{identifier}", number, CORE)


def fits(document, schema):
    complaint = schemas.complaint(document, schema)
    expect(complaint is None, complaint)


def check_self_and_alternate(iut, links, own, address):
    """A link to the document itself and one to each other encoding, all with rel and type."""
    for entry in links:
        expect("rel" in entry and "type" in entry, f"Verweis ohne rel oder type: {entry}")
    here = link(links, "self", own)
    expect(here, f"kein Verweis self vom Typ {own}")
    expect(iut.service.target(here["href"]) == iut.service.target(address), f"self führt zu {here['href']}")
    if f"{FEATURES_1}/html" in iut.declared:
        other = link(links, "alternate", HTML)
        expect(other, "kein Verweis alternate zur Seite (HTML)")
        answer = iut.service.get(other["href"], HTML)
        expect(answer.status == 200 and answer.media == HTML, f"{answer} {answer.media}")


@core("http", 1)
def http(iut, case):
    """HTTP 1.1"""
    addresses = ["/", *(link(iut.landing["links"], rel)["href"] for rel in ("service-desc", "conformance", "data"))]
    addresses += [iut.items(c) + "?limit=1" for c in iut.collections]
    for address in addresses:
        with case(address):
            answer = iut.service.get(address)
            expect(answer.status == 200, answer)
            expect(answer.version == 11, f"HTTP-Version {answer.version}")
            expect(answer.header("Date"), "kein Date")
            head = iut.service.ask(address, method="HEAD")
            expect(head.status == 200 and not head.body, f"{head}, {len(head.body)} Bytes")
            expect(head.media == answer.media, f"HEAD sagt {head.media}, GET {answer.media}")
            refused = iut.service.ask(address.split("?")[0], method="TRACE")
            expect(refused.status in (405, 501), refused)


@core("crs84", 2)
def crs84(iut, case):
    """Koordinaten ohne Angabe in CRS84"""
    for collection in iut.collections:
        with case(collection["id"]):
            if f"{FEATURES_2}/crs" in iut.declared:
                answer = iut.service.get(iut.items(collection) + "?limit=1", GEOJSON)
                expect(answer.header("Content-Crs") == f"<{CRS84}>", f"Content-Crs {answer.header('Content-Crs')!r}")
            features = iut.features(collection)
            seen = list(positions({"type": "GeometryCollection", "geometries": [f["geometry"] for f in features if f["geometry"]]}))
            if not seen:
                skip("Sammlung ohne Geometrie")
            for x, y, *_ in seen:
                expect(-180 <= x <= 180 and -90 <= y <= 90, f"{x}, {y} ist keine Lage in Grad")
            entry = iut.expected.get(collection["id"])
            if entry and entry["with_geometry"]:
                # Tells longitude from latitude, which the range does not.
                west, south, east, north = box_of(features)
                far = max(abs(a - b) for a, b in zip((west, south, east, north), (entry[k] for k in "wsen")))
                expect(far < 1e-6, f"Ausdehnung {west, south, east, north}, laut SQL {[entry[k] for k in 'wsen']}")


@core("root-op", 3)
def root_op(iut, case):
    """Startseite"""
    with case("/"):
        answer = iut.service.get("/", JSON)
        expect(answer.status == 200 and answer.media == JSON, f"{answer} {answer.media}")


@core("root-success", 4)
def root_success(iut, case):
    """Inhalt der Startseite"""
    with case("Aufbau"):
        fits(iut.landing, schemas.LANDING)
    with case("self und alternate"):
        check_self_and_alternate(iut, iut.landing["links"], JSON, "/")
    for rels in (("service-desc", "service-doc"), ("conformance",), ("data",)):
        with case(" oder ".join(rels)):
            expect(any(link(iut.landing["links"], rel) for rel in rels), "fehlt")


@core("api-definition-op", 5)
def api_definition_op(iut, case):
    """Beschreibung der Schnittstelle"""
    for entry in iut.landing["links"]:
        if entry["rel"] in ("service-desc", "service-doc"):
            with case(f"{entry['rel']} {entry['type']}"):
                answer = iut.service.get(entry["href"], entry["type"])
                expect(answer.status == 200, answer)
                expect(answer.media == entry["type"].split(";")[0], f"Typ {answer.media} statt {entry['type']}")


@core("api-definition-success", 6)
def api_definition_success(iut, case):
    """Inhalt der Beschreibung"""
    with case("/api"):
        expect(iut.api["openapi"].startswith("3.0."), f"openapi {iut.api.get('openapi')}")
        expect(iut.api["info"]["title"] and iut.api["info"]["version"], "info ohne title oder version")
        expect(len(iut.api["paths"]) > 4, "keine Pfade")


@core("conformance-op", 7)
def conformance_op(iut, case):
    """Konformitätsklassen"""
    with case("/conformance"):
        answer = iut.service.get(link(iut.landing["links"], "conformance")["href"], JSON)
        expect(answer.status == 200 and answer.media == JSON, f"{answer} {answer.media}")


@core("conformance-success", 8)
def conformance_success(iut, case):
    """Inhalt der Konformitätsklassen"""
    with case("Aufbau"):
        fits(iut.document("/conformance"), schemas.CONFORMANCE)
    with case("Kern"):
        expect(CORE in iut.declared, f"{CORE} fehlt")
    with case("abhängige Klassen"):
        for name in ("html", "geojson", "oas30"):
            if f"{FEATURES_1}/{name}" in iut.declared:
                expect(CORE in iut.declared, f"{name} ohne Kern")


@core("fc-md-op", 9)
def fc_md_op(iut, case):
    """Liste der Sammlungen"""
    with case("/collections"):
        answer = iut.service.get("/collections", JSON)
        expect(answer.status == 200 and answer.media == JSON, f"{answer} {answer.media}")


@core("fc-md-success", 10)
def fc_md_success(iut, case):
    """Inhalt der Liste"""
    with case("Aufbau"):
        fits(iut.document("/collections"), schemas.COLLECTIONS)
    with case("crs"):
        systems = iut.document("/collections").get("crs")
        expect(systems is None or systems[0] == CRS84, f"erstes System {systems and systems[0]}")


@core("fc-md-links", 11)
def fc_md_links(iut, case):
    """Verweise der Liste"""
    with case("/collections"):
        check_self_and_alternate(iut, iut.document("/collections")["links"], JSON, "/collections")


@core("fc-md-items", 12)
def fc_md_items(iut, case):
    """Jede Sammlung steht in der Liste"""
    listed = [c["id"] for c in iut.collections]
    with case("keine doppelt"):
        expect(len(listed) == len(set(listed)), "Kennungen doppelt")
    for name in iut.expected:
        with case(name):
            expect(name in listed, "fehlt in der Liste")


@core("fc-md-items-links", 13)
def fc_md_items_links(iut, case):
    """Verweise zu den Objekten"""
    wanted = {GEOJSON} | ({HTML} if f"{FEATURES_1}/html" in iut.declared else set())
    for collection in iut.collections:
        with case(collection["id"]):
            found = {entry["type"] for entry in collection["links"] if entry["rel"] == "items"}
            expect(wanted <= found, f"items fehlt für {wanted - found}")
            for entry in collection["links"]:
                expect(entry.get("rel") and entry.get("type"), f"Verweis ohne rel oder type: {entry}")
                if entry["rel"] == "items":
                    answer = iut.service.ask(entry["href"], method="HEAD", headers=[("Accept", entry["type"])])
                    expect(answer.status == 200, answer)
                    expect(answer.media == entry["type"].split(";")[0], f"{entry['href']} liefert {answer.media} statt {entry['type']}")


@core("fc-md-extent", 14)
def fc_md_extent(iut, case):
    """Ausdehnung umfasst alle Geometrien und Zeiten"""
    for collection in iut.collections:
        with case(collection["id"]):
            found = box_of(iut.features(collection))
            if "extent" not in collection:
                expect(found is None, "Geometrien, aber kein extent")
                skip("Sammlung ohne Geometrie")
            west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
            slack = 1e-7
            inside = west - slack <= found[0] and south - slack <= found[1] and east + slack >= found[2] and north + slack >= found[3]
            expect(inside, f"extent {west, south, east, north}, Objekte {found}")
            size = max(east - west, north - south)
            loose = max(abs(a - b) for a, b in zip((west, south, east, north), found))
            # The box of the stored system, turned into degrees, may be a little larger.
            expect(loose <= 0.05 * size + 1e-6, f"extent {loose} Grad zu groß")


@core("sfc-md-op", 15)
def sfc_md_op(iut, case):
    """Eine Sammlung"""
    for collection in iut.collections:
        with case(collection["id"]):
            answer = iut.service.get(f"/collections/{segment(collection['id'])}", JSON)
            expect(answer.status == 200 and answer.media == JSON, f"{answer} {answer.media}")
    with case("unbekannte Sammlung"):
        answer = iut.service.get("/collections/gibt-es-nicht", JSON)
        expect(answer.status == 404, answer)


@core("sfc-md-success", 16)
def sfc_md_success(iut, case):
    """Inhalt einer Sammlung wie in der Liste"""
    for collection in iut.collections:
        with case(collection["id"]):
            address = f"/collections/{segment(collection['id'])}"
            alone = iut.document(address)
            fits(alone, schemas.COLLECTION)
            for name in ("id", "title", "description", "extent", "itemType", "crs", "storageCrs"):
                expect(alone.get(name) == collection.get(name), f"{name}: einzeln {alone.get(name)!r}, in der Liste {collection.get(name)!r}")
            missing = [entry for entry in collection["links"] if entry not in alone["links"]]
            expect(not missing, f"Verweise nur in der Liste: {missing}")
