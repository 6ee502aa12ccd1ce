"""Looks every pinned dependency up among known vulnerabilities: PyPI's advisories, and npm's.

Exit code 1 where one is known. What could not be looked up is said to be so, never to have passed:
code 0 nevertheless, as a check of every change must not hang on a service elsewhere, and code 2
with ``--strict``, for a release.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PINNED: Final = ROOT / "requirements-dev.txt"
"""Holds what requirements.txt holds, and more."""
LOCKED: Final = ("benchmarks", "tests/web/comunica", "webapp/bundles/codemirror")
_SECONDS: Final = 300


@dataclass(frozen=True)
class Audit:
    """What came of looking: vulnerabilities, what was looked up, what could not be, and why."""

    known: tuple[str, ...] = ()
    looked_up: int = 0
    unseen: tuple[str, ...] = ()

    def __add__(self, other: Audit) -> Audit:
        return Audit(
            self.known + other.known,
            self.looked_up + other.looked_up,
            self.unseen + other.unseen,
        )


def of_pip_audit(told: Mapping[str, Any]) -> Audit:
    """Read the JSON of pip-audit."""
    known, unseen, number = [], [], 0
    for one in told["dependencies"]:
        if "skip_reason" in one:
            unseen.append(f"{one['name']}: {one['skip_reason']}")
            continue
        number += 1
        for found in one["vulns"]:
            cured = ", ".join(found["fix_versions"]) or "no version"
            known.append(f"{one['name']} {one['version']}: {found['id']}, mended in {cured}")
    return Audit(tuple(known), number, tuple(unseen))


def of_npm(told: Mapping[str, Any], where: str) -> Audit:
    """Read the JSON of ``npm audit`` in a folder."""
    if "vulnerabilities" not in told:
        return Audit(unseen=(f"{where}: {told.get('message') or told.get('error')}",))
    known = tuple(
        f"{where}: {name} {one['range']}, {one['severity']}"
        for name, one in told["vulnerabilities"].items()
    )
    return Audit(known, told["metadata"]["dependencies"]["total"])


def _said(command: list[str], folder: Path) -> Mapping[str, Any]:
    """Give the JSON that a command prints; one that prints none says why as ``error``."""
    try:
        done = subprocess.run(  # noqa: S603 - the commands are our own
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        told: Mapping[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)}
    except json.JSONDecodeError:
        return {"error": (done.stderr.strip() or f"{command[0]} says nothing").splitlines()[-1]}
    return told


def _python() -> Audit:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINNED)]
    options = ["--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off"]
    told = _said([*command, *options], ROOT)
    if "dependencies" not in told:
        return Audit(unseen=(f"{PINNED.name}: {told['error']}",))
    return of_pip_audit(told)


def _npm() -> Iterator[Audit]:
    for folder in LOCKED:
        told = _said(["npm", "audit", "--json", "--package-lock-only"], ROOT / folder)
        yield of_npm(told, folder)


def lines(audit: Audit) -> Iterator[str]:
    """Say what came of it."""
    for one in audit.known:
        yield f"VULNERABLE {one}"
    yield f"{audit.looked_up} looked up, {len(audit.known)} vulnerabilities known"
    if audit.unseen:
        yield f"NOT AUDITED: {len(audit.unseen)} could not be looked up; this audit has not passed"
        yield from (f"  {one}" for one in audit.unseen[:5])
        yield from ["  …"] if len(audit.unseen) > 5 else []


def code(audit: Audit, *, strict: bool) -> int:
    """Give the exit code."""
    if audit.known:
        return 1
    return 2 if strict and audit.unseen else 0


def main() -> int:
    """Look everything up, say what came of it, give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail where something is not audited")
    strict = parser.parse_args().strict
    audit = sum(_npm(), start=_python())
    sys.stdout.write("".join(f"{line}\n" for line in lines(audit)))
    return code(audit, strict=strict)


if __name__ == "__main__":
    sys.exit(main())
