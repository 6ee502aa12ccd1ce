"""Who may what: accounts with roles and remits, their sessions and tokens, and the audit log."""
