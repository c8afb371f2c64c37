"""The platform team's pages of a private site: who runs what, since when, at which cost, and how a rollout goes."""
