-- What a new delivery does to the one before: the comparison, links whose area is gone
-- ("zu prüfen"), the protocol in public.
--
-- The state of a link stands on its anchor (fnp.verweis.entfallen_in): several measures share
-- an anchor, and the anchor alone knows the plan. Successors are looked up by overlap when
-- asked for (view verweis_pruefen), so they are those of the newest version in either world.
SET LOCAL ROLE zielraum_owner;

-- The protocol without its author and without names of measures, which may be drafts.
ALTER TABLE fnp.importlauf ADD COLUMN bericht jsonb GENERATED ALWAYS AS (protokoll - '{vergleich,befunde}'::text[]) STORED;
COMMENT ON COLUMN fnp.importlauf.bericht IS 'Bericht
Das Protokoll ohne Befunde und Vergleich, die eigene Tabellen haben; so wird es veröffentlicht.';

CREATE TABLE fnp.import_vergleich (
  importlauf_id uuid PRIMARY KEY REFERENCES fnp.importlauf,
  vorgaenger_id int NOT NULL REFERENCES fnp.fassung,
  vergleich jsonb NOT NULL
);
COMMENT ON TABLE fnp.import_vergleich IS 'Vergleich mit der vorigen Lieferung
Öffentlich nur, wenn beide Fassungen es sind; Verknüpfungen stehen nicht darin.';
COMMENT ON COLUMN fnp.import_vergleich.importlauf_id IS 'Import';
COMMENT ON COLUMN fnp.import_vergleich.vorgaenger_id IS 'Verglichen mit Fassung';
COMMENT ON COLUMN fnp.import_vergleich.vergleich IS 'Vergleich';

CREATE TABLE fnp.befund_art (
  code text PRIMARY KEY,
  titel text NOT NULL,
  rat text NOT NULL
);
COMMENT ON TABLE fnp.befund_art IS 'Art eines Befunds';
COMMENT ON COLUMN fnp.befund_art.code IS 'Code';
COMMENT ON COLUMN fnp.befund_art.titel IS 'Bezeichnung';
COMMENT ON COLUMN fnp.befund_art.rat IS 'Rat';
INSERT INTO fnp.befund_art VALUES
  ('achsen-vertauscht', 'Achsen vertauscht', 'Die Koordinaten wurden getauscht gelesen. Bitte die Achsenfolge im Export der Quelle berichtigen.'),
  ('ags-form', 'Gemeindeschlüssel unvollständig', 'Bitte im Plan den achtstelligen amtlichen Gemeindeschlüssel eintragen.'),
  ('anderer-plan', 'Plan anderer Art', 'Nur der Flächennutzungsplan wird übernommen; andere Pläne bitte gesondert führen.'),
  ('art-fehlt', 'Art der Nutzung fehlt', 'Bitte in der Quelle die Art der baulichen Nutzung angeben.'),
  ('art-widerspruch', 'Arten der Nutzung widersprechen sich', 'Bitte in der Quelle allgemeine und besondere Art der Nutzung abgleichen.'),
  ('ausserhalb-gemeinde', 'Außerhalb der Gemeinde', 'Bitte Lage und Bezugssystem prüfen.'),
  ('code-unbekannt', 'Code unbekannt', 'Bitte in der Quelle einen Code der XPlanung-Codeliste verwenden.'),
  ('crs-umgerechnet', 'Umgerechnet', 'Nichts zu tun; die Koordinaten wurden nach EPSG:25832 umgerechnet.'),
  ('flaechenschluss-ausserhalb', 'Außerhalb des Geltungsbereichs', 'Bitte die Flächen auf den Geltungsbereich zuschneiden oder diesen berichtigen.'),
  ('flaechenschluss-ebene', 'Flächenschluss auf falscher Ebene', 'Bitte in der Quelle die Ebene auf 0 setzen oder den Flächenschluss aufheben.'),
  ('flaechenschluss-fehlt', 'Nicht im Flächenschluss', 'Bitte in der Quelle flaechenschluss auf true setzen.'),
  ('flaechenschluss-luecke', 'Lücke', 'Bitte in der Quelle schließen oder als Fläche ohne Darstellung führen.'),
  ('flaechenschluss-luecke-summe', 'Lücken zusammen', 'Bitte die Lücken in der Quelle schließen.'),
  ('flaechenschluss-ueberlagerung', 'Überlagerung im Flächenschluss', 'Bitte in der Quelle prüfen, ob die Fläche zum Flächenschluss gehört.'),
  ('flaechenschluss-ueberlappung', 'Überlappung', 'Bitte in der Quelle eine der Flächen zurücknehmen.'),
  ('flaechenschluss-ueberlappung-summe', 'Überlappungen zusammen', 'Bitte die Überlappungen in der Quelle beseitigen.'),
  ('fremder-bereich', 'Bereich eines anderen Plans', 'Bitte in der Quelle den Bereich zuordnen.'),
  ('geltungsbereich-fehlt', 'Geltungsbereich fehlt', 'Bitte in der Quelle den räumlichen Geltungsbereich angeben.'),
  ('geltungsbereich-gemeinde', 'Geltungsbereich weicht von der Gemeinde ab', 'Bitte prüfen, ob Plan und Gemeindegrenze zusammengehören.'),
  ('geltungsbereich-unlesbar', 'Geltungsbereich unlesbar', 'Bitte in der Quelle berichtigen.'),
  ('gemeinde-fremd', 'Plan einer anderen Gemeinde', 'Bitte prüfen, ob es die richtige Datei ist, und den Gemeindeschlüssel im Plan berichtigen.'),
  ('geometrie-doppelt', 'Geometrie doppelt', 'Bitte in der Quelle eines der Objekte löschen.'),
  ('geometrie-repariert', 'Geometrie repariert', 'Bitte Fläche vorher und nachher vergleichen und die Quelle berichtigen.'),
  ('geometrie-ungueltig', 'Geometrie ungültig', 'Bitte in der Quelle berichtigen oder mit --reparieren einlesen.'),
  ('geometrie-unlesbar', 'Geometrie unlesbar', 'Bitte in der Quelle berichtigen; das Objekt fehlt.'),
  ('gml-id-doppelt', 'gml:id doppelt', 'Bitte in der Quelle eindeutige gml:id vergeben.'),
  ('kennung-doppelt', 'Kennung doppelt', 'Bitte in der Quelle eindeutige gml:id vergeben.'),
  ('klasse-unbekannt', 'Objektart unbekannt', 'Bitte Klasse und Version der Datei prüfen.'),
  ('kurve-unterbrochen', 'Kurve unterbrochen', 'Bitte die Geometrie in der Quelle berichtigen.'),
  ('lage-ausserhalb', 'Lage außerhalb des Erwarteten', 'Bitte Bezugssystem und Zone prüfen.'),
  ('ohne-flaechen', 'Ohne Flächen', 'Nichts zu tun, wenn der Plan nur teilweise als Vektor vorliegt.'),
  ('ohne-geometrie', 'Ohne Geometrie', 'Bitte in der Quelle ergänzen; das Objekt fehlt.'),
  ('ohne-objekte', 'Ohne Objekte', 'Nichts zu tun, wenn der Plan nur teilweise als Vektor vorliegt.'),
  ('ring-offen', 'Ring nicht geschlossen', 'Bitte die Geometrie in der Quelle berichtigen.'),
  ('srsname-fehlt', 'Bezugssystem fehlt', 'Bitte in der Quelle srsName angeben.'),
  ('verknuepfung-wieder-da', 'Verknüpfte Fläche wieder da', 'Nichts zu tun.'),
  ('verknuepfung-zu-pruefen', 'Verknüpfte Fläche entfallen', 'Bitte die Maßnahme mit einer der vorgeschlagenen Flächen verknüpfen.'),
  ('wert-unlesbar', 'Wert unlesbar', 'Bitte den Wert in der Quelle berichtigen.');

-- Anchors follow the newest version of their plan in the world of the caller. An area that comes
-- back takes its links back; one that is gone keeps the last shape and says since when.
CREATE FUNCTION fnp.leite_verweise() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT fa.id, fa.plan_id FROM fassung fa WHERE fa.aktuell AND EXISTS (SELECT FROM verweis v WHERE v.plan_id = fa.plan_id) LOOP
    UPDATE verweis v SET fassung_id = r.id, nutzung = f.nutzung, flaeche_m2 = f.flaeche_m2, geom = f.geom, entfallen_in = NULL
      FROM flaeche f WHERE f.fassung_id = r.id AND v.plan_id = r.plan_id AND f.kennung = v.kennung
        AND (v.fassung_id <> r.id OR v.entfallen_in IS NOT NULL);
    UPDATE verweis v SET entfallen_in = r.id WHERE v.plan_id = r.plan_id AND v.fassung_id <> r.id AND v.entfallen_in IS NULL;
  END LOOP;
END $$;
COMMENT ON FUNCTION fnp.leite_verweise IS 'Führt die Anker von Verknüpfungen der neuesten Fassung nach';

CREATE OR REPLACE FUNCTION strategie.leite_nach_import() RETURNS void LANGUAGE sql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
  SELECT fnp.leite_verweise();
  SELECT strategie.leite_massnahme_flaeche(NULL)
$$;
CREATE OR REPLACE FUNCTION oeffentlich.leite_nach_import() RETURNS void LANGUAGE sql SET search_path = oeffentlich, public, pg_temp AS $$
  SELECT fnp.leite_verweise();
  SELECT strategie.leite_massnahme_flaeche(NULL)
$$;

-- Who wrote it and what it says of drafts stay inside.
SELECT freigabe.spiegle('fnp.importlauf', '{akteur,protokoll}'), freigabe.spiegle('fnp.import_vergleich'), freigabe.spiegle('fnp.befund_art');
SELECT freigabe.uebertrage('fnp.befund_art', 'true', 'true');
CREATE TRIGGER sofort AFTER INSERT OR UPDATE OR DELETE ON fnp.befund_art FOR EACH STATEMENT EXECUTE FUNCTION freigabe.sofort();

-- Findings about links name measures, which may be drafts.
CREATE FUNCTION freigabe.uebertrage_import(lauf uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.uebertrage('fnp.importlauf', format('id = %L', lauf), format('id = %L', lauf));
  PERFORM freigabe.uebertrage('fnp.import_befund', format('importlauf_id = %L AND NOT starts_with(code, ''verknuepfung-'')', lauf), format('importlauf_id = %L', lauf));
  PERFORM freigabe.uebertrage('fnp.import_vergleich', format('importlauf_id = %L AND vorgaenger_id IN (SELECT id FROM oeffentlich.fassung)', lauf), format('importlauf_id = %L', lauf));
  PERFORM audit.beruehre('oeffentlich.importlauf'), audit.beruehre('oeffentlich.import_befund'), audit.beruehre('oeffentlich.import_vergleich');
END $$;

-- As in 0007, with the import as a whole.
CREATE OR REPLACE FUNCTION freigabe.veroeffentliche_fassung(fid int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan fnp.plan;
  lauf uuid;
  t text;
BEGIN
  UPDATE fnp.plan p SET veroeffentlichung = 'veroeffentlicht' FROM fnp.fassung f WHERE f.id = fid AND p.id = f.plan_id AND p.veroeffentlichung <> 'veroeffentlicht';
  SELECT p.* INTO STRICT plan FROM fnp.plan p JOIN fnp.fassung f ON f.plan_id = p.id WHERE f.id = fid;
  SELECT importlauf_id INTO lauf FROM fnp.fassung WHERE id = fid;
  PERFORM freigabe.uebertrage('fnp.plan', format('id = %L', plan.id), 'false');
  PERFORM freigabe.uebertrage('fnp.plan_gemeinde', format('plan_id = %L', plan.id), format('plan_id = %L', plan.id));
  UPDATE oeffentlich.fassung SET aktuell = false WHERE plan_id = plan.id AND id <> fid AND aktuell;
  PERFORM freigabe.uebertrage('fnp.fassung', format('plan_id = %L AND (id = %s OR id IN (SELECT id FROM oeffentlich.fassung))', plan.id, fid), 'false');
  IF to_regclass('oeffentlich.flaeche_f' || fid) IS NULL THEN
    PERFORM fnp.fassung_anlegen('oeffentlich', fid);
    FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
      EXECUTE (SELECT format('INSERT INTO oeffentlich.%I (%s) SELECT %s FROM fnp.%I WHERE fassung_id = $1', t || '_f' || fid, s, s, t)
        FROM (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS s FROM pg_attribute
              WHERE attrelid = ('oeffentlich.' || t)::regclass AND attnum > 0 AND NOT attisdropped) x) USING fid;
      PERFORM audit.beruehre('oeffentlich.' || t);
    END LOOP;
    PERFORM fnp.fassung_anhaengen('oeffentlich', fid);
  END IF;
  PERFORM freigabe.uebertrage('fnp.pruefung', format('fassung_id = %s', fid), format('fassung_id = %s', fid));
  PERFORM freigabe.uebertrage_import(lauf);
  PERFORM freigabe.vermerke('fassung', plan.kennung || '@' || (SELECT f.nummer FROM fnp.fassung f WHERE f.id = fid), plan.version);
  PERFORM freigabe.wartende();
  PERFORM oeffentlich.leite_nach_import();
END $$;

-- As in 0007; besides, a link whose area is gone is public with the last shape the public knew.
CREATE OR REPLACE FUNCTION freigabe.uebertrage_massnahmenteile(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.uebertrage('strategie.ziel_massnahme',
    format('massnahme_id = ANY (%L::uuid[]) AND ziel_id IN (SELECT id FROM oeffentlich.ziel)', ids), format('massnahme_id = ANY (%L::uuid[])', ids));
  -- The public anchor is made from the public plan: the working one may show a newer draft.
  INSERT INTO oeffentlich.verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom, entfallen_in, seit)
    SELECT DISTINCT ON (fa.plan_id, f.kennung) fa.plan_id, f.kennung, fa.id, f.nutzung, f.flaeche_m2, f.geom, CASE WHEN NOT fa.aktuell THEN jetzt.id END, clock_timestamp()
    FROM strategie.raumbezug r
    JOIN oeffentlich.fassung fa ON fa.plan_id = r.plan_id
    JOIN oeffentlich.flaeche f ON f.fassung_id = fa.id AND f.kennung = r.flaeche_kennung
    LEFT JOIN oeffentlich.fassung jetzt ON jetzt.plan_id = r.plan_id AND jetzt.aktuell
    WHERE r.massnahme_id = ANY (ids)
    ORDER BY fa.plan_id, f.kennung, fa.aktuell DESC, fa.nummer DESC
    ON CONFLICT (plan_id, kennung) DO UPDATE SET fassung_id = excluded.fassung_id, nutzung = excluded.nutzung,
      flaeche_m2 = excluded.flaeche_m2, geom = excluded.geom, entfallen_in = excluded.entfallen_in
      WHERE verweis.fassung_id <> excluded.fassung_id;
  PERFORM freigabe.uebertrage('strategie.raumbezug',
    format('massnahme_id = ANY (%L::uuid[]) AND (plan_id IS NULL OR EXISTS (SELECT FROM oeffentlich.verweis v WHERE v.plan_id = q.plan_id AND v.kennung = q.flaeche_kennung))', ids),
    format('massnahme_id = ANY (%L::uuid[])', ids));
  PERFORM freigabe.uebertrage('dorferneuerung.gebiet_massnahme',
    format('massnahme_id = ANY (%L::uuid[]) AND gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id, version))', ids),
    format('massnahme_id = ANY (%L::uuid[]) AND gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id, version))', ids));
END $$;

-- Imports published before this migration.
SELECT freigabe.uebertrage('fnp.importlauf', 'id IN (SELECT importlauf_id FROM oeffentlich.fassung)', 'true');

RESET ROLE;
