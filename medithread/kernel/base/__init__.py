"""The ground: identifiers, clock, canonical bytes, refusals and the guard on every write."""
