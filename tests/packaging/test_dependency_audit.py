"""The audit of dependencies fails on what is known, and claims nothing of what it has not seen."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dependency_audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


audit = _loaded()
SOUND: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
KNOWN = SOUND | {"name": "b", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"], "aliases": []}]}
UNSEEN = {"name": "c", "skip_reason": "Dependency not found on PyPI"}
OF_NPM = {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}
BAD_NPM = OF_NPM | {"vulnerabilities": {"d": {"range": "<2", "severity": "high"}}}
NO_NPM = {"message": "405 Method Not Allowed", "statusCode": 405}


@pytest.mark.parametrize(
    ("python", "npm", "codes", "words"),
    [
        ([SOUND], OF_NPM, (0, 0), ["4 looked up, 0 vulnerabilities known"]),
        ([SOUND, KNOWN], OF_NPM, (1, 1), ["VULNERABLE b 1: PYSEC-1, mended in 2"]),
        ([SOUND], BAD_NPM, (1, 1), ["VULNERABLE there: d <2, high"]),
        ([SOUND, UNSEEN], OF_NPM, (0, 2), ["NOT AUDITED: 1 could not", "has not passed"]),
        ([SOUND], NO_NPM, (0, 2), ["1 looked up", "NOT AUDITED: 1", "405 Method Not Allowed"]),
        ([KNOWN, UNSEEN], NO_NPM, (1, 1), ["VULNERABLE b", "NOT AUDITED: 2"]),
    ],
)
def test_what_is_known_fails_and_what_was_not_seen_is_said_to_be_so(
    python: list[dict[str, Any]], npm: dict[str, Any], codes: tuple[int, int], words: list[str]
) -> None:
    found = audit.of_pip_audit({"dependencies": python}) + audit.of_npm(npm, "there")
    assert (audit.code(found, strict=False), audit.code(found, strict=True)) == codes
    said = "\n".join(audit.lines(found))
    assert [one for one in words if one not in said] == []
    assert ("has not passed" in said) == bool(found.unseen)


def test_a_command_that_is_not_there_or_says_nothing_is_something_not_seen(tmp_path: Path) -> None:
    for command in (["no-such-command"], [sys.executable, "-c", "raise SystemExit('broken')"]):
        told = audit._said(command, tmp_path)
        assert told["error"]
        assert audit.of_npm(told, "there").unseen == (f"there: {told['error']}",)


def test_all_that_is_pinned_is_looked_at() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+)", text, re.MULTILINE))

    assert pins("requirements.txt") <= pins(audit.PINNED.name)
    locks = {
        str(file.parent.relative_to(ROOT))
        for file in ROOT.rglob("package-lock.json")
        if "node_modules" not in file.parts
    }
    assert locks == set(audit.LOCKED)
    for folder in audit.LOCKED:
        assert json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))["packages"]
