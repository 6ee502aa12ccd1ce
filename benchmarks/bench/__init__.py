"""The bench: dutygraph beside its peers, over the same data and the same rules, in one run.

    python -m benchmarks.bench run        measures what is not measured yet, prints the tables
    python -m benchmarks.bench publish    writes tables and pictures into docs/

``provinces`` makes the data, ``rules`` holds the rules, ``peers`` run them, ``own`` measures what
only dutygraph does. ``measuring`` runs each measurement in a process of its own with a limit of
time and memory, ``log`` keeps what came of it, ``findings`` compares what was found, ``table`` and
``plot`` show it.
"""
