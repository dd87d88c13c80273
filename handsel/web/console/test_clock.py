"""The test clock: a test partner's time moved forward, with what fell due on the way."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.clock import begin_advance
from handsel.models import Partner
from handsel.models.people import now_of
from handsel.reads.people.clock import AdvanceView, advance_of, advances_of, happened_during
from handsel.rules.errors import Invalid, NotFound
from handsel.rules.periods import Interval, instant, local_date, period_start
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.administration_history import moments
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff

PREFIX = "clk"
STEPS = {"day": "One day", "week": "One week", "month": "One month"}


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _show(request, desk, Form())


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def advance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Move the clock by a step or to the beginning of a day; the worker carries it out while this page looks on."""
    form = Form.posted(request)
    try:
        to = _target(desk.partner, form)
        form.check()
        begin_advance(desk.partner, desk.actor, to, in_background=True)
    except REFUSALS as refusal:
        return _show(request, desk, form, form.refuse(refusal))
    return redirect("test_clock")


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def progress(request: HttpRequest, desk: Desk, move: str) -> HttpResponse:
    """How far a move has come; once it is there the whole page is loaded anew, since its frame tells the time too."""
    view = advance_of(desk.partner, row_id(PREFIX, move))
    response = render(request, "administration/clock_progress.html", {"running": view, "move": move})
    if not view.is_running:
        response["HX-Refresh"] = "true"
    return response


def _show(request: HttpRequest, desk: Desk, form: Form, status: int = 200) -> HttpResponse:
    if not desk.partner.is_test:
        raise NotFound("not_found", "Only a partner in test mode has a clock that can be moved.")
    with reading(desk.partner.id):
        moves = advances_of(desk.partner)
        running = next((move for move in moves if move.is_running), None)
        last = next((move for move in moves if not move.is_running), None)
        if "advance_to" in form.errors:
            form.errors["day"] = form.errors["advance_to"]
        context = {
            "form": form,
            "now": now_of(desk.partner),
            "steps": STEPS.items(),
            "running": running,
            "move": show(PREFIX, running.advance.id) if running else "",
            "last": last,
            "moments": _told(desk.partner, last) if running is None and last is not None else [],
            "moves": moves,
            "crumbs": crumbs("Test clock"),
        }
        return render(request, "administration/test_clock.html", context, status=status)


def _told(partner: Partner, view: AdvanceView) -> list[dict[str, object]]:
    return moments(partner, happened_during(partner, view.advance))


def _target(partner: Partner, form: Form) -> dt.datetime:
    now, step = now_of(partner), form.text("step")
    if step == "day":
        return now + dt.timedelta(days=1)
    if step == "week":
        return now + dt.timedelta(weeks=1)
    if step == "month":
        today = local_date(now, partner.timezone)
        return now + (period_start(today, Interval("month", 1), 1) - today)
    day = form.day("day")
    if day is None:
        raise Invalid.at("day", form.errors.get("day", "Choose a day."))
    return instant(day, partner.timezone)
