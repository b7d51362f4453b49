"""The abstract tests of OGC API – Features Part 1 and 2, and of Tiles once they are declared.

A rebuild of ours from the standards' own annexes (17-069r4, 18-058r1, 20-057), not the OGC's
test suite, whose packages no registry offers. Every test looks at every collection. What a
service does not declare is reported as skipped, never as passed.

Usage: conformance.py URL EXPECTED.json
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ogc import core, crs, features, openapi, tiles  # noqa: F401 — each registers its tests
from ogc.suite import TESTS
from ogc.target import Target
from service import Service


def main():
    url, expected = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    service = Service(url)
    target = Target(service, expected)
    start = time.monotonic()
    # Tests are independent; a few at once keep the service busy while answers are judged here.
    with ThreadPoolExecutor(4) as pool:
        for test, _ in zip(TESTS, pool.map(lambda test: test.run(target), TESTS)):
            print(test.line(), flush=True)
    cases = sum(t.passed for t in TESTS), sum(len(t.failed) for t in TESTS), sum(sum(t.skipped.values()) for t in TESTS)
    for standard in dict.fromkeys(t.standard for t in TESTS):
        own = [t for t in TESTS if t.standard == standard]
        failed = sum(bool(t.failed) for t in own)
        passed = sum(not t.failed and bool(t.passed) for t in own)
        print(f"{standard}: {passed} Prüfungen bestanden, {failed} nicht, {len(own) - passed - failed} übersprungen")
    print(
        f"Eigener Nachbau der Prüfungen, nicht die OGC-Suite: {cases[0]} Fälle bestanden, {cases[1]} nicht, {cases[2]} übersprungen;"
        f" {len(target.collections)} Sammlungen, {service.requests} Anfragen, {time.monotonic() - start:.0f} s"
    )


main()
