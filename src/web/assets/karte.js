// The map of a page. The page gives its data as JSON in #daten; areas, borders and measures
// come from the same collections that QGIS reads. No background map, no other server.
// When everything is drawn, <html data-karte="bereit"> and window.zielraumKarte are set.
import * as maplibregl from './maplibre/maplibre-gl.mjs';
import * as fachdaten from './fachdaten.js';
import * as fenster from './fenster.js';
import { zeichenorte } from './massnahmen.js';
import * as planzeichen from './planzeichen.js';

const WURZEL = new URL('../', import.meta.url);
const daten = JSON.parse(document.getElementById('daten').textContent);
const meldung = document.getElementById('karte-meldung');
const leer = () => ({ type: 'FeatureCollection', features: [] });
// A large plan comes as vector tiles, and the values of an area when it is asked for. The page of
// one area fetches what lies around it alone. #kacheln: tiles whatever the size (for the tests).
const kacheln = Boolean(daten.flaechen) && !daten.ausschnitt && (daten.kacheln || location.hash === '#kacheln');
const ampel = (schluessel) => daten.ampeln.find((a) => a.schluessel === schluessel);

async function json(adresse) {
  const antwort = await fetch(adresse, { headers: { Accept: 'application/geo+json' } });
  if (!antwort.ok) throw new Error(`${antwort.status} ${adresse}`);
  return antwort.json();
}

/** A collection whole: follows `next` to its end. */
async function sammlung(id, parameter = {}) {
  const adresse = new URL(`collections/${id}/items`, WURZEL);
  for (const [name, wert] of Object.entries({ f: 'json', limit: 10000, ...parameter })) adresse.searchParams.set(name, wert);
  const alle = leer();
  for (let naechste = adresse.href; naechste; ) {
    const seite = await json(naechste);
    alle.features.push(...seite.features);
    naechste = seite.links?.find((link) => link.rel === 'next')?.href;
  }
  return alle;
}

/** Everything but the area of the page, to be veiled. */
function schleier(feature) {
  const teile = feature.geometry.type === 'Polygon' ? [feature.geometry.coordinates] : feature.geometry.coordinates;
  const welt = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  const flaechen = [[welt, ...teile.map((ringe) => ringe[0])], ...teile.flatMap((ringe) => ringe.slice(1).map((loch) => [loch]))];
  return { type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: flaechen } };
}

/** `sicht`: what the map shows first, longitude and latitude. */
async function quellen(sicht) {
  const { ausschnitt } = daten;
  // On the page of one area only what lies around it is fetched.
  const raum = ausschnitt ? { bbox: sicht.toArray().flat().join(',') } : {};
  const nur = daten.auswahl ?? ausschnitt?.massnahmen;
  const auswahl = nur && new Set(nur);
  const gezeigt = (f) => !auswahl || auswahl.has(f.properties.kennung);
  const massnahmen = async (id) => {
    const alle = await sammlung(id);
    return { ...alle, features: alle.features.filter(gezeigt) };
  };
  const [flaechen, ortsteile, gebiete, punkte, linien, mflaechen, form] = await Promise.all([
    daten.flaechen && !kacheln ? sammlung(daten.flaechen, raum) : leer(),
    sammlung('ortsteile'),
    sammlung('dorferneuerungsgebiete'),
    massnahmen('massnahmen_punkte'),
    massnahmen('massnahmen_linien'),
    massnahmen('massnahmen_flaechen'),
    ausschnitt ? json(new URL(`collections/${ausschnitt.ebene}/items/${encodeURIComponent(ausschnitt.kennung)}?f=json`, WURZEL)) : null,
  ]);
  return { flaechen, ortsteile, gebiete, punkte, linien, mflaechen, form };
}

function nutzungsfarbe() {
  if (!daten.legende.length) return '#FFFFFF';
  return ['match', ['get', 'nutzung'], ...daten.legende.flatMap((k) => [k.schluessel, k.farbe]), '#FFFFFF'];
}

const inKacheln = () => (kacheln ? { 'source-layer': daten.flaechen } : {});

/** The areas as vector tiles: of what is far away only key, name and land use. */
function kachelquelle() {
  const wo = `${WURZEL.href}kacheln/${encodeURIComponent(daten.flaechen)}`;
  return { type: 'vector', tiles: [`${wo}/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16 };
}

/** All values of an area that was hit: a tile may hold few. */
async function werte(p) {
  if (!kacheln) return p;
  const feature = await json(new URL(`collections/${daten.flaechen}/items/${encodeURIComponent(p.kennung)}?f=json`, WURZEL));
  return feature.properties;
}

/** Layers by the name of their check box, from the bottom to the top. */
function ebenen() {
  const breite = (a, b) => ['interpolate', ['linear'], ['zoom'], 10, a, 17, b];
  const rand = (id, source, gruppe, farbe, b, weiteres = {}) => ({
    gruppe,
    ebene: { id, source, type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': farbe, 'line-width': b, ...weiteres } },
  });
  const flaechenrand = rand('flaechen-rand', 'flaechen', 'flaechen', '#1A1A1A', breite(0.2, 0.5));
  Object.assign(flaechenrand.ebene, inKacheln());
  const handlungsfeld = ['coalesce', ['get', 'handlungsfeld_farbe'], '#1D2528'];
  return [
    // Opaque and without smoothing: the colour on the screen is the colour of the class.
    { gruppe: 'flaechen', ebene: { id: 'flaechen', source: 'flaechen', ...inKacheln(), type: 'fill', paint: { 'fill-color': nutzungsfarbe(), 'fill-opacity': 1, 'fill-antialias': false } } },
    flaechenrand,
    { gruppe: 'schleier', ebene: { id: 'schleier', source: 'schleier', type: 'fill', paint: { 'fill-color': '#FFFFFF', 'fill-opacity': 0.72 } } },
    rand('ortsteile-hell', 'ortsteile', 'ortsteile', '#FFFFFF', breite(2.5, 5), { 'line-opacity': 0.8 }),
    rand('ortsteile', 'ortsteile', 'ortsteile', '#3A1A6E', breite(1.2, 2.5), { 'line-dasharray': [5, 2] }),
    { gruppe: 'gebiete', ebene: { id: 'gebiete', source: 'gebiete', type: 'fill', paint: { 'fill-color': '#B00020', 'fill-opacity': 0 } } },
    rand('gebiete-hell', 'gebiete', 'gebiete', '#FFFFFF', breite(3, 6), { 'line-opacity': 0.8 }),
    rand('gebiete-rand', 'gebiete', 'gebiete', '#B00020', breite(1.5, 3)),
    { gruppe: 'massnahmen', ebene: { id: 'mflaechen', source: 'mflaechen', type: 'fill', paint: { 'fill-color': handlungsfeld, 'fill-opacity': 0 } } },
    rand('mflaechen-hell', 'mflaechen', 'massnahmen', '#FFFFFF', breite(3, 7)),
    rand('mflaechen-rand', 'mflaechen', 'massnahmen', handlungsfeld, breite(1.5, 4)),
    rand('linien-hell', 'linien', 'massnahmen', '#FFFFFF', breite(4, 9)),
    rand('linien', 'linien', 'massnahmen', handlungsfeld, breite(2.2, 6)),
  ];
}

function ortsteilnamen(map, ortsteile) {
  return ortsteile.features.flatMap((f) =>
    zeichenorte(f.geometry).map((ort) => {
      const name = fenster.element('span', f.properties.name, 'ortsname');
      return new maplibregl.Marker({ element: name }).setLngLat(ort).addTo(map);
    }),
  );
}

function massnahmenzeichen(map, gruppen, oeffne) {
  const zeichen = [];
  for (const [ebene, features] of gruppen) {
    for (const f of features) {
      const p = f.properties;
      for (const ort of zeichenorte(f.geometry)) {
        const knopf = fenster.element('button', ampel(p.ampel)?.symbol ?? '•', 'massnahme-zeichen');
        knopf.type = 'button';
        knopf.title = `${p.titel} – ${p.ampel_titel}`;
        knopf.style.color = ampel(p.ampel)?.farbe ?? '';
        knopf.style.borderColor = p.handlungsfeld_farbe ?? '';
        knopf.addEventListener('click', (e) => {
          e.stopPropagation(); // else the area below answers too
          oeffne(ort, fenster.massnahme(p, ebene, ampel(p.ampel), WURZEL));
        });
        const marker = new maplibregl.Marker({ element: knopf }).setLngLat(ort).addTo(map);
        // The library sets a role and an English label of its own.
        knopf.removeAttribute('role');
        knopf.setAttribute('aria-label', `Maßnahme: ${p.titel}, ${p.ampel_titel}`);
        zeichen.push(marker);
      }
    }
  }
  return zeichen;
}

/** Click, tap, or Enter at the middle: the topmost thing that has something to say. */
function bedienung(map, oeffne) {
  const antworten = {
    linien: (p) => fenster.massnahme(p, 'massnahmen_linien', ampel(p.ampel), WURZEL),
    'mflaechen-rand': (p) => fenster.massnahme(p, 'massnahmen_flaechen', ampel(p.ampel), WURZEL),
    'gebiete-rand': (p) => fenster.gebiet(p, WURZEL),
    flaechen: async (p) => fenster.flaeche(await werte(p), daten.flaechen, WURZEL),
  };
  const zeige = async (punkt, ort) => {
    const rahmen = [[punkt.x - 4, punkt.y - 4], [punkt.x + 4, punkt.y + 4]];
    const linien = map.queryRenderedFeatures(rahmen, { layers: Object.keys(antworten).filter((id) => id !== 'flaechen') });
    const fach = fachdaten.getroffen(map);
    const darunter = fach.length ? map.queryRenderedFeatures(rahmen, { layers: fach }) : [];
    const treffer = linien[0] ?? darunter[0] ?? map.queryRenderedFeatures(punkt, { layers: ['flaechen'] })[0];
    if (!treffer) return;
    const sachlich = treffer.layer.id.startsWith('fach-') ? fenster.fachobjekt : fenster.flurstueck;
    const antwort = antworten[treffer.layer.id] ?? ((p) => sachlich(p, WURZEL));
    oeffne(ort, await antwort(treffer.properties));
  };
  map.on('click', (e) => zeige(e.point, e.lngLat).catch(fehler));
  map.getCanvas().addEventListener('keydown', (e) => {
    if (e.key === 'Enter') zeige(map.project(map.getCenter()), map.getCenter()).catch(fehler);
  });
}

function schalter(map, gruppen, marken) {
  for (const kasten of document.querySelectorAll('input[data-ebene]')) {
    const gruppe = kasten.dataset.ebene;
    const stelle = async () => {
      if (gruppe === 'ueberlagerungen' && kasten.checked && !kasten.dataset.geladen) {
        kasten.dataset.geladen = 'ja';
        const alle = daten.plan ? await sammlung('fnp_ueberlagerungen') : leer();
        alle.features = alle.features.filter((f) => f.properties.plan === daten.plan);
        map.getSource('ueberlagerungen').setData(alle);
        const wie = { id: 'fnp_ueberlagerungen', vorsatz: 'ueber', quelle: 'ueberlagerungen', welche: () => true, gruppe, davor: 'schleier' };
        gruppen.push(...(await planzeichen.lade(map, WURZEL, wie)));
      }
      for (const { ebene } of gruppen.filter((g) => g.gruppe === gruppe)) {
        map.setLayoutProperty(ebene.id, 'visibility', kasten.checked ? 'visible' : 'none');
      }
      for (const marke of marken[gruppe] ?? []) marke.getElement().hidden = !kasten.checked;
    };
    kasten.addEventListener('change', () => stelle().catch(fehler));
    stelle().catch(fehler); // browsers keep check boxes over a reload
  }
}

function fehler(ursache) {
  console.error(ursache);
  meldung.hidden = false;
  meldung.textContent = 'Die Karte konnte nicht geladen werden. Bitte die Seite neu laden; die Zahlen stehen auch in der Flächenbilanz.';
}

async function starte() {
  const tafel = document.getElementById('tafel');
  if (tafel && matchMedia('(max-width: 48rem)').matches) tafel.open = false;
  for (const wahl of document.querySelectorAll('select[data-sofort]')) wahl.addEventListener('change', (e) => e.target.form.submit());

  const map = new maplibregl.Map({
    container: 'karte',
    style: { version: 8, sources: {}, layers: [{ id: 'grund', type: 'background', paint: { 'background-color': '#F4F6F6' } }] },
    bounds: daten.grenzen ?? [5.8, 47.2, 15.1, 55.1],
    fitBoundsOptions: { padding: { top: 24, bottom: 24, left: 24, right: tafel?.open ? tafel.offsetWidth + 34 : 24 } },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: Boolean(daten.ausschnitt), // a page must scroll past its map
    locale: {
      'NavigationControl.ZoomIn': 'Vergrößern',
      'NavigationControl.ZoomOut': 'Verkleinern',
      'Popup.Close': 'Schließen',
      'Map.Title': 'Karte',
      'CooperativeGesturesHandler.WindowsHelpText': 'Strg gedrückt halten und scrollen, um die Karte zu vergrößern',
      'CooperativeGesturesHandler.MacHelpText': '⌘ gedrückt halten und scrollen, um die Karte zu vergrößern',
      'CooperativeGesturesHandler.MobileHelpText': 'Karte mit zwei Fingern bewegen',
    },
  });
  window.zielraumKarte = map;
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-left');
  map.addControl(new maplibregl.ScaleControl({ unit: 'metric' }), 'bottom-left');

  const [geladen] = await Promise.all([quellen(map.getBounds()), new Promise((fertig) => map.once('load', fertig))]);
  const quelle = (name, data) => map.addSource(name, { type: 'geojson', data, tolerance: 0.1 });
  if (kacheln) map.addSource('flaechen', kachelquelle());
  else quelle('flaechen', geladen.flaechen);
  for (const name of ['ortsteile', 'gebiete', 'linien', 'mflaechen']) quelle(name, geladen[name]);
  quelle('ueberlagerungen', leer());
  quelle('schleier', geladen.form ? schleier(geladen.form) : leer());
  const gruppen = ebenen();
  for (const { ebene } of gruppen) map.addLayer(ebene);
  if (daten.flaechen) {
    const wie = { id: daten.flaechen, vorsatz: 'plan', quelle: 'flaechen', kacheln, gruppe: 'flaechen', davor: 'schleier' };
    gruppen.push(...(await planzeichen.lade(map, WURZEL, wie)));
  }

  const popup = new maplibregl.Popup({ maxWidth: '20rem', focusAfterOpen: true });
  const oeffne = (ort, inhalt) => {
    inhalt.append(fenster.hier(maplibregl.LngLat.convert(ort), WURZEL));
    popup.setLngLat(ort).setDOMContent(inhalt).addTo(map);
  };
  const marken = {
    ortsteile: daten.ausschnitt ? [] : ortsteilnamen(map, geladen.ortsteile),
    massnahmen: massnahmenzeichen(
      map,
      [
        ['massnahmen_flaechen', geladen.mflaechen.features],
        ['massnahmen_linien', geladen.linien.features],
        ['massnahmen_punkte', geladen.punkte.features],
      ],
      oeffne,
    ),
  };
  bedienung(map, oeffne);
  schalter(map, gruppen, marken);
  fachdaten.schalter(map, sammlung, fehler);
  map.once('idle', () => {
    meldung.hidden = true;
    document.documentElement.dataset.karte = 'bereit';
  });
}

starte().catch(fehler);
