-- Small things: what pages ask of rights, titles of views, undo of one area.
SET LOCAL ROLE zielraum_owner;

-- What staff's pages ask before they show the way to a form.
GRANT EXECUTE ON FUNCTION freigabe.eigene_von(text, text, text) TO zielraum_staff;

-- As in 0009. Of several sources at one depth the one whose name begins most like the view's comes
-- first (flaeche_sicht: flaeche): a column many tables have was called as in whichever was made first.
CREATE OR REPLACE FUNCTION audit.betitle_sicht(sicht regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c record;
  name_ name := (SELECT relname FROM pg_class WHERE oid = sicht);
BEGIN
  FOR c IN
    SELECT a.attname, (SELECT col_description(q.quelle, b.attnum) FROM audit.quellen(sicht) q JOIN pg_class k ON k.oid = q.quelle
        JOIN pg_attribute b ON b.attrelid = q.quelle AND b.attname = a.attname AND NOT b.attisdropped
        WHERE col_description(q.quelle, b.attnum) IS NOT NULL
        ORDER BY q.tiefe, (SELECT count(*) FROM generate_series(1, length(name_)) n WHERE left(name_, n) = left(k.relname, n)) DESC, q.quelle LIMIT 1) AS titel
    FROM pg_attribute a WHERE a.attrelid = sicht AND a.attnum > 0 AND col_description(sicht, a.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', sicht, c.attname, c.titel);
  END LOOP;
END $$;

RESET ROLE;
