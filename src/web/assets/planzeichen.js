// Signs and hatches over the colours, as the style of the collection says (/styles/{id}).

/** What is drawn over a fill of one's own. */
const ZEICHEN = (ebene) => ebene.type === 'symbol' || Boolean(ebene.paint?.['fill-pattern']);

/**
 * Adds layers of a style to the map and gives them back, as one group.
 * @param {string} id of the style
 * @param {string} vorsatz name of its sprite in this map
 * @param {string} quelle source of the features
 * @param {boolean} kacheln they come as vector tiles
 * @param {(ebene: object) => boolean} welche the layers wanted
 * @param {string} davor layer that stays above
 */
export async function lade(map, wurzel, { id, vorsatz, quelle, kacheln = false, welche = ZEICHEN, gruppe, davor }) {
  const antwort = await fetch(new URL(`styles/${encodeURIComponent(id)}?f=maplibre`, wurzel));
  if (!antwort.ok) throw new Error(`${antwort.status} styles/${id}`);
  const stil = await antwort.json();
  if (stil.sprite) map.addSprite(vorsatz, stil.sprite);
  const mitVorsatz = (teil, name) => {
    if (teil?.[name]) teil[name] = ['concat', `${vorsatz}:`, teil[name]];
  };
  return stil.layers.filter(welche).map(({ 'source-layer': ausKachel, ...ebene }) => {
    mitVorsatz(ebene.layout, 'icon-image');
    mitVorsatz(ebene.paint, 'fill-pattern');
    Object.assign(ebene, { id: `${vorsatz}-${ebene.id}`, source: quelle }, kacheln ? { 'source-layer': ausKachel } : {});
    map.addLayer(ebene, davor);
    return { gruppe, ebene };
  });
}
