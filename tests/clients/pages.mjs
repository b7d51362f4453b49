// The pages in Chromium, at a desk and on a phone: nothing fails to load, nothing is wider
// than a phone, and the map shows every land use in its colour.
// Usage: CHROMIUM=… pages.mjs URL EXPECTED.json PICTURES. playwright-core 1.58 is the last for Debian 12's node.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [url, expectedFile, folder] = process.argv.slice(2);
const expected = JSON.parse(readFileSync(expectedFile, 'utf8'));
const [flurstueck] = expected.flurstuecke;
const ortsteil = expected.ortsteile.includes('erpfting') ? 'erpfting' : expected.ortsteile[0];

// `map` marks the pages that must show one, `find` is an address they must link to.
const PAGES = [
  { name: 'start', path: '/' },
  { name: 'karte', path: '/karte', map: true },
  { name: 'karte-filter', path: `/karte?ortsteil=${ortsteil}`, map: true, find: `/massnahmen?ortsteil=${ortsteil}` },
  { name: 'ortsteil', path: `/ortsteil/${ortsteil}`, map: true },
  { name: 'dorferneuerung', path: `/dorferneuerung/${expected.gebiete[0]}`, map: true },
  { name: 'bilanz', path: '/bilanz?f=html' },
  { name: 'massnahmen-ebene', path: `/collections/massnahmen_flaechen/items?f=html` },
  ...['strategie', 'ziele', 'massnahmen', 'kennzahlen', 'geld', 'isek', 'luecken', 'fragen'].map((name) => ({ name, path: `/${name}?f=html` })),
  { name: 'ziel', path: `/ziele/${expected.ziele[0]}?f=html` },
  { name: 'massnahme', path: `/massnahmen/${expected.massnahmen[0]}?f=html` },
  { name: 'kennzahl', path: `/kennzahlen/${expected.kennzahlen[0]}?f=html` },
  { name: 'hier', path: `/hier?f=html&ortsteil=${ortsteil}` },
  { name: 'hier-punkt', path: `/hier?f=html&punkt=${flurstueck.lon},${flurstueck.lat}` },
  { name: 'importe', path: '/importe?f=html' },
  ...expected.importe.map((id, nr) => ({ name: `import-${nr + 1}`, path: `/importe/${id}?f=html` })),
  { name: 'links', path: '/pruefen/links?f=html' },
  { name: 'hier', path: `/hier?ortsteil=${ortsteil}&f=html` },
  { name: 'hier-ort', path: '/hier?f=html' },
  { name: 'massnahmen-liste', path: `/massnahmen?ortsteil=${ortsteil}&f=html`, find: `/karte?ortsteil=${ortsteil}` },
  { name: 'fragen', path: '/fragen?f=html' },
  { name: 'flurstuecke', path: '/flurstuecke?f=html' },
  { name: 'flurstueck-suche', path: `/flurstuecke?f=html&nummer=${encodeURIComponent(flurstueck.nummer)}`, find: `/flurstuecke/${encodeURIComponent(flurstueck.kennzeichen)}` },
  { name: 'flurstueck', path: `/flurstuecke/${encodeURIComponent(flurstueck.kennzeichen)}?f=html`, map: true },
  { name: 'ebenen', path: '/collections' },
  { name: 'flaechen', path: '/collections/fnp_flaechen/items?f=html' },
];
const DESK = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const MAP_PATIENCE = 120_000; // the software renderer on a busy machine is slow

let failed = false;
function report(name, problems) {
  failed ||= problems.length > 0;
  console.log(problems.length ? `FEHLT ${name}: ${problems.join('; ')}` : `ok ${name}`);
}

/** Opens a page and collects what the browser complains about. */
async function open(browser, screen, path) {
  const context = await browser.newContext({ ...screen, locale: 'de-DE' });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (m) => m.type() === 'error' && problems.push(`Konsole: ${m.text()} ${m.location().url}`));
  page.on('pageerror', (e) => problems.push(`Fehler im Skript: ${e.message}`));
  page.on('requestfailed', (r) => {
    const why = r.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') problems.push(`${why} ${r.url()}`); // the map cancels tiles it no longer needs
  });
  page.on('request', (r) => {
    const { protocol, origin } = new URL(r.url());
    if (protocol.startsWith('http') && origin !== new URL(url).origin) problems.push(`fremder Rechner: ${r.url()}`);
  });
  const answer = await page.goto(url + path, { waitUntil: 'load' });
  const type = answer.headers()['content-type'] ?? '';
  if (!answer.ok() || !type.startsWith('text/html')) throw new Error(`die Seite antwortet mit ${answer.status()} ${type}`);
  return { page, problems };
}

const mapReady = (page) =>
  page.waitForFunction(() => document.documentElement.dataset.karte === 'bereit', null, { timeout: MAP_PATIENCE });

/** The map has a real size and drew something: a canvas of no height, or of one colour, is no map. */
async function drawn(page) {
  const { width, height, colours } = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const map = window.zielraumKarte;
        map.once('render', () => {
          const canvas = map.getCanvas();
          const gl = canvas.getContext('webgl2');
          const { drawingBufferWidth: w, drawingBufferHeight: h } = gl;
          const seen = new Set();
          for (let i = 1; i < 40; i++) {
            for (let j = 1; j < 40; j++) {
              const rgba = new Uint8Array(4);
              gl.readPixels(Math.floor((w * i) / 40), Math.floor((h * j) / 40), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
              seen.add(rgba.join());
            }
          }
          const box = canvas.getBoundingClientRect();
          resolve({ width: box.width, height: box.height, colours: seen.size });
        });
        map.triggerRepaint();
      }),
  );
  const problems = [];
  if (height < 200 || width < 200) problems.push(`die Karte ist nur ${width} × ${height} Punkte groß`);
  if (colours < 4) problems.push(`die Karte zeigt nur ${colours} Farben`);
  return problems;
}

/** Numbers of the balance stand right, classes are set in below their group. */
function table(page) {
  return page.evaluate(() => {
    const problems = [];
    for (const cell of document.querySelectorAll('.bilanz td')) {
      if (getComputedStyle(cell).textAlign !== 'right') problems.push(`links gesetzte Zahl „${cell.textContent.trim()}“`);
    }
    const group = document.querySelector('.bilanz tr.gruppe th');
    const item = document.querySelector('.bilanz tr:not(.gruppe) > th[scope=row]');
    const sum = [...document.querySelectorAll('.bilanz thead th')].find((th) => th.textContent.startsWith('Summe'));
    const { right } = sum.getBoundingClientRect();
    if (!right || right > innerWidth) problems.push('die Summe steht außerhalb des Bildschirms');
    const inset = (th) => parseFloat(getComputedStyle(th).paddingLeft);
    if (!group || !item || inset(item) <= inset(group)) problems.push('Klassen stehen nicht eingerückt unter ihrer Gruppe');
    return problems.slice(0, 3);
  });
}

/**
 * Colours of the map in a circle: moves there and reads 5 × 5 pixels from the canvas itself,
 * so that panels of the page do not matter. `radius` in metres.
 */
function coloursAt(page, { lon, lat, radius }) {
  return page.evaluate(
    ([lon, lat, radius, patience]) =>
      new Promise((resolve, reject) => {
        const map = window.zielraumKarte;
        setTimeout(() => reject(new Error('die Karte kommt nicht zur Ruhe')), patience);
        // Metres per pixel of MapLibre's 512-pixel tiles at zoom 0 on this latitude.
        const ground = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / 512;
        const zoom = Math.min(19, Math.log2((ground * 24) / radius));
        map.jumpTo({ center: [lon, lat], zoom, bearing: 0, pitch: 0 });
        map.once('idle', () => {
          map.once('render', () => {
            const gl = map.getCanvas().getContext('webgl2');
            const dense = map.getCanvas().width / map.getCanvas().clientWidth;
            const at = map.project([lon, lat]);
            const seen = [];
            for (let dx = -2; dx <= 2; dx++) {
              for (let dy = -2; dy <= 2; dy++) {
                const rgba = new Uint8Array(4);
                const x = Math.round((at.x + dx * 5) * dense);
                const y = Math.round(gl.drawingBufferHeight - (at.y + dy * 5) * dense);
                gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
                seen.push('#' + [...rgba.slice(0, 3)].map((v) => v.toString(16).padStart(2, '0')).join('').toUpperCase());
              }
            }
            resolve(seen);
          });
          map.triggerRepaint();
        });
      }),
    [lon, lat, radius, MAP_PATIENCE],
  );
}

const close = (a, b) =>
  [1, 3, 5].every((i) => Math.abs(parseInt(a.slice(i, i + 2), 16) - parseInt(b.slice(i, i + 2), 16)) <= 2);

/**
 * Every land use of the plan in force: most of the pixels well inside an area show its colour; a
 * click there tells the land use and its size. Areas come one by one, or as vector tiles.
 */
async function classColours(browser, path, asTiles) {
  const { page, problems } = await open(browser, DESK, path);
  await mapReady(page);
  if (!(await page.evaluate(() => Boolean(window.zielraumKarte)))) return ['window.zielraumKarte fehlt'];
  for (const entry of expected.classes.filter((c) => c.radius !== null)) {
    const seen = await coloursAt(page, entry);
    const right = seen.filter((colour) => close(colour, entry.farbe)).length;
    // Labels, signs and lines of other layers may cover some.
    if (right <= seen.length / 2) {
      const at = `${entry.lon.toFixed(5)} ${entry.lat.toFixed(5)}`;
      problems.push(`${entry.schluessel} bei ${at}: ${right} von ${seen.length} Punkten haben ${entry.farbe}, gesehen ${[...new Set(seen)].join(' ')}`);
    }
  }
  const type = await page.evaluate(() => window.zielraumKarte.getSource('flaechen').type);
  if (type !== (asTiles ? 'vector' : 'geojson')) problems.push(`die Flächen kommen als ${type}`);
  const [first] = expected.classes.filter((c) => c.radius !== null);
  await coloursAt(page, first);
  await page.locator('#karte canvas').focus();
  await page.keyboard.press('Enter');
  const told = await page
    .waitForFunction(() => document.querySelector('.maplibregl-popup .fenster')?.textContent, null, { timeout: MAP_PATIENCE })
    .then((text) => text.jsonValue(), () => '');
  if (!/ha/.test(told) || !/Alle Angaben/.test(told)) problems.push(`ein Klick sagt „${told}“`);
  await page.context().close();
  return problems;
}

/** Every kind of subject data can be switched on and is drawn; parcels appear close by, and their number is found. */
async function switches(browser) {
  const { page, problems } = await open(browser, DESK, '/karte');
  await mapReady(page);
  const offered = await page.locator('input[data-fachart]').evaluateAll((all) => all.map((one) => one.dataset.fachart).sort());
  if (offered.join() !== [...expected.facharten].sort().join()) problems.push(`schaltbar sind ${offered.join()}, es gibt ${expected.facharten.join()}`);
  for (const art of offered) {
    await page.locator(`input[data-fachart="${art}"]`).check();
    const shown = await page
      .waitForFunction((id) => window.zielraumKarte.getSource(id) && window.zielraumKarte.querySourceFeatures(id).length > 0, `fach-${art}`, { timeout: MAP_PATIENCE })
      .then(() => true, () => false);
    if (!shown) problems.push(`${art} bleibt leer`);
  }
  await page.screenshot({ path: `${folder}/seite-karte-fachdaten.png` });
  await page.locator('input[data-flurstuecke]').check();
  await page.evaluate(([lon, lat]) => window.zielraumKarte.jumpTo({ center: [lon, lat], zoom: 16.5 }), [flurstueck.lon, flurstueck.lat]);
  const parcels = await page
    .waitForFunction(() => window.zielraumKarte.querySourceFeatures('flurstuecke').length > 0, null, { timeout: MAP_PATIENCE })
    .then(() => true, () => false);
  if (!parcels) problems.push('Flurstücke bleiben leer');
  await page.screenshot({ path: `${folder}/seite-karte-flurstuecke.png` });
  await page.locator('#tafel input[name=nummer]').fill(flurstueck.nummer);
  await page.locator('#tafel form[action$="/flurstuecke"] button').click();
  await page.waitForURL('**/flurstuecke*');
  if (!(await page.locator(`main a[href*="${encodeURIComponent(flurstueck.kennzeichen)}"]`).count())) problems.push(`die Suche auf der Karte findet ${flurstueck.nummer} nicht`);
  await page.context().close();
  return problems;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist',
    ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
  ],
});
try {
  for (const { name, path, map, find } of PAGES) {
    for (const screen of [DESK, PHONE]) {
      const { width } = screen.viewport;
      let problems = [];
      try {
        const opened = await open(browser, screen, path);
        ({ problems } = opened);
        if (map) {
          const ready = await mapReady(opened.page).then(() => true, () => false);
          problems.push(...(ready ? await drawn(opened.page) : ['die Karte meldet sich nicht bereit']));
        }
        if (find && !(await opened.page.locator(`main a[href*="${find}"]`).count())) problems.push(`kein Verweis auf ${find}`);
        if (name === 'bilanz') problems.push(...(await table(opened.page)));
        const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) problems.push(`die Seite ist ${wide} Punkte breit`);
        await opened.page.screenshot({ path: `${folder}/seite-${name}-${width}.png`, fullPage: !map });
        await opened.page.context().close();
      } catch (error) {
        problems.push(error.message.split('\n')[0]);
      }
      report(`Seite ${path} ${width}`, problems);
    }
  }
  report('Seite /karte Fachdaten und Flurstücke', await switches(browser).catch((error) => [error.message.split('\n')[0]]));
  for (const [path, asTiles] of [['/karte', false], ['/karte#kacheln', true]]) {
    report(`Seite ${path} Farben`, await classColours(browser, path, asTiles).catch((error) => [error.message.split('\n')[0]]));
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
