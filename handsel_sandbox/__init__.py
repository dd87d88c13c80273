"""The sandbox gateway: a server of its own that speaks the part of Stripe's HTTP API that Handsel uses.

It imports nothing of Handsel, keeps its own durable storage and misbehaves on request, so that what passes against it
has been through slow, lost, repeated and contradictory answers.
"""
