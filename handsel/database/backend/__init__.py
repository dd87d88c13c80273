"""Django's PostgreSQL backend with what tenant tables need."""
