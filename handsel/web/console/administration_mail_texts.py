"""The words of mails: which there are, who gets them and when, and an editor with the mail beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handsel.database.tenancy import reading
from handsel.messages.kinds import LANGUAGE_NAMES, TOLD
from handsel.messages.own_texts import (
    check_kind,
    checked_words,
    remove_mail_text,
    save_mail_text,
    send_test_mail,
    values_for,
)
from handsel.messages.render import NEEDED, OwnWords, RenderedMail, languages_of, our_words, render_mail
from handsel.messages.samples import sample_values
from handsel.models import MailText
from handsel.reads.history.mail_texts import mail_text_of, mail_texts_of
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.administration_history import MAIL_POLICY
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.guards import Desk, staff

_ABOVE = ("E-mail texts", "/administration/mail-texts")
_SALT = "mail-words"
"""The preview's address carries the words that were just checked, signed: the frame shows nothing that anybody else
wrote into an address."""


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_texts(request: HttpRequest, desk: Desk) -> HttpResponse:
    own = mail_texts_of(desk.partner)
    rows = [
        (kind, told, [(code, LANGUAGE_NAMES[code], (kind, code) in own) for code in languages_of(kind)])
        for kind, told in TOLD.items()
    ]
    return render(request, "administration/mail_texts.html", {"rows": rows, "crumbs": crumbs("E-mail texts")})


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})  # The mail is framed, from an address of ours.
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_text(request: HttpRequest, desk: Desk, mail_kind: str, language: str) -> HttpResponse:
    """The editor; its form keeps the words."""
    check_kind(mail_kind, language)
    if request.method != "POST":
        return _show(request, desk, mail_kind, language)
    form = Form.posted(request)
    try:
        save_mail_text(
            desk.partner, desk.actor, mail_kind, language, subject=form.text("subject"), body=form.text("body")
        )
    except REFUSALS as refusal:
        return _show(request, desk, mail_kind, language, form, form.refuse(refusal))
    messages.success(request, "Saved. The next such mail says it.")
    return redirect("mail_text", mail_kind=mail_kind, language=language)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_text_preview(request: HttpRequest, desk: Desk, mail_kind: str, language: str) -> HttpResponse:
    """The part beside the editor, for what is typed so far."""
    check_kind(mail_kind, language)
    form = Form.posted(request)
    try:
        words = checked_words(mail_kind, form.text("subject"), form.text("body"))
    except REFUSALS as refusal:
        form.refuse(refusal)
        return render(request, "administration/_mail_preview.html", {"form": form})
    return render(request, "administration/_mail_preview.html", _preview(desk, mail_kind, language, words))


@require_safe
@xframe_options_sameorigin
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_text_body(request: HttpRequest, desk: Desk, mail_kind: str, language: str) -> HttpResponse:
    """The mail's HTML in the words that the address carries, else as it is sent now; under a policy that lets it do
    nothing."""
    check_kind(mail_kind, language)
    words = _current(mail_text_of(desk.partner, mail_kind, language), mail_kind, language)
    if "words" in request.GET:
        words = _carried(request.GET["words"])
    response = HttpResponse(_rendered(desk, mail_kind, language, words).html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_POST
@csp_update({"frame-src": [SELF]})
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_text_test(request: HttpRequest, desk: Desk, mail_kind: str, language: str) -> HttpResponse:
    """Send what is typed, kept or not, to the member's own address; the editor stays as it is."""
    form, status = Form.posted(request), 200
    try:
        mail = send_test_mail(
            desk.partner, desk.actor, desk.member, mail_kind, language,
            subject=form.text("subject"), body=form.text("body"),
        )  # fmt: skip
    except REFUSALS as refusal:
        status = form.refuse(refusal)
    else:
        messages.success(request, f"On its way to {mail.recipient}. Nothing is saved by this.")
    return _show(request, desk, mail_kind, language, form, status)


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_text_remove(request: HttpRequest, desk: Desk, mail_kind: str, language: str) -> HttpResponse:
    remove_mail_text(desk.partner, desk.actor, mail_kind, language)
    messages.success(request, "Back to our words.")
    return redirect("mail_text", mail_kind=mail_kind, language=language)


def _show(
    request: HttpRequest, desk: Desk, kind: str, language: str, form: Form | None = None, status: int = 200
) -> HttpResponse:
    with reading(desk.partner.id):
        own = mail_text_of(desk.partner, kind, language)
        words = _current(own, kind, language)
        form = form or Form({"subject": words.subject, "body": words.body})
        shown = words if form.count else OwnWords(form.text("subject"), form.text("body").replace("\r\n", "\n"))
        told, samples = TOLD[kind], sample_values(kind, language, desk.partner)
        context = {
            "form": form,
            "kind": kind,
            "language": language,
            "told": told,
            "own": own,
            "values": [(f"{{{{ {name} }}}}", samples[name]) for name in values_for(kind)],
            "needed": f"{{{{ {NEEDED[kind]} }}}}" if kind in NEEDED else "",
            "languages": [(code, LANGUAGE_NAMES[code], code == language) for code in languages_of(kind)],
            "crumbs": crumbs(told.label, _ABOVE),
            **_preview(desk, kind, language, shown),
        }
        return render(request, "administration/mail_text.html", context, status=status)


def _carried(text: str) -> OwnWords:
    try:
        subject, body = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound("not_found", "There is nothing at this address.") from error
    return OwnWords(subject, body)


def _current(own: MailText | None, kind: str, language: str) -> OwnWords:
    return OwnWords(own.subject, own.body) if own else our_words(language, kind)


def _preview(desk: Desk, kind: str, language: str, words: OwnWords) -> dict[str, Any]:
    carried = signing.dumps([words.subject, words.body], salt=_SALT, compress=True)
    return {
        "mail": _rendered(desk, kind, language, words),
        "body_url": f"{reverse('mail_text_body', args=[kind, language])}?{urlencode({'words': carried})}",
    }


def _rendered(desk: Desk, kind: str, language: str, words: OwnWords) -> RenderedMail:
    return render_mail(kind, language, sample_values(kind, language, desk.partner), words)
