"""A proof on AWS: the whole life of a small catalog in three accounts that nobody needs, measured and removed again."""
