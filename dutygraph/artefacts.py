"""Where the artefact rooms are: ontology, data, shapes and queries, as Path objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_INSTALLED = Path(__file__).parent / "_artefacts"
_CHECKOUT = Path(__file__).parent.parent


def room(name: str) -> Path:
    """Give the folder of an artefact room (``ontology``, ``data``, ``shapes`` or ``queries``).

    The installed package carries the rooms inside itself and is looked at first, the checkout
    second. Raises FileNotFoundError when neither holds the room.
    """
    for root in (_INSTALLED, _CHECKOUT):
        folder = root / name
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"安装不完整：缺少目录 {name} / the installation is incomplete: no folder {name} in "
        f"{_INSTALLED} or {_CHECKOUT}; reinstall dutygraph"
    )


def fingerprint(files: Iterable[Path], *salts: str) -> str:
    """Give a SHA-256 over the names and bytes of files, in the order given, and the salts.

    Two sets of inputs have the same fingerprint only if a thing made from them is the same.
    """
    digest = hashlib.sha256()
    for salt in salts:
        digest.update(salt.encode() + b"\0")
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
