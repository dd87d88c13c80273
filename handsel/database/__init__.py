"""The database's own matters: ids, tenants, keys, policies, roles, the embedded server."""
