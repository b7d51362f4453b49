-- The indexes of a loaded Fassung before it is attached: the comparison with the version
-- in force wants them, and ATTACH then takes them over instead of building its own.
SET LOCAL ROLE zielraum_owner;

CREATE FUNCTION fnp.fassung_indizieren(welt text, nummer int, raum boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET maintenance_work_mem = '128MB' AS $$
DECLARE
  t text;
  i record;
BEGIN
  IF welt NOT IN ('fnp', 'oeffentlich') THEN
    RAISE EXCEPTION 'unbekannte Welt %', welt;
  END IF;
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
    -- Whatever the parent has, so that no index of a later migration is forgotten.
    FOR i IN
      SELECT pg_get_indexdef(x.indexrelid) AS index, pg_get_constraintdef(c.oid) AS bedingung
      FROM pg_index x LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u', 'x')
      WHERE x.indrelid = format('%I.%I', welt, t)::regclass AND (pg_get_indexdef(x.indexrelid) LIKE '%USING gist%') = raum ORDER BY x.indexrelid
    LOOP
      IF i.bedingung IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I.%I ADD %s', welt, t || '_f' || nummer, i.bedingung);
      ELSE
        EXECUTE format('CREATE %sINDEX ON %I.%I %s', CASE WHEN i.index LIKE 'CREATE UNIQUE%' THEN 'UNIQUE ' END, welt, t || '_f' || nummer, substring(i.index FROM 'USING .*$'));
      END IF;
    END LOOP;
  END LOOP;
END $$;
COMMENT ON FUNCTION fnp.fassung_indizieren IS 'Legt die räumlichen oder die übrigen Indizes der geladenen Teiltabellen einer Fassung an, bevor sie eingehängt werden';

RESET ROLE;
