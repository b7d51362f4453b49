-- Layers of the Fachdaten, one per dimension: most clients take one kind of geometry per layer.
-- Written without schema: run once per world.
DO $$
DECLARE
  v text; t text; ausdruck text; titel text;
BEGIN
  FOR v, t, ausdruck, titel IN SELECT * FROM (VALUES
      ('fachdaten_flaeche', 'MultiPolygon', 'st_area(f.geom) AS flaeche_m2', 'Fläche [einheit m²]'),
      ('fachdaten_linie', 'MultiLineString', 'st_length(f.geom) AS laenge_m', 'Länge [einheit m]'),
      ('fachdaten_punkt', 'MultiPoint', 'st_numgeometries(f.geom) AS anzahl', 'Anzahl der Orte')) x LOOP
    EXECUTE format('CREATE VIEW %I WITH (security_invoker = true) AS
      SELECT f.kennung, f.art, a.titel AS art_titel, a.gruppe, f.name, coalesce(f.rechtsgrundlage, a.rechtsgrundlage) AS rechtsgrundlage, a.strenge,
        f.quelle, f.stand, f.attribute, %s, f.geom::geometry(%s, 25832) AS geom
      FROM fachobjekt f JOIN fachart a ON a.schluessel = f.art WHERE st_geometrytype(f.geom) = %L', v, ausdruck, t, 'ST_' || t);
    EXECUTE format('COMMENT ON COLUMN %I.art_titel IS %L', v, 'Art (Klartext)');
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v, split_part(ausdruck, ' AS ', 2), titel);
  END LOOP;
END $$;
