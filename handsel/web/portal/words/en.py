"""English."""

from __future__ import annotations

from handsel.web.portal.words.kinds import ConfirmWords, FrameWords, OfferWords, PortalWords, StateWords

_FRAME = FrameWords(
    skip="Skip to the content",
    test_mode="Test mode",
    test_mode_note="No real money moves on this page.",
    scripts_blocked=(
        "Scripts are blocked in this browser. You can read everything here; to sign or to pay, please allow JavaScript "
        "for this page and load it again."
    ),
    collected_with="Collected with Handsel",
    messages="Messages",
    dismiss="Dismiss",
    close="Close",
    one_moment="One moment…",
    optional="optional",
    was="was",
    one_error="One answer needs another look.",
    more_errors="answers need another look.",
    nothing_changed="Nothing was changed.",
    card="Card",
    card_loading="Preparing the card fields…",
    card_note="The number goes straight to the card processor and never to us.",
    card_noscript="Entering a card needs JavaScript. Please allow it for this page and load it again.",
    card_unreachable=("The card fields cannot be reached just now. Nothing was charged. Please load the page again."),
    card_unreadable="This card could not be read. Nothing was charged. Please check the number.",
    server_unreachable="The server cannot be reached. Nothing was lost: please try again in a moment.",
    server_failed="Something on our side did not work. What you see is unchanged; please try again.",
)

_REFUSALS = {
    "offer_recalled": "This offer was taken back. Nothing was charged; please ask for a new one.",
    "offer_replaced": "A newer link to this offer was sent. Nothing was charged here; please use the newer one.",
    "offer_expired": "This offer has expired. Nothing was charged; please ask for a new one.",
    "offer_answered": "This offer was answered already. Nothing was charged a second time.",
    "offer_locked": "This link is locked, since too many cards failed on it. Nothing was charged.",
    "payment_in_progress": "A payment for this offer is under way. Please do not pay again.",
    "payment_clearing": "Your bank is already clearing this payment; it can no longer be cancelled.",
    "already_paid": "This offer is paid already. Nothing was charged a second time.",
    "debt_on_invoice": "What this offer costs stands on an invoice. Nothing was charged here.",
    "order_changed": "This offer changed since you opened it. Nothing was signed or charged; please read it again.",
    "payment_method_required": "This offer is signed and paid in one step. Nothing was signed; please enter a card.",
    "payment_not_needed": "Nothing has to be paid for this offer. Nothing was charged.",
    "below_minimum": "The amount is too small to be paid by card. Nothing was charged; please get in touch with us.",
    "billing_details_missing": "This offer cannot be accepted just now, through no fault of yours. "
    "Nothing was charged.",
    "gateway_unavailable": "Card payments cannot be reached just now. Nothing was charged; please try again later.",
    "try_later": "This did not work just now. Nothing was charged; please try again.",
    "too_many_requests": "Too many cards failed from here. Nothing was charged; please try again in an hour.",
    "method_not_saved": "The bank did not agree to keep this card. Nothing was charged; please try another one.",
    "token_used": "These card details were used before. Nothing was charged; please enter the card again.",
    "token_unknown": "The card could not be read. Nothing was charged; please enter it again.",
}

_OFFER = OfferWords(
    title="Your offer from {seller}",
    lead="For {buyer} · {number}, revision {revision}",
    valid_until="Valid until {at}",
    document="Read the document (PDF)",
    pdf="PDF",
    lines="What you get",
    charges="What you pay, and when",
    today="Today",
    nothing_now="Nothing is charged today.",
    billed_later="Nothing is charged on this page. {seller} bills {amount} once you have signed.",
    then="then {every}",
    if_accepted_today="The dates hold if you accept today. Amounts include tax.",
    notes="Notes",
    files="Files",
    terms_version="Version {version}",
    terms_read="Read the full text",
    sign_title="Your signature",
    name="Your full name",
    how="How do you want to sign?",
    typed="Type",
    drawn="Draw",
    typed_hint="Your name, as typed above, is your signature.",
    drawn_hint="Sign with your finger, a pen or the mouse. By keyboard, choose “Type”.",
    drawing="Field for your drawn signature",
    clear="Clear",
    signed_by="Signed by {name} on {at}",
    signature_stays="Your signature stands; you need not sign again.",
    consent=(
        "With “{button}” I sign this offer for {buyer} and accept it as it stands in the document: {number}, "
        "revision {revision}, {total} in total."
    ),
    pay_title="Your card",
    keep_card=(
        "I agree that this card is kept by {seller}’s payment processor and charged for the renewals: {charges}, until "
        "the subscriptions end or I withdraw this consent."
    ),
    keep_card_charge="{amount} {every} from {date}",
    keep_card_joint=", and ",
    keep_card_hint="Without this tick the card is charged this once only, and you will be asked to pay each renewal.",
    keep_title="Keep a card for the renewals",
    keep_text=(
        "Nothing was charged today. If you like, leave a card here now, and the renewals are paid from "
        "it by themselves."
    ),
    keep="Keep this card",
    keeping="Keeping the card…",
    kept="Your card is kept for the renewals. Nothing was charged.",
    sign="Sign",
    sign_and_pay="Sign and pay {amount}",
    pay="Pay {amount}",
    signing="Signing…",
    paying="Paying {amount}…",
    decline="Decline this offer",
    decline_text="{seller} is told at once, with your reason. The offer can then no longer be accepted here.",
    decline_reason="Why do you decline?",
    decline_back="Back to the offer",
    declining="Declining…",
    your_reason="Your reason: {reason}",
    conversation="Messages",
    conversation_empty="Ask anything about this offer. {sender} reads it here, beside the offer, and answers here.",
    message="Your message",
    send="Send message",
    sending="Sending…",
    you="You",
    summary="Summary",
    questions="Your contact",
    write_to="Write to {email}",
    bank_go="Go to your bank",
    bank_opening="Opening your bank…",
    bank_title="On to your bank",
    bank_text="Your bank’s page opens by itself.",
    bank_on="Go on to your bank",
    cancel="Use another card",
    cancelling="Cancelling…",
    look_again="Look again",
    documents="Your documents",
    receipt="Receipt",
    invoice="Invoice",
    signed_document="Signed offer",
    certificate="Certificate of your signature",
    documents_coming="The signed offer and its certificate are being made. They appear here in a moment.",
    no_retry="{seller} knows about it and will get in touch with you.",
    name_missing="Please write your full name.",
    drawing_missing="Nothing is drawn yet: please sign in the field, or choose “Type”.",
    drawing_unreadable="This drawing cannot be read. Please clear the field and sign again.",
    tick_missing="This has to be accepted before you can sign.",
    reason_missing="Please write a short reason.",
    message_missing="Please write a message first.",
    text_too_long="This text is too long.",
    text_refused="This cannot be written here. Card numbers belong into the card fields only.",
    problem="That did not work yet",
    paying_now=StateWords(title="Your payment is being made", text="Please do not pay again; this page will tell you."),
    challenge=StateWords(
        title="Your bank wants to make sure that it is you",
        text="Confirm with your bank, and {seller} receives {amount}. Until then nothing is charged.",
    ),
    challenge_waits="Your bank has not confirmed yet.",
    finding_out=StateWords(title="We are finding out", text="Do not pay again; this page will tell you."),
    clearing=StateWords(
        title="Your bank is clearing the payment",
        text="This takes a few days. You need not do anything, and please do not pay again.",
    ),
    bank_declined=StateWords(title="The payment did not go through", text=""),
    done_paid=StateWords(
        title="Thank you. {amount} was paid.",
        text="The offer is signed and paid. The receipt and the signed offer also come by mail.",
    ),
    done_signed=StateWords(
        title="Thank you. The offer is signed.", text="{seller} has been told. The signed offer also goes to {email}."
    ),
    declined=StateWords(
        title="You declined this offer",
        text="{seller} has been told. If you change your mind, please ask for a new offer.",
    ),
    expired=StateWords(
        title="This offer has expired",
        text="It can no longer be accepted. Nothing was charged. Please ask {seller} for a new one.",
    ),
    recalled=StateWords(
        title="This offer was taken back",
        text=(
            "{seller} withdrew or changed it. Nothing was charged. If you are still interested, please ask "
            "for a new one."
        ),
    ),
    replaced=StateWords(
        title="There is a newer link to this offer",
        text="It was sent by mail. Please use that one: this link accepts nothing any more.",
    ),
    locked=StateWords(
        title="This link is locked",
        text="Too many cards failed here. Nothing was charged. {seller} has been told and can send you a new link.",
    ),
    unavailable=StateWords(
        title="This offer is not available",
        text="Nothing can be signed or paid here. Please ask {seller}.",
    ),
    refusals=_REFUSALS,
    refused="This is not possible now. Nothing was charged.",
)

_CONFIRM = ConfirmWords(
    your_payment="Your payment",
    confirm_payment="Confirm your payment",
    paid="Paid",
    amount="Amount",
    to="To",
    payer="From",
    asks=(
        "Your bank wants to make sure that it is you. Confirm with your bank, and {seller} receives the amount above. "
        "Nothing else is charged."
    ),
    confirm="Confirm with your bank",
    waits=StateWords(
        title="Your bank has not confirmed yet",
        text="Nothing was charged. You can go back to your bank and confirm.",
    ),
    done=StateWords(
        title="{amount} was paid", text="Thank you. A receipt is on its way to {email}. You can close this page."
    ),
    cancelled=StateWords(
        title="This is no longer needed",
        text="The payment was cancelled, and nothing was charged. You can close this page.",
    ),
    over=StateWords(
        title="This link has run out", text="Nothing more can be paid by it. Please ask {seller} for a new one."
    ),
    answered=StateWords(
        title="Thank you",
        text=(
            "Your answer went to your bank. How the payment went stands on the page of the link in your mail; you can "
            "close this one."
        ),
    ),
)

ENGLISH = PortalWords(frame=_FRAME, offer=_OFFER, confirm=_CONFIRM)
