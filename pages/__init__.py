"""What the catalog offers, written for people and machines that look at it: one index, pages, feeds and documents."""
