"""The CQL2 texts QGIS writes for filters on real columns, each with the SQL that answers it.

The spelling is that of QGIS's compiler: brackets around everything, names in quotes unless
they are letters and digits alone, quotes doubled, backslashes doubled.
"""

import re

TEXT, WHOLE, NUMBER, DATE, MOMENT, TRUTH = "text", "whole", "number", "date", "moment", "truth"
KINDS = {
    "text": TEXT, "varchar": TEXT, "int2": WHOLE, "int4": WHOLE, "int8": WHOLE, "float4": NUMBER, "float8": NUMBER,
    "numeric": NUMBER, "date": DATE, "timestamptz": MOMENT, "timestamp": MOMENT, "bool": TRUTH,
}


def name(column):
    return column if re.fullmatch(r"[A-Za-z0-9]+", column) else '"' + column + '"'


def literal(text):
    return "'" + text.replace("'", "''").replace("\\", "\\\\") + "'"


def sql_name(column):
    return '"' + column.replace('"', '""') + '"'


def sql_literal(text):
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def on_text(column, values):
    a, s = name(column), sql_name(column)
    one, two = values[0], values[-1]
    yield f"({a} = {literal(one)})", f"{s} = {sql_literal(one)}", None
    yield f"({a} <> {literal(one)})", f"{s} <> {sql_literal(one)}", None
    yield f"({a} IS NULL)", f"{s} IS NULL", None
    yield f"({a} IS NOT NULL)", f"{s} IS NOT NULL", None
    yield f"(NOT ({a} = {literal(one)}))", f"NOT ({s} = {sql_literal(one)})", None
    yield f"(({a} = {literal(one)}) OR ({a} = {literal(two)}))", f"{s} IN ({sql_literal(one)}, {sql_literal(two)})", None
    yield f"(({a} = {literal(one)}) AND ({a} IS NOT NULL))", f"{s} = {sql_literal(one)}", None
    yield f"({a} = {literal(one)}) AND ({a} <> {literal('O’Neill' + chr(39) + 's')})", f"{s} = {sql_literal(one)}", None
    yield f"({a} = {literal('a' + chr(92) + 'b')})", "false", None
    yield f"{a} IN ({literal(one)},{literal(two)})", f"{s} IN ({sql_literal(one)}, {sql_literal(two)})", "advanced-comparison-operators"
    yield f"{a} NOT IN ({literal(one)},{literal(two)})", f"{s} NOT IN ({sql_literal(one)}, {sql_literal(two)})", "advanced-comparison-operators"
    start = re.sub(r"[%_\\]", "", one)[:3]
    yield f"({a} LIKE {literal(start + '%')})", f"{s} LIKE {sql_literal(start + '%')}", "advanced-comparison-operators"
    yield f"({a} NOT LIKE {literal('%' + start + '%')})", f"{s} NOT LIKE {sql_literal('%' + start + '%')}", "advanced-comparison-operators"
    yield f"({a} LIKE {literal('_' + start[1:] + '%')})", f"{s} LIKE {sql_literal('_' + start[1:] + '%')}", "advanced-comparison-operators"
    mixed = start.swapcase() + "%"
    yield f"(CASEI({a}) LIKE CASEI({literal(mixed)}))", f"lower({s}) LIKE lower({sql_literal(mixed)})", "case-insensitive-comparison"
    yield f"(CASEI({a}) NOT LIKE CASEI({literal(mixed)}))", f"lower({s}) NOT LIKE lower({sql_literal(mixed)})", "case-insensitive-comparison"


def on_number(column, values):
    a, s = name(column), sql_name(column)
    low, high = values[0], values[-1]
    for sign in ("=", "<>", "<", "<=", ">", ">="):
        yield f"({a} {sign} {low})", f"{s} {sign} {low}", None
    yield f"({a} BETWEEN {low} AND {high})", f"{s} BETWEEN {low} AND {high}", "advanced-comparison-operators"
    yield f"{a} NOT BETWEEN {low} AND {high}", f"{s} NOT BETWEEN {low} AND {high}", "advanced-comparison-operators"
    yield f"{a} NOT IN ({low},{high})", f"{s} NOT IN ({low}, {high})", "advanced-comparison-operators"
    yield f"(( - ({a})) < 0)", f"-{s} < 0", "arithmetic"
    for sign in "+-*":
        yield f"(({a} {sign} 2) > {high})", f"({s} {sign} 2) > {high}", "arithmetic"
    yield f"(({a} / 2) >= {low})", f"({s} / 2.0) >= {low}", "arithmetic"


def on_whole(column, values):
    a, s = name(column), sql_name(column)
    yield from on_number(column, values)
    yield f"(({a} % 2) = 1)", f"({s} % 2) = 1", "arithmetic"
    yield f"(({a} ^ 2) > {values[-1]})", f"({s} ^ 2) > {values[-1]}", "arithmetic"


def on_date(column, values):
    a, s = name(column), sql_name(column)
    for sign in ("=", "<>", "<", ">="):
        yield f"({a} {sign} DATE('{values[0]}'))", f"{s} {sign} DATE '{values[0]}'", None


def on_moment(column, values):
    a, s = name(column), sql_name(column)
    for sign in ("=", "<", ">="):
        yield f"({a} {sign} TIMESTAMP('{values[0]}'))", f"{s} {sign} TIMESTAMPTZ '{values[0]}'", None


def on_truth(column, _):
    a, s = name(column), sql_name(column)
    yield f"({a} = TRUE)", f"{s}", None
    yield f"({a} = FALSE)", f"NOT {s}", None
    yield f"(NOT ({a} = TRUE))", f"NOT {s}", None


FORMS = {TEXT: on_text, WHOLE: on_whole, NUMBER: on_number, DATE: on_date, MOMENT: on_moment, TRUTH: on_truth}
# Columns of one kind per layer: more would ask the same of the same code.
COLUMNS = {TEXT: 2, WHOLE: 1, NUMBER: 1, DATE: 1, MOMENT: 1, TRUTH: 1}


def values_of(db, entry, column, kind):
    """A few values that occur: those with quotes or umlauts first, numbers from small to large."""
    s = sql_name(column)
    shown = {MOMENT: f"to_char({s} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"}.get(kind, f"{s}::text")
    order = f"({s}::text ~ '[''äöüÄÖÜß\\\\]') DESC, {s}" if kind == TEXT else s
    rows = db.rows(f"SELECT DISTINCT ON ({order.replace(' DESC', '')}) {shown} AS v FROM oeffentlich.{sql_name(entry['relation'])} WHERE {entry['condition']} AND {s} IS NOT NULL ORDER BY {order} LIMIT 40")
    return [row["v"] for row in rows if kind != TEXT or len(row["v"]) < 120]


def attribute_filters(db, entry, usable):
    """(column, CQL2, SQL, class it needs) for the columns of a layer that may be filtered."""
    left = dict(COLUMNS)
    for column in entry["columns"]:
        kind = KINDS.get(column["typ"])
        if kind is None or column["name"] not in usable or not left[kind]:
            continue
        values = values_of(db, entry, column["name"], kind)
        if not values:
            continue
        left[kind] -= 1
        ends = [values[0], values[len(values) // 2]]
        for cql, sql, needs in FORMS[kind](column["name"], ends):
            yield column["name"], cql, sql, needs


def expected_count(db, entry, sql):
    [row] = db.rows(f"SELECT count(*) AS n FROM oeffentlich.{sql_name(entry['relation'])} WHERE {entry['condition']} AND ({sql})")
    return row["n"]


def spatial_filters(db, entry, column):
    """On the geometry: a box and a point in EPSG:25832, as the layer has them."""
    west, south, east, north = entry["boxes"]["25832"]["box"]
    geom = f"ST_Transform({sql_name(db_column(db, entry))}, 25832)"
    box = f"ST_MakeEnvelope({west!r},{south!r},{east!r},{north!r},25832)"
    yield f"S_INTERSECTS({name(column)},BBOX({west!r},{south!r},{east!r},{north!r}))", f"ST_Intersects({geom}, {box})"
    x, y = (west + east) / 2, (south + north) / 2
    yield f"S_INTERSECTS({name(column)},POINT({x!r} {y!r}))", f"ST_Intersects({geom}, ST_SetSRID(ST_Point({x!r},{y!r}),25832))"


def db_column(db, entry):
    [row] = db.rows(f"SELECT f_geometry_column AS g FROM geometry_columns WHERE f_table_schema = 'oeffentlich' AND f_table_name = '{entry['relation']}'")
    return row["g"]
