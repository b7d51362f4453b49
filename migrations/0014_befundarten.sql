-- Title and advice of the findings of the readers.
SET LOCAL ROLE zielraum_owner;
INSERT INTO fnp.befund_art (code, titel, rat) VALUES
  ('ags-ohne-null', 'Gemeindeschlüssel ohne führende Null', 'Bitte in der Quelle als Text mit führender Null führen.'),
  ('ausserhalb-deutschlands', 'Lage außerhalb Deutschlands', 'Bitte das Bezugssystem der Datei prüfen.'),
  ('code-version', 'Code nicht in dieser Version', 'Bitte den Code der Version verwenden oder die Version berichtigen.'),
  ('crs-uebersteuert', 'Bezugssystem vorgegeben', 'Nichts zu tun, wenn die Angabe --crs gewollt ist.'),
  ('crs-unbekannt', 'Bezugssystem unbekannt', 'Bitte mit --crs EPSG:… angeben.'),
  ('flaeche-doppelt', 'Fläche doppelt', 'Bitte in der Quelle eine der beiden löschen.'),
  ('geometrie-fehlt', 'Ohne Geometrie', 'Bitte in der Quelle ergänzen; das Objekt fehlt.'),
  ('geometrie-leer', 'Geometrie leer', 'Bitte in der Quelle ergänzen; das Objekt fehlt.'),
  ('gitter-fehlt', 'Gitter BETA2007 fehlt', 'Bitte das Paket proj-data installieren und noch einmal einlesen; die Lage kann um bis zu 3 m abweichen.'),
  ('hoehen-uebergangen', 'Höhen übergangen', 'Nichts zu tun; die Bilanz rechnet in der Ebene.'),
  ('id-doppelt', 'Schlüssel doppelt', 'Bitte in der Quelle eindeutige Schlüssel vergeben.'),
  ('klasse-entlehnt', 'Objektart eines anderen Planwerks', 'Bitte prüfen, ob das Objekt zum Flächennutzungsplan gehört.'),
  ('klasse-version', 'Objektart nicht in dieser Version', 'Bitte Klasse und Version der Datei prüfen.'),
  ('kodierung-angenommen', 'Zeichensatz angenommen', 'Bitte die Umlaute in den Namen prüfen; eine .cpg-Datei legt den Zeichensatz fest.'),
  ('kodierung-falsch', 'Zeichensatz falsch angegeben', 'Bitte die Umlaute in den Namen prüfen und die .cpg-Datei berichtigen.'),
  ('kodierung-unbekannt', 'Zeichensatz unbekannt', 'Bitte mit einer .cpg-Datei angeben.'),
  ('objekt-doppelt', 'Objekt doppelt', 'Bitte in der Quelle eines der beiden löschen.'),
  ('rechtscharakter-fremd', 'Rechtscharakter einer anderen Version', 'Bitte den Code der Version verwenden.'),
  ('schluessel-leer', 'Schlüssel leer', 'Bitte in der Quelle ergänzen; die Fläche bekommt eine laufende Nummer.'),
  ('wert-ohne-zuordnung', 'Wert ohne Zuordnung', 'Bitte die Zuordnung um diesen Wert ergänzen.'),
  ('wfs-unvollstaendig', 'Antwort des Dienstes unvollständig', 'Bitte den ganzen Plan in einem Stück abrufen.'),
  ('zone-falsch', 'Zone im Rechtswert', 'Bitte das Bezugssystem der Datei berichtigen (Zonenkennung im Rechtswert).'),
  ('zweck-am-punkt', 'Zweckbestimmung am Punkt', 'Nichts zu tun; die Fläche hat die Zweckbestimmung ihres Zeichens bekommen.'),
  ('zweck-mehrdeutig', 'Zweckbestimmung mehrdeutig', 'Bitte die Zweckbestimmung in der Quelle an der Fläche führen.'),
  ('zweck-unvollstaendig', 'Zweckbestimmungen nicht alle geprüft', 'Bitte die Zweckbestimmung in der Quelle an der Fläche führen.')
ON CONFLICT (code) DO UPDATE SET titel = excluded.titel, rat = excluded.rat;
RESET ROLE;
