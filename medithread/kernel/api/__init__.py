"""The API of every kind, made from its declaration: /api/v1/ with OpenAPI, tokens, problem+json, idempotency keys."""
