"""The rules of the product as pure functions and values: standard library only, no storage, no network."""
