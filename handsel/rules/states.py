"""The transition table: statuses, the edges between them, and everything that is read off them.

Guards, buttons, the API's `allowed_actions`, the trigger in the database, the diagram in the documentation
and the exhaustive tests all come from one `StateTable` per noun, so that none of them can disagree with
another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handsel.rules.errors import Refused
from handsel.rules.grants import Grant

RETURN = "<where it was>"
"""As a target: the row's `previous_status`, the status it was in before it came here."""

SAME = "<the same>"
"""As a target: the status does not change; the act is still guarded by the table and leaves its event."""

WHO = frozenset({"staff", "link", "clock", "gateway", "lines"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One row of a table: this verb leads from any of these statuses to one of those, and leaves this event.

    `who` acts (`also` names others who may); staff need `grant` or `or_grant`, own the row when `owner_only`, or sent
    its offer when `sender_only` (or hold orders.manage), and have `setting` switched on. `conditions` are names of
    facts that `permissions` checks. A verb may have several rows, for different sources or different targets.
    """

    verb: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    event: str
    who: str
    also: tuple[str, ...] = ()
    grant: Grant | None = None
    or_grant: Grant | None = None
    owner_only: bool = False
    sender_only: bool = False
    setting: str | None = None
    conditions: tuple[str, ...] = ()
    label: str = ""
    dangerous: bool = False
    note: str = ""

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants of which one is needed; empty when none is."""
        return tuple(grant for grant in (self.grant, self.or_grant) if grant is not None)

    @property
    def actors(self) -> tuple[str, ...]:
        return (self.who, *self.also)

    @property
    def words(self) -> str:
        """The verb as people read it: the button's text, else the verb itself with spaces."""
        return self.label or self.verb.replace("_", " ")


@dataclass(frozen=True)
class StateTable:
    """All statuses of one noun with their labels, the one a new row has, and the edges in the order shown."""

    noun: str
    labels: Mapping[str, str]
    initial: str
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        """A table that contradicts itself does not load."""
        seen: set[tuple[str, str, str]] = set()
        known = {*self.labels, RETURN, SAME}
        if self.initial not in self.labels:
            raise AssertionError(f"{self.noun}: initial status {self.initial!r} has no label")
        for edge in self.edges:
            for name in (*edge.sources, *edge.targets):
                if name not in known:
                    raise AssertionError(f"{self.noun}.{edge.verb}: unknown status {name!r}")
            if not set(edge.actors) <= WHO or not edge.targets or not edge.event.startswith(f"{self.noun}."):
                raise AssertionError(f"{self.noun}.{edge.verb}: who, targets or event is wrong")
            for row in ((edge.verb, source, target) for source in edge.sources for target in edge.targets):
                if row in seen:
                    raise AssertionError(f"{self.noun}: {row} stands twice")
                seen.add(row)

    @property
    def statuses(self) -> tuple[str, ...]:
        return tuple(self.labels)

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every verb once, in table order."""
        return tuple(dict.fromkeys(edge.verb for edge in self.edges))

    @property
    def events(self) -> tuple[str, ...]:
        """Every event once, in table order."""
        return tuple(dict.fromkeys(edge.event for edge in self.edges))

    def rows(self, verb: str, source: str | None = None) -> tuple[Edge, ...]:
        """The rows of a verb, all or only those that leave `source`."""
        return tuple(e for e in self.edges if e.verb == verb and (source is None or source in e.sources))

    def edge(self, verb: str, source: str) -> Edge | None:
        """The first row by which `verb` leaves `source`, None when the table has none."""
        return next(iter(self.rows(verb, source)), None)

    def verbs_from(self, source: str) -> tuple[Edge, ...]:
        """One row per verb that leaves `source`, in table order."""
        first: dict[str, Edge] = {}
        for edge in self.edges:
            if source in edge.sources:
                first.setdefault(edge.verb, edge)
        return tuple(first.values())

    def targets(self, verb: str, source: str) -> tuple[str, ...]:
        """Where `verb` may lead from `source`, with `SAME` and `RETURN` written out."""
        named = (target for edge in self.rows(verb, source) for target in edge.targets)
        return tuple(dict.fromkeys(status for target in named for status in self._expand(source, target)))

    def check(self, verb: str, source: str, target: str) -> Edge:
        """The row that allows this step. Raises `Refused` (action_not_allowed) with the reason."""
        for edge in self.rows(verb, source):
            if any(target in self._expand(source, named) for named in edge.targets):
                return edge
        raise self.refusal(verb, source)

    def refusal(self, verb: str, source: str) -> Refused:
        """The refusal of a verb that the table does not allow from `source`."""
        row = next(iter(self.rows(verb)), None)
        wanted = row.words if row else verb.replace("_", " ")
        possible = ", ".join(f"“{e.words}”" for e in self.verbs_from(source) if e.who in ("staff", "link"))
        sentence = f"This {self.noun} is “{self.labels.get(source, source)}”, so “{wanted}” is not possible."
        return Refused("action_not_allowed", f"{sentence} Possible now: {possible or 'nothing'}.")

    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every change of status the table allows, as (from, to); a trigger in the database refuses others."""
        return frozenset(
            (source, target)
            for edge in self.edges
            for source in edge.sources
            for named in edge.targets
            for target in self._expand(source, named)
            if target != source
        )

    def returns_to(self, status: str) -> tuple[str, ...]:
        """The statuses from which one can come to `status`: where `RETURN` may lead back to."""
        found = {s for e in self.edges if status in e.targets for s in e.sources if s != status}
        return tuple(s for s in self.labels if s in found)

    @property
    def remembers(self) -> frozenset[str]:
        """The statuses that a `RETURN` leaves: a row that enters one must keep its `previous_status`."""
        return frozenset(source for edge in self.edges if RETURN in edge.targets for source in edge.sources)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram; the same table always gives the same text."""
        names = (f'    state "{label}" as {code}' for code, label in self.labels.items())
        lines = ["stateDiagram-v2", *names]
        lines.append(f"    [*] --> {self.initial}")
        for edge in self.edges:
            for source in edge.sources:
                for target in (t for named in edge.targets for t in self._expand(source, named)):
                    if target != source:
                        lines.append(f"    {source} --> {target}: {edge.verb}")
        return "\n".join(lines) + "\n"

    def _expand(self, source: str, target: str) -> tuple[str, ...]:
        if target == SAME:
            return (source,)
        if target == RETURN:
            return self.returns_to(source)
        return (target,)
