-- What zielraum_public may do outside schema oeffentlich, and what makes it more than itself.
-- A schema of ours is one that zielraum_owner owns; a town may open its own tables.
WITH unser AS (
  SELECT oid, nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'zielraum_owner' AND nspname <> 'oeffentlich'
)
SELECT 'Schema ' || nspname FROM unser WHERE has_schema_privilege('zielraum_public', oid, 'USAGE, CREATE')
UNION ALL
SELECT k.oid::regclass::text FROM pg_class k JOIN unser u ON u.oid = k.relnamespace
  WHERE CASE WHEN k.relkind = 'S' THEN has_sequence_privilege('zielraum_public', k.oid, 'USAGE, SELECT, UPDATE')
    WHEN k.relkind IN ('r', 'p', 'v', 'm', 'f') THEN has_any_column_privilege('zielraum_public', k.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
      OR has_table_privilege('zielraum_public', k.oid, 'DELETE, TRUNCATE, TRIGGER') END
UNION ALL
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN unser u ON u.oid = p.pronamespace WHERE has_function_privilege('zielraum_public', p.oid, 'EXECUTE')
UNION ALL
SELECT k.oid::regclass::text || ' (schreiben)' FROM pg_class k WHERE k.relnamespace = 'oeffentlich'::regnamespace AND k.relkind IN ('r', 'p', 'v')
  AND (has_any_column_privilege('zielraum_public', k.oid, 'INSERT, UPDATE') OR has_table_privilege('zielraum_public', k.oid, 'DELETE, TRUNCATE, TRIGGER'))
UNION ALL
SELECT 'Schema oeffentlich (anlegen)' WHERE has_schema_privilege('zielraum_public', 'oeffentlich', 'CREATE')
UNION ALL
SELECT 'Sicht ' || oid::regclass || ' ohne security_invoker' FROM pg_class WHERE relkind = 'v' AND relnamespace = 'oeffentlich'::regnamespace
  AND pg_get_userbyid(relowner) = 'zielraum_owner' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
UNION ALL
SELECT 'zeitweilige Tabellen' WHERE has_database_privilege('zielraum_public', current_database(), 'TEMPORARY')
UNION ALL
SELECT 'Rolle ' || rolname FROM pg_roles WHERE rolname <> 'zielraum_public' AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = 'zielraum_public')
  AND pg_has_role('zielraum_public', oid, 'MEMBER')
UNION ALL
SELECT 'Superuser' FROM pg_roles WHERE rolname = 'zielraum_public' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
