-- Publishing and withdrawing a plan: its content goes by whole partitions.
-- The service may drop nothing: a definer function of the owner, for the public world alone. The lock is
-- waited for shortly and asked for again: readers of other plans must not queue behind it.
CREATE OR REPLACE FUNCTION freigabe.fassung_entfernen(nummer int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
    CONTINUE WHEN to_regclass(format('oeffentlich.%I', t || '_f' || nummer)) IS NULL;
    FOR versuch IN 1 .. 5 LOOP
      BEGIN
        EXECUTE format('ALTER TABLE oeffentlich.%I DETACH PARTITION oeffentlich.%I', t, t || '_f' || nummer);
        EXIT;
      EXCEPTION WHEN lock_not_available THEN
        IF versuch = 5 THEN
          RAISE;
        END IF;
        PERFORM pg_sleep(0.2 * versuch);
      END;
    END LOOP;
    EXECUTE format('DROP TABLE oeffentlich.%I', t || '_f' || nummer);
  END LOOP;
END $$;

-- As in 0012; besides, content that was edited since is copied anew.
CREATE OR REPLACE FUNCTION freigabe.veroeffentliche_fassung(fid int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan fnp.plan; lauf uuid; t text;
BEGIN
  SELECT p.* INTO STRICT plan FROM fnp.plan p JOIN fnp.fassung f ON f.plan_id = p.id WHERE f.id = fid;
  PERFORM freigabe.setze_zustand('plan', ARRAY[plan.id], 'veroeffentlicht');
  SELECT p.* INTO plan FROM fnp.plan p WHERE p.id = plan.id;
  SELECT importlauf_id INTO lauf FROM fnp.fassung WHERE id = fid;
  PERFORM freigabe.uebertrage('fnp.plan', format('id = %L', plan.id), 'false');
  PERFORM freigabe.uebertrage('fnp.plan_gemeinde', format('plan_id = %L', plan.id), format('plan_id = %L', plan.id));
  UPDATE oeffentlich.fassung SET aktuell = false WHERE plan_id = plan.id AND id <> fid AND aktuell;
  PERFORM freigabe.uebertrage('fnp.fassung', format('plan_id = %L AND (id = %s OR id IN (SELECT id FROM oeffentlich.fassung))', plan.id, fid), 'false');
  IF EXISTS (SELECT FROM freigabe.fassung_geaendert g WHERE g.fassung_id = fid) THEN
    PERFORM freigabe.fassung_entfernen(fid);
    DELETE FROM freigabe.fassung_geaendert g WHERE g.fassung_id = fid;
    -- Derive again what lies on its areas.
    PERFORM set_config('zielraum.neue_oeffentlich', concat_ws(',', nullif(current_setting('zielraum.neue_oeffentlich', true), ''), fid), true);
  END IF;
  IF to_regclass('oeffentlich.flaeche_f' || fid) IS NULL THEN
    PERFORM fnp.fassung_anlegen('oeffentlich', fid);
    FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
      EXECUTE (SELECT format('INSERT INTO oeffentlich.%I (%s) SELECT %s FROM fnp.%I WHERE fassung_id = $1', t || '_f' || fid, s, s, t)
        FROM (SELECT string_agg(quote_ident(spalte), ', ') AS s FROM freigabe.spalten(('fnp.' || t)::regclass)) x) USING fid;
      PERFORM audit.beruehre('oeffentlich.' || t);
    END LOOP;
    PERFORM fnp.fassung_anhaengen('oeffentlich', fid);
  END IF;
  PERFORM freigabe.uebertrage('fnp.pruefung', format('fassung_id = %s', fid), format('fassung_id = %s', fid));
  PERFORM freigabe.uebertrage_import(lauf);
  PERFORM freigabe.vermerke('plan', 'fassung', plan.id, plan.kennung || '@' || (SELECT f.nummer FROM fnp.fassung f WHERE f.id = fid), plan.version);
  PERFORM freigabe.merke_gleichstand('plan', ARRAY[plan.id]);
  PERFORM freigabe.schliesse_antraege('plan', ARRAY[plan.id]);
  PERFORM freigabe.wartende();
  PERFORM oeffentlich.leite_nach_import();
END $$;

-- A plan in force replaced another: of that one the public learns the new state, nothing of a draft on top.
CREATE OR REPLACE FUNCTION freigabe.plan_nachfuehren(pid uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  gleich boolean;
BEGIN
  UPDATE oeffentlich.plan o SET stand = p.stand FROM fnp.plan p WHERE o.id = pid AND p.id = pid;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE oeffentlich.fassung o SET stand = f.stand, gueltig = f.gueltig FROM fnp.fassung f
    WHERE f.id = o.id AND o.plan_id = pid AND (o.stand, o.gueltig) IS DISTINCT FROM (f.stand, f.gueltig);
  EXECUTE format('SELECT NOT EXISTS ((SELECT %1$s FROM fnp.plan WHERE id = $1) EXCEPT (SELECT %1$s FROM oeffentlich.plan WHERE id = $1))
    AND EXISTS (SELECT FROM oeffentlich.fassung o JOIN fnp.fassung f USING (id) WHERE f.plan_id = $1 AND f.aktuell AND o.aktuell)
    AND NOT EXISTS (SELECT FROM freigabe.fassung_geaendert g JOIN fnp.fassung f ON f.id = g.fassung_id WHERE f.plan_id = $1)',
    (SELECT string_agg(quote_ident(spalte), ', ') FROM freigabe.spalten('fnp.plan') WHERE spalte NOT IN ('version', 'seit'))) INTO gleich USING pid;
  -- The new state alone is no draft.
  IF gleich THEN
    PERFORM freigabe.setze_zustand('plan', ARRAY[pid], 'veroeffentlicht');
    PERFORM freigabe.merke_gleichstand('plan', ARRAY[pid]);
  END IF;
END $$;

-- As in 0010; the delivery is the release, and says which version the copy equals.
CREATE OR REPLACE FUNCTION freigabe.fachdaten_nachfuehren(art_ text, quelle_ text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  hier text := format('art = %L AND quelle = %L', art_, quelle_);
  zahl bigint;
BEGIN
  PERFORM freigabe.uebertrage('fachdaten.fachobjekt', hier || ' AND veroeffentlichung = ''veroeffentlicht''', hier);
  DELETE FROM oeffentlich.fachobjekt_historie h WHERE h.art = art_ AND h.quelle = quelle_
    AND NOT EXISTS (SELECT FROM fachdaten.fachobjekt f WHERE f.art = art_ AND f.quelle = quelle_ AND f.veroeffentlichung = 'veroeffentlicht');
  DELETE FROM freigabe.gleichstand g WHERE g.art = 'fachobjekt' AND NOT EXISTS (SELECT FROM oeffentlich.fachobjekt o WHERE o.id = g.id);
  PERFORM freigabe.merke_gleichstand('fachobjekt', (SELECT coalesce(array_agg(f.id), '{}') FROM fachdaten.fachobjekt f WHERE f.art = art_ AND f.quelle = quelle_ AND f.veroeffentlichung = 'veroeffentlicht'));
  SELECT count(*) INTO zahl FROM oeffentlich.fachobjekt o WHERE o.art = art_ AND o.quelle = quelle_;
  PERFORM freigabe.sperre();
  PERFORM audit.vermerke('oeffentlich.fachobjekt', art_ || '/' || quelle_, 'freigabe', jsonb_build_object('anzahl', zahl, 'vier_augen', false, 'weg', 'Kommandozeile'));
END $$;

-- One Fassung leaves the public world. The newest that stays, if any, is the current one again.
CREATE OR REPLACE FUNCTION freigabe.ziehe_fassung_zurueck(fid int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  pid uuid; lauf uuid; bleibt int; t text;
BEGIN
  SELECT o.plan_id, o.importlauf_id INTO pid, lauf FROM oeffentlich.fassung o WHERE o.id = fid;
  IF pid IS NULL THEN
    RETURN;
  END IF;
  SELECT o.id INTO bleibt FROM oeffentlich.fassung o WHERE o.plan_id = pid AND o.id <> fid ORDER BY o.nummer DESC LIMIT 1;
  -- Links to its areas wait again; their anchors and what the history said of them go too.
  DELETE FROM oeffentlich.raumbezug r USING oeffentlich.verweis v WHERE v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung AND (v.fassung_id = fid OR v.entfallen_in = fid);
  DELETE FROM oeffentlich.raumbezug_historie h WHERE h.plan_id = pid;
  DELETE FROM oeffentlich.verweis v WHERE v.fassung_id = fid OR v.entfallen_in = fid;
  DELETE FROM oeffentlich.verweis_historie h WHERE h.plan_id = pid;
  DELETE FROM oeffentlich.pruefung x WHERE x.fassung_id = fid;
  DELETE FROM oeffentlich.import_vergleich x WHERE x.importlauf_id = lauf OR x.vorgaenger_id = fid;
  DELETE FROM oeffentlich.import_befund x WHERE x.importlauf_id = lauf;
  DELETE FROM oeffentlich.fassung x WHERE x.id = fid;
  DELETE FROM oeffentlich.fassung_historie h WHERE h.id = fid;
  DELETE FROM oeffentlich.importlauf x WHERE x.id = lauf;
  PERFORM freigabe.fassung_entfernen(fid);
  DELETE FROM freigabe.fassung_geaendert g WHERE g.fassung_id = fid;
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil', 'pruefung', 'importlauf', 'import_befund', 'import_vergleich'] LOOP
    PERFORM audit.beruehre('oeffentlich.' || t);
  END LOOP;
  IF bleibt IS NOT NULL THEN
    UPDATE oeffentlich.fassung x SET aktuell = true WHERE x.id = bleibt AND NOT x.aktuell;
    PERFORM oeffentlich.leite_nach_import();
    PERFORM freigabe.wartende();
  END IF;
  PERFORM audit.vermerke('oeffentlich.fassung', (SELECT p.kennung || '@' || f.nummer FROM fnp.fassung f JOIN fnp.plan p ON p.id = f.plan_id WHERE f.id = fid), 'ruecknahme', '{}');
END $$;

CREATE OR REPLACE FUNCTION freigabe.ziehe_plan_zurueck(pid uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  f int; g record;
BEGIN
  FOR f IN SELECT o.id FROM oeffentlich.fassung o WHERE o.plan_id = pid ORDER BY o.aktuell, o.nummer LOOP
    PERFORM freigabe.ziehe_fassung_zurueck(f);
  END LOOP;
  DELETE FROM oeffentlich.beschluss_bezug b WHERE b.plan_id = pid;
  DELETE FROM oeffentlich.beschluss_bezug_historie b WHERE b.plan_id = pid;
  DELETE FROM oeffentlich.plan_gemeinde x WHERE x.plan_id = pid;
  DELETE FROM oeffentlich.plan_gemeinde_historie h WHERE h.plan_id = pid;
  DELETE FROM oeffentlich.plan x WHERE x.id = pid;
  DELETE FROM oeffentlich.plan_historie h WHERE h.id = pid;
  -- A Gemeinde that was public only because this plan named it.
  FOR g IN SELECT x.id FROM oeffentlich.gemeinde x WHERE x.geom IS NULL AND NOT EXISTS (SELECT FROM oeffentlich.plan p WHERE p.gemeinde_id = x.id)
      AND NOT EXISTS (SELECT FROM oeffentlich.plan_gemeinde p WHERE p.gemeinde_id = x.id) AND NOT EXISTS (SELECT FROM oeffentlich.ortsteil o WHERE o.gemeinde_id = x.id)
      AND NOT EXISTS (SELECT FROM oeffentlich.strategie s WHERE s.gemeinde_id = x.id) LOOP
    DELETE FROM oeffentlich.gemeinde x WHERE x.id = g.id;
    DELETE FROM oeffentlich.gemeinde_historie h WHERE h.id = g.id;
  END LOOP;
END $$;
