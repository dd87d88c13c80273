"""Every other act, and files: by whom it may, on the version that was seen, once."""

from __future__ import annotations

import re
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from handsel.database.tenancy import reading
from handsel.flows.sales.moves import REASONED, act
from handsel.models import Attachment, Order
from handsel.reads.sales.order_page import order_page
from handsel.rules.permissions import may_see_order
from handsel.web.console.orders.buttons import ICONS, buttons_of
from tests.web.orders.conftest import Place, html


def test_an_order_goes_to_an_admin_and_comes_back_with_a_reason(place: Place) -> None:
    sent = html(place.bob.post(f"{place.url}/actions/submit_to_admin", {"version": "1"}))
    assert "Waiting for an admin" in sent
    assert place.bob.post(f"{place.url}/actions/decline", {"version": "2", "reason": "No"}).status_code == 403
    assert "Reason" in html(place.alice.get(f"{place.url}/actions/decline"))
    without = place.alice.post(f"{place.url}/actions/decline", {"version": "2", "reason": " "})
    assert without.status_code == 422
    assert "This is needed." in html(without)
    assert without["HX-Retarget"] == "#dialogs"
    declined = html(place.alice.post(f"{place.url}/actions/decline", {"version": "2", "reason": "Too cheap."}))
    assert "An admin declined this order" in declined
    assert "Too cheap." in declined
    again = place.alice.post(f"{place.url}/actions/decline", {"version": "2", "reason": "Too cheap."})
    assert again.status_code == 409


def test_a_stale_page_does_nothing(place: Place) -> None:
    answer = place.bob.post(f"{place.url}/actions/submit_to_admin", {"version": "9"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "toast" in answer["HX-Trigger"]
    assert place.fresh().status == "draft"
    assert place.bob.post(f"{place.url}/actions/submit_to_admin").status_code == 409


def test_only_known_verbs_are_acts(place: Place) -> None:
    assert place.bob.post(f"{place.url}/actions/settle_succeeded", {"version": "1"}).status_code == 404
    assert place.bob.post(f"{place.url}/actions/submit_with_payment", {"version": "1"}).status_code == 404
    assert place.bob.get(f"{place.url}/actions/approve").status_code == 404


def test_an_admin_activates_without_payment_and_the_dialog_says_what_is_invoiced(place: Place) -> None:
    asked = html(place.alice.get(f"{place.url}/actions/activate"))
    assert "Activate and invoice $120.00" in asked
    shown = html(place.alice.post(f"{place.url}/actions/activate", {"version": "1"}))
    assert "The order is set to work" in shown
    assert "due" in shown
    assert [each.status for each in place.desk.invoices(place.order)] == ["due"]


def test_an_order_is_reassigned_duplicated_and_archived(place: Place) -> None:
    members = html(place.alice.get(f"{place.url}/actions/reassign"))
    eve = re.search(r'value="(mem_[0-9a-z]+)"[^>]*>Eve<', members)
    assert eve is not None
    place.alice.post(f"{place.url}/actions/reassign", {"version": "1", "member": eve[1]})
    assert place.eve.get(place.url).status_code == 200
    assert place.bob.get(place.url).status_code == 404
    copied = place.alice.post(f"{place.url}/actions/duplicate", {"version": "2"})
    assert copied["HX-Redirect"].startswith("/orders/ord_")
    assert place.order.shown_id not in copied["HX-Redirect"]
    place.eve.post(f"{place.url}/actions/archive", {"version": str(place.fresh().version)})
    assert place.fresh().status == "archived"
    assert place.order.number not in html(place.eve.get("/orders"))
    assert place.order.number in html(place.eve.get("/orders?status=archived"))


def test_a_page_that_asks_twice_for_a_copy_gets_one(place: Place) -> None:
    typed = {"version": "1", "once": "the-word-of-this-page"}
    first, second = (place.bob.post(f"{place.url}/actions/duplicate", typed) for _ in range(2))
    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert len(place.desk.rows(Order)) == 2


def test_the_buttons_are_the_allowed_actions_and_nothing_else(place: Place) -> None:
    for verb in ("", "submit_to_admin", "approve", "request_cancellation", "refuse_cancellation", "reassign"):
        if verb:
            reason = "Changed their mind." if verb in REASONED else ""
            member = uuid.UUID(place.desk.alice.id) if verb == "reassign" else None
            act(place.desk.partner, place.desk.alice, verb, place.order.id, reason=reason, member_id=member)
        for actor in (place.desk.alice, place.desk.bob):
            if not may_see_order(actor, str(place.fresh().owner_id)):
                continue
            with reading(place.desk.partner.id):
                page = order_page(place.desk.partner, actor, place.order.id)
            shown = buttons_of(page, "en_US")
            offered = [each.verb for each in (shown.primary, *shown.menu) if each is not None]
            assert sorted(offered) == sorted(page.view.allowed_actions)
            assert {each.verb for each in shown.secondary} <= set(offered)
            assert all(each.verb in ICONS for each in shown.menu)


def test_a_file_is_attached_opened_and_removed_by_those_who_may(place: Place) -> None:
    sent = SimpleUploadedFile("offer.pdf", b"%PDF-1.7 hello", content_type="application/pdf")
    shown = place.bob.post(f"{place.url}/attachments", {"file": sent})
    assert shown.status_code == 200
    assert "offer.pdf" in html(shown)
    (kept,) = place.desk.rows(Attachment)
    url = f"{place.url}/attachments/{kept.shown_id}"
    opened = place.bob.get(url)
    assert opened.content == b"%PDF-1.7 hello"
    assert "attachment" in opened["Content-Disposition"]
    assert "sandbox" in opened["Content-Security-Policy"]
    for other in (place.eve, place.charlie):
        assert other.get(url).status_code == 404
        assert other.post(f"{url}/remove").status_code == 404
    assert place.stranger.get(url).status_code == 302
    assert place.bob.post(f"{url}/remove").status_code == 200
    assert place.desk.rows(Attachment) == []
    assert place.bob.post(f"{url}/remove").status_code == 404


def test_a_file_that_would_run_in_a_browser_is_refused_beside_its_field(place: Place) -> None:
    sent = SimpleUploadedFile("page.html", b"<script>", content_type="text/html")
    answer = place.bob.post(f"{place.url}/attachments", {"file": sent})
    assert answer.status_code == 422
    assert "Attach a PDF" in html(answer)
    assert place.bob.post(f"{place.url}/attachments").status_code == 422


def test_an_order_goes_through_the_approval_inside_the_company_and_back(place: Place) -> None:
    def act_on(who: str, verb: str, **fields: str) -> str:
        browser = getattr(place, who)
        answer = browser.post(f"{place.url}/actions/{verb}", {"version": str(place.fresh().version), **fields})
        assert answer.status_code == 200, verb
        return html(answer)

    place.bob.post(f"{place.url}/draft", place.form(contract_start_on="2031-05-06"))
    act_on("bob", "submit_to_admin")
    edited = place.alice.post(f"{place.url}/draft", place.form(staff_notes="Looked over."))
    assert edited.status_code == 200
    assert place.bob.post(f"{place.url}/draft", place.form(staff_notes="Mine.")).status_code == 409
    assert "Too cheap." in act_on("alice", "decline", reason="Too cheap.")
    assert "Too cheap." in html(place.bob.get(place.url))
    act_on("bob", "convert_to_draft")
    assert "Resubmitted" in act_on("bob", "submit_to_admin")
    approved = act_on("alice", "approve")
    assert "the products start on May 6, 2031" in approved
    assert "On its contract start date, May 6, 2031" in html(place.alice.get(f"{place.url}/actions/activate"))
    act_on("alice", "activate")
    assert place.fresh().status == "scheduled"
    act_on("bob", "request_cancellation", reason="They closed the shop.")
    assert "They closed the shop." in html(place.alice.get(place.url))
    act_on("alice", "refuse_cancellation")
    assert place.fresh().status == "scheduled"
