"""Running the command line inside the test process."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dutygraph.cli.main import dutygraph


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(dutygraph, [str(each) for each in arguments], input=stdin)
    if result.exc_info is not None:
        # A process that has ended holds no store open; its frames in the result would.
        traceback.clear_frames(result.exc_info[2])
    return result


def answer(*arguments: str | Path) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)
