"""What others might read of a store's directory they may not any more once the site starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from used import run

from dutygraph.upkeep.modes import tighten


def opened(folder: Path) -> Path:
    """Make a directory as an earlier version left it, open to others."""
    for name in (
        "graph/1.sst",
        "users.sqlite",
        "audit.sqlite",
        "rooms/a/jobs/jobs.sqlite",
        "secret",
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
        file.chmod(0o664)
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o755)
    return folder


def modes(folder: Path) -> set[tuple[bool, int]]:
    return {(one.is_dir(), one.lstat().st_mode & 0o777) for one in (folder, *folder.rglob("*"))}


def test_folders_and_files_are_the_owner_s_alone_and_links_lead_nowhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "file").touch(0o644)
    store = opened(tmp_path / "store")
    (store / "link").symlink_to(elsewhere)
    assert tighten(store) == []
    (store / "link").unlink()
    assert modes(store) == {(True, 0o700), (False, 0o600)}
    assert modes(elsewhere) == {(True, 0o755), (False, 0o644)}
    assert tighten(store) == []
    assert tighten(tmp_path / "not-there") == []


def test_what_is_somebody_else_s_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path / "store")
    chmod = Path.chmod

    def refused(path: Path, mode: int) -> None:
        if path.name == "users.sqlite":
            raise PermissionError(path)
        chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", refused)
    assert tighten(store) == [store / "users.sqlite"]


def test_the_site_tightens_its_store_before_it_serves(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store / "results.sqlite").chmod(0o644)
    (store / "graph").chmod(0o755)
    # The server is not begun, and its environment stays with it.
    monkeypatch.setattr(os, "execv", lambda *_: None)
    monkeypatch.setattr(os, "environ", {**os.environ})
    monkeypatch.setattr("dutygraph.cli.serving.mkdtemp", lambda **_: str(store))
    served = run("serve", "--port", "0", "--store", store)
    assert served.exit_code == 0, served.output
    assert {mode & 0o077 for _, mode in modes(store)} == {0}
    monkeypatch.setattr("dutygraph.cli.serving.tighten", lambda place: [place / "graph"])
    assert f"{store / 'graph'}" in run("serve", "--port", "0", "--store", store).stderr
