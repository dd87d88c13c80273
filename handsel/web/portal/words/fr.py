"""French, as one writes to customers: “vous”, with narrow spaces where French has them."""

from __future__ import annotations

from handsel.web.portal.words.kinds import ConfirmWords, FrameWords, OfferWords, PortalWords, StateWords

_FRAME = FrameWords(
    skip="Aller au contenu",
    test_mode="Mode test",
    test_mode_note="Aucun argent réel ne circule sur cette page.",
    scripts_blocked=(
        "Les scripts sont bloqués dans ce navigateur. Vous pouvez tout lire ici ; pour signer ou payer, veuillez "
        "autoriser JavaScript pour cette page et la recharger."
    ),
    collected_with="Encaissé avec Handsel",
    messages="Messages",
    dismiss="Masquer",
    close="Fermer",
    one_moment="Un instant…",
    optional="facultatif",
    was="au lieu de",
    one_error="Une réponse est à revoir.",
    more_errors="réponses sont à revoir.",
    nothing_changed="Rien n’a été modifié.",
    card="Carte",
    card_loading="Préparation des champs de la carte…",
    card_note="Le numéro va directement au prestataire de paiement, jamais chez nous.",
    card_noscript=("La saisie d’une carte nécessite JavaScript. Veuillez l’autoriser pour cette page et la recharger."),
    card_unreachable=(
        "Les champs de la carte sont inaccessibles pour le moment. Rien n’a été débité. Veuillez recharger la page."
    ),
    card_unreadable="Cette carte n’a pas pu être lue. Rien n’a été débité. Veuillez vérifier le numéro.",
    server_unreachable="Le serveur est injoignable. Rien n’est perdu : veuillez réessayer dans un instant.",
    server_failed=(
        "Quelque chose n’a pas fonctionné de notre côté. Ce que vous voyez est inchangé ; veuillez réessayer."
    ),
)

_REFUSALS = {
    "offer_recalled": "Cette offre a été retirée. Rien n’a été débité ; veuillez en demander une nouvelle.",
    "offer_replaced": (
        "Un lien plus récent vers cette offre a été envoyé. Rien n’a été débité ici ; veuillez utiliser le plus récent."
    ),
    "offer_expired": "Cette offre a expiré. Rien n’a été débité ; veuillez en demander une nouvelle.",
    "offer_answered": "Cette offre a déjà reçu une réponse. Rien n’a été débité une seconde fois.",
    "offer_locked": "Ce lien est verrouillé, car trop de cartes y ont été refusées. Rien n’a été débité.",
    "payment_in_progress": "Un paiement est en cours pour cette offre. Veuillez ne pas payer une nouvelle fois.",
    "payment_clearing": "Votre banque exécute déjà ce paiement ; il ne peut plus être annulé.",
    "already_paid": "Cette offre est déjà payée. Rien n’a été débité une seconde fois.",
    "debt_on_invoice": "Le montant de cette offre figure sur une facture. Rien n’a été débité ici.",
    "order_changed": (
        "Cette offre a changé depuis que vous l’avez ouverte. Rien n’a été signé ni débité ; veuillez la relire."
    ),
    "payment_method_required": (
        "Cette offre se signe et se paie en une seule étape. Rien n’a été signé ; veuillez saisir une carte."
    ),
    "payment_not_needed": "Il n’y a rien à payer pour cette offre. Rien n’a été débité.",
    "below_minimum": (
        "Le montant est trop faible pour un paiement par carte. Rien n’a été débité ; veuillez nous contacter."
    ),
    "billing_details_missing": (
        "Cette offre ne peut pas être acceptée pour le moment, sans que vous y soyez pour rien. Rien n’a été débité."
    ),
    "gateway_unavailable": (
        "Le paiement par carte est inaccessible pour le moment. Rien n’a été débité ; veuillez réessayer plus tard."
    ),
    "try_later": "Cela n’a pas fonctionné. Rien n’a été débité ; veuillez réessayer.",
    "too_many_requests": (
        "Trop de cartes ont été refusées depuis cet accès. Rien n’a été débité ; veuillez réessayer dans une heure."
    ),
    "method_not_saved": (
        "La banque n’a pas accepté l’enregistrement de cette carte. Rien n’a été débité ; veuillez en "
        "essayer une autre."
    ),
    "token_used": (
        "Ces données de carte ont déjà été utilisées. Rien n’a été débité ; veuillez saisir la carte à nouveau."
    ),
    "token_unknown": "La carte n’a pas pu être lue. Rien n’a été débité ; veuillez la saisir à nouveau.",
}

_OFFER = OfferWords(
    title="Votre offre de {seller}",
    lead="Pour {buyer} · {number}, révision {revision}",
    valid_until="Valable jusqu’au {at}",
    document="Lire le document (PDF)",
    pdf="PDF",
    lines="Ce que vous recevez",
    charges="Ce que vous payez, et quand",
    today="Aujourd’hui",
    nothing_now="Rien n’est débité aujourd’hui.",
    billed_later="Rien n’est débité sur cette page. {seller} facture {amount} dès que vous avez signé.",
    then="puis {every}",
    if_accepted_today="Les dates valent si vous acceptez aujourd’hui. Montants taxes comprises.",
    notes="Remarques",
    files="Fichiers",
    terms_version="Version {version}",
    terms_read="Lire le texte intégral",
    sign_title="Votre signature",
    name="Votre nom complet",
    how="Comment souhaitez-vous signer ?",
    typed="Taper",
    drawn="Dessiner",
    typed_hint="Votre nom, tel que saisi ci-dessus, est votre signature.",
    drawn_hint="Signez avec le doigt, un stylet ou la souris. Au clavier, choisissez « Taper ».",
    drawing="Zone pour votre signature dessinée",
    clear="Effacer",
    signed_by="Signé par {name} le {at}",
    signature_stays="Votre signature reste valable ; vous n’avez pas à signer de nouveau.",
    consent=(
        "Avec « {button} », je signe cette offre pour {buyer} et je l’accepte telle qu’elle figure dans le document : "
        "{number}, révision {revision}, {total} au total."
    ),
    pay_title="Votre carte",
    keep_card=(
        "J’accepte que cette carte soit conservée par le prestataire de paiement de {seller} et débitée pour les "
        "renouvellements : {charges}, jusqu’à la fin des abonnements ou jusqu’à ce que je retire ce consentement."
    ),
    keep_card_charge="{amount} {every} à partir du {date}",
    keep_card_joint=" et ",
    keep_card_hint=(
        "Sans cette case cochée, la carte n’est débitée que cette fois-ci, et le paiement de chaque "
        "renouvellement vous sera demandé."
    ),
    keep_title="Enregistrer une carte pour les renouvellements",
    keep_text=(
        "Rien n’a été débité aujourd’hui. Si vous le souhaitez, enregistrez une carte dès maintenant ; "
        "les renouvellements seront alors payés d’eux-mêmes."
    ),
    keep="Enregistrer cette carte",
    keeping="Enregistrement de la carte…",
    kept="Votre carte est enregistrée pour les renouvellements. Rien n’a été débité.",
    sign="Signer",
    sign_and_pay="Signer et payer {amount}",
    pay="Payer {amount}",
    signing="Signature en cours…",
    paying="Paiement de {amount} en cours…",
    decline="Décliner cette offre",
    decline_text="{seller} en est informé aussitôt, avec votre motif. L’offre ne pourra alors plus être acceptée ici.",
    decline_reason="Pourquoi déclinez-vous ?",
    decline_back="Retour à l’offre",
    declining="Envoi de votre refus…",
    your_reason="Votre motif : {reason}",
    conversation="Messages",
    conversation_empty=(
        "Posez toutes vos questions sur cette offre. {sender} les lit ici, à côté de l’offre, et répond ici."
    ),
    message="Votre message",
    send="Envoyer le message",
    sending="Envoi…",
    you="Vous",
    summary="Récapitulatif",
    questions="Votre contact",
    write_to="Écrire à {email}",
    bank_go="Aller à votre banque",
    bank_opening="Ouverture de votre banque…",
    bank_title="Vers votre banque",
    bank_text="La page de votre banque s’ouvre d’elle-même.",
    bank_on="Continuer vers votre banque",
    cancel="Utiliser une autre carte",
    cancelling="Annulation…",
    look_again="Vérifier à nouveau",
    documents="Vos documents",
    receipt="Reçu",
    invoice="Facture",
    signed_document="Offre signée",
    certificate="Certificat de votre signature",
    documents_coming="L’offre signée et son certificat sont en préparation. Ils apparaîtront ici dans un instant.",
    no_retry="{seller} en est informé et prendra contact avec vous.",
    name_missing="Veuillez saisir votre nom complet.",
    drawing_missing="Rien n’est encore dessiné : veuillez signer dans la zone ou choisir « Taper ».",
    drawing_unreadable="Ce dessin ne peut pas être lu. Veuillez effacer la zone et signer à nouveau.",
    tick_missing="Vous devez l’accepter avant de pouvoir signer.",
    reason_missing="Veuillez indiquer brièvement un motif.",
    message_missing="Veuillez d’abord écrire un message.",
    text_too_long="Ce texte est trop long.",
    text_refused=(
        "Ceci ne peut pas être écrit ici. Les numéros de carte ne se saisissent que dans les champs de la carte."
    ),
    problem="Cela n’a pas encore fonctionné",
    paying_now=StateWords(
        title="Votre paiement est en cours", text="Veuillez ne pas payer de nouveau ; cette page vous informera."
    ),
    challenge=StateWords(
        title="Votre banque veut s’assurer que c’est bien vous",
        text="Confirmez auprès de votre banque, et {seller} recevra {amount}. D’ici là, rien n’est débité.",
    ),
    challenge_waits="Votre banque n’a pas encore confirmé.",
    finding_out=StateWords(title="Nous nous renseignons", text="Ne payez pas de nouveau ; cette page vous informera."),
    clearing=StateWords(
        title="Votre banque exécute le paiement",
        text="Cela prend quelques jours. Vous n’avez rien à faire ; veuillez ne pas payer de nouveau.",
    ),
    bank_declined=StateWords(title="Le paiement n’a pas abouti", text=""),
    done_paid=StateWords(
        title="Merci. {amount} ont été payés.",
        text="L’offre est signée et payée. Le reçu et l’offre signée sont aussi envoyés par e-mail.",
    ),
    done_signed=StateWords(
        title="Merci. L’offre est signée.",
        text="{seller} en est informé. L’offre signée est aussi envoyée à {email}.",
    ),
    declined=StateWords(
        title="Vous avez décliné cette offre",
        text="{seller} en est informé. Si vous changez d’avis, veuillez demander une nouvelle offre.",
    ),
    expired=StateWords(
        title="Cette offre a expiré",
        text="Elle ne peut plus être acceptée. Rien n’a été débité. Veuillez en demander une nouvelle à {seller}.",
    ),
    recalled=StateWords(
        title="Cette offre a été retirée",
        text=(
            "{seller} l’a retirée ou modifiée. Rien n’a été débité. Si elle vous intéresse toujours, "
            "veuillez en demander "
            "une nouvelle."
        ),
    ),
    replaced=StateWords(
        title="Il existe un lien plus récent vers cette offre",
        text="Il a été envoyé par e-mail. Veuillez l’utiliser : ce lien-ci n’accepte plus rien.",
    ),
    locked=StateWords(
        title="Ce lien est verrouillé",
        text=(
            "Trop de cartes ont été refusées ici. Rien n’a été débité. {seller} en est informé et peut vous envoyer un "
            "nouveau lien."
        ),
    ),
    unavailable=StateWords(
        title="Cette offre n’est pas disponible",
        text="Rien ne peut être signé ni payé ici. Veuillez vous adresser à {seller}.",
    ),
    refusals=_REFUSALS,
    refused="Ce n’est pas possible pour le moment. Rien n’a été débité.",
)

_CONFIRM = ConfirmWords(
    your_payment="Votre paiement",
    confirm_payment="Confirmez votre paiement",
    paid="Payé",
    amount="Montant",
    to="À",
    payer="De",
    asks=(
        "Votre banque veut s’assurer que c’est bien vous. Confirmez auprès de votre banque, et {seller} recevra le "
        "montant ci-dessus. Rien d’autre n’est débité."
    ),
    confirm="Confirmer auprès de votre banque",
    waits=StateWords(
        title="Votre banque n’a pas encore confirmé",
        text="Rien n’a été débité. Vous pouvez retourner à votre banque et confirmer.",
    ),
    done=StateWords(
        title="{amount} ont été payés", text="Merci. Un reçu est en route vers {email}. Vous pouvez fermer cette page."
    ),
    cancelled=StateWords(
        title="Ce n’est plus nécessaire",
        text="Le paiement a été annulé et rien n’a été débité. Vous pouvez fermer cette page.",
    ),
    over=StateWords(
        title="Ce lien a expiré",
        text="Il ne permet plus aucun paiement. Veuillez en demander un nouveau à {seller}.",
    ),
    answered=StateWords(
        title="Merci",
        text=(
            "Votre réponse a été transmise à votre banque. L’état du paiement figure sur la page du lien reçu par "
            "e-mail ; vous pouvez fermer celle-ci."
        ),
    ),
)

FRENCH = PortalWords(frame=_FRAME, offer=_OFFER, confirm=_CONFIRM)
