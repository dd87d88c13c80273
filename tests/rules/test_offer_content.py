"""What is offered survives being stored: content → JSON → content is the same."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.evidence import canonical
from handsel.rules.offer_content import OfferContent, OfferLine, OfferRenewal

DAYS = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31))


@given(st.builds(OfferContent, lines=st.lists(st.builds(OfferLine, start_on=DAYS), max_size=3).map(tuple)))
def test_content_comes_back_from_json_as_it_was(content: OfferContent) -> None:
    assert OfferContent.from_json(json.loads(json.dumps(content.as_json()))) == content


@given(st.builds(OfferRenewal))
def test_equal_content_has_equal_bytes(renewal: OfferRenewal) -> None:
    again = OfferRenewal.from_json(renewal.as_json())
    assert canonical(again.as_json()) == canonical(renewal.as_json())
