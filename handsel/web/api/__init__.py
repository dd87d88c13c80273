"""The JSON API: HTTP to flows and reads and back, one module for each resource, no rules."""
