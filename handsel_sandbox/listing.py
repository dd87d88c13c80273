"""Lists, searches and expansions, the same for every object."""

from __future__ import annotations

import re
import time
from typing import Any

from handsel_sandbox.call import Call
from handsel_sandbox.errors import Json, invalid, no_such
from handsel_sandbox.store import Store, public

_KIND_OF_PREFIX = {
    "cus": "customer",
    "pm": "payment_method",
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "seti": "setup_intent",
}
_EXPANDABLE = frozenset({"customer", "payment_method", "payment_intent", "latest_charge", "charge", "setup_intent"})
SEARCH_LAG_SECONDS = 1.0


def answer_list(call: Call, kind: str, url: str, filters: tuple[str, ...] = ()) -> Json:
    """Stripe's list: newest first, `created[gte]`, cursors, and the named filters as equalities."""
    conditions: list[tuple[str, Any]] = []
    for name in filters:
        value = call.params.text(name)
        if value:
            conditions.append(_equality(name, value))
    conditions += _created(call)
    limit = call.params.integer("limit") or 10
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: must be between 1 and 100", param="limit")
    after, before = call.params.text("starting_after"), call.params.text("ending_before")
    if after:
        conditions.append(("seq < ?", _cursor(call.store, kind, after, "starting_after")))
    if before:
        conditions.append(("seq > ?", _cursor(call.store, kind, before, "ending_before")))
    call.params.texts("expand")
    call.params.finish()
    found = call.store.select(kind, conditions, limit=limit + 1, ascending=bool(before))
    page = found[:limit]
    if before:
        page.reverse()
    return {"object": "list", "url": url, "has_more": len(found) > limit, "data": [public(item) for item in page]}


def _equality(name: str, value: str) -> tuple[str, Any]:
    if name in ("customer", "payment_intent", "charge"):
        return (f"{name} = ?", value)
    return (f"json_extract(body, '$.{name}') = ?", value)


def _created(call: Call) -> list[tuple[str, Any]]:
    if call.params.is_text("created"):
        return [("created = ?", call.params.integer("created"))]
    bounds = call.params.nested("created")
    if bounds is None:
        return []
    signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
    found = [(f"created {sign} ?", bounds.integer(name)) for name, sign in signs.items() if bounds.has(name)]
    bounds.finish()
    return found


def _cursor(store: Store, kind: str, object_id: str, param: str) -> int:
    sequence = store.sequence_of(object_id)
    if sequence is None:
        raise no_such(kind, object_id, param=param, in_path=False)
    return sequence


_TERM = re.compile(
    r"""\s*(?:metadata\[(?P<quote>['"])(?P<key>[^'"]+)(?P=quote)\]|(?P<name>status|customer|currency|amount|created))"""
    r"""\s*(?P<sign>:|>=|<=|>|<)\s*(?:(?P<mark>['"])(?P<text>[^'"]*)(?P=mark)|(?P<number>\d+))\s*(?:AND\b|$)""",
    re.IGNORECASE,
)


def answer_search(call: Call, kind: str, url: str) -> Json:
    """Search by metadata. It lags on purpose, as Stripe's does: what changed within the last second is not found."""
    query = call.params.required("query")
    limit = call.params.integer("limit") or 10
    call.params.texts("expand")
    call.params.finish()
    conditions: list[tuple[str, Any]] = [("changed_at <= ?", time.time() - SEARCH_LAG_SECONDS)]
    position = 0
    while position < len(query):
        term = _TERM.match(query, position)
        if term is None:
            raise invalid("We were unable to parse your search query.", param="query")
        conditions.append(_condition(term))
        position = term.end()
    found = call.store.select(kind, conditions, limit=limit + 1)
    return {
        "object": "search_result",
        "url": url,
        "has_more": len(found) > limit,
        "next_page": None,
        "data": [public(item) for item in found[:limit]],
    }


def _condition(term: re.Match[str]) -> tuple[str, Any]:
    value: Any = term["text"] if term["mark"] else int(term["number"])
    sign = "=" if term["sign"] == ":" else term["sign"]
    if term["key"] is None:
        return (f"json_extract(body, '$.{term['name'].lower()}') {sign} ?", value)
    if not re.fullmatch(r"[\w-]+", term["key"]):
        raise invalid("Metadata keys in a search are letters, digits, _ and -.", param="query")
    return (f"""json_extract(body, '$.metadata."{term["key"]}"') {sign} ?""", value)


def expand(store: Store, answer: Json, paths: list[str]) -> Json:
    """Replace ids by their objects along each dotted path; in lists a path starts with `data`."""
    for path in paths:
        _expand(store, answer, path.split("."), path)
    return answer


def _expand(store: Store, node: Any, steps: list[str], path: str) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(store, item, steps, path)
        return
    if not isinstance(node, dict) or not steps:
        return
    name, rest = steps[0], steps[1:]
    if name == "refunds" and node.get("object") == "charge":
        node["refunds"] = refunds_of(store, node["id"])
    elif name in _EXPANDABLE and isinstance(node.get(name), str):
        kind = _KIND_OF_PREFIX.get(node[name].split("_")[0])
        found = store.find(kind, node[name]) if kind else None
        node[name] = node[name] if found is None else public(found)
    elif name not in node:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    _expand(store, node[name], rest, path)


def refunds_of(store: Store, charge_id: str) -> Json:
    found = store.select("refund", [("charge = ?", charge_id)], limit=100)
    url = f"/v1/charges/{charge_id}/refunds"
    return {"object": "list", "url": url, "has_more": False, "data": [public(item) for item in found]}
