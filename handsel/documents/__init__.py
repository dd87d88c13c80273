"""Documents as PDF, from frozen dataclasses: nothing here reads a database, a clock or the network.

`render_invoice`, `render_receipt` and `render_offer` turn what was frozen into bytes; equal input gives equal bytes.
"""
