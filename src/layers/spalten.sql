-- Columns of one relation with base type, comment and geometry modifiers.
-- pg_attribute only: readable for every role, right for tables, views, materialized views.
WITH RECURSIVE basis(attnum, typ, typmod) AS (
    SELECT a.attnum, a.atttypid, a.atttypmod
    FROM pg_attribute a
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
    SELECT b.attnum, t.typbasetype, t.typtypmod
    FROM basis b
    JOIN pg_type t ON t.oid = b.typ
    WHERE t.typtype = 'd'
)
SELECT a.attname::text                                   AS name,
       a.attnotnull                                      AS pflicht,
       format_type(a.atttypid, a.atttypmod)              AS typ,
       t.typname::text                                   AS typname,
       t.typcategory::text                               AS kategorie,
       CASE WHEN t.typname IN ('geometry', 'geography')
            THEN format_type(b.typ, b.typmod) END        AS geometrietyp,
       (SELECT c.collname FROM pg_collation c
        WHERE c.oid = a.attcollation AND c.collname <> 'default')::text AS folge,
       col_description(a.attrelid, a.attnum)             AS kommentar
FROM basis b
JOIN pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = b.attnum
ORDER BY a.attnum
