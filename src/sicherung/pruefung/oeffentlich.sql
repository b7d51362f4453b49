-- Every public table against its working table; one finding per kind into zielraum.befunde.
-- Allowed: a public version older than the working one (a draft revision), and a public field
-- that is empty where the working one is not. What is confidential must be empty.
DO $$
DECLARE
  t record; zahl bigint; befunde text[] := '{}'; geprueft int := 0; geheim text;
BEGIN
  FOR t IN
    SELECT k.oid AS original, o.oid AS kopie, k.oid::regclass::text AS name,
      EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = k.oid AND g.tgname = 'sofort' AND g.tgfoid = to_regprocedure('freigabe.sofort()')) AS sofort,
      (SELECT string_agg(format('w.%1$I = o.%1$I', a.attname), ' AND ') FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = o.oid AND i.indisprimary) AS gleich,
      (SELECT string_agg(format('o.%1$I IS NOT NULL AND o.%1$I::text IS DISTINCT FROM w.%1$I::text', a.attname), ' OR ') FROM pg_attribute a
        JOIN pg_attribute b ON b.attrelid = k.oid AND b.attname = a.attname AND NOT b.attisdropped
        WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'seit' AND a.attgenerated = '') AS anders,
      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attname = 'version' AND NOT a.attisdropped)
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attname = 'version' AND NOT a.attisdropped) AS mit_version
    FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
    JOIN pg_class o ON o.relname = k.relname AND o.relnamespace = 'oeffentlich'::regnamespace AND o.relkind IN ('r', 'p')
    WHERE n.nspname IN ('gemeinde', 'fnp', 'strategie', 'dorferneuerung', 'haushalt', 'fachdaten') AND k.relkind IN ('r', 'p')
      AND k.relname !~ '_historie$' ORDER BY 3
  LOOP
    -- An older database, looked at before it is brought to this schema, knows no confidential fields.
    IF t.gleich IS NOT NULL AND to_regclass('freigabe.vertraulich') IS NOT NULL THEN
      EXECUTE 'SELECT string_agg(format(''freigabe.ist_vertraulich(%L, %s, ARRAY[%L])%s'', v.relation, freigabe.schluessel($1, ''w''), v.spalte,
          CASE freigabe.weise($1, v.spalte) WHEN ''leer'' THEN format('' AND o.%I IS NOT NULL'', v.spalte) ELSE '''' END), '' OR '')
        FROM (SELECT DISTINCT relation, spalte FROM freigabe.vertraulich WHERE relation = $2) v WHERE freigabe.weise($1, v.spalte) IS NOT NULL' INTO geheim USING t.original::regclass, t.name;
      IF geheim IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FROM %s o JOIN %s w ON %s WHERE %s', t.kopie::regclass, t.original::regclass, t.gleich, geheim) INTO zahl;
        IF zahl > 0 THEN
          befunde := befunde || format('%s: %s veröffentlichte Zeilen zeigen Vertrauliches', t.name, zahl);
        END IF;
      END IF;
    END IF;
    CONTINUE WHEN t.gleich IS NULL OR NOT (t.sofort OR t.mit_version);
    geprueft := geprueft + 1;
    EXECUTE format('SELECT count(*) FROM %s o WHERE NOT EXISTS (SELECT FROM %s w WHERE %s)', t.kopie::regclass, t.original::regclass, t.gleich) INTO zahl;
    IF zahl > 0 THEN
      befunde := befunde || format('%s: %s veröffentlichte Zeilen ohne Original', t.name, zahl);
    END IF;
    EXECUTE format('SELECT count(*) FROM %s o JOIN %s w ON %s WHERE (%s) AND (%s)', t.kopie::regclass, t.original::regclass, t.gleich, t.anders,
      CASE WHEN t.mit_version THEN 'o.version = w.version' ELSE 'true' END) INTO zahl;
    IF zahl > 0 THEN
      befunde := befunde || format('%s: %s veröffentlichte Zeilen anders als ihr Original', t.name, zahl);
    END IF;
    IF t.mit_version THEN
      EXECUTE format('SELECT count(*) FROM %s o JOIN %s w ON %s WHERE o.version > w.version', t.kopie::regclass, t.original::regclass, t.gleich) INTO zahl;
      IF zahl > 0 THEN
        befunde := befunde || format('%s: %s veröffentlichte Zeilen neuer als ihr Original', t.name, zahl);
      END IF;
    END IF;
    IF t.sofort THEN
      EXECUTE format('SELECT (SELECT count(*) FROM %s) - (SELECT count(*) FROM %s)', t.original::regclass, t.kopie::regclass) INTO zahl;
      IF zahl <> 0 THEN
        befunde := befunde || format('%s: %s Zeilen fehlen in der Veröffentlichung', t.name, zahl);
      END IF;
    END IF;
  END LOOP;
  PERFORM set_config('zielraum.befunde', jsonb_build_object('geprueft', geprueft, 'befunde', to_jsonb(befunde))::text, true);
END $$;
