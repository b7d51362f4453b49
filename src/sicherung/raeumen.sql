-- A restore into a database that was empty has failed: empty it again. What stood there before
-- are extensions and their schemas, named by zielraum.schemata and zielraum.erweiterungen (JSON).
DO $$
DECLARE
  s text;
BEGIN
  FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
      AND nspname NOT IN (SELECT jsonb_array_elements_text(current_setting('zielraum.schemata')::jsonb)) LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', s);
  END LOOP;
  FOR s IN SELECT k.oid::regclass::text FROM pg_class k WHERE k.relnamespace = 'public'::regnamespace AND k.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = k.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', s);
  END LOOP;
  FOR s IN SELECT extname FROM pg_extension WHERE extname NOT IN (SELECT jsonb_array_elements_text(current_setting('zielraum.erweiterungen')::jsonb)) LOOP
    EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', s);
  END LOOP;
END $$;
