"""What somebody would launch, checked and priced before anything is written."""
