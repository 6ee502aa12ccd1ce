"""What the audit log calls what was done and how it ended, in both languages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, NamedTuple


class Called(NamedTuple):
    """A code of the log in words."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"


ACTS: Final = {
    "login": Called("登录", "log-in"),
    "logout": Called("退出", "log-out"),
    "check": Called("检查", "check"),
    "export": Called("导出", "export"),
    "query": Called("查询", "query"),
    "import": Called("导入", "import"),
    "undo": Called("撤销导入", "undo of an import"),
    "setting": Called("保存设置", "settings saved"),
    "store.restore": Called("恢复备份", "backup restored"),
    "account.add": Called("建立用户", "account made"),
    "account.role": Called("改变角色和范围", "role and remit changed"),
    "account.password": Called("改密码", "password changed"),
    "account.disable": Called("停用用户", "account turned off"),
    "account.enable": Called("启用用户", "account turned on"),
    "token.add": Called("建立令牌", "token made"),
    "token.revoke": Called("吊销令牌", "token revoked"),
    "imports.hand_in": Called("交来要导入的文件", "files handed in to import"),
    "imports.marked": Called("取回标出错误的工作簿", "workbook with marked faults fetched"),
    "imports.commit": Called("确认导入", "import confirmed"),
    "imports.check": Called("重新检查文件", "files checked again"),
    "imports.discard": Called("放弃文件", "files discarded"),
    "imports.undo": Called("要求撤销导入", "undo of an import asked for"),
    "api.import_files": Called("程序交来要导入的文件", "files handed in by a program"),
    "api.undo_import": Called("程序要求撤销导入", "undo asked for by a program"),
    "api.job": Called("程序查看工作", "job looked at by a program"),
    "api.commit_job": Called("程序确认导入", "import confirmed by a program"),
    "api.save_settings": Called("程序保存设置", "settings saved by a program"),
    "settings.save": Called("在网页保存设置", "settings saved on a page"),
    "account.index": Called("看自己的用户", "own account looked at"),
    "account.end_sessions": Called("在所有地方退出", "log-out everywhere"),
    "account.add_token": Called("为自己建立令牌", "own token made"),
    "account.revoke_token": Called("吊销自己的令牌", "own token revoked"),
    "account.logout": Called("在网页退出", "log-out on a page"),
    "accounts.index": Called("看用户", "accounts looked at"),
    "accounts.add": Called("在网页建立用户", "account made on a page"),
    "accounts.assign": Called("在网页改变角色", "role changed on a page"),
    "accounts.disable": Called("在网页停用或启用用户", "account turned off or on on a page"),
    "accounts.reset": Called("在网页重设密码", "password reset on a page"),
    "accounts.audit": Called("看审计日志", "audit log looked at"),
}
"""By code; what an address of the site asks a right for goes by the name of that address."""

_OUTCOMES: Final = {
    "done": Called("已做", "done"),
    "refused": Called("拒绝", "refused"),
    "throttled": Called("次数过多，拒绝", "refused after too many tries"),
}
_BY_STATUS: Final = (
    (HTTPStatus.INTERNAL_SERVER_ERROR, Called("服务器没有做成", "the server failed")),
    (HTTPStatus.BAD_REQUEST, Called("拒绝", "refused")),
    (0, Called("已答复", "answered")),
)


def act(code: str) -> Called:
    """Say what was done; a code that nothing is known of stands for itself."""
    return ACTS.get(code, Called(code, code))


def outcome(code: str) -> Called:
    """Say how it ended; of what a request asked for with the status of the answer (RFC 9110)."""
    if not code.isdigit():
        return _OUTCOMES.get(code, Called(code, code))
    said = next(words for least, words in _BY_STATUS if int(code) >= least)
    return Called(f"{said.zh}（{code}）", f"{said.en} ({code})")
