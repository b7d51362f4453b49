"""ogr2ogr copies every collection to a GeoPackage, whole and by a rectangle.

Usage: ogr_layers.py URL EXPECTED.json
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def copied(url, layer, *options):
    """Copies one layer; returns the number of features, or why it failed."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "copy.gpkg")
        done = subprocess.run(
            ["ogr2ogr", "-f", "GPKG", target, f"OAPIF:{url}", layer, "-nln", "copy", *options],
            capture_output=True, text=True,
        )
        if done.returncode or "ERROR" in done.stderr:
            return f"ogr2ogr {done.stderr.strip()}"
        info = subprocess.run(["ogrinfo", "-ro", "-so", target, "copy"], capture_output=True, text=True)
        return int(re.search(r"^Feature Count: (\d+)$", info.stdout, re.M)[1])


def main():
    url, expected = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    for layer in expected["layers"]:
        problems = []
        if (found := copied(url, layer["id"])) != layer["count"]:
            problems.append(f"{found} statt {layer['count']} Objekte")
        if "box" in layer:
            found = copied(url, layer["id"], "-spat", *map(repr, layer["box"]))
            if found != layer["count_in_box"]:
                problems.append(f"-spat: {found} statt {layer['count_in_box']} Objekte")
        name = f"ogr2ogr {layer['id']}"
        print(f"FEHLT {name}: {'; '.join(problems)}" if problems else f"ok {name}: {layer['count']} Objekte", flush=True)


main()
