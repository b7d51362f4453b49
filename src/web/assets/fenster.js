// What a click on the map shows. Built from text nodes alone: no value of the data is ever HTML.

const RECHTSSTAND = { bestand: 'Bestand', planung: 'Planung', entfaellt: 'entfällt', ohne_angabe: 'ohne Angabe' };

export function element(name, text, klasse) {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  if (klasse) e.className = klasse;
  return e;
}

function liste(dl, titel, wert) {
  if (wert === null || wert === undefined || wert === '') return;
  dl.append(element('dt', titel), element('dd', String(wert)));
}

function verweis(text, href) {
  const a = element('a', text);
  a.href = href;
  return a;
}

const hektar = (m2) =>
  `${(m2 / 10000).toLocaleString('de-DE', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ha`;
const monat = (tag) => (tag ? `${tag.slice(5, 7)}/${tag.slice(0, 4)}` : null);

function zeitraum(von, bis) {
  if (von && bis) return `${monat(von)} bis ${monat(bis)}`;
  if (von) return `ab ${monat(von)}`;
  return bis ? `bis ${monat(bis)}` : null;
}

const objekt = (wurzel, ebene, kennung) =>
  new URL(`collections/${ebene}/items/${encodeURIComponent(kennung)}?f=html`, wurzel).href;

export function flaeche(p, ebene, wurzel) {
  const kasten = element('div', null, 'fenster');
  kasten.append(element('h2', p.nutzung_name));
  const dl = element('dl');
  liste(dl, 'Name', p.name);
  liste(dl, 'Rechtsstand', RECHTSSTAND[p.rechtsstand] ?? p.rechtsstand);
  liste(dl, 'Größe', hektar(p.flaeche_m2));
  liste(dl, 'Dient den Zielen (+)', p.dient_zielen);
  liste(dl, 'Belastet die Ziele (−)', p.belastet_ziele);
  kasten.append(dl, verweis('Alle Angaben', objekt(wurzel, ebene, p.kennung)));
  return kasten;
}

export function massnahme(p, ebene, ampel, wurzel) {
  const kasten = element('div', null, 'fenster');
  kasten.append(element('h2', p.titel));
  const zustand = element('p', null, 'zustand');
  const zeichen = element('span', ampel?.symbol ?? '•', 'zeichen');
  zeichen.style.color = ampel?.farbe ?? '';
  zustand.append(zeichen, element('strong', p.ampel_titel), ` · ${p.umsetzungsphase}`);
  kasten.append(zustand);
  if (p.kurztext) kasten.append(element('p', p.kurztext));
  const dl = element('dl');
  liste(dl, 'Zeitraum', zeitraum(p.beginn, p.ende));
  liste(dl, 'Ziele (+)', p.ziele);
  liste(dl, 'Hemmt die Ziele (−)', p.belastete_ziele);
  liste(dl, 'Handlungsfelder', p.handlungsfelder);
  const steckbrief = new URL(`massnahmen/${encodeURIComponent(p.kennung)}?f=html`, wurzel).href;
  kasten.append(dl, verweis('Steckbrief', steckbrief), ' · ', verweis('Alle Angaben', objekt(wurzel, ebene, p.kennung)));
  return kasten;
}

export function gebiet(p, wurzel) {
  const kasten = element('div', null, 'fenster');
  kasten.append(element('h2', p.name));
  const dl = element('dl');
  liste(dl, 'Stand', p.stand_titel);
  liste(dl, 'Träger', p.traeger);
  liste(dl, 'Projekte', p.projekte);
  const seite = new URL(`dorferneuerung/${encodeURIComponent(p.kennung)}?f=html`, wurzel).href;
  kasten.append(dl, verweis('Zur Seite des Gebiets', seite));
  return kasten;
}

/** What applies at a place: longitude and latitude. */
export function hier({ lng, lat }, wurzel) {
  const absatz = element('p');
  const seite = new URL(`hier?punkt=${lng.toFixed(6)},${lat.toFixed(6)}&f=html`, wurzel).href;
  absatz.append(verweis('Was gilt hier?', seite));
  return absatz;
}

const tag = (datum) => (datum ? datum.split('-').reverse().join('.') : null);

export function fachobjekt(p, wurzel) {
  const kasten = element('div', null, 'fenster');
  kasten.append(element('h2', p.name ? `${p.art_titel}: ${p.name}` : p.art_titel));
  const dl = element('dl');
  liste(dl, 'Rechtsgrundlage', p.rechtsgrundlage);
  liste(dl, 'Quelle', p.quelle);
  liste(dl, 'Stand', tag(p.stand));
  if (p.flaeche_m2) liste(dl, 'Größe', hektar(p.flaeche_m2));
  let ebene = 'fachdaten_punkte';
  if (p.flaeche_m2 !== undefined) ebene = 'fachdaten';
  else if (p.laenge_m !== undefined) ebene = 'fachdaten_linien';
  kasten.append(dl, verweis('Alle Angaben', objekt(wurzel, ebene, p.kennung)));
  return kasten;
}

export function flurstueck(p, wurzel) {
  const kasten = element('div', null, 'fenster');
  kasten.append(element('h2', `Flurstück ${p.nummer}`));
  const dl = element('dl');
  liste(dl, 'Gemarkung', p.gemarkung ?? p.gemarkungsnummer);
  liste(dl, 'Flur', p.flur);
  if (p.flaeche_amtlich_m2) liste(dl, 'Amtliche Fläche', `${p.flaeche_amtlich_m2.toLocaleString('de-DE')} m²`);
  const seite = new URL(`flurstuecke/${encodeURIComponent(p.kennzeichen)}?f=html`, wurzel).href;
  kasten.append(dl, verweis('Was hier gilt', seite));
  return kasten;
}
