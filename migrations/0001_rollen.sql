-- Roles, schemas and the rights every later object inherits (domain rule: the
-- public reads a copy in schema oeffentlich and has rights on nothing else).
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

DO $$
DECLARE
  rolle text;
BEGIN
  -- Roles belong to the whole server: other databases of it may have made them.
  FOREACH rolle IN ARRAY ARRAY['zielraum_owner', 'zielraum_public', 'zielraum_staff', 'zielraum_write'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = rolle) THEN
      EXECUTE format('CREATE ROLE %I %s', rolle, CASE WHEN rolle = 'zielraum_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
    END IF;
  END LOOP;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT zielraum_owner, zielraum_public, zielraum_staff, zielraum_write TO %I', current_user);
  END IF;
  EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO zielraum_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO zielraum_public, zielraum_staff, zielraum_write', current_database());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO zielraum_owner, zielraum_write', current_database());
END $$;

-- Statistics tell about drafts (row counts, extents): closed to everybody.
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

SET LOCAL ROLE zielraum_owner;

CREATE SCHEMA gemeinde;
COMMENT ON SCHEMA gemeinde IS 'Gemeinde und Ortsteile';
CREATE SCHEMA fnp;
COMMENT ON SCHEMA fnp IS 'Flächennutzungsplan: Pläne, Fassungen, Flächen, Bilanz';
CREATE SCHEMA strategie;
COMMENT ON SCHEMA strategie IS 'Handlungsfelder, Ziele, Maßnahmen und ihr Raumbezug';
CREATE SCHEMA dorferneuerung;
COMMENT ON SCHEMA dorferneuerung IS 'Dorferneuerungs- und Fördergebiete';
CREATE SCHEMA freigabe;
COMMENT ON SCHEMA freigabe IS 'Veröffentlichung: Zustände und Übertragung in das Schema oeffentlich';
CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Wer hat wann was warum geändert: Änderungen, Zeilen, Siegelkette, Zähler';
CREATE SCHEMA oeffentlich;
COMMENT ON SCHEMA oeffentlich IS 'Veröffentlichte Kopie; das Einzige, was zielraum_public lesen darf';

GRANT USAGE ON SCHEMA oeffentlich TO zielraum_public, zielraum_staff, zielraum_write;
GRANT USAGE ON SCHEMA gemeinde, fnp, strategie, dorferneuerung, freigabe, audit TO zielraum_staff, zielraum_write;

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA gemeinde, fnp, strategie, dorferneuerung, freigabe
  GRANT SELECT ON TABLES TO zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA gemeinde, fnp, strategie, dorferneuerung, freigabe
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA gemeinde, fnp, strategie, dorferneuerung, freigabe, audit
  GRANT USAGE ON SEQUENCES TO zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT, INSERT ON TABLES TO zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA oeffentlich GRANT SELECT ON TABLES TO zielraum_public, zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA oeffentlich GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zielraum_write;

RESET ROLE;
