"""What the commands of spoke and hub do for accounts: who is in, who runs what, and who may."""
