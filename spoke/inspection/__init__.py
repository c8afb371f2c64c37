"""What asks AWS about a spoke's account and changes nothing."""
