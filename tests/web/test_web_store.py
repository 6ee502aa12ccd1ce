"""The store behind the site: read as it is now, while others write to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import StoreError
from webapp import create_app


def units(name: str) -> str:
    return (
        f'{{"units": [{{"id": "{name}", "name": "示例{name}", "kind": "地方党委",'
        ' "level": "县级"}],'
        ' "persons": [], "records": []}'
    )


def test_an_import_shows_without_a_new_start(
    import_files: Callable[..., Path], make_site: Callable[..., Flask], tmp_path: Path
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(units("u1"), encoding="utf-8")
    second.write_text(units("u2"), encoding="utf-8")
    store = tmp_path / "store"
    client = make_site(store).test_client()
    assert "dutygraph demo" in client.get("/units").text
    import_files(store, first)
    assert "示例u1" in client.get("/units").text
    import_files(store, second)
    text = client.get("/units").text
    assert "示例u1" in text
    assert "示例u2" in text


def test_a_writer_is_not_kept_out_and_what_it_writes_is_read(
    make_site: Callable[..., Flask], tmp_path: Path
) -> None:
    writer = EmbeddedStore.open(tmp_path)
    refresh(writer)
    client = make_site(tmp_path).test_client()
    assert client.get("/regulation/art20").status_code == 200
    seen = set()
    for number in range(6):
        writer.replace_graph(
            f"https://example.org/import/{number}",
            f'<https://example.org/{number}> <https://example.org/p> "{number}" .\n'.encode(),
        )
        for address in ("/regulation/art20", "/findings", "/questions/deadlines"):
            answer = client.get(address)
            seen.add(answer.status_code)
            # A page may be asked for in the very moment in which the writer sweeps up.
            assert answer.status_code == 200 or answer.headers["Retry-After"]
    assert 200 in seen
    del writer
    assert client.get("/regulation/art20").status_code == 200


def test_a_store_that_cannot_be_read_gets_a_page_that_asks_to_come_again(
    make_site: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Path) -> EmbeddedStore:
        raise StoreError("busy")

    monkeypatch.setattr("webapp.sources.open_directory", busy)
    answer = make_site(tmp_path).test_client().get("/regulation")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "数据正在更新" in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_the_site_writes_nothing_into_an_up_to_date_store(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    def state() -> dict[str, int]:
        return {file.name: file.stat().st_mtime_ns for file in (demo_store / "graph").iterdir()}

    before = state()
    client = make_site(demo_store).test_client()
    for address in ("/", "/findings", "/questions/deadlines"):
        assert client.get(address).status_code == 200
    assert state() == before


def test_two_apps_share_nothing(demo_store: Path, tmp_path: Path) -> None:
    full = create_app({"STORE": str(demo_store), "PATIENCE": None, "PERSONAL": True}).test_client()
    bare = create_app({"STORE": str(tmp_path), "PATIENCE": None, "PERSONAL": True}).test_client()
    assert "qh-xianwei" in full.get("/units").text
    assert "qh-xianwei" not in bare.get("/units").text


@pytest.mark.parametrize(
    ("config", "said"),
    [({"AS_OF": "someday"}, "someday"), ({"REGULATION": "atlantis"}, "atlantis")],
)
def test_a_configuration_that_cannot_be_is_refused_at_the_start(
    config: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=said):
        create_app({"STORE": str(tmp_path), **config})


def test_a_page_that_waits_for_a_long_check_says_so_and_opens_when_it_is_done(
    demo_store: Path, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, check = threading.Event(), Checker.check

    def long(self: Checker, records: list[bytes], question: Question) -> Report:
        assert go.wait(60)
        return check(self, records, question)

    monkeypatch.setattr(Checker, "check", long)
    # A day that nobody else asks for: of it nothing is kept beside the store.
    client = make_site(demo_store, AS_OF="2014-11-23", PATIENCE=0.01).test_client()
    answer = client.get("/findings?status=review")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert '<meta http-equiv="refresh" content="3">' in answer.text
    assert 'href="/findings?status=review"' in answer.text
    assert client.get("/settings").status_code == 200, "what needs no check is there"
    assert "65 个单位，753 条记录，正在检查。" in client.get("/").text
    go.set()
    deadline = time.monotonic() + 60
    while (answer := client.get("/findings?status=review")).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.status_code == 200
