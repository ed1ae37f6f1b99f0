"""Pages of identity: sign-in, my account, people, roles, sites, "Can we still work?"."""
