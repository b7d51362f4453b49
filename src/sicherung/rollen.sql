-- Before the dump: what belongs to the server or to the database itself, and so to no dump.
-- The roles come as setting zielraum.rollen. The rights are those of migrations 0001 and 0030.
DO $$
DECLARE
  r record; m text;
BEGIN
  FOR r IN SELECT * FROM jsonb_to_recordset(current_setting('zielraum.rollen')::jsonb) AS x(name text, anmeldung boolean, mitglied_von text[]) LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
      -- A town's own role gets no way in: its password is not in a backup.
      EXECUTE format('CREATE ROLE %I %s', r.name, CASE WHEN r.anmeldung AND r.name ~ '^zielraum_' THEN 'LOGIN' ELSE 'NOLOGIN' END);
      IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT %I TO %I', r.name, current_user);
      END IF;
    END IF;
  END LOOP;
  FOR r IN SELECT * FROM jsonb_to_recordset(current_setting('zielraum.rollen')::jsonb) AS x(name text, mitglied_von text[]) WHERE name ~ '^zielraum_' LOOP
    FOREACH m IN ARRAY r.mitglied_von LOOP
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = m) AND NOT pg_has_role(r.name, m, 'MEMBER') THEN
        EXECUTE format('GRANT %I TO %I', m, r.name);
      END IF;
    END LOOP;
  END LOOP;
  -- Those a later migration makes are not there yet when an older backup comes in; it gives them their rights itself.
  FOR m IN SELECT rolname FROM pg_roles WHERE rolname IN ('zielraum_owner', 'zielraum_public', 'zielraum_staff', 'zielraum_write', 'zielraum_auth')
      AND NOT pg_has_role(oid, 'MEMBER') LOOP
    EXECUTE format('GRANT %I TO %I', m, current_user);
  END LOOP;
  EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO zielraum_owner', current_database());
  FOR m IN SELECT rolname FROM pg_roles WHERE rolname IN ('zielraum_public', 'zielraum_staff', 'zielraum_write', 'zielraum_auth') LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), m);
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO zielraum_owner, zielraum_write', current_database());
END $$;
