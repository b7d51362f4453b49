"""JSON Schemas of the documents, written from the tables of the standards.

They demand what a standard demands and no more; what the service adds of its own is allowed.
"""

import jsonschema

URI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$"}
LINK = {
    "type": "object",
    "required": ["href", "rel", "type"],
    "properties": {
        "href": {"type": "string", "pattern": r"^https?://[^\s]+$"},
        "rel": {"type": "string", "minLength": 1},
        "type": {"type": "string", "pattern": r"^[a-z]+/[A-Za-z0-9.+-]+( *;.*)?$"},
        "title": {"type": "string"},
        "hreflang": {"type": "string"},
        "templated": {"type": "boolean"},
        "length": {"type": "integer"},
    },
}
LINKS = {"type": "array", "minItems": 1, "items": LINK}
LANDING = {
    "type": "object",
    "required": ["links"],
    "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "links": LINKS},
}
CONFORMANCE = {
    "type": "object",
    "required": ["conformsTo"],
    "properties": {"conformsTo": {"type": "array", "minItems": 1, "uniqueItems": True, "items": URI}},
}
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
EXTENT = {
    "type": "object",
    "properties": {
        "spatial": {
            "type": "object",
            "required": ["bbox"],
            "properties": {
                "bbox": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "array", "items": {"type": "number"}, "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]},
                },
                "crs": {"type": "string"},
            },
        },
        "temporal": {
            "type": "object",
            "required": ["interval"],
            "properties": {
                "interval": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "array", "minItems": 2, "maxItems": 2,
                        "items": {"anyOf": [{"type": "null"}, {"type": "string", "pattern": MOMENT}]},
                    },
                },
                "trs": {"type": "string"},
            },
        },
    },
}
COLLECTION = {
    "type": "object",
    "required": ["id", "links"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "links": LINKS,
        "extent": EXTENT,
        "itemType": {"const": "feature"},
        "crs": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
        "storageCrs": URI,
    },
}
COLLECTIONS = {
    "type": "object",
    "required": ["links", "collections"],
    "properties": {"links": LINKS, "collections": {"type": "array", "items": COLLECTION}},
}
POSITION = {"type": "array", "minItems": 2, "maxItems": 4, "items": {"type": "number"}}
LINE = {"type": "array", "minItems": 2, "items": POSITION}
RING = {"type": "array", "minItems": 4, "items": POSITION}


def geometry(kind, coordinates):
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"const": kind}, "coordinates": coordinates},
        "not": {"required": ["geometries"]},
    }


def many(items):
    return {"type": "array", "items": items}


GEOMETRIES = [
    geometry("Point", POSITION),
    geometry("LineString", LINE),
    geometry("Polygon", many(RING)),
    geometry("MultiPoint", many(POSITION)),
    geometry("MultiLineString", many(LINE)),
    geometry("MultiPolygon", many(many(RING))),
]
GEOMETRY = {
    "oneOf": [
        {"type": "null"},
        *GEOMETRIES,
        {
            "type": "object",
            "required": ["type", "geometries"],
            "properties": {"type": {"const": "GeometryCollection"}, "geometries": many({"oneOf": GEOMETRIES})},
        },
    ]
}
FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": ["string", "integer"]},
        "geometry": GEOMETRY,
        "properties": {"type": ["object", "null"]},
        "links": LINKS,
    },
    # RFC 7946, 7.1: members of the other objects must not stand here.
    "not": {"anyOf": [{"required": [name]} for name in ("coordinates", "geometries", "features")]},
}
FEATURES = {
    "type": "object",
    "required": ["type", "features", "links"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": FEATURE},
        "links": LINKS,
        "timeStamp": {"type": "string", "pattern": MOMENT},
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
    },
    "not": {"anyOf": [{"required": [name]} for name in ("coordinates", "geometries", "geometry", "properties")]},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": URI,
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "minLength": 1},
    },
}
TILESET_LINK = {"type": "array", "minItems": 1, "items": {**LINK, "required": ["href", "rel"]}}
TILESET = {
    "type": "object",
    "required": ["dataType", "crs", "links"],
    "properties": {
        "title": {"type": "string"},
        "dataType": {"enum": ["map", "vector", "coverage"]},
        "crs": {"type": ["string", "object"]},
        "tileMatrixSetURI": URI,
        "links": TILESET_LINK,
        "tileMatrixSetLimits": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tileMatrix", "minTileRow", "maxTileRow", "minTileCol", "maxTileCol"],
            },
        },
        "layers": {"type": "array", "items": {"type": "object", "required": ["id", "dataType"]}},
    },
}
TILE_MATRIX_SET = {
    "type": "object",
    "required": ["crs", "tileMatrices"],
    "properties": {
        "tileMatrices": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "scaleDenominator", "cellSize", "pointOfOrigin", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"],
            },
        }
    },
}


def complaint(document, schema):
    """What is wrong with a document and where; None when nothing is."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
    if error is None:
        return None
    place = "/".join(map(str, error.absolute_path)) or "Wurzel"
    return f"{place}: {error.message[:200]}"
