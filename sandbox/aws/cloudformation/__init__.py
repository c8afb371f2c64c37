"""CloudFormation: moto's, with the corners filled in that launches of the catalog need.

Import the modules of this package, other than `request` and `templates`, only when a stack is wanted: moto's
CloudFormation loads most of moto, which takes over a second.
"""
