"""What one version of QGIS sends when a layer is added, read, panned, filtered or edited.

Written from QGIS's sources and from traffic seen with 3.22: which requests, in which order,
with which headers, parameters in which order and encoding. Where QGIS falls back in silence
this client complains, because its user would only see a layer that is slow or wrong.
"""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from service import link, segment

ANY_JSON = "application/json"
ITEMS = "application/geo+json, application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json"
SCHEMA = "application/schema+json"
FLATGEOBUF = "application/flatgeobuf"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SPEC = "http://www.opengis.net/spec/"
SCHEMA_RELS = ("http://www.opengis.net/def/rel/ogc/1.0/schema", "[ogc-rel:schema]")
# By version: what of the protocol it knows.
VERSIONS = {
    "3.28": {"crs"},
    "3.32": {"crs", "cql2", "attributes", "options", "spatial-operators"},
    "3.44": {"crs", "cql2", "attributes", "options", "spatial-functions", "schema"},
    "4.0": {"crs", "cql2", "attributes", "options", "spatial-functions", "schema", "formats", "itemCount"},
}


class Complaint(Exception):
    """What a user of this version would suffer from."""


def demand(condition, text):
    if not condition:
        raise Complaint(text)


def encoded(text):
    """As QUrlQuery leaves it: slashes, colons and commas stand, the rest is percent-encoded."""
    return quote(text, safe="/:,()'*!~.-_")


class Session:
    """One QGIS with one connection to the service."""

    def __init__(self, service, version):
        self.service, self.version, self.knows = service, version, VERSIONS[version]
        major, minor = version.split(".")
        self.agent = f"Mozilla/5.0 QGIS/{major}{int(minor):02}00/Debian GNU/Linux 12"
        self.classes, self.cached = set(), {}

    def ask(self, address, accept=None, method="GET"):
        headers = [("User-Agent", self.agent)]
        if accept:
            headers.append(("Accept", accept))
        headers += [("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip, deflate"), ("Accept-Language", "de-DE,en,*")]
        demand(urlsplit(address).scheme in ("http", "https"), f"„{address}“: QGIS kennt keine Adresse ohne Protokoll")
        return self.service.ask(address, headers, method)

    def json(self, address, accept):
        answer = self.ask(address, accept)
        demand(answer.status == 200, f"{answer}: {answer.body[:200].decode('utf-8', 'replace')}")
        demand("json" in answer.media, f"{address}: {answer.media} ist kein JSON")
        answer.body.decode("utf-8")  # Latin-1 makes the layer invalid
        return answer, answer.json()

    def connect(self):
        """Requests 1, 2 and 4: landing page, API document, conformance. QGIS asks them again for
        each layer unless Cache-Control lets it keep them; here they are asked once."""
        _, landing = self.json(self.service.url, ANY_JSON)
        links = landing["links"]
        described = link(links, "service-desc")
        demand(described, "kein Verweis service-desc: die Ebene ist ungültig")
        _, self.api = self.json(described["href"], OPENAPI)
        data = next((e for e in links if e["rel"] == "data" and e.get("type", ANY_JSON) == ANY_JSON), None)
        demand(data, "kein Verweis data als JSON: die Ebene ist ungültig")
        parts = urlsplit(data["href"])
        self.data = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        declared = link(links, "conformance")
        demand(declared, "kein Verweis conformance: keine Systeme, keine Filter")
        self.classes = set(self.json(declared["href"], ANY_JSON)[1]["conformsTo"])
        self.page = self.page_size()

    def page_size(self):
        """From components.parameters.limit, by exactly this name."""
        schema = self.api.get("components", {}).get("parameters", {}).get("limit", {}).get("schema", {})
        most, usual = schema.get("maximum"), schema.get("default")
        if most is not None and usual is not None:
            return min(max(1000, usual), most)
        return most or 100

    @property
    def cql2(self):
        wanted = ("ogcapi-features-3/1.0/conf/filter", "ogcapi-features-3/1.0/conf/features-filter", "cql2/1.0/conf/cql2-text", "cql2/1.0/conf/basic-cql2")
        return "cql2" in self.knows and all(SPEC + name in self.classes for name in wanted)

    @property
    def spatial_filters(self):
        name = "operators" if "spatial-operators" in self.knows else "functions"
        return self.cql2 and SPEC + f"cql2/1.0/conf/basic-spatial-{name}" in self.classes

    def open(self, name):
        return Layer(self, name)


class Layer:
    """One layer: requests 3 and 5 to 8."""

    def __init__(self, session, name):
        self.session, self.name = session, name
        _, self.collection = session.json(f"{session.data}/{name}", ANY_JSON)
        demand(self.collection["id"] == name, f"Kennung {self.collection['id']}")
        self.items = f"{session.data}/{name}/items"
        self.crs = self.chosen_crs()
        self.queryables = {}
        if session.cql2:
            _, document = session.json(f"{session.data}/{name}/queryables", SCHEMA)
            self.queryables = document["properties"]
        answer, probe = session.json(f"{self.items}?limit=10", ITEMS)
        self.probe, self.probe_text = probe, answer.body.decode("utf-8")
        demand(answer.length < 1000 or answer.header("Content-Encoding") == "gzip", "die Antwort ist nicht gepackt, obwohl gzip erbeten ist")
        self.schema = self.read_schema() if "schema" in session.knows else None
        self.allowed = self.options() if "options" in session.knows else None

    def chosen_crs(self):
        """storageCrs first, else the first of crs; CRS84 where Part 2 is not declared."""
        if SPEC + "ogcapi-features-2/1.0/conf/crs" not in self.session.classes:
            return CRS84
        offered = self.collection.get("crs", [])
        if offered == ["#/crs"]:
            offered = self.session.json(self.session.data, ANY_JSON)[1]["crs"]
        stored = self.collection.get("storageCrs")
        demand(stored is None or stored in offered, f"storageCrs {stored} fehlt in crs")
        return stored or (offered[0] if offered else CRS84)

    def read_schema(self):
        if SPEC + "ogcapi-features-5/1.0/conf/schemas" not in self.session.classes:
            return None
        entry = next((e for e in self.collection["links"] if e["rel"] in SCHEMA_RELS and e.get("type") == SCHEMA), None)
        return self.session.json(entry["href"], SCHEMA)[1] if entry else None

    def options(self):
        """Methods of the items and of one item; the id is `unknown_id` in an empty layer."""
        answer = self.session.ask(self.items, method="OPTIONS")
        demand(answer.status in (200, 204), answer)
        allowed = set(re.split(r"\s*,\s*", answer.header("Allow")))
        if "POST" in allowed:
            first = self.probe["features"][0]["id"] if self.probe["features"] else "unknown_id"
            answer = self.session.ask(f"{self.items}/{segment(str(first))}", method="OPTIONS")
            demand(answer.status in (200, 204), answer)
            allowed |= set(re.split(r"\s*,\s*", answer.header("Allow")))
        return allowed

    def geometry_column(self):
        """The queryable QGIS takes for the geometry: a `$ref` to geojson.org and no `type`."""
        for name, entry in self.queryables.items():
            if "type" not in entry and str(entry.get("$ref", "")).startswith("https://geojson.org/schema/"):
                return name
        return None

    def address(self, box=None, filter_text=None, datetime=None, attributes=(), crs=None, limit=None):
        """Request 9: parameters in QGIS's order."""
        crs = crs or self.crs
        parts = [f"limit={limit or self.session.page}"]
        if filter_text:
            parts += [f"filter={encoded(filter_text)}", "filter-lang=cql2-text"]
            if crs != CRS84 and "S_INTERSECTS" in filter_text:
                parts.append(f"filter-crs={encoded(crs)}")
        parts += [f"{encoded(name)}={encoded(value)}" for name, value in attributes]
        if datetime:
            parts.append(f"datetime={encoded(datetime)}")
        if box:
            parts.append("bbox=" + ",".join(repr(float(value)) for value in box))
            if crs != CRS84:
                parts.append(f"bbox-crs={encoded(crs)}")
        if crs != CRS84:
            parts.append(f"crs={encoded(crs)}")
        return f"{self.items}?{'&'.join(parts)}"

    def read(self, **request):
        """Features page by page, `next` until none is left or a page is empty."""
        found, told, seen = [], None, set()
        onward = self.address(**request)
        while onward:
            demand(onward not in seen, "next führt im Kreis")
            seen.add(onward)
            answer, page = self.session.json(onward, ITEMS)
            crs = request.get("crs") or self.crs
            demand(answer.header("Content-Crs") == f"<{crs}>", f"Content-Crs {answer.header('Content-Crs')!r} statt <{crs}>")
            told = page.get("numberMatched") if told is None else told
            found += page["features"]
            following = [e for e in page["links"] if e["rel"] == "next"]
            best = [e for e in following if e.get("type") == "application/geo+json"] or following
            onward = best[0]["href"] if best and page["features"] else None
        return found, told

    def count(self):
        """Request 10, saved where the collection says itemCount."""
        if "itemCount" in self.session.knows and "itemCount" in self.collection:
            return self.collection["itemCount"]
        return self.session.json(f"{self.items}?limit=1", ITEMS)[1].get("numberMatched")
