"""Running the command line inside the test process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dutygraph.cli.main import dutygraph


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(dutygraph, [str(each) for each in arguments], input=stdin)


def answer(*arguments: str | Path) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)
