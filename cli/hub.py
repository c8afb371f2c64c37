"""`model-catalog hub`: what the hub gives to others."""

from cli.verbs import AsJson, HubStack, noun, verb

app = noun("What the hub gives to others.")


@verb(app, "shares", "hub shares --json", looking=True, asks_aws=True)
def shares(*, stack: HubStack = "hub", as_json: AsJson = False) -> int:
    """Tell where the hub's portfolios have arrived, account by account; it changes nothing."""
    from cli.deployment.shares import show_shares

    return show_shares(stack, as_json=as_json)
