"""Accounts and the audit log as pages show them."""

from __future__ import annotations

from typing import Final

from dutygraph.accounts import acts
from dutygraph.accounts.accounts import Account
from webapp.language import Words

ROLES: Final = {
    "reader": Words("读者", "reader"),
    "officer": Words("经办人", "officer"),
    "supervisor": Words("监督员", "supervisor"),
    "administrator": Words("管理员", "administrator"),
}
"""What the roles are called."""

SCOPES: Final = {
    "read": Words("读取范围内的记录", "read the records in the remit"),
    "import": Words("读取、导入和撤销", "read, import and undo"),
    "settings": Words("保存设置", "save settings"),
}
"""What a token may be good for."""


def act(code: str) -> Words:
    """Say what the audit log has of an act."""
    return Words(*acts.act(code))


def outcome(code: str) -> Words:
    """Say how it ended."""
    return Words(*acts.outcome(code))


def remit(account: Account) -> Words:
    """Say whose records an account sees."""
    if account.remit.everything:
        return Words("全部", "everything")
    if account.remit.is_empty:
        return Words("法规和演示数据", "the regulation and the demo")
    if account.remit.region:
        region = account.remit.region
        return Words(f"区划 {region}…", f"region {region}…")
    units = account.remit.units
    return Words(f"{'、'.join(units)} 及下级", f"{', '.join(units)} and below")
