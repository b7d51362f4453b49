"""The implementation under test: its documents, asked for once, and what the database says."""

import threading
from functools import cached_property

from service import link, segment

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
FEATURES_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
FEATURES_2 = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf"
FEATURES_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
TILES_1 = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"


class Target:
    def __init__(self, service, expected):
        self.service = service
        self.expected = {entry["id"]: entry for entry in expected["layers"]}
        self.lock = threading.RLock()
        self.pages = {}

    def document(self, address, accept=JSON):
        answer = self.service.get(address, accept)
        if answer.status != 200:
            raise ValueError(f"{answer}: {answer.body[:200]!r}")
        return answer.json()

    @cached_property
    def landing(self):
        return self.document("/")

    @cached_property
    def declared(self):
        return set(self.document(link(self.landing["links"], "conformance")["href"])["conformsTo"])

    @cached_property
    def api(self):
        return self.document(link(self.landing["links"], "service-desc")["href"], "application/vnd.oai.openapi+json;version=3.0")

    @cached_property
    def collections(self):
        return self.document(link(self.landing["links"], "data", JSON)["href"])["collections"]

    @property
    def spatial(self):
        """Collections with a spatial extent, as Part 2 means them."""
        return [c for c in self.collections if "spatial" in c.get("extent", {})]

    @property
    def maximum(self):
        """The largest `limit` of the API definition."""
        return self.api["components"]["parameters"]["limit"]["schema"].get("maximum", 10_000)

    def items(self, collection):
        """Address of a collection's features as GeoJSON."""
        return link(collection["links"], "items", GEOJSON)["href"]

    def item(self, collection, feature):
        return f"{self.items(collection)}/{segment(str(feature['id']))}"

    def features(self, collection, **parameters):
        """All features of a request, page by page to the end."""
        key = (collection["id"], *sorted(parameters.items()))
        with self.lock:
            if key in self.pages:
                return self.pages[key]
        found, seen = [], set()
        answer = self.service.get(self.items(collection), GEOJSON, **parameters)
        while True:
            if answer.status != 200:
                raise ValueError(f"{answer}: {answer.body[:200]!r}")
            page = answer.json()
            found += page["features"]
            onward = link(page["links"], "next")
            if onward is None:
                break
            if onward["href"] in seen or not page["features"]:
                raise ValueError(f"next führt im Kreis oder hinter eine leere Seite: {onward['href']}")
            seen.add(onward["href"])
            answer = self.service.get(onward["href"], GEOJSON)
        with self.lock:
            self.pages[key] = found
        return found

    def matched(self, collection, **parameters):
        """How many features a request selects: what the service says, else counted."""
        answer = self.service.get(self.items(collection), GEOJSON, limit=1, **parameters)
        if answer.status != 200:
            raise ValueError(f"{answer}: {answer.body[:200]!r}")
        told = answer.json().get("numberMatched")
        return len(self.features(collection, **parameters)) if told is None else told

    def parameters(self, path, method="get"):
        """The parameters of an operation by name, references resolved."""
        place = self.api["paths"][path]
        entries = [*place.get("parameters", []), *place[method].get("parameters", [])]
        return {entry["name"]: entry for entry in map(self.resolved, entries)}

    def resolved(self, entry):
        while "$ref" in entry:
            found = self.api
            for step in entry["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            entry = found
        return entry

    def items_path(self, collection):
        """The path of a collection's features in the API definition: its own, or the template."""
        own = f"/collections/{segment(collection['id'])}/items"
        if own in self.api["paths"]:
            return own
        [template] = [p for p in self.api["paths"] if p.startswith("/collections/{") and p.endswith("}/items")]
        return template
