"""A company of five people with many hats: every life can be lived, the signatures are counted, the first procedure stands in minutes."""
