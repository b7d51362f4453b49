"""Tokens in real clients: the same layer address shows a draft with a token and without one
what is public; a wrong token is refused with one 401, and the client goes no further.

Puts one draft measure into the running service's database (the public sees nothing of it)
and counts the answers in a small proxy before the service. Usage: tokens.py BINARY SOCKETDIR URL
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

LAYER = "massnahmen_punkte"
DRAFT = """
BEGIN;
SELECT audit.beginne('pruefung', 'Entwurf');
INSERT INTO strategie.massnahme (id, kennung, titel, art, beschlussstand, umsetzungsphase, ampel)
  SELECT gen_random_uuid(), 'probe-entwurf', 'Entwurf zur Probe', art, beschlussstand, umsetzungsphase, ampel FROM strategie.massnahme LIMIT 1;
INSERT INTO strategie.raumbezug (id, massnahme_id, art, geom)
  SELECT gen_random_uuid(), m.id, 'punkt', st_multi(st_pointonsurface(o.geom))
  FROM strategie.massnahme m, (SELECT geom FROM gemeinde.ortsteil WHERE id > 0 LIMIT 1) o WHERE m.kennung = 'probe-entwurf';
COMMIT;
"""


class Proxy(BaseHTTPRequestHandler):
    """Passes GET on and keeps the status of every answer."""

    service = None
    seen = []

    def do_GET(self):
        connection = http.client.HTTPConnection(self.service, timeout=60)
        connection.request("GET", self.path, headers=dict(self.headers))
        answer = connection.getresponse()
        body = answer.read()
        Proxy.seen.append(answer.status)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def ogr(url, credentials):
    """Number of features, or None when refused."""
    env = {**os.environ, **credentials, "GDAL_HTTP_MAX_RETRY": "0"}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "copy.gpkg")
        done = subprocess.run(
            ["ogr2ogr", "-f", "GPKG", target, f"OAPIF:{url}", LAYER, "-nln", "copy"],
            capture_output=True, text=True, env=env,
        )
        if done.returncode or not target.exists():
            return None
        info = run(["ogrinfo", "-ro", "-so", str(target), "copy"])
        return int(re.search(r"^Feature Count: (\d+)$", info, re.M)[1])


def with_ogr(url, login, token, wrong):
    def cases():
        yield "ohne Schlüssel", "public", {}
        yield "Basic", "draft", {"GDAL_HTTP_USERPWD": f"{login}:{token}"}
        yield "Bearer", "draft", {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}"}
        yield "falscher Schlüssel (Basic)", None, {"GDAL_HTTP_USERPWD": f"{login}:{wrong}"}
        yield "falscher Schlüssel (Bearer)", None, {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {wrong}"}

    for name, what, credentials in cases():
        yield f"ogr2ogr {name}", what, lambda credentials=credentials: ogr(url, credentials)


def with_qgis(url, login, token, wrong):
    from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsVectorLayer

    manager = QgsApplication.authManager()
    manager.setMasterPassword("nur für die Probe", True)

    def configuration(method, entries):
        config = QgsAuthMethodConfig(method)
        config.setName(f"{method} {len(manager.availableAuthMethodConfigs())}")
        for key, value in entries.items():
            config.setConfig(key, value)
        manager.storeAuthenticationConfig(config)
        return config.id()

    def read(authcfg):
        uri = f"url='{url}' typename='{LAYER}' pagingEnabled='true' srsname='EPSG:25832'"
        layer = QgsVectorLayer(uri + (f" authcfg={authcfg}" if authcfg else ""), LAYER, "OAPIF")
        return sum(1 for _ in layer.getFeatures()) if layer.isValid() else None

    basic = lambda secret: configuration("Basic", {"username": login, "password": secret})
    yield "QGIS ohne Schlüssel", "public", lambda: read(None)
    yield "QGIS Basic", "draft", lambda: read(basic(token))
    if "APIHeader" in manager.authMethodsKeys():
        yield "QGIS Kopfzeile", "draft", lambda: read(configuration("APIHeader", {"Authorization": f"Bearer {token}"}))
    yield "QGIS falscher Schlüssel", None, lambda: read(basic(wrong))
    yield "QGIS danach ohne Schlüssel", "public", lambda: read(None)


def main():
    binary, sockets, service = sys.argv[1:]
    database = f"postgres://postgres@localhost/zielraum?host={sockets}"
    psql = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    psql = [str(psql[-1]) if psql else "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "postgres", "-d", "zielraum"]
    public = int(run([*psql, "-c", "SELECT count(*) FROM oeffentlich.massnahme_punkt"]))
    run([*psql, "-c", DRAFT])
    user = [binary, "user"]
    more = ["--database-url", database]
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    run([*user, "add", "probe.gis", "--rolle", "strategie", "--ohne-kennwort", *more], env=env)
    token, wrong = (run([*user, "token", "add", "probe.gis", *more], env=env) for _ in range(2))
    run([*user, "token", "revoke", "probe.gis", wrong[:9], *more], env=env)

    Proxy.service = urlsplit(service).netloc
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{proxy.server_port}"
    with tempfile.TemporaryDirectory() as profile:
        cases = list(with_ogr(url, "probe.gis", token, wrong))
        try:
            from qgis.core import QgsApplication

            QgsApplication.setPrefixPath("/usr", True)
            application = QgsApplication([], False, profile)
            application.initQgis()
            cases += with_qgis(url, "probe.gis", token, wrong)
        except ImportError:
            print("übersprungen Schlüssel in QGIS: python3-qgis fehlt")
        for name, what, read in cases:
            Proxy.seen.clear()
            found = read()
            refused = Proxy.seen.count(401)
            expected = {"public": public, "draft": public + 1, None: None}[what]
            # A client may ask again for another document of the service; each answer is one 401.
            # QGIS keeps the layer's description from before: then it is there, without a feature.
            shown = found == expected or what is None and found == 0
            right = shown and (refused > 0) == (what is None) and refused == (len(Proxy.seen) if what is None else 0)
            tale = f"{name}: {found if found is not None else 'abgewiesen'}, {refused} mal 401 bei {len(Proxy.seen)} Anfragen"
            print(f"ok {tale}" if right else f"FEHLT {tale}; erwartet {expected}", flush=True)
    proxy.shutdown()


main()
