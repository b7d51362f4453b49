"""How an abstract test is written, run and counted.

A test is a generator-free function marked with `abstract_test`; it opens one `case` per thing
it looks at (a collection, a system). A case passes when its block ends, fails with `expect`
or any other exception, and is skipped with `skip`, which names the reason.
"""

import contextlib
from collections import Counter


class Skipped(Exception):
    """This case cannot be judged; the text says why."""


class Failed(Exception):
    """This case does not hold."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def skip(reason):
    raise Skipped(reason)


TESTS = []


def abstract_test(standard, identifier, number=None, requires=None):
    """Registers a test; `requires` is the conformance class that must be declared."""

    def register(function):
        TESTS.append(Test(standard, identifier, number, requires, function))
        return function

    return register


class Test:
    def __init__(self, standard, identifier, number, requires, function):
        self.standard, self.identifier, self.number = standard, identifier, number
        self.requires, self.function = requires, function
        self.passed, self.failed, self.skipped = 0, [], Counter()

    @property
    def title(self):
        number = f"{self.number} " if self.number else ""
        purpose = (self.function.__doc__ or "").strip().split("\n")[0].rstrip(".")
        return f"{self.standard} {number}{self.identifier} ({purpose})"

    @contextlib.contextmanager
    def case(self, subject):
        try:
            yield
        except Skipped as reason:
            self.skipped[str(reason)] += 1
        except Failed as problem:
            self.failed.append(f"{subject}: {problem}")
        except Exception as error:  # noqa: BLE001 — an answer of the wrong shape is a failure of the service
            self.failed.append(f"{subject}: {type(error).__name__}: {error}")
        else:
            self.passed += 1

    def run(self, iut):
        if self.requires and self.requires not in iut.declared:
            self.skipped[f"Klasse nicht erklärt: {self.requires}"] += 1
            return
        before = self.passed, len(self.failed), sum(self.skipped.values())
        try:
            self.function(iut, self.case)
        except Exception as error:  # noqa: BLE001
            self.failed.append(f"bricht ab mit {type(error).__name__}: {error}")
        if before == (self.passed, len(self.failed), sum(self.skipped.values())):
            self.failed.append("hat nichts geprüft")

    def line(self):
        """One line of the report: `ok`, `FEHLT` or `übersprungen` first."""
        skipped = "; ".join(f"{count}× {reason}" if count > 1 else reason for reason, count in self.skipped.items())
        if self.failed:
            shown = "; ".join(self.failed[:3])
            more = f"; und {len(self.failed) - 3} weitere" if len(self.failed) > 3 else ""
            return f"FEHLT {self.title}: {shown}{more}"
        if not self.passed:
            return f"übersprungen {self.title}: {skipped}"
        rest = f", übersprungen {skipped}" if skipped else ""
        return f"ok {self.title}: {self.passed} Fälle{rest}"
