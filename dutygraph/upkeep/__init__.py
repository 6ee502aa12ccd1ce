"""What keeps a store's directory: backups, restoring, and whether it is sound."""
