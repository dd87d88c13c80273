"""Documents as PDF, from frozen dataclasses: nothing here reads a database, a clock or the network.

`invoice.render_invoice` and `receipt.render_receipt` turn what was frozen into bytes; equal input gives equal bytes.
"""
