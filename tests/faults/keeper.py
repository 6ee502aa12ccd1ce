"""A process that changes accounts without end, to be killed: ``python keeper.py FOLDER SEED``."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from dutygraph.accounts.accounts import Accounts
from dutygraph.accounts.database import Author
from dutygraph.accounts.remits import NOTHING, Remit
from dutygraph.accounts.tokens import Tokens


def main() -> None:
    """Make accounts, change them, make and revoke their tokens, as the seed has it."""
    folder, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]))  # noqa: S311 - a test's
    author = Author("shell:keeper")
    accounts, tokens = Accounts(folder, author), Tokens(folder, author)
    if not accounts.exist:
        accounts.add("guanli", "administrator", NOTHING, None)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while True:
        name = f"n{rng.randrange(10**9)}"
        accounts.add(name, "reader", NOTHING, None)
        accounts.assign(name, "officer", Remit((f"u{rng.randrange(9)}",)))
        made, _ = tokens.add(name, "", ["read"])
        accounts.disable(name)
        tokens.revoke(made.id)
        accounts.disable(name, disabled=False)


if __name__ == "__main__":
    main()
