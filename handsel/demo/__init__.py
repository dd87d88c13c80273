"""The demo partner: a believable agency, made by the flows."""
