"""What a launch of a version costs a month, from the price table: an estimate."""

from shared.checking import Document


class CostRule(Document):
    """How a product's monthly cost follows from its parameters."""
