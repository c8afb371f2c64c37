"""What is there and what is missing, before anything is made."""
