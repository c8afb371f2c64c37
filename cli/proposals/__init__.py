"""Proposes the upgrades of spokes: to each team the change of its settings, with why and what it costs."""
