"""What the clients must see, asked of the database itself: JSON on standard output.

Waits until the service at URL is ready, then counts by psql on the private cluster's socket:
every layer of geodata/layers.toml as the public sees it (schema oeffentlich), rows, filled
cells per column, sums of the numbers; and for each land use a point well inside one of its
areas with the colour it must have there.

Usage: expected.py URL SOCKETDIR PID
"""

import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds; a cold machine creates the cluster and reads the demonstration data


def wait_until_ready(url, pid):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5):
                return
        except OSError as error:
            last = error
        if not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            sys.exit("Der Dienst hat sich beendet.")
        if time.monotonic() > end:
            sys.exit(f"Der Dienst ist nach {PATIENCE} s nicht bereit: {last}")
        time.sleep(0.3)


class Database:
    def __init__(self, socket):
        self.command = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres", "-d", "zielraum"]
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
        if programs:
            self.command[0] = str(programs[-1])

    def rows(self, sql):
        """Rows of a SELECT as dictionaries."""
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        done = subprocess.run(
            [*self.command, "-c", f"SELECT coalesce(json_agg(z), '[]') FROM ({sql}) z"],
            env=env, capture_output=True, text=True,
        )
        if done.returncode:
            sys.exit(f"psql: {done.stderr.strip()}\n{sql}")
        return json.loads(done.stdout)


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def layer(db, name, relation, columns, condition):
    """One collection: counts, type and extent (degrees, east and north) of a relation's rows."""
    geometry = db.rows(
        "SELECT f_geometry_column AS spalte, type, srid FROM geometry_columns"
        f" WHERE f_table_schema = 'oeffentlich' AND f_table_name = '{relation}'"
    )
    geom = f"ST_Transform({quote(geometry[0]['spalte'])}, 4326)" if geometry else "NULL::geometry"
    numbers = [c["name"] for c in columns if c["typ"] in ("float8", "float4", "numeric")]
    filled = ", ".join(f"'{c['name']}', count({quote(c['name'])})" for c in columns)
    sums = ", ".join(f"'{n}', sum({quote(n)})" for n in numbers)
    rows = f"(SELECT *, {geom} AS zr_geom FROM oeffentlich.{quote(relation)} WHERE {condition}) q"
    [found] = db.rows(
        "SELECT count(*), count(zr_geom) AS with_geometry,"
        f" json_build_object({filled}) AS filled, json_build_object({sums}) AS sums,"
        " ST_XMin(ST_Extent(zr_geom)) AS w, ST_YMin(ST_Extent(zr_geom)) AS s,"
        f" ST_XMax(ST_Extent(zr_geom)) AS e, ST_YMax(ST_Extent(zr_geom)) AS n FROM {rows}"
    )
    found |= {"id": name, "type": geometry[0]["type"] if geometry else None, "srid": geometry[0]["srid"] if geometry else None}
    if found["with_geometry"]:
        w, s, e, n = (found[key] for key in "wsen")
        # The middle of the extent: some are in, some are out, some on the edge.
        box = [w + (e - w) / 4, s + (n - s) / 4, e - (e - w) / 4, n - (n - s) / 4]
        [inside] = db.rows(
            f"SELECT count(*) FROM {rows} WHERE ST_Intersects(zr_geom, ST_MakeEnvelope({','.join(map(repr, box))}, 4326))"
        )
        found |= {"box": box, "count_in_box": inside["count"], "boxes": boxes(db, rows, box)}
    return found | {"relation": relation, "condition": condition, "columns": columns}


def boxes(db, rows, box):
    """By SRID a box around the same place in that system (east, north) and the rows it meets."""
    found = db.rows(
        f"WITH r AS MATERIALIZED (SELECT zr_geom AS g FROM {rows})"
        " SELECT srid, ST_XMin(b) AS w, ST_YMin(b) AS s, ST_XMax(b) AS e, ST_YMax(b) AS n,"
        " (SELECT count(*) FROM r WHERE ST_Intersects(g, a)) AS count FROM unnest(ARRAY[4326, 4258, 25832, 25833, 3857, 31468]) srid,"
        # The degrees are ETRS89's: from WGS 84 PROJ would not take the grid to DHDN.
        f" LATERAL (SELECT ST_Envelope(ST_Transform(ST_MakeEnvelope({','.join(map(repr, box))}, 4258), srid)) AS b OFFSET 0) x,"
        # Edges of a box are straight in its own system alone: many points keep them.
        " LATERAL (SELECT ST_SetSRID(ST_Transform(ST_Segmentize(b, greatest(ST_XMax(b) - ST_XMin(b), ST_YMax(b) - ST_YMin(b)) / 200), 4258), 4326) AS a OFFSET 0) y"
    )
    return {entry["srid"]: {"box": [entry[key] for key in "wsen"], "count": entry["count"]} for entry in found}


# The saved questions of the demonstration data, answered by hand; another one stops here.
QUESTIONS = {
    "ortsteil=erpfting": "massnahme_id IN (SELECT mo.massnahme_id FROM oeffentlich.massnahme_ortsteil mo"
    " JOIN oeffentlich.ortsteil o ON o.id = mo.ortsteil_id WHERE o.kennung = 'erpfting'"
    " UNION SELECT r.massnahme_id FROM oeffentlich.raumbezug r WHERE r.art = 'gesamtstadt')",
    "ziel=sz-lech": "massnahme_id IN (SELECT zm.massnahme_id FROM oeffentlich.ziel_massnahme zm JOIN oeffentlich.ziel z ON z.id = zm.ziel_id"
    " LEFT JOIN oeffentlich.ziel u ON u.id = z.uebergeordnet_id WHERE 'sz-lech' IN (z.kennung, u.kennung))",
}


def layers(db):
    questions = db.rows("SELECT kennung, filter FROM oeffentlich.frage ORDER BY 1")
    plans = db.rows(
        "SELECT p.kennung, f.id FROM oeffentlich.plan p JOIN oeffentlich.fassung f ON f.plan_id = p.id AND f.aktuell ORDER BY 1"
    )
    catalogue = tomllib.loads((ROOT / "geodata/layers.toml").read_text())["layer"]
    for entry in catalogue:
        if entry.get("access", "oeffentlich") != "oeffentlich":
            continue
        wanted = [(entry["id"], entry["relation"], "true")]
        if entry.get("je") == "plan":
            per_plan = entry.get("je_relation", entry["relation"])
            wanted += [(f"{entry['id']}_{p['kennung']}", per_plan, f"fassung_id = {p['id']}") for p in plans]
        if entry.get("je") == "frage":
            wanted += [(f"frage_{q['kennung']}", entry["relation"], QUESTIONS[q["filter"]]) for q in questions]
        hidden = {*entry.get("hide", []), *(["fassung_id"] if entry.get("je") == "plan" else [])}
        for name, relation, condition in wanted:
            relation = relation.split(".")[1]
            columns = db.rows(
                "SELECT a.attname AS name, t.typname AS typ, col_description(a.attrelid, a.attnum) AS text FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                f" WHERE a.attrelid = 'oeffentlich.{quote(relation)}'::regclass AND a.attnum > 0 AND NOT a.attisdropped"
                " AND t.typname NOT IN ('geometry', 'geography') ORDER BY a.attnum"
            )
            yield layer(db, name, relation, [c for c in columns if c["name"] not in hidden], condition)


def classes(db):
    """Per land use of the plan in force its colour and the widest place: x, y in EPSG:25832, radius in metres."""
    return db.rows(
        """SELECT n.schluessel, n.name, n.farbe, p.*
           FROM fnp.nutzung n
           LEFT JOIN LATERAL (
             SELECT k.radius, ST_X(k.center) AS x, ST_Y(k.center) AS y,
               ST_X(ST_Transform(k.center, 4326)) AS lon, ST_Y(ST_Transform(k.center, 4326)) AS lat
             FROM (SELECT f.geom FROM oeffentlich.flaeche_aktuell f WHERE f.nutzung = n.schluessel AND ST_IsValid(f.geom)
                   ORDER BY ST_Area(f.geom) DESC LIMIT 20) g, ST_MaximumInscribedCircle(g.geom) k
             ORDER BY k.radius DESC LIMIT 1) p ON true
           ORDER BY n.reihenfolge"""
    )


def main():
    url, socket, pid = sys.argv[1:]
    wait_until_ready(url, pid)
    db = Database(socket)
    json.dump(
        {
            "layers": list(layers(db)),
            "classes": classes(db),
            "ortsteile": [r["kennung"] for r in db.rows("SELECT kennung FROM oeffentlich.ortsteil ORDER BY kennung")],
            # Of the public versions only the newest of each plan has a page for everybody.
            "importe": [
                r["id"]
                for r in db.rows(
                    "SELECT p.kennung || '@' || f.nummer AS id FROM oeffentlich.plan p"
                    " JOIN oeffentlich.fassung f ON f.plan_id = p.id AND f.aktuell AND f.importlauf_id IS NOT NULL ORDER BY 1"
                )
            ],
            "flurstuecke": db.rows(
                "SELECT kennzeichen, nummer, ST_X(ST_Transform(ST_PointOnSurface(geom), 4326)) AS lon,"
                " ST_Y(ST_Transform(ST_PointOnSurface(geom), 4326)) AS lat FROM oeffentlich.flurstueck ORDER BY kennzeichen LIMIT 1"
            ),
            "facharten": [
                r["art"]
                for r in db.rows(
                    "SELECT DISTINCT art FROM (SELECT art FROM oeffentlich.fachdaten_flaeche UNION ALL"
                    " SELECT art FROM oeffentlich.fachdaten_linie UNION ALL SELECT art FROM oeffentlich.fachdaten_punkt) a ORDER BY 1"
                )
            ],
            "gebiete": [r["kennung"] for r in db.rows("SELECT kennung FROM oeffentlich.gebiet ORDER BY kennung")],
            # The one with most beneath it first: its page is the longest and widest.
            "ziele": [
                r["kennung"]
                for r in db.rows(
                    "SELECT z.kennung FROM oeffentlich.ziel z LEFT JOIN oeffentlich.ziel_massnahme m ON m.ziel_id = z.id"
                    " GROUP BY z.kennung ORDER BY count(m.ziel_id) DESC, z.kennung"
                )
            ],
            "massnahmen": [
                r["kennung"]
                for r in db.rows(
                    "SELECT m.kennung FROM oeffentlich.massnahme m LEFT JOIN oeffentlich.finanzwert w ON w.massnahme_id = m.id"
                    " GROUP BY m.kennung ORDER BY count(w.massnahme_id) DESC, m.kennung"
                )
            ],
            "kennzahlen": [
                r["kennung"]
                for r in db.rows(
                    "SELECT k.kennung FROM oeffentlich.kennzahl k LEFT JOIN oeffentlich.kennzahlwert w ON w.kennzahl_id = k.id"
                    " GROUP BY k.kennung ORDER BY count(w.kennzahl_id) DESC, k.kennung"
                )
            ],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
