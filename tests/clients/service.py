"""A service as one client sees it: exact requests over kept connections, whole answers.

Used by the scripted clients (conformance, QGIS replay, fuzzer): urllib would add headers of
its own and turn statuses into exceptions.
"""

import gzip
import http.client
import json
import threading
import zlib
from urllib.parse import quote, urlsplit

TIMEOUT = 60  # seconds; a debug build on a loaded machine


class Answer:
    """Status, headers and the decoded body; `length` counts the bytes that travelled."""

    def __init__(self, method, address, answer, raw):
        self.method, self.address = method, address
        self.status, self.version, self.headers = answer.status, answer.version, answer.msg
        self.length = len(raw)
        coding = self.header("Content-Encoding").lower()
        if coding == "gzip":
            raw = gzip.decompress(raw) if raw else raw
        elif coding == "deflate":
            raw = zlib.decompress(raw) if raw else raw
        self.body = raw

    def header(self, name):
        """All values of a header, joined by commas; empty without one."""
        return ", ".join(self.headers.get_all(name) or [])

    @property
    def media(self):
        """Media type without its parameters."""
        return self.header("Content-Type").split(";")[0].strip().lower()

    def json(self):
        return json.loads(self.body.decode("utf-8"))

    def links(self):
        """The Link headers as dictionaries with href, rel, type."""
        found = []
        for part in self.header("Link").split(", <"):
            href, _, rest = part.lstrip("<").partition(">")
            if rest:
                pairs = (p.strip().partition("=") for p in rest.split(";") if "=" in p)
                found.append({"href": href, **{key: value.strip('"') for key, _, value in pairs}})
        return found

    def __str__(self):
        return f"{self.method} {self.address} → {self.status}"


class Service:
    """One connection per thread, reopened when the service closes it."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.host = urlsplit(url).netloc
        self.kept = threading.local()
        self.requests = 0

    def target(self, address):
        """Path and query of an absolute address of this service, or of a path."""
        if address.startswith("/"):
            return address
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"„{address}“ ist keine vollständige Adresse")
        if parts.netloc != self.host:
            raise ValueError(f"„{address}“ führt zu einem anderen Dienst als {self.host}")
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def ask(self, address, headers=(), method="GET", body=None):
        """Sends exactly these headers (pairs), besides Host and Content-Length."""
        target = self.target(address)
        for again in (True, False):
            connection = getattr(self.kept, "connection", None)
            fresh = connection is None
            if fresh:
                connection = self.kept.connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT)
            try:
                connection.putrequest(method, target, skip_accept_encoding=True)
                for name, value in headers:
                    connection.putheader(name, value)
                if body is not None:
                    connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body)
                answer = connection.getresponse()
                raw = answer.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                self.kept.connection = None
                # A kept connection may have been closed meanwhile; a new one may not.
                if again and not fresh:
                    continue
                raise
            if answer.will_close:
                connection.close()
                self.kept.connection = None
            self.requests += 1
            return Answer(method, address, answer, raw)

    def get(self, address, accept=None, **parameters):
        """GET with query parameters, each value encoded."""
        if parameters:
            query = "&".join(f"{name.replace('_', '-')}={quote(str(value), safe='')}" for name, value in parameters.items())
            address += ("&" if "?" in address else "?") + query
        return self.ask(address, [("Accept", accept)] if accept else [])


def link(links, rel, media=None):
    """The first link of a relation, and of a media type if one is named; None without one."""
    for entry in links:
        if entry.get("rel") == rel and (media is None or entry.get("type", "").split(";")[0] == media):
            return entry
    return None


def segment(text):
    """A text as one segment of a path."""
    return quote(text, safe="")
