"""OGC API – Features Part 1 (17-069r4), Annex A: the features, tests 17 to 33, GeoJSON and HTML."""

import math
import random
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

from service import link, segment

from . import schemas
from .core import check_self_and_alternate, core, fits
from .geometry import meets
from .suite import abstract_test, expect, skip
from .target import FEATURES_1, GEOJSON, HTML, JSON


def page(iut, collection, **parameters):
    answer = iut.service.get(iut.items(collection), GEOJSON, **parameters)
    expect(answer.status == 200, f"{answer}: {answer.body[:300].decode('utf-8', 'replace')}")
    expect(answer.media == GEOJSON, f"Typ {answer.media}")
    return answer.json()


@core("fc-op", 17)
def fc_op(iut, case):
    """Objekte einer Sammlung"""
    for collection in iut.collections:
        with case(collection["id"]):
            fits(page(iut, collection), schemas.FEATURES)


def definition(iut, case, name, judge):
    for collection in iut.collections:
        with case(collection["id"]):
            parameter = iut.parameters(iut.items_path(collection)).get(name)
            expect(parameter, f"{name} fehlt in der Beschreibung")
            expect(parameter["in"] == "query" and not parameter.get("required", False), f"{parameter}")
            expect(parameter.get("style", "form") == "form" and parameter.get("explode", True) is False, f"style und explode: {parameter}")
            judge(iut.resolved(parameter["schema"]))


@core("fc-bbox-definition", 18)
def fc_bbox_definition(iut, case):
    """Parameter bbox in der Beschreibung"""

    def judge(schema):
        expect(schema.get("type") == "array", f"type {schema.get('type')!r} statt array")
        expect(schema.get("items", {}).get("type") == "number", f"items {schema.get('items')!r}")
        sizes = [(s.get("minItems"), s.get("maxItems")) for s in schema.get("oneOf", [schema])]
        expect(sorted(sizes, key=str) in ([(4, 4), (6, 6)], [(4, 6)]), f"Zahl der Werte {sizes}")

    definition(iut, case, "bbox", judge)


# Meridian, equator, date line and both poles, as the standard's tests want them.
FAR_AWAY = ["-1.5,50,1.5,53", "-80,-5,-70,5", "177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85"]


def boxes_of(text):
    west, south, east, north = map(float, text.split(","))
    return [(west, south, east, north)] if west <= east else [(west, south, 180, north), (-180, south, east, north)]


@core("fc-bbox-response", 19)
def fc_bbox_response(iut, case):
    """Auswahl durch bbox"""
    for collection in iut.collections:
        entry = iut.expected.get(collection["id"], {})
        texts = list(FAR_AWAY)
        if "box" in entry:
            west, south, east, north = entry["box"]
            texts += [",".join(map(repr, entry["box"])), f"{west!r},{south!r},{west!r},{north!r}", f"{east!r},{south!r},-179,{north!r}"]
        everything = iut.features(collection)
        for text in texts:
            with case(f"{collection['id']} bbox={text}"):
                found = {f["id"] for f in iut.features(collection, bbox=text)}
                boxes = boxes_of(text)
                for feature in everything:
                    if feature["geometry"] is None:
                        continue
                    inside = meets(feature["geometry"], boxes)
                    # On the very edge seven decimals decide otherwise than the stored metres.
                    if inside is not None and inside != (feature["id"] in found):
                        near = meets(feature["geometry"], [(w - 1e-6, s - 1e-6, e + 1e-6, n + 1e-6) for w, s, e, n in boxes])
                        deep = meets(feature["geometry"], [(w + 1e-6, s + 1e-6, e - 1e-6, n - 1e-6) for w, s, e, n in boxes if e - w > 2e-6 and n - s > 2e-6])
                        expect(near and not deep, f"{feature['id']} ist {'nicht ' if inside else ''}dabei")
        with case(f"{collection['id']} ganze Erde"):
            wanted = sum(f["geometry"] is not None for f in everything)
            found = iut.matched(collection, bbox="-180,-90,180,90")
            expect(found in (wanted, len(everything)), f"{found} Objekte, {wanted} haben eine Geometrie")
        if "box" in entry:
            with case(f"{collection['id']} sechs Zahlen"):
                west, south, east, north = entry["box"]
                four = page(iut, collection, bbox=f"{west},{south},{east},{north}", limit=20)
                six = page(iut, collection, bbox=f"{west},{south},-100,{east},{north},9000", limit=20)
                expect([f["id"] for f in four["features"]] == [f["id"] for f in six["features"]], "andere Objekte als mit vier")


@core("fc-bbox-response", "19 (2.)")
def fc_bbox_response_without_geometry(iut, case):
    """bbox lässt Objekte ohne Geometrie stehen, Anforderung C"""
    for collection in iut.collections:
        bare = {f["id"] for f in iut.features(collection) if f["geometry"] is None}
        with case(collection["id"]):
            if not bare:
                skip("Sammlung ohne solches Objekt")
            found = {f["id"] for f in iut.features(collection, bbox=FAR_AWAY[0])}
            if not found:
                # A decision, not an oversight: a map asks for what it can draw, at each move.
                skip("Abweichung: bbox lässt Objekte ohne Geometrie weg")
            expect(bare == found, f"{len(bare - found)} von {len(bare)} fehlen, {len(found - bare)} zu viel")


@core("fc-limit-definition", 20)
def fc_limit_definition(iut, case):
    """Parameter limit in der Beschreibung"""

    def judge(schema):
        expect(schema.get("type") == "integer", f"type {schema.get('type')!r}")
        expect(schema.get("minimum") in (0, 1), f"minimum {schema.get('minimum')}")
        expect(schema["minimum"] <= schema.get("default", 10) <= schema.get("maximum", 10_000), f"{schema}")

    definition(iut, case, "limit", judge)


@core("fc-limit-response", 21)
def fc_limit_response(iut, case):
    """Zahl der Objekte einer Seite"""
    for collection in iut.collections:
        everything = iut.features(collection)
        for limit in (1, 7, iut.maximum + 1):
            with case(f"{collection['id']} limit={limit}"):
                found = page(iut, collection, limit=limit)
                wanted = min(limit, iut.maximum, len(everything))
                expect(len(found["features"]) <= min(limit, iut.maximum), f"{len(found['features'])} Objekte")
                expect(len(found["features"]) == wanted, f"{len(found['features'])} statt {wanted} Objekte")
                more = link(found["links"], "next") is not None
                expect(more == (wanted < len(everything)), f"next {'da' if more else 'fehlt'}, {wanted} von {len(everything)}")
        with case(f"{collection['id']} geblättert"):
            size = max(1, len(everything) // 4)
            paged = [f["id"] for f in iut.features(collection, limit=size)]
            expect(paged == [f["id"] for f in everything], f"Seiten zu {size} ergeben andere Objekte oder eine andere Folge")


@core("fc-time-definition", 22)
def fc_time_definition(iut, case):
    """Parameter datetime in der Beschreibung"""
    definition(iut, case, "datetime", lambda schema: expect(schema.get("type") == "string", f"{schema}"))


@core("fc-time-response", 23)
def fc_time_response(iut, case):
    """Auswahl durch datetime"""
    now = datetime.now(timezone.utc)
    soon, late = (now + timedelta(days=n) for n in (1, 400))
    text = lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    forms = [
        text(soon), f"{text(soon)}/{text(late)}", f"../{text(late)}", f"/{text(late)}", f"{text(soon)}/..", f"{text(soon)}/",
        soon.strftime("%Y-%m-%dT%H:%M:%S.123+01:00"),
    ]
    for collection in iut.collections:
        if "temporal" in collection.get("extent", {}):
            # Only features whose time meets the parameter; which columns hold it is not told
            # by the standard, so what is far before the first and after the last must be empty.
            start, end = collection["extent"]["temporal"]["interval"][0]
            for bound, form in ((start, "../{}"), (end, "{}/..")):
                with case(f"{collection['id']} außerhalb von {bound}"):
                    if bound is None:
                        skip("zeitliche Ausdehnung ohne Ende")
                    moment = datetime.fromisoformat(bound.replace("Z", "+00:00")) + timedelta(days=-2 if bound == start else 2)
                    shown = form.format(text(moment.astimezone(timezone.utc)))
                    found = page(iut, collection, datetime=shown)["numberMatched"]
                    expect(found == 0, f"datetime={shown}: {found} Objekte")
            with case(f"{collection['id']} alles"):
                found = len(iut.features(collection, datetime="../.."))
                expect(found == len(iut.features(collection)), f"../..: {found}")
            continue
        everything = [f["id"] for f in iut.features(collection)]
        for form in forms:
            with case(f"{collection['id']} datetime={form}"):
                # Without temporal geometry all features match (requirement C).
                found = page(iut, collection, datetime=form, limit=20)
                expect([f["id"] for f in found["features"]] == everything[:20], "andere Objekte")
                expect(found.get("numberMatched", len(everything)) == len(everything), f"{found['numberMatched']} von {len(everything)}")
        with case(f"{collection['id']} früher"):
            answer = iut.service.get(iut.items(collection) + "?limit=1", GEOJSON, datetime="2024-01-01T00:00:00Z")
            if answer.status == 404:
                skip("Abweichung: 404, weil es die Sammlung damals nicht gab")
            expect(answer.status == 200, answer)
        for wrong in ("gestern", "2025-13-01", f"{text(late)}/{text(soon)}", "2025-01-01T00:00:00Z/2025-02-01T00:00:00Z/2025-03-01T00:00:00Z"):
            with case(f"{collection['id']} datetime={wrong}"):
                answer = iut.service.get(iut.items(collection), GEOJSON, datetime=wrong)
                expect(answer.status == 400, answer)


WRONG = {
    "limit": ["unlimited", "-1", "0", "1.5", "", "1e3"],
    "bbox": ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,4,3,2", "NaN,2,3,4", "1,2,inf,4"],
    "datetime": ["unlimited"],
}


@core("query-param-invalid", 24)
def query_param_invalid(iut, case):
    """Falsche Werte werden abgewiesen"""
    for place, collection in enumerate(iut.collections):
        for name, values in WRONG.items():
            # One way serves all collections: the first gets every value, the others in turn.
            for value in values if place == 0 else values[place % len(values) :][:1]:
                with case(f"{collection['id']} {name}={value}"):
                    answer = iut.service.get(iut.items(collection), GEOJSON, **{name: value})
                    expect(answer.status == 400, answer)
                    expect(answer.media == "application/problem+json", f"Typ {answer.media}")
                    fits(answer.json(), schemas.PROBLEM)
                    expect(answer.json().get("parameter") == name, f"nennt den Parameter nicht: {answer.json()}")


@core("query-param-unknown", 25)
def query_param_unknown(iut, case):
    """Unbekannte Parameter werden abgewiesen"""
    name = f"unbekannt{random.randint(10000, 99999)}"
    addresses = ["/", "/conformance", "/collections", "/api"]
    for collection in iut.collections:
        first = next(iter(iut.features(collection)), None)
        addresses += [iut.items(collection), f"/collections/{segment(collection['id'])}"]
        addresses += [iut.item(collection, first)] if first else []
    for address in addresses:
        with case(address):
            answer = iut.service.get(address, **{name: 1})
            expect(answer.status == 400, answer)
            fits(answer.json(), schemas.PROBLEM)


@core("fc-response", 26)
def fc_response(iut, case):
    """Aufbau der Objektliste"""
    for collection in iut.collections:
        with case(collection["id"]):
            fits(page(iut, collection, limit=3), schemas.FEATURES)
            identifiers = [f["id"] for f in iut.features(collection)]
            expect(len(identifiers) == len(set(identifiers)), "Kennungen doppelt")
            entry = iut.expected.get(collection["id"])
            expect(entry is None or entry["count"] == len(identifiers), f"{len(identifiers)} Objekte, laut SQL {entry and entry['count']}")


@core("fc-links", 27)
def fc_links(iut, case):
    """Verweise der Objektliste"""
    for collection in iut.collections:
        with case(collection["id"]):
            address = iut.items(collection) + "?limit=1"
            check_self_and_alternate(iut, page(iut, collection, limit=1)["links"], GEOJSON, address)


@core("fc-timeStamp", 28)
def fc_timestamp(iut, case):
    """Zeitpunkt der Antwort"""
    for collection in iut.collections:
        with case(collection["id"]):
            stamp = page(iut, collection, limit=1).get("timeStamp")
            if stamp is None:
                skip("timeStamp ist nicht angegeben")
            away = abs(datetime.now(timezone.utc) - datetime.fromisoformat(stamp.replace("Z", "+00:00")))
            expect(away < timedelta(minutes=1), f"{stamp} liegt {away} von jetzt")


@core("fc-numberMatched", 29)
def fc_number_matched(iut, case):
    """Zahl der gefundenen Objekte"""
    for collection in iut.collections:
        entry = iut.expected.get(collection["id"], {})
        selections = [{}, {"limit": 1}]
        if "box" in entry:
            selections.append({"bbox": ",".join(map(repr, entry["box"]))})
        for selection in selections:
            with case(f"{collection['id']} {selection}"):
                told = page(iut, collection, **selection).get("numberMatched")
                if told is None:
                    skip("numberMatched ist nicht angegeben")
                counted = len(iut.features(collection, **{k: v for k, v in selection.items() if k != "limit"}))
                expect(told == counted, f"angegeben {told}, gezählt {counted}")


@core("fc-numberReturned", 30)
def fc_number_returned(iut, case):
    """Zahl der gelieferten Objekte"""
    for collection in iut.collections:
        for limit in (1, 30):
            with case(f"{collection['id']} limit={limit}"):
                found = page(iut, collection, limit=limit)
                if "numberReturned" not in found:
                    skip("numberReturned ist nicht angegeben")
                expect(found["numberReturned"] == len(found["features"]), f"{found['numberReturned']}, gezählt {len(found['features'])}")


def same(ours, theirs):
    """Equal, but for the last digits of a sum: a database adds in the order of its plan."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-12)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in ours)
    return ours == theirs


def some(features, count=5):
    """First, last and a few between."""
    if len(features) <= count:
        return features
    if count == 1:
        return features[:1]
    return [features[round(i * (len(features) - 1) / (count - 1))] for i in range(count)]


@core("f-op", 31)
def f_op(iut, case):
    """Ein Objekt"""
    for collection in iut.collections:
        with case(f"{collection['id']} unbekannt"):
            answer = iut.service.get(iut.items(collection) + "/gibt%2Fes%20nicht-%C3%BC", GEOJSON)
            expect(answer.status == 404, answer)
            fits(answer.json(), schemas.PROBLEM)
        if not iut.features(collection):
            with case(collection["id"]):
                skip("Sammlung ohne Objekt")
        for feature in some(iut.features(collection)):
            with case(f"{collection['id']} {feature['id']}"):
                answer = iut.service.get(iut.item(collection, feature), GEOJSON)
                expect(answer.status == 200 and answer.media == GEOJSON, f"{answer} {answer.media}")


@core("f-success", 32)
def f_success(iut, case):
    """Inhalt eines Objekts wie in der Liste"""
    for collection in iut.collections:
        if not iut.features(collection):
            with case(collection["id"]):
                skip("Sammlung ohne Objekt")
        for feature in some(iut.features(collection)):
            with case(f"{collection['id']} {feature['id']}"):
                alone = iut.document(iut.item(collection, feature), GEOJSON)
                fits(alone, schemas.FEATURE)
                for name in ("type", "id", "geometry", "properties"):
                    expect(same(alone[name], feature[name]), f"{name} ist anders als in der Liste")


@core("f-links", 33)
def f_links(iut, case):
    """Verweise eines Objekts"""
    for collection in iut.collections:
        if not iut.features(collection):
            with case(collection["id"]):
                skip("Sammlung ohne Objekt")
        for feature in some(iut.features(collection), 2):
            with case(f"{collection['id']} {feature['id']}"):
                address = iut.item(collection, feature)
                links = iut.document(address, GEOJSON)["links"]
                check_self_and_alternate(iut, links, GEOJSON, address)
                above = link(links, "collection", JSON)
                expect(above and iut.service.get(above["href"], JSON).json()["id"] == collection["id"], f"collection führt zu {above}")


@abstract_test("Features 1", "/conf/geojson/definition", requires=f"{FEATURES_1}/geojson")
def geojson_definition(iut, case):
    """Medientypen der Objekte"""
    for collection in iut.collections:
        with case(collection["id"]):
            for accept in (GEOJSON, "*/*", f"{GEOJSON}, {JSON}"):
                answer = iut.service.get(iut.items(collection) + "?limit=1", accept)
                expect(answer.status == 200 and answer.media == GEOJSON, f"Accept {accept}: {answer} {answer.media}")
    for address in ("/", "/conformance", "/collections"):
        with case(address):
            answer = iut.service.get(address, JSON)
            expect(answer.media == JSON, answer.media)


@abstract_test("Features 1", "/conf/geojson/content", requires=f"{FEATURES_1}/geojson")
def geojson_content(iut, case):
    """GeoJSON nach RFC 7946"""
    for collection in iut.collections:
        with case(collection["id"]):
            found = page(iut, collection, limit=100)
            expect("crs" not in found, "Mitglied crs (von RFC 7946 verboten)")
            names = {tuple(f["properties"]) for f in found["features"]}
            expect(len(names) <= 1, "Objekte mit verschiedenen Eigenschaften")


class Page(HTMLParser):
    """Whether the tags that need an end have one, and what the page names."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    OPEN_ENDED = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "html", "head", "body"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.doctype, self.lang, self.titles = [], [], "", "", 0

    def handle_decl(self, decl):
        self.doctype = decl.lower()

    def handle_starttag(self, tag, attrs):
        self.lang = dict(attrs).get("lang", "") if tag == "html" else self.lang
        self.titles += tag == "title" and "svg" not in self.open
        if tag not in self.VOID and tag not in self.OPEN_ENDED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag in self.VOID or tag in self.OPEN_ENDED:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> in {self.open[-3:]}")


def html_addresses(iut):
    yield from ("/", "/conformance", "/collections", "/api")
    for collection in iut.collections:
        yield f"/collections/{segment(collection['id'])}"
        yield iut.items(collection) + "?limit=5"
        yield from (iut.item(collection, feature) for feature in some(iut.features(collection), 1))


@abstract_test("Features 1", "/conf/html/definition", requires=f"{FEATURES_1}/html")
def html_definition(iut, case):
    """Jede Antwort auch als Seite"""
    for address in html_addresses(iut):
        with case(address):
            for asked, accept in ((address, HTML), (address + ("&" if "?" in address else "?") + "f=html", JSON)):
                answer = iut.service.get(asked, accept)
                expect(answer.status == 200 and answer.media == HTML, f"{answer} {answer.media}")


@abstract_test("Features 1", "/conf/html/content", requires=f"{FEATURES_1}/html")
def html_content(iut, case):
    """Aufbau der Seiten"""
    for address in html_addresses(iut):
        with case(address):
            parsed = Page()
            parsed.feed(iut.service.get(address, HTML).body.decode("utf-8"))
            expect(parsed.doctype == "doctype html", f"doctype {parsed.doctype!r}")
            expect(parsed.lang == "de" and parsed.titles == 1, f"lang {parsed.lang!r}, {parsed.titles} title")
            expect(not parsed.wrong and not parsed.open, f"Elemente: {parsed.wrong[:2]} {parsed.open[:3]}")
