"""Taking an invoice back, whole or in part: what falls on each line, and of each line on its net and on each tax.

Everything is split by largest remainder (`money.allocate`) over what no credit note has taken back yet, so that the
parts sum to the amount, no part is ever more than was invoiced, and the last credit note leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handsel.rules.money import allocate


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line's net and each of its taxes, in minor units: what of it can be taken back, or what of it is."""

    net_minor: int
    taxes_minor: tuple[int, ...] = ()

    @property
    def tax_minor(self) -> int:
        return sum(self.taxes_minor)

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor

    def less(self, taken: Creditable) -> Creditable:
        """What is left once `taken` is gone. Raises ValueError where more was taken than there was."""
        left = Creditable(
            self.net_minor - taken.net_minor,
            tuple(mine - theirs for mine, theirs in zip(self.taxes_minor, taken.taxes_minor, strict=True)),
        )
        if left.net_minor < 0 or any(tax < 0 for tax in left.taxes_minor):
            raise ValueError("more was taken back of a line than it had")
        return left


def apportion(amount_minor: int, left: Sequence[Creditable]) -> list[Creditable]:
    """Take `amount_minor` back: one share for each line, by what is left of it. Raises ValueError for an amount that is
    not above zero, or is more than is left."""
    totals = [line.total_minor for line in left]
    if not 0 < amount_minor <= sum(totals):
        raise ValueError("what is taken back is above zero, and no more than is left")
    return [_of_line(share, line) for share, line in zip(allocate(amount_minor, totals), left, strict=True)]


def _of_line(share_minor: int, line: Creditable) -> Creditable:
    net, *taxes = allocate(share_minor, (line.net_minor, *line.taxes_minor))
    return Creditable(net, tuple(taxes))
