-- What a view is made of, and its column titles: views do not inherit comments.
SET LOCAL ROLE zielraum_owner;

CREATE FUNCTION audit.quellen(sicht regclass) RETURNS TABLE (quelle regclass, tiefe int) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE q(oid, tiefe) AS (
    SELECT sicht::oid, 0
    UNION
    SELECT d.refobjid, q.tiefe + 1
    FROM q JOIN pg_rewrite r ON r.ev_class = q.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> q.oid
    WHERE q.tiefe < 20
  )
  SELECT q.oid::regclass, min(q.tiefe) FROM q WHERE q.tiefe > 0 GROUP BY 1
$$;

CREATE FUNCTION audit.betitle_sicht(sicht regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT a.attname, (SELECT col_description(q.quelle, b.attnum) FROM audit.quellen(sicht) q
        JOIN pg_attribute b ON b.attrelid = q.quelle AND b.attname = a.attname AND NOT b.attisdropped
        WHERE col_description(q.quelle, b.attnum) IS NOT NULL ORDER BY q.tiefe, q.quelle LIMIT 1) AS titel
    FROM pg_attribute a WHERE a.attrelid = sicht AND a.attnum > 0 AND col_description(sicht, a.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', sicht, c.attname, c.titel);
  END LOOP;
END $$;

RESET ROLE;
