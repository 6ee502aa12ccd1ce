"""The site's own settings: what an operator has saved, as a file that ``check --settings`` takes.

It lies beside the store and is looked at for each request, so that every process that serves the
site follows it from the next page on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask import Flask, current_app

from dutygraph.compliance.settings import Setting, SettingError
from dutygraph.compliance.settings_file import read_settings, settings_file
from dutygraph.files import whole_file
from dutygraph.store.endpoint import beside

_EXTENSION: Final = "dutygraph-saved"
_Stamp = tuple[int, int]


class SavedSettings:
    """The settings in a file; none where there is no file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[_Stamp, dict[str, str]] | None = None

    def of(self, known: Mapping[str, Setting]) -> dict[str, str]:
        """Give what was saved, by key. Raises SettingError for a file that cannot be used."""
        try:
            facts = self._file.stat()
        except OSError:
            return {}
        stamp = (facts.st_mtime_ns, facts.st_size)
        if self._read is None or self._read[0] != stamp:
            lines = read_settings(self._file, known)
            self._read = (
                stamp,
                {key: value for key, _, value in (one.partition("=") for one in lines)},
            )
        return self._read[1]

    def save(self, known: Mapping[str, Setting], chosen: Mapping[str, str]) -> None:
        """Save settings in the place of those before. Raises OSError where that fails."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self._file) as stream:
            stream.write(settings_file([known[key] for key in sorted(known)], chosen).encode())


def saved() -> SavedSettings:
    """Give the saved settings of the app that serves the request."""
    found = current_app.extensions[_EXTENSION]
    assert isinstance(found, SavedSettings)  # noqa: S101 - install puts nothing else there
    return found


def saved_settings(known: Mapping[str, Setting]) -> dict[str, str]:
    """Give the settings saved for this site; none when they cannot be used.

    The page of settings says why they cannot.
    """
    with suppress(SettingError):
        return saved().of(known)
    return {}


def install(app: Flask, location: str) -> None:
    """Give an app its saved settings, beside its store."""
    app.extensions[_EXTENSION] = SavedSettings(beside(location) / "settings.toml")
