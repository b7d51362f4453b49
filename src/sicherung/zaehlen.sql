-- Every table's rows into one setting: works in a read-only transaction, under any snapshot.
-- Partitions stand in their parent's figure.
DO $$
DECLARE
  t record; zahl bigint; zahlen jsonb := '{}';
BEGIN
  FOR t IN SELECT n.nspname, k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
      WHERE k.relkind IN ('r', 'p') AND NOT k.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = k.oid AND d.deptype = 'e') LOOP
    EXECUTE format('SELECT count(*) FROM %I.%I', t.nspname, t.relname) INTO zahl;
    zahlen := zahlen || jsonb_build_object(t.nspname || '.' || t.relname, zahl);
  END LOOP;
  PERFORM set_config('zielraum.zaehlung', zahlen::text, true);
END $$;
