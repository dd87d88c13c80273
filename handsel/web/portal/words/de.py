"""German, as one writes to customers: “Sie”."""

from __future__ import annotations

from handsel.web.portal.words.kinds import ConfirmWords, FrameWords, OfferWords, PortalWords, StateWords

_FRAME = FrameWords(
    skip="Zum Inhalt springen",
    test_mode="Testmodus",
    test_mode_note="Auf dieser Seite fließt kein echtes Geld.",
    scripts_blocked=(
        "In diesem Browser sind Skripte gesperrt. Sie können hier alles lesen; um zu unterschreiben oder zu bezahlen, "
        "erlauben Sie bitte JavaScript für diese Seite und laden Sie sie neu."
    ),
    collected_with="Abgewickelt mit Handsel",
    messages="Meldungen",
    dismiss="Ausblenden",
    close="Schließen",
    one_moment="Einen Moment …",
    optional="optional",
    was="statt",
    one_error="Eine Angabe stimmt noch nicht.",
    more_errors="Angaben stimmen noch nicht.",
    nothing_changed="Es wurde nichts geändert.",
    card="Karte",
    card_loading="Die Kartenfelder werden vorbereitet …",
    card_note="Die Nummer geht direkt an den Zahlungsdienstleister und nie an uns.",
    card_noscript=(
        "Um eine Karte einzugeben, wird JavaScript benötigt. Bitte erlauben Sie es für diese Seite und "
        "laden Sie sie neu."
    ),
    card_unreachable=(
        "Die Kartenfelder sind gerade nicht erreichbar. Es wurde nichts abgebucht. Bitte laden Sie die Seite neu."
    ),
    card_unreadable=(
        "Diese Karte konnte nicht gelesen werden. Es wurde nichts abgebucht. Bitte prüfen Sie die Nummer."
    ),
    server_unreachable=(
        "Der Server ist nicht erreichbar. Es ist nichts verloren: Bitte versuchen Sie es gleich noch einmal."
    ),
    server_failed=(
        "Bei uns hat etwas nicht funktioniert. Was Sie sehen, ist unverändert; bitte versuchen Sie es noch einmal."
    ),
)

_REFUSALS = {
    "offer_recalled": (
        "Dieses Angebot wurde zurückgezogen. Es wurde nichts abgebucht; bitte fragen Sie nach einem neuen."
    ),
    "offer_replaced": (
        "Zu diesem Angebot wurde ein neuerer Link gesendet. Hier wurde nichts abgebucht; bitte "
        "verwenden Sie den neueren."
    ),
    "offer_expired": "Dieses Angebot ist abgelaufen. Es wurde nichts abgebucht; bitte fragen Sie nach einem neuen.",
    "offer_answered": "Dieses Angebot wurde bereits beantwortet. Es wurde nichts ein zweites Mal abgebucht.",
    "offer_locked": "Dieser Link ist gesperrt, weil hier zu viele Karten abgelehnt wurden. Es wurde nichts abgebucht.",
    "payment_in_progress": "Für dieses Angebot läuft gerade eine Zahlung. Bitte bezahlen Sie nicht noch einmal.",
    "payment_clearing": "Ihre Bank führt diese Zahlung bereits aus; sie kann nicht mehr abgebrochen werden.",
    "already_paid": "Dieses Angebot ist bereits bezahlt. Es wurde nichts ein zweites Mal abgebucht.",
    "debt_on_invoice": "Der Betrag dieses Angebots steht auf einer Rechnung. Hier wurde nichts abgebucht.",
    "order_changed": (
        "Dieses Angebot hat sich geändert, seit Sie es geöffnet haben. Es wurde nichts unterschrieben und nichts "
        "abgebucht; bitte lesen Sie es noch einmal."
    ),
    "payment_method_required": (
        "Dieses Angebot wird in einem Schritt unterschrieben und bezahlt. Es wurde nichts unterschrieben; bitte geben "
        "Sie eine Karte ein."
    ),
    "payment_not_needed": "Für dieses Angebot ist nichts zu bezahlen. Es wurde nichts abgebucht.",
    "below_minimum": (
        "Der Betrag ist zu klein für eine Kartenzahlung. Es wurde nichts abgebucht; bitte wenden Sie sich an uns."
    ),
    "billing_details_missing": (
        "Dieses Angebot kann gerade nicht angenommen werden; das liegt nicht an Ihnen. Es wurde nichts abgebucht."
    ),
    "gateway_unavailable": (
        "Kartenzahlungen sind gerade nicht erreichbar. Es wurde nichts abgebucht; bitte versuchen Sie es später noch "
        "einmal."
    ),
    "try_later": "Das hat gerade nicht funktioniert. Es wurde nichts abgebucht; bitte versuchen Sie es noch einmal.",
    "too_many_requests": (
        "Von hier wurden zu viele Karten abgelehnt. Es wurde nichts abgebucht; bitte versuchen Sie es in einer Stunde "
        "noch einmal."
    ),
    "method_not_saved": (
        "Die Bank hat nicht zugestimmt, diese Karte zu hinterlegen. Es wurde nichts abgebucht; bitte "
        "versuchen Sie eine andere."
    ),
    "token_used": (
        "Diese Kartendaten wurden bereits verwendet. Es wurde nichts abgebucht; bitte geben Sie die Karte noch einmal "
        "ein."
    ),
    "token_unknown": (
        "Die Karte konnte nicht gelesen werden. Es wurde nichts abgebucht; bitte geben Sie sie noch einmal ein."
    ),
}

_OFFER = OfferWords(
    title="Ihr Angebot von {seller}",
    lead="Für {buyer} · {number}, Fassung {revision}",
    valid_until="Gültig bis {at}",
    document="Dokument lesen (PDF)",
    pdf="PDF",
    lines="Was Sie erhalten",
    charges="Was Sie wann bezahlen",
    today="Heute",
    nothing_now="Heute wird nichts abgebucht.",
    billed_later=(
        "Auf dieser Seite wird nichts abgebucht. {seller} stellt {amount} in Rechnung, sobald Sie unterschrieben haben."
    ),
    then="danach {every}",
    if_accepted_today="Die Tage gelten, wenn Sie heute annehmen. Alle Beträge einschließlich Steuer.",
    notes="Hinweise",
    files="Dateien",
    terms_version="Version {version}",
    terms_read="Vollständigen Text lesen",
    sign_title="Ihre Unterschrift",
    name="Ihr vollständiger Name",
    how="Wie möchten Sie unterschreiben?",
    typed="Tippen",
    drawn="Zeichnen",
    typed_hint="Ihr oben eingegebener Name ist Ihre Unterschrift.",
    drawn_hint=("Unterschreiben Sie mit dem Finger, einem Stift oder der Maus. Mit der Tastatur wählen Sie „Tippen“."),
    drawing="Feld für Ihre gezeichnete Unterschrift",
    clear="Leeren",
    signed_by="Unterschrieben von {name} am {at}",
    signature_stays="Ihre Unterschrift bleibt gültig; Sie müssen nicht noch einmal unterschreiben.",
    consent=(
        "Mit „{button}“ unterschreibe ich dieses Angebot für {buyer} und nehme es so an, wie es im Dokument steht: "
        "{number}, Fassung {revision}, insgesamt {total}."
    ),
    pay_title="Ihre Karte",
    keep_card=(
        "Ich bin einverstanden, dass diese Karte beim Zahlungsdienstleister von {seller} gespeichert und für die "
        "Verlängerungen belastet wird: {charges}, bis die Abonnements enden oder ich diese Einwilligung widerrufe."
    ),
    keep_card_charge="{every} {amount} ab {date}",
    keep_card_joint=" und ",
    keep_card_hint=(
        "Ohne dieses Häkchen wird die Karte nur dieses eine Mal belastet, und bei jeder Verlängerung "
        "werden Sie um Zahlung gebeten."
    ),
    keep_title="Eine Karte für die Verlängerungen hinterlegen",
    keep_text=(
        "Heute wurde nichts abgebucht. Wenn Sie möchten, hinterlegen Sie jetzt eine Karte; die "
        "Verlängerungen werden dann von selbst bezahlt."
    ),
    keep="Diese Karte hinterlegen",
    keeping="Die Karte wird hinterlegt …",
    kept="Ihre Karte ist für die Verlängerungen hinterlegt. Es wurde nichts abgebucht.",
    sign="Unterschreiben",
    sign_and_pay="Unterschreiben und {amount} bezahlen",
    pay="{amount} bezahlen",
    signing="Wird unterschrieben …",
    paying="{amount} werden bezahlt …",
    decline="Angebot ablehnen",
    decline_text=(
        "{seller} erfährt es sofort, mit Ihrem Grund. Das Angebot kann hier dann nicht mehr angenommen werden."
    ),
    decline_reason="Warum lehnen Sie ab?",
    decline_back="Zurück zum Angebot",
    declining="Wird abgelehnt …",
    your_reason="Ihr Grund: {reason}",
    conversation="Nachrichten",
    conversation_empty=(
        "Fragen Sie alles zu diesem Angebot. {sender} liest es hier neben dem Angebot und antwortet hier."
    ),
    message="Ihre Nachricht",
    send="Nachricht senden",
    sending="Wird gesendet …",
    you="Sie",
    summary="Übersicht",
    questions="Ihr Kontakt",
    write_to="An {email} schreiben",
    bank_go="Zu Ihrer Bank",
    bank_opening="Ihre Bank wird geöffnet …",
    bank_title="Weiter zu Ihrer Bank",
    bank_text="Die Seite Ihrer Bank öffnet sich von selbst.",
    bank_on="Weiter zu Ihrer Bank",
    cancel="Andere Karte verwenden",
    cancelling="Wird abgebrochen …",
    look_again="Noch einmal nachsehen",
    documents="Ihre Dokumente",
    receipt="Zahlungsbeleg",
    invoice="Rechnung",
    signed_document="Unterschriebenes Angebot",
    certificate="Zertifikat Ihrer Unterschrift",
    documents_coming=(
        "Das unterschriebene Angebot und sein Zertifikat werden gerade erstellt. Sie erscheinen gleich hier."
    ),
    no_retry="{seller} weiß Bescheid und meldet sich bei Ihnen.",
    name_missing="Bitte geben Sie Ihren vollständigen Namen ein.",
    drawing_missing="Es ist noch nichts gezeichnet: Bitte unterschreiben Sie im Feld oder wählen Sie „Tippen“.",
    drawing_unreadable=(
        "Diese Zeichnung kann nicht gelesen werden. Bitte leeren Sie das Feld und unterschreiben Sie noch einmal."
    ),
    tick_missing="Dem müssen Sie zustimmen, bevor Sie unterschreiben können.",
    reason_missing="Bitte nennen Sie kurz einen Grund.",
    message_missing="Bitte schreiben Sie zuerst eine Nachricht.",
    text_too_long="Dieser Text ist zu lang.",
    text_refused="Das kann hier nicht stehen. Kartennummern gehören nur in die Kartenfelder.",
    problem="Das hat noch nicht geklappt",
    paying_now=StateWords(
        title="Ihre Zahlung wird ausgeführt", text="Bitte bezahlen Sie nicht noch einmal; diese Seite sagt es Ihnen."
    ),
    challenge=StateWords(
        title="Ihre Bank möchte sichergehen, dass Sie es sind",
        text="Bestätigen Sie bei Ihrer Bank, und {seller} erhält {amount}. Bis dahin wird nichts abgebucht.",
    ),
    challenge_waits="Ihre Bank hat noch nicht bestätigt.",
    finding_out=StateWords(
        title="Wir finden es heraus", text="Bezahlen Sie nicht noch einmal; diese Seite sagt es Ihnen."
    ),
    clearing=StateWords(
        title="Ihre Bank führt die Zahlung aus",
        text="Das dauert einige Tage. Sie müssen nichts tun; bitte bezahlen Sie nicht noch einmal.",
    ),
    bank_declined=StateWords(title="Die Zahlung ist nicht zustande gekommen", text=""),
    done_paid=StateWords(
        title="Vielen Dank. {amount} wurden bezahlt.",
        text="Das Angebot ist unterschrieben und bezahlt. Zahlungsbeleg und Angebot kommen auch per E-Mail.",
    ),
    done_signed=StateWords(
        title="Vielen Dank. Das Angebot ist unterschrieben.",
        text="{seller} weiß Bescheid. Das unterschriebene Angebot geht auch an {email}.",
    ),
    declined=StateWords(
        title="Sie haben dieses Angebot abgelehnt",
        text="{seller} weiß Bescheid. Wenn Sie es sich anders überlegen, fragen Sie bitte nach einem neuen Angebot.",
    ),
    expired=StateWords(
        title="Dieses Angebot ist abgelaufen",
        text=(
            "Es kann nicht mehr angenommen werden. Es wurde nichts abgebucht. Bitte fragen Sie {seller} "
            "nach einem neuen."
        ),
    ),
    recalled=StateWords(
        title="Dieses Angebot wurde zurückgezogen",
        text=(
            "{seller} hat es zurückgezogen oder geändert. Es wurde nichts abgebucht. Wenn Sie weiterhin interessiert "
            "sind, fragen Sie bitte nach einem neuen."
        ),
    ),
    replaced=StateWords(
        title="Zu diesem Angebot gibt es einen neueren Link",
        text="Er wurde per E-Mail gesendet. Bitte verwenden Sie ihn: Dieser Link nimmt nichts mehr an.",
    ),
    locked=StateWords(
        title="Dieser Link ist gesperrt",
        text=(
            "Hier wurden zu viele Karten abgelehnt. Es wurde nichts abgebucht. {seller} weiß Bescheid und kann Ihnen "
            "einen neuen Link senden."
        ),
    ),
    unavailable=StateWords(
        title="Dieses Angebot ist nicht verfügbar",
        text="Hier kann nichts unterschrieben oder bezahlt werden. Bitte fragen Sie {seller}.",
    ),
    refusals=_REFUSALS,
    refused="Das ist gerade nicht möglich. Es wurde nichts abgebucht.",
)

_CONFIRM = ConfirmWords(
    your_payment="Ihre Zahlung",
    confirm_payment="Bestätigen Sie Ihre Zahlung",
    paid="Bezahlt",
    amount="Betrag",
    to="An",
    payer="Von",
    asks=(
        "Ihre Bank möchte sichergehen, dass Sie es sind. Bestätigen Sie bei Ihrer Bank, und {seller} erhält den Betrag "
        "oben. Sonst wird nichts abgebucht."
    ),
    confirm="Bei Ihrer Bank bestätigen",
    waits=StateWords(
        title="Ihre Bank hat noch nicht bestätigt",
        text="Es wurde nichts abgebucht. Sie können zu Ihrer Bank zurückgehen und bestätigen.",
    ),
    done=StateWords(
        title="{amount} wurden bezahlt",
        text="Vielen Dank. Ein Zahlungsbeleg ist unterwegs an {email}. Sie können diese Seite schließen.",
    ),
    cancelled=StateWords(
        title="Das ist nicht mehr nötig",
        text="Die Zahlung wurde abgebrochen, es wurde nichts abgebucht. Sie können diese Seite schließen.",
    ),
    over=StateWords(
        title="Dieser Link ist abgelaufen",
        text="Mit ihm kann nichts mehr bezahlt werden. Bitte fragen Sie {seller} nach einem neuen.",
    ),
    answered=StateWords(
        title="Vielen Dank",
        text=(
            "Ihre Antwort ging an Ihre Bank. Wie es mit der Zahlung steht, sagt die Seite des Links in Ihrer E-Mail; "
            "diese hier können Sie schließen."
        ),
    ),
)

GERMAN = PortalWords(frame=_FRAME, offer=_OFFER, confirm=_CONFIRM)
