"""What the partner's numbers look like, and which come next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from handsel.database.tenancy import reading
from handsel.flows.people.numbering import update_numbering
from handsel.reads.people.numbering import numbering_of
from handsel.rules.numbering import SERIES
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.guards import Desk, staff


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def numbering(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, status = None, 200
    if request.method == "POST":
        form = Form.posted(request)
        prefixes = {code: form.text(f"{code}_prefix") for code in SERIES if f"{code}_prefix" in form.values}
        try:
            starts = {code: form.whole(name) for code in SERIES if form.text(name := f"{code}_start").strip()}
            form.check()
            update_numbering(desk.partner, desk.actor, prefixes=prefixes, starts=starts)
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. What has a number keeps it.")
            return redirect("numbering")
    with reading(desk.partner.id):
        series = numbering_of(desk.partner)
        context = {
            "form": form,
            "rows": [(view, *_typed(form, view.series.code, view.prefix)) for view in series],
            "crumbs": crumbs("Numbering"),
        }
        return render(request, "administration/numbering.html", context, status=status)


def _typed(form: Form | None, code: str, prefix: str) -> tuple[str, str, str, str]:
    """Prefix and start as typed or as they are, and what is wrong with each."""
    if form is None:
        return prefix, "", "", ""
    names = (f"{code}_prefix", f"{code}_start")
    return form.text(names[0]), form.text(names[1]), *(form.errors.get(name, "") for name in names)  # type: ignore[return-value]
