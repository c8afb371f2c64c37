"""What asks AWS about the hub's account and changes nothing."""
