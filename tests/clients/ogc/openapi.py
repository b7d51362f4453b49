"""OGC API – Features Part 1 (17-069r4), Annex A: the OpenAPI 3.0 document."""

import re

from service import segment

from .suite import abstract_test, expect, skip
from .target import FEATURES_1, GEOJSON, HTML

OAS30 = f"{FEATURES_1}/oas30"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def oas30(identifier):
    return abstract_test("Features 1", f"/conf/oas30/{identifier}", requires=OAS30)


def operations(api):
    for path, entry in api["paths"].items():
        for method in METHODS:
            if method in entry:
                yield path, method, entry[method]


@oas30("definition-1")
def definition_1(iut, case):
    """Verweis und Medientyp"""
    with case("service-desc"):
        [entry] = [e for e in iut.landing["links"] if e["rel"] == "service-desc"]
        expect(re.sub(r"\s", "", entry["type"]) == "application/vnd.oai.openapi+json;version=3.0", entry["type"])
        answer = iut.service.get(entry["href"], entry["type"])
        expect(re.sub(r"\s", "", answer.header("Content-Type")) == "application/vnd.oai.openapi+json;version=3.0", answer.header("Content-Type"))
    with case("service-doc"):
        [entry] = [e for e in iut.landing["links"] if e["rel"] == "service-doc"]
        answer = iut.service.get(entry["href"], HTML)
        expect(answer.status == 200 and answer.media == HTML, f"{answer} {answer.media}")


@oas30("definition-2")
def definition_2(iut, case):
    """Gültiges Dokument nach OpenAPI 3.0"""
    with case("Kopf"):
        expect(re.fullmatch(r"3\.0\.\d+", iut.api["openapi"]), iut.api["openapi"])
        unknown = set(iut.api) - {"openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"}
        expect(not unknown, f"unbekannt: {unknown}")
    with case("Verweise"):
        def walk(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    expect(value["$ref"].startswith("#/"), value["$ref"])
                    iut.resolved(value)
                for part in value.values():
                    walk(part)
            elif isinstance(value, list):
                for part in value:
                    walk(part)
        walk(iut.api)
    with case("operationId"):
        names = [operation["operationId"] for _, _, operation in operations(iut.api)]
        double = {n for n in names if names.count(n) > 1}
        expect(not double, f"doppelt: {sorted(double)[:3]}")
    for path, method, operation in operations(iut.api):
        with case(f"{method} {path}"):
            expect(path.startswith("/"), "Pfad ohne /")
            expect(operation.get("responses"), "keine Antworten")
            parameters = [iut.resolved(p) for p in [*iut.api["paths"][path].get("parameters", []), *operation.get("parameters", [])]]
            keys = [(p["name"], p["in"]) for p in parameters]
            expect(len(keys) == len(set(keys)), f"Parameter doppelt: {keys}")
            in_path = {p["name"] for p in parameters if p["in"] == "path"}
            expect(in_path == set(re.findall(r"\{([^}]+)\}", path)), f"Pfadparameter {in_path}")
            for parameter in parameters:
                expect(("schema" in parameter) != ("content" in parameter), f"{parameter['name']} ohne schema")
                expect(parameter["in"] != "path" or parameter.get("required") is True, f"{parameter['name']} nicht required")
                check_schema(iut, parameter.get("schema", {}))
            for status, response in operation["responses"].items():
                response = iut.resolved(response)
                expect(re.fullmatch(r"default|[1-5](\d\d|XX)", status) and response.get("description"), f"Antwort {status}")
                for content in response.get("content", {}).values():
                    check_schema(iut, content.get("schema", {}))


# What OpenAPI 3.0 does not know of JSON Schema, and clients stumble over.
FOREIGN = {"const", "$schema", "$id", "examples", "patternProperties", "if", "then", "else", "contains", "prefixItems", "$defs"}


def check_schema(iut, schema):
    schema = iut.resolved(schema)
    expect(not FOREIGN & set(schema), f"nicht in OpenAPI 3.0: {FOREIGN & set(schema)}")
    expect(isinstance(schema.get("type", ""), str), f"type {schema.get('type')}")
    expect(schema.get("type") != "array" or "items" in schema, "array ohne items")
    for name in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(name, []):
            check_schema(iut, part)


@oas30("completeness")
def completeness(iut, case):
    """Jede Antwort ist beschrieben"""
    for collection in iut.collections:
        own = f"/collections/{segment(collection['id'])}"
        first = next(iter(iut.features(collection)), None)
        for path, address in ((own, own), (f"{own}/items", f"{own}/items?limit=1"), (f"{own}/items/{{featureId}}", first and iut.item(collection, first))):
            with case(path):
                if path not in iut.api["paths"]:
                    expect(any(p.startswith("/collections/{") for p in iut.api["paths"]), "nicht beschrieben")
                    skip("nur als Vorlage beschrieben")
                if address is None:
                    skip("Sammlung ohne Objekt")
                described = iut.resolved(iut.api["paths"][path]["get"]["responses"]["200"])["content"]
                for media in described:
                    answer = iut.service.get(address, media)
                    expect(answer.status == 200, f"Accept {media}: {answer}")
                    expect(answer.media == media.split(";")[0].strip(), f"Accept {media}: {answer.media}")
                links = {e["type"] for e in collection["links"] if e["rel"] == "items"} if path.endswith("/items") else set()
                expect(links <= set(described), f"verwiesen, aber nicht beschrieben: {links - set(described)}")


@oas30("exceptions-codes")
def exceptions_codes(iut, case):
    """Jeder Fehlerstatus ist beschrieben"""
    for collection in iut.collections:
        own = f"/collections/{segment(collection['id'])}/items"
        path = iut.items_path(collection)
        item = path + "/{featureId}"
        probes = [
            (path, f"{own}?limit=x", GEOJSON, 400),
            (path, f"{own}?limit=1", "application/x-nichts", 406),
            (item, f"{own}/gibt-es-nicht", GEOJSON, 404),
            (item, f"{own}/gibt-es-nicht?crs=x", GEOJSON, 400),
        ]
        for described, address, accept, wanted in probes:
            with case(f"{address} Accept {accept}"):
                answer = iut.service.get(address, accept)
                expect(answer.status == wanted, f"{answer} statt {wanted}")
                responses = iut.api["paths"][described]["get"]["responses"]
                expect(str(wanted) in responses, f"{wanted} ist nicht beschrieben")
                expect(answer.media in {m.split(";")[0].strip() for m in iut.resolved(responses[str(wanted)])["content"]}, f"Typ {answer.media} ist nicht beschrieben")


@oas30("oas-impl")
def oas_impl(iut, case):
    """Die beschriebenen Pfade gibt es"""
    for path, method, operation in operations(iut.api):
        if method != "get" or "{" in path:
            continue
        required = [p["name"] for p in map(iut.resolved, operation.get("parameters", [])) if p.get("required")]
        with case(path):
            if required:
                skip("verlangt Parameter")
            answer = iut.service.ask(path, method="HEAD")
            known = set(operation["responses"])
            expect(str(answer.status) in known, f"{answer}, beschrieben sind {sorted(known)}")
            expect(answer.status < 500, answer)


@oas30("security")
def security(iut, case):
    """Absicherung ist beschrieben"""
    schemes = iut.api.get("components", {}).get("securitySchemes", {})
    for path, method, operation in operations(iut.api):
        for entry in operation.get("security", []):
            with case(f"{method} {path}"):
                expect(set(entry) <= set(schemes), f"{set(entry) - set(schemes)} ist nicht erklärt")
        if method in ("post", "put", "patch", "delete") and path.startswith("/collections/"):
            with case(f"{method} {path} ohne Anmeldung"):
                address = re.sub(r"\{[^}]+\}", "x", path)
                answer = iut.service.ask(address, [("Content-Type", GEOJSON)], method.upper(), b"{}")
                expect(answer.status == 401, answer)
                expect("401" in operation["responses"], "401 ist nicht beschrieben")
