"""CloudFormation's service-managed stack sets: one template, a stack in each account of some units.

Facts are those of the API Reference and of the User Guide, "StackSets", unless a place names another source.
"""
