"""How the rules of fictional provinces read the text where readings differ: settings of a check.

What a setting means is restated here and in the rules from the readings, not taken from a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final


class UnknownSettingError(ValueError):
    """A setting that the rules do not know; the message names those that they do."""


_TERRITORIAL: Final = ("parent_party", "parent_disc")
_VERTICAL: Final = ("vertical_party", "vertical_disc")


@dataclass(frozen=True)
class Assumed:
    """The settings that the rules know, each as a check run takes it; defaults are R1 throughout.

    A02 ``filing_deadline_art11``, A03 ``joint_addressee``, A04 ``midyear_core`` and
    ``midyear_ext``, A17 ``head_rule``, A35 ``reference_units``, A37 ``superior_line``, A40
    ``missing_upper_unit``, A44 ``midyear_party_group``.
    """

    due_soon_days: str = "30"
    filing_deadline_art11: str = "none"
    head_rule: str = "party_secretary"
    joint_addressee: str = "all"
    midyear_core: str = "06-01..07-31"
    midyear_ext: str = "05-01..08-31"
    midyear_party_group: str = "include_departments"
    missing_upper_unit: str = "review"
    reference_units: str = "advisory"
    superior_line: str = "territorial"

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Assumed:
        """Take settings by name, their values checked before; raises UnknownSettingError."""
        known = [field.name for field in fields(cls)]
        for name in settings:
            if name not in known:
                raise UnknownSettingError(
                    f"编造数据时不能改设置「{name}」；可改：{'、'.join(known)} / "
                    f"{name!r} cannot be set for made-up data; these can: {', '.join(known)}"
                )
        return cls(**settings)

    @property
    def lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys under which a unit names its Party superiors, and its discipline superiors."""
        if self.superior_line == "either":
            party, discipline = zip(_TERRITORIAL, _VERTICAL, strict=True)
            return party, discipline
        party_key, discipline_key = _VERTICAL if self.superior_line == "vertical" else _TERRITORIAL
        return (party_key,), (discipline_key,)

    def midyear(self, year: int) -> tuple[tuple[str, str], tuple[str, str]]:
        """Give the core window of a year and the outer one, which is nowhere narrower."""
        core, outer = (
            [f"{year}-{day}" for day in window.split("..")]
            for window in (self.midyear_core, self.midyear_ext)
        )
        return (core[0], core[1]), (min(core[0], outer[0]), max(core[1], outer[1]))

    def is_head(self, role: Mapping[str, object]) -> bool:
        """Tell whether who holds a post is a principal head."""
        if self.head_rule == "either_head" and role.get("administrative_head"):
            return True
        return bool(role.get("principal_head"))


USUAL: Final = Assumed()
"""What holds unless something else is set."""
