"""Things worth keeping: the latest that were made, each made once however many ask for it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Kept(Generic[Key, Thing]):
    """Makes things by key and keeps those that were asked for last."""

    def __init__(self, make: Callable[[Key], Thing], size: int) -> None:
        self._make = make
        self._size = size
        self._made: OrderedDict[Key, Thing] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, key: Key) -> Thing:
        """Give the thing of a key, from those kept when it is among them."""
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(key)
                if len(self._made) > self._size:
                    self._made.popitem(last=False)
            self._made.move_to_end(key)
            return self._made[key]
