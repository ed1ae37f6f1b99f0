"""Acceptance on real sets of documents: what somebody else wrote goes through the whole life. `make acceptance DATA=folder`."""
