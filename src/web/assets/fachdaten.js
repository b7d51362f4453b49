// Fachdaten and Flurstücke on the map: fetched when they are switched on, one kind at a time.

const UNTER = 'ortsteile-hell'; // above the plan, below borders and measures
const FLURSTUECKE_AB = 14.5; // zoom; farther out a town's parcels are a grey area
const TEILE = ['fachdaten', 'fachdaten_linien', 'fachdaten_punkte'];

function farbig(map, art, farbe, daten) {
  const source = `fach-${art}`;
  map.addSource(source, { type: 'geojson', data: daten, tolerance: 0.1 });
  const nur = (typ) => ['in', ['geometry-type'], ['literal', [typ, `Multi${typ}`]]];
  const ebenen = [
    { id: `${source}-flaeche`, type: 'fill', filter: nur('Polygon'), paint: { 'fill-color': farbe, 'fill-opacity': 0.3 } },
    { id: `${source}-rand`, type: 'line', filter: nur('Polygon'), paint: { 'line-color': farbe, 'line-width': 1.5 } },
    { id: `${source}-linie`, type: 'line', filter: nur('LineString'), paint: { 'line-color': farbe, 'line-width': 3 } },
    { id: `${source}-punkt`, type: 'circle', filter: nur('Point'), paint: { 'circle-color': farbe, 'circle-radius': 5, 'circle-stroke-color': '#FFFFFF', 'circle-stroke-width': 1.5 } },
  ];
  for (const ebene of ebenen) map.addLayer({ ...ebene, source }, UNTER);
}

/** Layers a click can hit. */
export function getroffen(map) {
  const hier = (id) => (id.startsWith('fach-') && !id.endsWith('-rand')) || id === 'flurstuecke-flaeche';
  return map.getStyle().layers.map((ebene) => ebene.id).filter((id) => hier(id) && map.getLayoutProperty(id, 'visibility') !== 'none');
}

function fachdaten(map, kasten, sammlung, fehler) {
  const { fachart, farbe } = kasten.dataset;
  let geladen = null;
  const stelle = async () => {
    if (kasten.checked && !geladen) {
      geladen = Promise.all(TEILE.map((id) => sammlung(id, { art: fachart }))).then((teile) =>
        farbig(map, fachart, farbe, { type: 'FeatureCollection', features: teile.flatMap((teil) => teil.features) }),
      );
    }
    try {
      await geladen;
    } catch (ursache) {
      geladen = null; // the next click tries again
      throw ursache;
    }
    for (const teil of ['flaeche', 'rand', 'linie', 'punkt']) {
      const id = `fach-${fachart}-${teil}`;
      if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', kasten.checked ? 'visible' : 'none');
    }
  };
  kasten.addEventListener('change', () => stelle().catch(fehler));
  stelle().catch(fehler); // browsers keep check boxes over a reload
}

function flurstuecke(map, kasten, sammlung, fehler) {
  map.addSource('flurstuecke', { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, tolerance: 0.1 });
  map.addLayer({ id: 'flurstuecke-flaeche', source: 'flurstuecke', type: 'fill', paint: { 'fill-opacity': 0 } }, UNTER);
  map.addLayer({ id: 'flurstuecke-rand', source: 'flurstuecke', type: 'line', paint: { 'line-color': '#333333', 'line-width': 0.8 } }, UNTER);
  let lauf = 0;
  const stelle = async () => {
    const an = kasten.checked && map.getZoom() >= FLURSTUECKE_AB;
    for (const id of ['flurstuecke-flaeche', 'flurstuecke-rand']) map.setLayoutProperty(id, 'visibility', an ? 'visible' : 'none');
    lauf += 1;
    const dieser = lauf;
    if (!an) return;
    const alle = await sammlung('flurstuecke', { bbox: map.getBounds().toArray().flat().join(',') });
    if (dieser === lauf) map.getSource('flurstuecke').setData(alle); // else the map has moved on
  };
  kasten.addEventListener('change', () => stelle().catch(fehler));
  map.on('moveend', () => stelle().catch(fehler));
  stelle().catch(fehler);
}

/** Connects the check boxes of the page. */
export function schalter(map, sammlung, fehler) {
  for (const kasten of document.querySelectorAll('input[data-fachart]')) fachdaten(map, kasten, sammlung, fehler);
  const kasten = document.querySelector('input[data-flurstuecke]');
  if (kasten) flurstuecke(map, kasten, sammlung, fehler);
}
