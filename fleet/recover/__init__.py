"""After a run that died: what it was making is looked for in the account, and taken into the state."""
