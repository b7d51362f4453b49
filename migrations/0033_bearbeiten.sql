-- Editing by API: answers kept for a repeated POST, one row of any working table read, written and
-- deleted by its key, and what an edit of a draft plan keeps current besides the areas (0013).
SET LOCAL ROLE zielraum_owner;

CREATE TABLE freigabe.idempotenz (
  konto text NOT NULL,
  schluessel text NOT NULL,
  anfrage bytea NOT NULL,
  antwort jsonb,
  am timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (konto, schluessel),
  CONSTRAINT idempotenz_laenge CHECK (length(schluessel) BETWEEN 1 AND 200)
);
CREATE INDEX idempotenz_am ON freigabe.idempotenz (am);
COMMENT ON TABLE freigabe.idempotenz IS 'Beantwortete Anfrage
Eine Anfrage mit Idempotency-Key wird 24 Stunden lang bei Wiederholung gleich beantwortet und nicht noch einmal ausgeführt.';
COMMENT ON COLUMN freigabe.idempotenz.konto IS 'Urheber';
COMMENT ON COLUMN freigabe.idempotenz.schluessel IS 'Schlüssel der Anfrage (Idempotency-Key)';
COMMENT ON COLUMN freigabe.idempotenz.anfrage IS 'SHA-256 der Anfrage';
COMMENT ON COLUMN freigabe.idempotenz.antwort IS 'Antwort';
COMMENT ON COLUMN freigabe.idempotenz.am IS 'Zeitpunkt';
-- Answers hold drafts: nobody but the writer reads them.
REVOKE SELECT ON freigabe.idempotenz FROM zielraum_staff;

-- Takes the key for this transaction: NULL = go on; else the stored row. A second request with the
-- same key waits for the first: its row is there when that one has ended well, else it goes on.
CREATE FUNCTION freigabe.idempotenz_beginne(konto_ text, schluessel_ text, anfrage_ bytea) RETURNS freigabe.idempotenz LANGUAGE plpgsql AS $$
DECLARE
  r freigabe.idempotenz;
BEGIN
  DELETE FROM freigabe.idempotenz WHERE (konto, schluessel) IN (
    SELECT konto, schluessel FROM freigabe.idempotenz WHERE am < clock_timestamp() - interval '24 hours' LIMIT 50 FOR UPDATE SKIP LOCKED);
  DELETE FROM freigabe.idempotenz WHERE konto = konto_ AND schluessel = schluessel_ AND am < clock_timestamp() - interval '24 hours';
  INSERT INTO freigabe.idempotenz (konto, schluessel, anfrage) VALUES (konto_, schluessel_, anfrage_) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO r FROM freigabe.idempotenz WHERE konto = konto_ AND schluessel = schluessel_;
  RETURN r;
END $$;

-- Condition of a key: every named column has the value, NULL included.
CREATE FUNCTION freigabe.wo(schluessel jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(string_agg(CASE WHEN value IS NULL THEN format('t.%I IS NULL', key) ELSE format('t.%I = %L', key, value) END, ' AND '), 'false') FROM jsonb_each_text(schluessel)
$$;

-- Version of a row as clients compare it: its number, or where a table has none its content.
CREATE FUNCTION freigabe.marke_sql(rel regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'version' AND NOT attisdropped)
    THEN 't.version::text' ELSE 'left(md5(t::text), 16)' END
$$;

CREATE FUNCTION freigabe.marke(rel regclass, schluessel jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  ergebnis text;
BEGIN
  EXECUTE format('SELECT %s FROM %s t WHERE %s', freigabe.marke_sql(rel), rel, freigabe.wo(schluessel)) INTO ergebnis;
  RETURN ergebnis;
END $$;
GRANT EXECUTE ON FUNCTION freigabe.wo(jsonb), freigabe.marke_sql(regclass), freigabe.marke(regclass, jsonb) TO zielraum_staff;

-- One row, locked until the transaction ends; geometries stay out (large, and read from the layer).
CREATE FUNCTION freigabe.sperre_zeile(rel regclass, schluessel jsonb) RETURNS TABLE (zeile jsonb, marke text) LANGUAGE plpgsql AS $$
DECLARE
  spalten text;
BEGIN
  SELECT string_agg(quote_literal(attname) || ', t.' || quote_ident(attname), ', ') INTO spalten FROM pg_attribute
    WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND format_type(atttypid, NULL) NOT IN ('geometry', 'public.geometry');
  RETURN QUERY EXECUTE format('SELECT jsonb_build_object(%s), %s FROM %s t WHERE %s FOR NO KEY UPDATE', spalten, freigabe.marke_sql(rel), rel, freigabe.wo(schluessel));
END $$;

-- Rows read by a signed-in person, under their own rights.
CREATE FUNCTION freigabe.zeilen(rel regclass, schluessel jsonb, ab int, anzahl int) RETURNS TABLE (zeile jsonb, marke text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  spalten text; reihe text;
BEGIN
  SELECT string_agg(quote_literal(attname) || ', t.' || quote_ident(attname), ', ') INTO spalten FROM pg_attribute
    WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND format_type(atttypid, NULL) NOT IN ('geometry', 'public.geometry');
  SELECT string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)) INTO reihe
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'kennung') THEN
    reihe := 't.kennung';
  END IF;
  RETURN QUERY EXECUTE format('SELECT jsonb_build_object(%s), %s FROM %s t WHERE %s ORDER BY %s OFFSET %s LIMIT %s', spalten, freigabe.marke_sql(rel), rel,
    CASE schluessel WHEN '{}' THEN 'true' ELSE freigabe.wo(schluessel) END, reihe, ab, anzahl);
END $$;
GRANT EXECUTE ON FUNCTION freigabe.zeilen(regclass, jsonb, int, int) TO zielraum_staff;

-- Changes one row. What is public becomes a draft; the public keeps its copy.
CREATE FUNCTION freigabe.aendere_zeile(rel regclass, schluessel jsonb, werte jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  setze text;
BEGIN
  SELECT string_agg(format('%1$I = r.%1$I', k), ', ') INTO setze FROM jsonb_object_keys(werte) k;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'veroeffentlichung') THEN
    setze := concat_ws(', ', setze, 'veroeffentlichung = CASE t.veroeffentlichung WHEN ''veroeffentlicht'' THEN ''entwurf'' ELSE t.veroeffentlichung END');
  END IF;
  EXECUTE format('UPDATE %1$s t SET %2$s FROM jsonb_populate_record(NULL::%1$s, $1) r WHERE %3$s', rel, setze, freigabe.wo(schluessel)) USING werte;
END $$;

CREATE FUNCTION freigabe.loesche_zeile(rel regclass, schluessel jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %s t WHERE %s', rel, freigabe.wo(schluessel));
END $$;

-- The public has a copy of the row.
CREATE FUNCTION freigabe.ist_oeffentlich(rel regclass, id_ uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  ergebnis boolean := false;
BEGIN
  IF to_regclass('oeffentlich.' || (SELECT quote_ident(relname) FROM pg_class WHERE oid = rel)) IS NOT NULL THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM oeffentlich.%I WHERE id = $1)', (SELECT relname FROM pg_class WHERE oid = rel)) INTO ergebnis USING id_;
  END IF;
  RETURN ergebnis;
END $$;

-- Stored corners near a shape, of this table (and version): a client sends back rounded coordinates,
-- and a corner it did not move, or snapped to, is to stay where it is.
CREATE FUNCTION freigabe.eckpunkte(rel regclass, bereich jsonb, form geometry) RETURNS TABLE (x double precision, y double precision) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT DISTINCT st_x(d.geom), st_y(d.geom) FROM %s t CROSS JOIN LATERAL st_dumppoints(t.geom) d WHERE t.geom && st_expand($1, 1) AND %s AND d.geom && st_expand($1, 1) LIMIT 200000',
    rel, CASE bereich WHEN '{}' THEN 'true' ELSE freigabe.wo(bereich) END) USING form;
END $$;

-- Where content may lie: Gemeinde and Ortsteile, with room for what reaches across the border.
CREATE FUNCTION gemeinde.umgriff() RETURNS geometry LANGUAGE sql STABLE AS $$
  SELECT st_expand(b.e, 2000 + 0.1 * greatest(st_xmax(b.e) - st_xmin(b.e), st_ymax(b.e) - st_ymin(b.e)))
  FROM (SELECT st_setsrid(st_extent(g.geom)::geometry, 25832) AS e FROM (SELECT geom FROM gemeinde.gemeinde WHERE geom IS NOT NULL UNION ALL SELECT geom FROM gemeinde.ortsteil) g) b
$$;

-- ---------------------------------------------------------------------------------------------
-- Overlays, lines and points of a draft: own figures and audit, as areas have since 0013.
CREATE FUNCTION fnp.vor_darstellung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_ARGV[0]
    WHEN 'ueberlagerung' THEN
      NEW.gueltig := st_isvalid(NEW.geom);
      NEW.flaeche_m2 := st_area(NEW.geom);
    WHEN 'linie' THEN NEW.laenge_m := st_length(NEW.geom);
    ELSE NULL;
  END CASE;
  RETURN NEW;
END $$;
CREATE FUNCTION fnp.nach_darstellung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM audit.beruehre('fnp.' || TG_ARGV[0]);
  IF TG_OP = 'DELETE' THEN
    PERFORM audit.vermerke('fnp.' || TG_ARGV[0], concat_ws('/', fassung_id, kennung), 'geloescht', fnp.flaeche_inhalt(nutzung, rechtsstand, name, text, codes, geom)) FROM alt;
  ELSE
    PERFORM audit.vermerke('fnp.' || TG_ARGV[0], concat_ws('/', fassung_id, kennung), CASE TG_OP WHEN 'INSERT' THEN 'neu' ELSE 'geaendert' END,
      fnp.flaeche_inhalt(nutzung, rechtsstand, name, text, codes, geom)) FROM neu;
  END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ueberlagerung', 'linie', 'punkt'] LOOP
    EXECUTE format('CREATE TRIGGER rechne BEFORE INSERT OR UPDATE ON fnp.%1$I FOR EACH ROW EXECUTE FUNCTION fnp.vor_darstellung(%1$L)', t);
    EXECUTE format('CREATE TRIGGER vermerke_neu AFTER INSERT ON fnp.%1$I REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION fnp.nach_darstellung(%1$L)', t);
    EXECUTE format('CREATE TRIGGER vermerke_geaendert AFTER UPDATE ON fnp.%1$I REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION fnp.nach_darstellung(%1$L)', t);
    EXECUTE format('CREATE TRIGGER vermerke_geloescht AFTER DELETE ON fnp.%1$I REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION fnp.nach_darstellung(%1$L)', t);
  END LOOP;
END $$;

-- The version an edit is made in, locked: two edits of neighbours side by side would each compute
-- overlap and gap without the other.
CREATE FUNCTION fnp.sperre_fassung(fid int) RETURNS TABLE (plan text, name text, stand text, aktuell boolean, veroeffentlichung text, ordnung bigint) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM fnp.fassung f WHERE f.id = fid FOR NO KEY UPDATE;
  RETURN QUERY SELECT p.kennung, p.name, f.stand, f.aktuell, p.veroeffentlichung,
      1 + greatest((SELECT coalesce(max(x.ordnung), 0) FROM fnp.flaeche x WHERE x.fassung_id = fid), (SELECT coalesce(max(x.ordnung), 0) FROM fnp.ueberlagerung x WHERE x.fassung_id = fid),
        (SELECT coalesce(max(x.ordnung), 0) FROM fnp.linie x WHERE x.fassung_id = fid), (SELECT coalesce(max(x.ordnung), 0) FROM fnp.punkt x WHERE x.fassung_id = fid))
    FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE f.id = fid;
END $$;

-- Findings of the Flächenschluss around an edited shape: those there are taken out and found anew. A gap
-- may reach beyond the shape, so the window grows until no gap touches its edge (or is 3 km away).
CREATE FUNCTION fnp.befunde_nachfuehren(fid int, form geometry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  lauf uuid;
  bereich geometry := fnp.geltungsbereich(fid);
  saum geometry := st_buffer(st_envelope(form), 0.01);
  weite double precision := 20;
  fenster geometry; decke geometry; luecken geometry; r record; nr_ int;
BEGIN
  SELECT importlauf_id INTO lauf FROM fassung WHERE id = fid;
  IF lauf IS NULL OR form IS NULL OR st_isempty(form) THEN
    RETURN;
  END IF;
  LOOP
    fenster := st_expand(saum, weite);
    IF bereich IS NOT NULL THEN
      SELECT st_union(f.geom) INTO decke FROM flaeche f WHERE f.fassung_id = fid AND f.gueltig AND f.geom && fenster;
      luecken := st_collectionextract(coalesce(st_difference(st_intersection(bereich, fenster), decke), st_intersection(bereich, fenster)), 3);
    END IF;
    EXIT WHEN luecken IS NULL OR weite > 3000
      OR NOT EXISTS (SELECT FROM st_dump(luecken) d WHERE d.geom && saum AND st_area(d.geom) >= 1 AND st_intersects(d.geom, st_exteriorring(fenster)));
    weite := weite * 4;
  END LOOP;
  DELETE FROM import_befund b WHERE b.importlauf_id = lauf AND (
    b.code IN ('flaechenschluss-luecke', 'flaechenschluss-ueberlappung') AND b.geom && fenster
      AND (st_intersects(b.geom, saum) OR EXISTS (SELECT FROM st_dump(luecken) d WHERE d.geom && saum AND st_intersects(d.geom, b.geom)))
    OR b.code IN ('flaechenschluss-luecke-summe', 'flaechenschluss-ueberlappung-summe', 'flaechenschluss-ausserhalb'));
  SELECT coalesce(max(nr), 0) INTO nr_ FROM import_befund WHERE importlauf_id = lauf;
  FOR r IN
    SELECT 'flaechenschluss-luecke' AS code, 'Lücke' AS was, 'neben' AS lage, st_area(d.geom) AS m2, st_pointonsurface(d.geom) AS ort,
      ARRAY(SELECT f.kennung FROM flaeche f WHERE f.fassung_id = fid AND f.geom && st_expand(d.geom, 0.01) ORDER BY st_distance(f.geom, d.geom), f.kennung LIMIT 3) AS wer,
      'Bitte in der Quelle schließen oder als Fläche ohne Darstellung führen.' AS rat
      FROM st_dump(luecken) d WHERE st_area(d.geom) >= 1 AND d.geom && saum
    UNION ALL
    SELECT 'flaechenschluss-ueberlappung', 'Überlappung', 'von', st_area(d.geom), st_pointonsurface(d.geom), ARRAY[a.kennung, b.kennung],
      'Bitte in der Quelle eine der Flächen zurücknehmen.'
      FROM flaeche a JOIN flaeche b ON b.geom && a.geom AND b.fassung_id = fid AND b.gueltig AND b.ordnung > a.ordnung
        CROSS JOIN LATERAL st_dump(st_collectionextract(CASE WHEN st_intersects(a.geom, b.geom) THEN st_intersection(a.geom, b.geom) END, 3)) d
      WHERE a.fassung_id = fid AND a.gueltig AND a.geom && saum AND b.geom && saum AND st_area(d.geom) >= 1 AND st_intersects(st_pointonsurface(d.geom), saum)
    ORDER BY 1, 4 DESC LOOP
    nr_ := nr_ + 1;
    INSERT INTO import_befund (importlauf_id, nr, code, schwere, kennung, text, geom) VALUES (lauf, nr_, r.code, 'warnung', r.wer[1],
      format('%s von %s ha (%s m²) bei %s %s%s. %s', r.was, replace(round(r.m2::numeric / 10000, 4)::text, '.', ','), replace(round(r.m2::numeric, 1)::text, '.', ','),
        round(st_x(r.ort)::numeric, 2), round(st_y(r.ort)::numeric, 2), coalesce(', ' || r.lage || ' ' || nullif(array_to_string(r.wer, ', '), ''), ''), r.rat), r.ort);
  END LOOP;
  -- What the listed places leave over, and what lies outside: from the figures, which are current by now.
  FOR r IN SELECT x.code, x.mehrzahl, x.m2, g.zahl, g.m2 AS genannt FROM pruefung p
      CROSS JOIN LATERAL (VALUES ('flaechenschluss-luecke', 'Lücken', p.luecke_m2), ('flaechenschluss-ueberlappung', 'Überlappungen', p.ueberlappung_m2)) x (code, mehrzahl, m2)
      CROSS JOIN LATERAL (SELECT count(*) AS zahl, coalesce(sum(replace((regexp_match(b.text, '\(([0-9.,]+) m²\)'))[1], ',', '.')::double precision), 0) AS m2
        FROM import_befund b WHERE b.importlauf_id = lauf AND b.code = x.code AND b.text ~ '\([0-9]+,[0-9] m²\)') g
      WHERE p.fassung_id = fid AND p.ortsteil_id = -1 AND x.m2 - g.m2 > 1 + 0.1 * g.zahl LOOP
    nr_ := nr_ + 1;
    INSERT INTO import_befund (importlauf_id, nr, code, schwere, text) VALUES (lauf, nr_, r.code || '-summe', 'warnung',
      format('Alle %s zusammen: %s ha; einzeln genannt sind %s mit %s ha.', r.mehrzahl, replace(round(r.m2::numeric / 10000, 4)::text, '.', ','), r.zahl, replace(round(r.genannt::numeric / 10000, 4)::text, '.', ',')));
  END LOOP;
  FOR r IN SELECT p.ausserhalb_m2 AS m2 FROM pruefung p WHERE p.fassung_id = fid AND p.ortsteil_id = -1 AND p.ausserhalb_m2 > 1 LOOP
    nr_ := nr_ + 1;
    INSERT INTO import_befund (importlauf_id, nr, code, schwere, text) VALUES (lauf, nr_, 'flaechenschluss-ausserhalb', 'warnung',
      format('%s ha der Flächen liegen außerhalb des Geltungsbereichs und zählen nicht zur Bilanz. Bitte die Flächen darauf zuschneiden oder den Geltungsbereich berichtigen.', replace(round(r.m2::numeric / 10000, 4)::text, '.', ',')));
  END LOOP;
  PERFORM fnp.beruehre('import_befund');
END $$;

-- After the trigger of 0013 (names decide the order): the figures it moved are read here. Working world only:
-- the public keeps the findings of what was published.
CREATE FUNCTION fnp.zeige_befunde() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
DECLARE
  r record;
BEGIN
  FOR r IN EXECUTE CASE TG_OP
      WHEN 'INSERT' THEN 'SELECT fassung_id, st_collect(geom) AS form FROM neu GROUP BY 1'
      WHEN 'DELETE' THEN 'SELECT fassung_id, st_collect(geom) AS form FROM alt GROUP BY 1'
      ELSE 'SELECT n.fassung_id, st_collect(st_collect(a.geom, n.geom)) AS form FROM alt a JOIN neu n USING (fassung_id, ordnung) WHERE a.geom IS DISTINCT FROM n.geom OR a.gueltig <> n.gueltig GROUP BY 1' END LOOP
    PERFORM fnp.befunde_nachfuehren(r.fassung_id, r.form);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER zeige_befunde_neu AFTER INSERT ON fnp.flaeche REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION fnp.zeige_befunde();
CREATE TRIGGER zeige_befunde_geaendert AFTER UPDATE ON fnp.flaeche REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION fnp.zeige_befunde();
CREATE TRIGGER zeige_befunde_geloescht AFTER DELETE ON fnp.flaeche REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION fnp.zeige_befunde();
RESET ROLE;
