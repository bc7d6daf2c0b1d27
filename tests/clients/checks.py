"""One line a check; the exit code says whether all were ok. What the environment means: expectations.txt."""

import os
import sys

URL = os.environ["GATEWAY_URL"]
TOKEN = os.environ["TOKEN"]
TABLE = os.environ.get("TABLE", "events")
ROWS = int(os.environ["ROWS"])
ORG = os.environ.get("ORG")
REFUSED_TABLE = os.environ.get("REFUSED_TABLE", "payments")
REFUSED_TEXT = os.environ.get("REFUSED_TEXT")

_failed = []


def check(name):
    """Runs the decorated function at once; an exception is a failed check."""

    def run(function):
        try:
            function()
            print(f"ok {name}")
        except Exception as error:  # noqa: BLE001: whatever a client throws is the finding
            _failed.append(name)
            print(f"NOT OK {name}: {type(error).__name__}: {' '.join(str(error).split())[:400]}")

    return run


def equal(found, expected):
    assert found == expected, f"{found!r}, expected {expected!r}"


def refused(function, *arguments):
    """The call must fail, and its error must not tell what it may not."""
    try:
        found = function(*arguments)
    except AssertionError:
        raise
    except Exception as error:  # noqa: BLE001
        assert not (REFUSED_TEXT and REFUSED_TEXT in str(error)), "the error tells what it must not"
        return str(error)
    raise AssertionError(f"not refused: {found!r}"[:300])


def end():
    sys.exit(1 if _failed else 0)
