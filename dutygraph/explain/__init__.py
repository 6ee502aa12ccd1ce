"""Why a party carries a norm, or does not: the chain of provisions behind it."""
