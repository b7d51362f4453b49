-- What zielraum_public may do outside its schemas, and what makes it more than itself. Its schemas:
-- the public copy and the past of this copy. Their views read with the rights of the reader; one
-- without security_invoker, or a function with its owner's rights, would be a hole in the wall.
-- A schema of ours is one that zielraum_owner owns; a town may open its own tables.
WITH unser AS (
  SELECT oid, nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = 'zielraum_owner' AND nspname NOT IN ('oeffentlich', 'oeffentlich_damals')
), oeffentlich AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('oeffentlich', 'oeffentlich_damals')
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
SELECT k.oid::regclass::text || ' (schreiben)' FROM pg_class k JOIN oeffentlich o ON o.oid = k.relnamespace WHERE k.relkind IN ('r', 'p', 'v')
  AND (has_any_column_privilege('zielraum_public', k.oid, 'INSERT, UPDATE') OR has_table_privilege('zielraum_public', k.oid, 'DELETE, TRUNCATE, TRIGGER'))
UNION ALL
SELECT 'Schema ' || nspname || ' (anlegen)' FROM oeffentlich WHERE has_schema_privilege('zielraum_public', oid, 'CREATE')
UNION ALL
SELECT 'Sicht ' || k.oid::regclass || ' ohne security_invoker' FROM pg_class k JOIN oeffentlich o ON o.oid = k.relnamespace WHERE k.relkind = 'v'
  AND pg_get_userbyid(relowner) = 'zielraum_owner' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
UNION ALL
SELECT p.oid::regprocedure::text || ' (SECURITY DEFINER)' FROM pg_proc p JOIN oeffentlich o ON o.oid = p.pronamespace WHERE p.prosecdef AND has_function_privilege('zielraum_public', p.oid, 'EXECUTE')
UNION ALL
SELECT 'zeitweilige Tabellen' WHERE has_database_privilege('zielraum_public', current_database(), 'TEMPORARY')
UNION ALL
SELECT 'Rolle ' || rolname FROM pg_roles WHERE rolname <> 'zielraum_public' AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = 'zielraum_public')
  AND pg_has_role('zielraum_public', oid, 'MEMBER')
UNION ALL
SELECT 'Superuser' FROM pg_roles WHERE rolname = 'zielraum_public' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
