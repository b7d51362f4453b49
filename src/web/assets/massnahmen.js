// Where the sign of a measure stands: on its point, on the middle of its line, inside its area.

function inRing([x, y], ring) {
  let innen = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) innen = !innen;
  }
  return innen;
}

const inFlaeche = (ort, ringe) => inRing(ort, ringe[0]) && !ringe.slice(1).some((loch) => inRing(ort, loch));

function inhalt(ring) {
  let doppelt = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    doppelt += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  }
  return Math.abs(doppelt) / 2;
}

/** A point inside: on the horizontal through the middle, in the middle of the longest stretch inside. */
function innenpunkt(ringe) {
  const hoehen = ringe[0].map(([, y]) => y);
  const [unten, oben] = [Math.min(...hoehen), Math.max(...hoehen)];
  for (const teil of [0.5, 0.45, 0.55, 0.35, 0.65]) {
    const y = unten + (oben - unten) * teil;
    const schnitte = [];
    for (const ring of ringe) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [xi, yi] = ring[i];
        const [xj, yj] = ring[j];
        if (yi > y !== yj > y) schnitte.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
      }
    }
    schnitte.sort((a, b) => a - b);
    let beste = null;
    for (let i = 0; i + 1 < schnitte.length; i += 2) {
      const breite = schnitte[i + 1] - schnitte[i];
      if (!beste || breite > beste.breite) beste = { breite, ort: [(schnitte[i] + schnitte[i + 1]) / 2, y] };
    }
    if (beste && inFlaeche(beste.ort, ringe)) return beste.ort;
  }
  return ringe[0][0];
}

const groesste = (teile, groesse) => teile.reduce((a, b) => (groesse(b) > groesse(a) ? b : a));

/** Longitude and latitude of the signs of a geometry. */
export function zeichenorte(geometrie) {
  const k = geometrie?.coordinates;
  switch (geometrie?.type) {
    case 'Point':
      return [k];
    case 'MultiPoint':
      return k;
    case 'LineString':
      return [k[Math.floor(k.length / 2)]];
    case 'MultiLineString': {
      const linie = groesste(k, (l) => l.length);
      return [linie[Math.floor(linie.length / 2)]];
    }
    case 'Polygon':
      return [innenpunkt(k)];
    case 'MultiPolygon':
      return [innenpunkt(groesste(k, (ringe) => inhalt(ringe[0])))];
    case 'GeometryCollection':
      return geometrie.geometries.flatMap(zeichenorte);
    default:
      return [];
  }
}
