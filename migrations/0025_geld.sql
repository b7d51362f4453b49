-- Tolerance of the money checks; the town may change it.
SET LOCAL ROLE zielraum_owner;
INSERT INTO strategie.schwelle VALUES
  ('geld_toleranz', 0.01, 'Toleranz zwischen Schätzung und Summe der Jahre', 'Anteil an der Kostenschätzung; kleinere Unterschiede werden nicht gemeldet.'),
  ('dorf_einwohner', 2000, 'Einwohner eines Dorfs', 'Dorferneuerung gilt in der Regel Orten bis zu dieser Größe (DorfR).');
RESET ROLE;
