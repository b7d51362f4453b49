-- Base tables behind a relation, through views and functions with a parsed body; where its key
-- column comes from, if it is handed through unchanged; whether the day plays a part.
WITH RECURSIVE glied(klasse, oid) AS (
    SELECT 'pg_class'::regclass::oid, $1::text::regclass::oid
  UNION
    SELECT d.refclassid, d.refobjid
    FROM glied g
    LEFT JOIN pg_rewrite r ON g.klasse = 'pg_class'::regclass AND r.ev_class = g.oid
    JOIN pg_depend d ON (d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                     OR d.classid = 'pg_proc'::regclass AND g.klasse = 'pg_proc'::regclass AND d.objid = g.oid)
                    AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
    WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e')
), sicht AS (
  SELECT g.oid, c.relname, c.relkind, n.nspname FROM glied g
  JOIN pg_class c ON c.oid = g.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE g.klasse = 'pg_class'::regclass
), herkunft(relation, spalte) AS (
    SELECT $1::text::regclass::oid, $2::text COLLATE "C"
  UNION
    SELECT m[1]::oid, a.attname::text COLLATE "C"
    FROM herkunft h
    JOIN pg_rewrite r ON r.ev_class = h.relation AND h.spalte ~ '^[a-z0-9_]+$'
    -- How a target list names an output column that is a plain column of something else.
    CROSS JOIN regexp_match(r.ev_action::text, ':resname ' || h.spalte || ' :ressortgroupref \d+ :resorigtbl (\d+) :resorigcol (\d+)') m
    JOIN pg_attribute a ON a.attrelid = m[1]::oid AND a.attnum = m[2]::int2
), text AS (
  SELECT pg_get_viewdef(v.oid) AS text FROM sicht v WHERE v.relkind = 'v'
  UNION ALL
  SELECT pg_get_functiondef(p.oid) FROM glied g JOIN pg_proc p ON p.oid = g.oid AND p.prokind = 'f' WHERE g.klasse = 'pg_proc'::regclass
), merkmal AS (
  SELECT EXISTS (SELECT FROM text WHERE text ~* '\m(current_date|current_timestamp|localtimestamp|localtime|now\(|clock_timestamp|statement_timestamp|timeofday|heute\()') AS vom_tag,
    -- One row of the table shows in no other feature: each relation is read once, no row looks at its neighbours.
    NOT EXISTS (SELECT FROM text WHERE text ~* '\m(over \(|limit |distinct on|tablesample)')
    AND NOT EXISTS (SELECT FROM pg_rewrite r JOIN sicht s ON s.oid = r.ev_class, regexp_matches(r.ev_action::text, ':relid (\d+)', 'g') m
                    WHERE m[1]::oid <> r.ev_class GROUP BY m[1] HAVING count(*) > 1)
    AND NOT EXISTS (SELECT FROM glied g JOIN pg_depend d ON d.classid = g.klasse AND d.objid = g.oid AND d.refclassid = 'pg_class'::regclass
                    WHERE g.klasse = 'pg_proc'::regclass) AS einfach
)
SELECT s.relname::text AS name,
  s.nspname = 'oeffentlich' AND s.relkind IN ('r', 'p') AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = s.oid AND t.tgname = 'zaehl_neu') AS gezaehlt,
  (SELECT h.spalte FROM herkunft h WHERE h.relation = s.oid) AS schluessel,
  m.vom_tag, m.einfach
FROM sicht s CROSS JOIN merkmal m WHERE s.relkind <> 'v' ORDER BY 1
