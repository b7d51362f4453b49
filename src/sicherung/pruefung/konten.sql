-- Who but zielraum_auth was let into the schema of accounts, sessions and tokens. Superusers and the
-- owner need no grant, so they do not stand here; a role of the town that has one does.
WITH konten AS (
  SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = 'auth' AND pg_get_userbyid(nspowner) = 'zielraum_owner'
), erlaubt AS (
  SELECT 'Schema ' || k.nspname AS was, a.grantee, k.nspowner AS eigner FROM konten k CROSS JOIN LATERAL aclexplode(k.nspacl) a
  UNION
  SELECT t.oid::regclass::text, a.grantee, t.relowner FROM pg_class t JOIN konten k ON k.oid = t.relnamespace CROSS JOIN LATERAL aclexplode(t.relacl) a WHERE t.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION
  SELECT t.oid::regclass::text, a.grantee, t.relowner FROM pg_class t JOIN konten k ON k.oid = t.relnamespace JOIN pg_attribute s ON s.attrelid = t.oid CROSS JOIN LATERAL aclexplode(s.attacl) a
)
SELECT was || ' für ' || CASE grantee WHEN 0 THEN 'alle' ELSE pg_get_userbyid(grantee)::text END FROM erlaubt
  WHERE grantee <> eigner AND (grantee = 0 OR pg_get_userbyid(grantee) <> 'zielraum_auth')
UNION ALL
SELECT 'Rolle zielraum_auth für ' || r.rolname FROM pg_roles r JOIN pg_roles a ON a.rolname = 'zielraum_auth'
  WHERE r.rolname IN ('zielraum_public', 'zielraum_staff', 'zielraum_write') AND pg_has_role(r.oid, a.oid, 'MEMBER')
UNION ALL
SELECT 'Superuser zielraum_auth' FROM pg_roles WHERE rolname = 'zielraum_auth' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
ORDER BY 1
