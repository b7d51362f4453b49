-- After the dump: statistics tell about drafts, closed as by migration 0001.
DO $$
DECLARE
  f regprocedure;
  r regclass;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE (n.nspname = 'public' AND p.proname IN ('st_estimatedextent', 'st_findextent', '_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity', '_postgis_index_extent'))
       OR (n.nspname = 'pg_catalog' AND p.proname IN ('pg_relation_size', 'pg_table_size', 'pg_total_relation_size', 'pg_indexes_size',
           'pg_stat_get_live_tuples', 'pg_stat_get_dead_tuples', 'pg_stat_get_tuples_inserted', 'pg_stat_get_tuples_updated', 'pg_stat_get_tuples_deleted'))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
  FOREACH r IN ARRAY ARRAY['pg_catalog.pg_stat_all_tables', 'pg_catalog.pg_stat_user_tables', 'pg_catalog.pg_stat_sys_tables',
      'pg_catalog.pg_stat_xact_all_tables', 'pg_catalog.pg_stat_xact_user_tables', 'pg_catalog.pg_statio_all_tables', 'pg_catalog.pg_statio_user_tables']::regclass[] LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', r);
  END LOOP;
  REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
  EXECUTE (SELECT format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
           FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_class'::regclass AND NOT attisdropped
             AND attname NOT IN ('reltuples', 'relpages', 'relallvisible'));
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'Statistiken konnten ohne Superuser-Recht nicht gesperrt werden; Zahl und Ausdehnung von Entwürfen bleiben für Datenbankrollen schätzbar.';
END $$;
