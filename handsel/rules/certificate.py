"""What a certificate says beyond its looks: the evidence of a signature and what happened around it, as JSON that can
be checked on its own (DOMAIN.md section 4, RELIABILITY.md T29).

Every entry of the trail holds the hash of the one before it, the first the hash of all that stands beside the trail;
the last hash closes it. So whatever is changed, moved or missing is found without asking anybody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from handsel.rules.evidence import Evidence, canonical
from handsel.rules.offer_content import OfferTerms

FORMAT = "handsel-certificate-1"
EVIDENCE_FILE, OFFER_FILE, IMAGE_FILE = "evidence.json", "offer.pdf", "signature.png"
SIGNED = "offer.signed"

_TRAIL_PARTS = frozenset({"trail", "trail_sha256"})
_PARTS = frozenset({"evidence", "evidence_sha256", "format", "made_at", "offer", "seller", "terms"}) | _TRAIL_PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One thing that happened to the offer; `details` are codes, hashes, amounts and names, as the history has them."""

    event: str  # evt_…
    type: str
    at: dt.datetime
    actor: str
    details: Mapping[str, Any]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def certificate_json(
    evidence: Evidence, terms: OfferTerms | None, trail: Sequence[TrailEntry], seller: str, made_at: dt.datetime
) -> bytes:
    """The file `evidence.json`: canonical, so equal facts give equal bytes."""
    head = {
        "format": FORMAT,
        "seller": seller,
        "made_at": _instant(made_at),
        "evidence": evidence.as_json(),
        "evidence_sha256": evidence.sha256,
        "offer": {"file": OFFER_FILE, "sha256": evidence.document_sha256},
        "terms": terms.as_json() if terms else None,
    }
    start = sha256(canonical(head))
    chained = chain(start, trail)
    return canonical({**head, "trail": chained, "trail_sha256": chained[-1]["hash"] if chained else start})


def chain(start: str, trail: Sequence[TrailEntry]) -> list[dict[str, Any]]:
    """The trail with its hashes, beginning from `start`."""
    chained: list[dict[str, Any]] = []
    previous = start
    for position, entry in enumerate(trail, 1):
        link = {
            "position": position,
            "event": entry.event,
            "type": entry.type,
            "at": _instant(entry.at),
            "actor": entry.actor,
            "details": dict(entry.details),
            "previous": previous,
        }
        previous = sha256(canonical(link))
        chained.append({**link, "hash": previous})
    return chained


def check_certificate_json(content: bytes, files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with `evidence.json` and the files beside it; nothing where all of it holds together."""
    try:
        said = json.loads(content)
        is_canonical = canonical(said) == content
    except (ValueError, RecursionError):
        return ["The evidence cannot be read."]
    if not is_canonical:
        return ["The evidence is not in its canonical form."]
    if not isinstance(said, dict) or said.keys() != _PARTS or said["format"] != FORMAT:
        return ["The evidence does not have the parts that it should have."]
    try:
        return [*_evidence(said), *_files(said, files), *_terms(said), *_trail(said)]
    except (KeyError, TypeError, AttributeError):
        return ["The evidence does not have the fields that it should have."]


def _evidence(said: Mapping[str, Any]) -> Iterator[str]:
    evidence = said["evidence"]
    if evidence.keys() != {field.name for field in fields(Evidence)}:
        yield "The evidence of the signature has other fields than it should have."
    if sha256(canonical(evidence)) != said["evidence_sha256"]:
        yield "The evidence of the signature was changed: its hash is another one."


def _files(said: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    evidence = said["evidence"]
    drawn = evidence["kind"] == "drawn"
    expected = {EVIDENCE_FILE, OFFER_FILE, *({IMAGE_FILE} if drawn else ())}
    if files.keys() != expected:
        yield f"The files inside should be {', '.join(sorted(expected))}, and are {', '.join(sorted(files))}."
    if evidence["document_sha256"] != sha256(files.get(OFFER_FILE, b"")):
        yield "The offer inside is not the document that was signed."
    if said["offer"] != {"file": OFFER_FILE, "sha256": evidence["document_sha256"]}:
        yield "The offer is named by another hash than the one that was signed."
    if evidence["image_sha256"] != (sha256(files.get(IMAGE_FILE, b"")) if drawn else ""):
        yield "The picture of the signature is not the one that was drawn."


def _terms(said: Mapping[str, Any]) -> Iterator[str]:
    accepted, terms = said["evidence"]["terms"], said["terms"]
    if (accepted is None) != (terms is None):
        yield "The terms that were accepted are missing, or nobody accepted them."
    if accepted is None or terms is None:
        return
    if {name: terms[name] for name in ("title", "version", "sha256")} != accepted:
        yield "The terms are not the ones that were accepted."
    if sha256(terms["text"].encode()) != terms["sha256"]:
        yield "The text of the terms was changed: its hash is another one."
    if terms["tick"] not in said["evidence"]["agreed"]:
        yield "The sentence beside the terms is not among those that were ticked."


def _trail(said: Mapping[str, Any]) -> Iterator[str]:
    """Each entry against its own hash, and against the one before it; and the signature among them."""
    previous = sha256(canonical({name: part for name, part in said.items() if name not in _TRAIL_PARTS}))
    for position, link in enumerate(said["trail"], 1):
        own = {name: value for name, value in link.items() if name != "hash"}
        if link["hash"] != sha256(canonical(own)):
            yield f"Entry {position} of the trail was changed: its hash is another one."
        if link["position"] != position or link["previous"] != previous:
            yield f"Entry {position} of the trail does not follow on what comes before it."
        previous = link["hash"]
    if said["trail_sha256"] != previous:
        yield "The trail does not end where it should: entries are missing at its end, or were added."
    signed = [link["details"] for link in said["trail"] if link["type"] == SIGNED]
    wanted = {"evidence_sha256": said["evidence_sha256"], "document_sha256": said["evidence"]["document_sha256"]}
    if [{name: details.get(name) for name in wanted} for details in signed] != [wanted]:
        yield "The trail does not hold the signature, once, with the hash of its evidence."


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
