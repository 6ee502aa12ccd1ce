"""Check runs handed out: grouped, compared with an earlier run, and written in many formats."""
