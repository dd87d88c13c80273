from __future__ import annotations

import hashlib

import pytest

from handsel.database.tenancy import reading
from handsel.flows.sales.terms import current_terms, publish_terms, stop_asking_terms
from handsel.models import Event, Member, Partner, Terms
from handsel.rules.errors import Invalid, NotAllowed, Refused
from tests.cast import acting, event_types

TICK = "I agree to the terms of service."


def publish(partner: Partner, member: Member, text: str = "Pay within\n14 days.", **fields: object) -> Terms:
    given = {"title": "Terms of service", "text": text, "tick": TICK, **fields}
    return publish_terms(partner, acting(member), **given)  # type: ignore[arg-type]


def asked_for(partner: Partner) -> Terms | None:
    with reading(partner.id):
        return current_terms(partner.id)


def test_a_partner_begins_without_terms(partner: Partner) -> None:
    assert asked_for(partner) is None


def test_each_text_is_a_version_of_its_own_and_retires_the_one_before(partner: Partner, alice: Member) -> None:
    first, second = publish(partner, alice), publish(partner, alice, "Pay within 30 days.")
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 == hashlib.sha256(b"Pay within\n14 days.").hexdigest()
    current = asked_for(partner)
    assert current is not None
    assert current.id == second.id
    with reading(partner.id):
        kept = Terms.objects.get(id=first.id)
    assert kept.retired_at is not None
    assert (kept.text, kept.sha256) == (first.text, first.sha256)
    assert event_types(partner, second.id) == ["terms.published"]
    with reading(partner.id):
        assert Event.objects.get(subject_id=second.id).changes == {"version": 2, "sha256": second.sha256}


def test_terms_are_asked_for_no_more_once_they_are_stopped(partner: Partner, alice: Member) -> None:
    terms = publish(partner, alice)
    assert stop_asking_terms(partner, acting(alice)) is not None
    assert asked_for(partner) is None
    assert stop_asking_terms(partner, acting(alice)) is None
    assert event_types(partner, terms.id) == ["terms.published", "terms.retired"]
    assert publish(partner, alice).version == 2


def test_what_is_asked_for_already_is_not_published_again(partner: Partner, alice: Member) -> None:
    publish(partner, alice)
    with pytest.raises(Invalid) as caught:
        publish(partner, alice)
    assert caught.value.code == "duplicate"
    assert publish(partner, alice, tick="I have read and accept the terms.").version == 2


def test_who_was_told_another_version_number_publishes_nothing(partner: Partner, alice: Member) -> None:
    publish(partner, alice, version=1)
    with pytest.raises(Refused) as caught:
        publish(partner, alice, "Something else.", version=1)
    assert caught.value.code == "terms_changed"
    current = asked_for(partner)
    assert current is not None
    assert current.version == 1


@pytest.mark.parametrize("missing", ["title", "text", "tick"])
def test_terms_need_title_text_and_the_sentence_beside_the_box(partner: Partner, alice: Member, missing: str) -> None:
    with pytest.raises(Invalid) as caught:
        publish(partner, alice, **{missing: "  "})
    assert [error.loc for error in caught.value.errors] == [missing]


def test_terms_are_published_by_who_changes_settings(partner: Partner, bob: Member) -> None:
    with pytest.raises(NotAllowed):
        publish(partner, bob)
    with pytest.raises(NotAllowed):
        stop_asking_terms(partner, acting(bob))


def test_another_partners_terms_are_not_asked_for(partner: Partner, alice: Member, charlie: Member) -> None:
    publish(partner, alice)
    assert asked_for(charlie.partner) is None
    assert publish(charlie.partner, charlie).version == 1
