"""The command line: ``dutygraph norms``, ``dutygraph check`` and their siblings."""
