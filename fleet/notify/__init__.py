"""Tells others how a rollout goes: a topic, an event bus, a webhook; nobody unless the settings name them."""
