"""A town's own tables of every kind (tests/integration/layers/arten.sql) as layers: ogr2ogr
and, where it is installed, QGIS read each of them whole.

Creates them in the running service's database and starts a second service on it with
--layers. Usage: own_layers.py BINARY SOCKETDIR
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SQL = Path(__file__).resolve().parents[1] / "integration/layers/arten.sql"
# id, relation, key, rows, geometry of every row is of one type (QGIS shows one per layer)
LAYERS = [
    ("alles", '"Büro"."Alles"', "id", 2, True),
    ("sicht", "Büro.sicht", "id", 2, True),
    ("abgelegt", "Büro.abgelegt", "id", 2, True),
    ("geteilt", "Büro.geteilt", "id", 2, True),
    ("fremd", "Büro.fremd", "id", 2, True),
    ("formen", "Büro.formen", "id", 11, False),
]


def catalogue(folder):
    entries = [
        f"[[layer]]\nid = \"{name}\"\ntitle = \"{name}\"\nrelation = '{relation}'\nkey = \"{key}\"\n"
        for name, relation, key, _, _ in LAYERS
    ]
    path = Path(folder, "stadt.toml")
    path.write_text("".join(entries))
    return path


def ogr(url, name):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "copy.gpkg")
        done = subprocess.run(
            ["ogr2ogr", "-f", "GPKG", target, f"OAPIF:{url}", name, "-nln", "copy", "-nlt", "GEOMETRY"],
            capture_output=True, text=True,
        )
        if done.returncode or "ERROR" in done.stderr:
            return done.stderr.strip()
        info = subprocess.run(["ogrinfo", "-ro", "-so", target, "copy"], capture_output=True, text=True)
        return int(re.search(r"^Feature Count: (\d+)$", info.stdout, re.M)[1])


def qgis(url, name):
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(f"url='{url}' typename='{name}' pagingEnabled='true' srsname='EPSG:25832'", name, "OAPIF")
    return sum(1 for _ in layer.getFeatures()) if layer.isValid() else "Ebene ungültig"


def main():
    binary, sockets = sys.argv[1:]
    psql = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    command = [str(psql[-1]) if psql else "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "postgres", "-d", "zielraum", "-f", SQL]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"psql: {done.stderr.strip()}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        database = f"postgres://postgres@localhost/zielraum?host={sockets}"
        env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        service = subprocess.Popen(
            [binary, "serve", "--database-url", database, "--layers", catalogue(folder), "--listen", f"127.0.0.1:{port}"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"{url}/health/ready", timeout=5)
                    break
                except OSError:
                    if service.poll() is not None:
                        sys.exit(f"Der Dienst hat sich beendet: {service.stderr.read()}")
                    time.sleep(0.3)
            clients = [("ogr2ogr", ogr)]
            try:
                from qgis.core import QgsApplication

                QgsApplication.setPrefixPath("/usr", True)
                application = QgsApplication([], False)
                application.initQgis()
                clients.append(("QGIS", qgis))
            except ImportError:
                print("übersprungen eigene Ebenen in QGIS: python3-qgis fehlt")
            for client, read in clients:
                for name, _, _, count, uniform in LAYERS:
                    if client == "QGIS" and not uniform:
                        continue
                    found = read(url, name)
                    what = f"eigene Ebene {name} in {client}"
                    print(f"ok {what}: {count} Objekte" if found == count else f"FEHLT {what}: {found} statt {count} Objekte", flush=True)
        finally:
            service.terminate()
            service.wait(timeout=30)


main()
