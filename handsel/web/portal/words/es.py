"""Spanish, as one writes to customers: “usted”."""

from __future__ import annotations

from handsel.web.portal.words.kinds import ConfirmWords, FrameWords, OfferWords, PortalWords, StateWords

_FRAME = FrameWords(
    skip="Ir al contenido",
    test_mode="Modo de prueba",
    test_mode_note="En esta página no se mueve dinero real.",
    scripts_blocked=(
        "Los scripts están bloqueados en este navegador. Puede leerlo todo aquí; para firmar o pagar, "
        "permita JavaScript "
        "en esta página y vuelva a cargarla."
    ),
    collected_with="Cobrado con Handsel",
    messages="Avisos",
    dismiss="Ocultar",
    close="Cerrar",
    one_moment="Un momento…",
    optional="opcional",
    was="antes",
    one_error="Hay una respuesta que revisar.",
    more_errors="respuestas por revisar.",
    nothing_changed="No se ha cambiado nada.",
    card="Tarjeta",
    card_loading="Preparando los campos de la tarjeta…",
    card_note="El número va directamente a la pasarela de pago y nunca a nosotros.",
    card_noscript="Para introducir una tarjeta se necesita JavaScript. Permítalo en esta página y vuelva a cargarla.",
    card_unreachable=(
        "Los campos de la tarjeta no están disponibles en este momento. No se ha cobrado nada. Vuelva a "
        "cargar la página."
    ),
    card_unreadable="No se ha podido leer esta tarjeta. No se ha cobrado nada. Compruebe el número.",
    server_unreachable=(
        "No se puede contactar con el servidor. No se ha perdido nada: inténtelo de nuevo en un momento."
    ),
    server_failed="Algo ha fallado por nuestra parte. Lo que ve no ha cambiado; inténtelo de nuevo.",
)

_REFUSALS = {
    "offer_recalled": "Esta oferta se ha retirado. No se ha cobrado nada; solicite una nueva.",
    "offer_replaced": (
        "Se ha enviado un enlace más reciente a esta oferta. Aquí no se ha cobrado nada; utilice el más reciente."
    ),
    "offer_expired": "Esta oferta ha caducado. No se ha cobrado nada; solicite una nueva.",
    "offer_answered": "Esta oferta ya se ha respondido. No se ha cobrado nada por segunda vez.",
    "offer_locked": (
        "Este enlace está bloqueado porque aquí se han rechazado demasiadas tarjetas. No se ha cobrado nada."
    ),
    "payment_in_progress": "Hay un pago en curso para esta oferta. No vuelva a pagar.",
    "payment_clearing": "Su banco ya está ejecutando este pago; no se puede cancelar.",
    "already_paid": "Esta oferta ya está pagada. No se ha cobrado nada por segunda vez.",
    "debt_on_invoice": "El importe de esta oferta figura en una factura. Aquí no se ha cobrado nada.",
    "order_changed": (
        "Esta oferta ha cambiado desde que la abrió. No se ha firmado ni cobrado nada; vuelva a leerla, por favor."
    ),
    "payment_method_required": (
        "Esta oferta se firma y se paga en un solo paso. No se ha firmado nada; introduzca una tarjeta."
    ),
    "payment_not_needed": "No hay nada que pagar por esta oferta. No se ha cobrado nada.",
    "below_minimum": (
        "El importe es demasiado pequeño para pagarlo con tarjeta. No se ha cobrado nada; póngase en contacto con "
        "nosotros."
    ),
    "billing_details_missing": (
        "En este momento no se puede aceptar esta oferta, por causas ajenas a usted. No se ha cobrado nada."
    ),
    "gateway_unavailable": (
        "El pago con tarjeta no está disponible en este momento. No se ha cobrado nada; inténtelo más tarde."
    ),
    "try_later": "No ha funcionado en este momento. No se ha cobrado nada; inténtelo de nuevo.",
    "too_many_requests": (
        "Se han rechazado demasiadas tarjetas desde aquí. No se ha cobrado nada; inténtelo de nuevo dentro de una hora."
    ),
    "method_not_saved": "El banco no ha aceptado guardar esta tarjeta. No se ha cobrado nada; pruebe con otra.",
    "token_used": (
        "Estos datos de la tarjeta ya se han utilizado. No se ha cobrado nada; introduzca la tarjeta de nuevo."
    ),
    "token_unknown": "No se ha podido leer la tarjeta. No se ha cobrado nada; introdúzcala de nuevo.",
}

_OFFER = OfferWords(
    title="Su oferta de {seller}",
    lead="Para {buyer} · {number}, revisión {revision}",
    valid_until="Válida hasta el {at}",
    document="Leer el documento (PDF)",
    pdf="PDF",
    lines="Lo que recibe",
    charges="Qué paga y cuándo",
    today="Hoy",
    nothing_now="Hoy no se cobra nada.",
    billed_later="En esta página no se cobra nada. {seller} facturará {amount} en cuanto usted haya firmado.",
    then="después, {every}",
    if_accepted_today="Las fechas valen si acepta hoy. Importes con impuestos incluidos.",
    notes="Notas",
    files="Archivos",
    terms_version="Versión {version}",
    terms_read="Leer el texto completo",
    sign_title="Su firma",
    name="Su nombre completo",
    how="¿Cómo desea firmar?",
    typed="Escribir",
    drawn="Dibujar",
    typed_hint="Su nombre, tal como lo ha escrito arriba, es su firma.",
    drawn_hint="Firme con el dedo, un lápiz o el ratón. Con el teclado, elija «Escribir».",
    drawing="Espacio para su firma dibujada",
    clear="Borrar",
    signed_by="Firmado por {name} el {at}",
    signature_stays="Su firma sigue siendo válida; no tiene que volver a firmar.",
    consent=(
        "Con «{button}» firmo esta oferta en nombre de {buyer} y la acepto tal como figura en el documento: {number}, "
        "revisión {revision}, {total} en total."
    ),
    pay_title="Su tarjeta",
    keep_card=(
        "Acepto que la pasarela de pago de {seller} guarde esta tarjeta y cargue en ella las renovaciones: {charges}, "
        "hasta que terminen las suscripciones o yo retire este consentimiento."
    ),
    keep_card_charge="{amount} {every} a partir del {date}",
    keep_card_joint=" y ",
    keep_card_hint=(
        "Sin esta casilla marcada, se cobra a la tarjeta solo esta vez y se le pedirá el pago de cada renovación."
    ),
    keep_title="Guardar una tarjeta para las renovaciones",
    keep_text=(
        "Hoy no se ha cobrado nada. Si lo desea, deje ahora una tarjeta y las renovaciones se pagarán por sí solas."
    ),
    keep="Guardar esta tarjeta",
    keeping="Guardando la tarjeta…",
    kept="Su tarjeta queda guardada para las renovaciones. No se ha cobrado nada.",
    sign="Firmar",
    sign_and_pay="Firmar y pagar {amount}",
    pay="Pagar {amount}",
    signing="Firmando…",
    paying="Pagando {amount}…",
    decline="Rechazar esta oferta",
    decline_text=(
        "{seller} lo sabrá de inmediato, con su motivo. Después, la oferta ya no se podrá aceptar en esta página."
    ),
    decline_reason="¿Por qué la rechaza?",
    decline_back="Volver a la oferta",
    declining="Rechazando…",
    your_reason="Su motivo: {reason}",
    conversation="Mensajes",
    conversation_empty=(
        "Pregunte lo que quiera sobre esta oferta. {sender} lo lee aquí, junto a la oferta, y responde aquí."
    ),
    message="Su mensaje",
    send="Enviar mensaje",
    sending="Enviando…",
    you="Usted",
    summary="Resumen",
    questions="Su contacto",
    write_to="Escribir a {email}",
    bank_go="Ir a su banco",
    bank_opening="Abriendo su banco…",
    bank_title="Hacia su banco",
    bank_text="La página de su banco se abre sola.",
    bank_on="Continuar a su banco",
    cancel="Usar otra tarjeta",
    cancelling="Cancelando…",
    look_again="Comprobar de nuevo",
    documents="Sus documentos",
    receipt="Recibo",
    invoice="Factura",
    signed_document="Oferta firmada",
    certificate="Certificado de su firma",
    documents_coming="La oferta firmada y su certificado se están preparando. Aparecerán aquí en un momento.",
    no_retry="{seller} ya lo sabe y se pondrá en contacto con usted.",
    name_missing="Escriba su nombre completo.",
    drawing_missing="Aún no hay nada dibujado: firme en el espacio o elija «Escribir».",
    drawing_unreadable="No se puede leer este dibujo. Borre el espacio y firme de nuevo.",
    tick_missing="Debe aceptarlo antes de poder firmar.",
    reason_missing="Escriba brevemente un motivo.",
    message_missing="Escriba primero un mensaje.",
    text_too_long="Este texto es demasiado largo.",
    text_refused="Esto no se puede escribir aquí. Los números de tarjeta solo van en los campos de la tarjeta.",
    problem="Todavía no ha funcionado",
    paying_now=StateWords(
        title="Su pago se está realizando", text="No vuelva a pagar, por favor; esta página le informará."
    ),
    challenge=StateWords(
        title="Su banco quiere asegurarse de que es usted",
        text="Confirme con su banco y {seller} recibirá {amount}. Hasta entonces no se cobra nada.",
    ),
    challenge_waits="Su banco aún no ha confirmado.",
    finding_out=StateWords(title="Lo estamos averiguando", text="No vuelva a pagar; esta página le informará."),
    clearing=StateWords(
        title="Su banco está ejecutando el pago",
        text="Tarda unos días. No tiene que hacer nada; no vuelva a pagar, por favor.",
    ),
    bank_declined=StateWords(title="El pago no se ha realizado", text=""),
    done_paid=StateWords(
        title="Gracias. Se han pagado {amount}.",
        text="La oferta está firmada y pagada. El recibo y la oferta firmada llegan también por correo.",
    ),
    done_signed=StateWords(
        title="Gracias. La oferta está firmada.",
        text="{seller} ya lo sabe. La oferta firmada se envía también a {email}.",
    ),
    declined=StateWords(
        title="Usted ha rechazado esta oferta",
        text="{seller} ya lo sabe. Si cambia de opinión, solicite una nueva oferta.",
    ),
    expired=StateWords(
        title="Esta oferta ha caducado",
        text="Ya no se puede aceptar. No se ha cobrado nada. Solicite una nueva a {seller}.",
    ),
    recalled=StateWords(
        title="Esta oferta se ha retirado",
        text="{seller} la ha retirado o modificado. No se ha cobrado nada. Si sigue interesado, solicite una nueva.",
    ),
    replaced=StateWords(
        title="Hay un enlace más reciente a esta oferta",
        text="Se ha enviado por correo electrónico. Utilícelo, por favor: este enlace ya no acepta nada.",
    ),
    locked=StateWords(
        title="Este enlace está bloqueado",
        text=(
            "Aquí se han rechazado demasiadas tarjetas. No se ha cobrado nada. {seller} ya lo sabe y puede enviarle un "
            "enlace nuevo."
        ),
    ),
    unavailable=StateWords(
        title="Esta oferta no está disponible",
        text="Aquí no se puede firmar ni pagar nada. Consulte a {seller}.",
    ),
    refusals=_REFUSALS,
    refused="Ahora no es posible. No se ha cobrado nada.",
)

_CONFIRM = ConfirmWords(
    your_payment="Su pago",
    confirm_payment="Confirme su pago",
    paid="Pagado",
    amount="Importe",
    to="Para",
    payer="De",
    asks=(
        "Su banco quiere asegurarse de que es usted. Confirme con su banco y {seller} recibirá el importe indicado. No "
        "se cobra nada más."
    ),
    confirm="Confirmar con su banco",
    waits=StateWords(
        title="Su banco aún no ha confirmado",
        text="No se ha cobrado nada. Puede volver a su banco y confirmar.",
    ),
    done=StateWords(
        title="Se han pagado {amount}",
        text="Gracias. Un recibo va de camino a {email}. Puede cerrar esta página.",
    ),
    cancelled=StateWords(
        title="Ya no es necesario",
        text="El pago se ha cancelado y no se ha cobrado nada. Puede cerrar esta página.",
    ),
    over=StateWords(
        title="Este enlace ha caducado",
        text="Con él ya no se puede pagar nada. Solicite uno nuevo a {seller}.",
    ),
    answered=StateWords(
        title="Gracias",
        text=(
            "Su respuesta ha llegado a su banco. El estado del pago figura en la página del enlace de su correo; puede "
            "cerrar esta."
        ),
    ),
)

SPANISH = PortalWords(frame=_FRAME, offer=_OFFER, confirm=_CONFIRM)
