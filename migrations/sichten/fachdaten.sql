-- Layers of the Fachdaten, one per dimension: most clients take one kind of geometry per layer.
-- Written without schema: run once per world.
DO $$
DECLARE
  v text; spalte text; ausdruck text; titel text;
BEGIN
  FOR v, spalte, ausdruck, titel IN SELECT * FROM (VALUES
      ('fachdaten_flaeche', 'geom_flaeche', 'st_area(f.geom_flaeche) AS flaeche_m2', 'Fläche [einheit m²]'),
      ('fachdaten_linie', 'geom_linie', 'st_length(f.geom_linie) AS laenge_m', 'Länge [einheit m]'),
      ('fachdaten_punkt', 'geom_punkt', 'st_numgeometries(f.geom_punkt) AS anzahl', 'Anzahl der Orte')) x LOOP
    EXECUTE format('CREATE VIEW %I WITH (security_invoker = true) AS
      SELECT f.kennung, f.art, a.titel AS art_titel, a.gruppe, f.name, coalesce(f.rechtsgrundlage, a.rechtsgrundlage) AS rechtsgrundlage, a.strenge,
        f.quelle, f.stand, f.attribute, %s, f.%I AS geom
      FROM fachobjekt f JOIN fachart a ON a.schluessel = f.art WHERE f.%I IS NOT NULL', v, ausdruck, spalte, spalte);
    EXECUTE format('COMMENT ON COLUMN %I.art_titel IS %L', v, 'Art (Klartext)');
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v, split_part(ausdruck, ' AS ', 2), titel);
  END LOOP;
END $$;
