"""Geometry for the tests: positions of GeoJSON, GDAL's GEOS as the judge of `intersects`, and
pyproj (PROJ) as the second opinion on coordinates."""

import json
from functools import cache

import pyproj
from osgeo import ogr

ogr.DontUseExceptions()


def positions(geometry):
    """All positions of a GeoJSON geometry."""
    if geometry is None:
        return
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from positions(part)
        return

    def walk(value):
        if value and isinstance(value[0], (int, float)):
            yield value
        else:
            for part in value:
                yield from walk(part)

    yield from walk(geometry["coordinates"])


def box_of(features):
    """West, south, east, north of all positions; None without one."""
    found = [p for feature in features for p in positions(feature["geometry"])]
    if not found:
        return None
    xs, ys = [p[0] for p in found], [p[1] for p in found]
    return min(xs), min(ys), max(xs), max(ys)


def meets(geometry, boxes):
    """Whether a geometry meets one of the boxes; None when GEOS refuses it (self-crossing)."""
    xs, ys = zip(*(p[:2] for p in positions(geometry)))
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    near = [(w, s, e, n) for w, s, e, n in boxes if left <= e and right >= w and low <= n and high >= s]
    if not near:
        return False
    if any(w <= left and e >= right and s <= low and n >= high for w, s, e, n in near):
        return True
    shape = ogr.CreateGeometryFromJson(json.dumps(geometry))
    if not shape.IsValid():
        return None
    return any(shape.Intersects(ogr.CreateGeometryFromWkt(f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))")) for w, s, e, n in near)


@cache
def transformer(source, target):
    """Between two systems by their URI, each in the axis order of its definition.

    CRS84 is read as ETRS89, as the service serves it: from WGS 84 PROJ would go to DHDN by
    seven parameters for all of Germany, beside the survey's grid.
    """

    def system(uri):
        authority, code = uri.rsplit("/", 3)[-3], uri.rsplit("/", 1)[-1]
        return pyproj.CRS.from_user_input("EPSG:4258" if code == "CRS84" else f"{authority}:{code}")

    return Turn(
        pyproj.Transformer.from_crs(system(source), system(target), always_xy=False),
        source.endswith("/CRS84"),
        target.endswith("/CRS84"),
    )


class Turn:
    """A way between two systems, with longitude first where CRS84 has it."""

    def __init__(self, way, swap_before, swap_after):
        self.way, self.swap_before, self.swap_after = way, swap_before, swap_after

    def transform(self, x, y):
        x, y = self.way.transform(*((y, x) if self.swap_before else (x, y)))
        return (y, x) if self.swap_after else (x, y)


@cache
def known(uri):
    try:
        transformer(uri, uri)
    except (pyproj.exceptions.CRSError, IndexError):
        return False
    return True


def latitude_first(uri):
    """Whether the definition of a system names north before east."""
    code = uri.rsplit("/", 1)[-1]
    if code == "CRS84":
        return False
    return pyproj.CRS.from_epsg(int(code)).axis_info[0].direction == "north"


def degrees(uri):
    code = uri.rsplit("/", 1)[-1]
    return code == "CRS84" or pyproj.CRS.from_epsg(int(code)).is_geographic


def box_in(box, uri, source="http://www.opengis.net/def/crs/OGC/1.3/CRS84"):
    """A CRS84 box as the corners of another system, lower left first, in its axis order."""
    west, south, east, north = box
    turn = transformer(source, uri)
    # Edges bend: the box of the other system must hold the whole of this one.
    steps = [i / 20 for i in range(21)]
    edge = [(west + (east - west) * t, y) for t in steps for y in (south, north)]
    edge += [(x, south + (north - south) * t) for t in steps for x in (west, east)]
    found = [turn.transform(x, y) for x, y in edge]
    return min(p[0] for p in found), min(p[1] for p in found), max(p[0] for p in found), max(p[1] for p in found)
