-- Goals that differ from their public version and whose Handlungsfeld and goal above are public.
SELECT z.id FROM ziel z
WHERE z.id = ANY ($1) AND (z.uebergeordnet_id IS NOT NULL) = $2
  AND NOT EXISTS (SELECT FROM oeffentlich.ziel o WHERE o.id = z.id AND o.version = z.version)
  AND EXISTS (SELECT FROM oeffentlich.handlungsfeld h WHERE h.id = z.handlungsfeld_id)
  AND (z.uebergeordnet_id IS NULL OR EXISTS (SELECT FROM oeffentlich.ziel u WHERE u.id = z.uebergeordnet_id))
