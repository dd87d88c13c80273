// The card fields themselves, on the gateway's origin. What is typed here is sent to the gateway and to nobody else.
(() => {
  "use strict";

  const query = new URLSearchParams(window.location.search);
  const id = query.get("id");
  const parentOrigin = query.get("parent");
  const fields = Object.fromEntries(["number", "expiry", "cvc", "postal"].map((name) => [name, document.getElementById(name)]));
  const form = document.getElementById("card");
  const mark = document.getElementById("brand");
  const touched = new Set();
  const refusals = new Map(); // what the gateway said of a field, until it is changed

  const BRANDS = [
    { name: "amex", label: "AMEX", test: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
    { name: "diners", label: "DINERS", test: /^3(0[0-5]|[689])/, lengths: [14, 16], groups: [4, 6, 4], cvc: 3 },
    { name: "jcb", label: "JCB", test: /^35/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "discover", label: "DISC", test: /^6(011|5|4[4-9])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "unionpay", label: "UNION", test: /^62/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 4, 3], cvc: 3 },
    { name: "mastercard", label: "MC", test: /^(5[1-5]|2[2-7])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
    { name: "visa", label: "VISA", test: /^4/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  ];
  const UNKNOWN = { name: "unknown", label: "", lengths: [16], groups: [4, 4, 4, 4, 3], cvc: 3 };
  const LANGUAGES = {
    en: {
      title: "Card details",
      number: "Card number",
      expiry: "Expiry",
      expiry_example: "MM / YY",
      cvc: "Security code",
      postal: "Postal code",
      optional: "optional",
      note: "Test gateway, no real money. Try 4242\u00a04242\u00a04242\u00a04242.",
      incomplete_number: "Your card number is incomplete.",
      invalid_number: "Your card number is invalid.",
      incomplete_expiry: "Your card's expiration date is incomplete.",
      invalid_expiry_month: "Your card's expiration month is invalid.",
      invalid_expiry_year_past: "Your card's expiration date is in the past.",
      invalid_expiry_year: "Your card's expiration year is invalid.",
      incomplete_cvc: "Your card's security code is incomplete.",
      unreachable: "The card could not be sent to the gateway. Nothing was charged. Try again.",
    },
    de: {
      title: "Kartendaten",
      number: "Kartennummer",
      expiry: "Gültig bis",
      expiry_example: "MM / JJ",
      cvc: "Prüfnummer",
      postal: "Postleitzahl",
      optional: "freiwillig",
      note: "Test-Zahlungsdienst, kein echtes Geld. Zum Beispiel 4242\u00a04242\u00a04242\u00a04242.",
      incomplete_number: "Die Kartennummer ist unvollständig.",
      invalid_number: "Die Kartennummer ist ungültig.",
      incomplete_expiry: "Das Ablaufdatum der Karte ist unvollständig.",
      invalid_expiry_month: "Der Ablaufmonat der Karte ist ungültig.",
      invalid_expiry_year_past: "Das Ablaufdatum der Karte liegt in der Vergangenheit.",
      invalid_expiry_year: "Das Ablaufjahr der Karte ist ungültig.",
      incomplete_cvc: "Die Prüfnummer der Karte ist unvollständig.",
      unreachable: "Die Karte konnte nicht übermittelt werden. Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal.",
    },
    fr: {
      title: "Données de la carte",
      number: "Numéro de carte",
      expiry: "Expiration",
      expiry_example: "MM / AA",
      cvc: "Code de sécurité",
      postal: "Code postal",
      optional: "facultatif",
      note: "Paiement de test, sans argent réel. Essayez 4242\u00a04242\u00a04242\u00a04242.",
      incomplete_number: "Le numéro de la carte est incomplet.",
      invalid_number: "Le numéro de la carte est invalide.",
      incomplete_expiry: "La date d’expiration de la carte est incomplète.",
      invalid_expiry_month: "Le mois d’expiration de la carte est invalide.",
      invalid_expiry_year_past: "La date d’expiration de la carte est passée.",
      invalid_expiry_year: "L’année d’expiration de la carte est invalide.",
      incomplete_cvc: "Le code de sécurité de la carte est incomplet.",
      unreachable: "La carte n’a pas pu être transmise. Rien n’a été débité. Veuillez réessayer.",
    },
    es: {
      title: "Datos de la tarjeta",
      number: "Número de tarjeta",
      expiry: "Caducidad",
      expiry_example: "MM / AA",
      cvc: "Código de seguridad",
      postal: "Código postal",
      optional: "opcional",
      note: "Pasarela de prueba, sin dinero real. Pruebe con 4242\u00a04242\u00a04242\u00a04242.",
      incomplete_number: "El número de la tarjeta está incompleto.",
      invalid_number: "El número de la tarjeta no es válido.",
      incomplete_expiry: "La fecha de caducidad de la tarjeta está incompleta.",
      invalid_expiry_month: "El mes de caducidad de la tarjeta no es válido.",
      invalid_expiry_year_past: "La tarjeta ha caducado.",
      invalid_expiry_year: "El año de caducidad de la tarjeta no es válido.",
      incomplete_cvc: "El código de seguridad de la tarjeta está incompleto.",
      unreachable: "No se ha podido enviar la tarjeta. No se ha cobrado nada. Inténtelo de nuevo.",
    },
  };
  let words = LANGUAGES.en;
  const FIELD_OF_PARAM = { number: "number", exp_month: "expiry", exp_year: "expiry", cvc: "cvc" };

  const digitsOf = (text) => text.replace(/\D/g, "");
  const brandOf = (digits) => BRANDS.find((brand) => brand.test.test(digits)) ?? UNKNOWN;
  const tell = (message) => window.parent.postMessage({ handsel: id, ...message }, parentOrigin);

  const luhnHolds = (digits) => {
    let total = 0;
    [...digits].reverse().forEach((digit, position) => {
      const value = Number(digit) * (1 + (position % 2));
      total += value > 9 ? value - 9 : value;
    });
    return total % 10 === 0;
  };

  const grouped = (digits, groups) => {
    const parts = [];
    let from = 0;
    for (const size of groups) {
      if (from >= digits.length) break;
      parts.push(digits.slice(from, from + size));
      from += size;
    }
    return parts.join(" ");
  };

  // Rewrites a field while the caret stays behind the same digit.
  const rewrite = (field, text) => {
    if (field.value === text) return;
    const before = digitsOf(field.value.slice(0, field.selectionStart ?? field.value.length)).length;
    const atEnd = field.selectionStart === field.value.length;
    field.value = text;
    if (document.activeElement !== field) return;
    let caret = text.length;
    if (!atEnd) {
      caret = 0;
      for (let seen = 0; seen < before && caret < text.length; caret += 1) if (/\d/.test(text[caret])) seen += 1;
    }
    field.setSelectionRange(caret, caret);
  };

  const readExpiry = () => {
    const [first = "", second = ""] = fields.expiry.value.split("/").map(digitsOf);
    const year = second.length === 2 ? 2000 + Number(second) : Number(second);
    return { month: Number(first), year, complete: first.length === 2 && (second.length === 2 || second.length === 4) };
  };

  const formatNumber = () => {
    const brand = brandOf(digitsOf(fields.number.value));
    const digits = digitsOf(fields.number.value).slice(0, Math.max(...brand.lengths));
    rewrite(fields.number, grouped(digits, brand.groups));
    mark.textContent = brand.label;
    mark.dataset.brand = brand.name;
    fields.cvc.maxLength = brand.cvc;
  };

  const formatExpiry = (event) => {
    let digits = digitsOf(fields.expiry.value);
    if (/^[2-9]/.test(digits)) digits = `0${digits}`;
    if (digits.length === 6 && digits.slice(2, 4) === "20") digits = digits.slice(0, 2) + digits.slice(4);
    const erasing = event?.inputType?.startsWith("delete");
    if (digits.length > 2 || (digits.length === 2 && !erasing)) {
      rewrite(fields.expiry, `${digits.slice(0, 2)} / ${digits.slice(2, 4)}`);
      return;
    }
    rewrite(fields.expiry, digits);
  };

  const faultOf = {
    number: () => {
      const digits = digitsOf(fields.number.value);
      const brand = brandOf(digits);
      if (digits.length < Math.min(...brand.lengths)) return "incomplete_number";
      return luhnHolds(digits) ? null : "invalid_number";
    },
    expiry: () => {
      const { month, year, complete } = readExpiry();
      if (!complete) return "incomplete_expiry";
      if (month < 1 || month > 12) return "invalid_expiry_month";
      const today = new Date();
      if (year * 12 + month < today.getFullYear() * 12 + today.getMonth() + 1) return "invalid_expiry_year_past";
      return year > today.getFullYear() + 50 ? "invalid_expiry_year" : null;
    },
    cvc: () => (digitsOf(fields.cvc.value).length < brandOf(digitsOf(fields.number.value)).cvc ? "incomplete_cvc" : null),
  };

  // An error is shown once a field was left, or at once where the digits cannot become right by typing on.
  const shownFault = (name) => {
    if (refusals.has(name)) return refusals.get(name);
    const code = faultOf[name]();
    if (!code || (code.startsWith("incomplete") && !touched.has(name))) return null;
    if (code.startsWith("incomplete") && fields[name].value === "" && !touched.has("all")) return null;
    return { type: "validation_error", code, message: words[code] };
  };

  const show = () => {
    let first = null;
    for (const name of Object.keys(faultOf)) {
      const fault = shownFault(name);
      document.getElementById(`${name}-error`).textContent = fault?.message ?? "";
      if (fault) fields[name].setAttribute("aria-invalid", "true");
      else fields[name].removeAttribute("aria-invalid");
      first ??= fault;
    }
    return first;
  };

  const changed = () => {
    const error = show();
    const names = Object.keys(faultOf);
    tell({
      type: "change",
      detail: {
        brand: brandOf(digitsOf(fields.number.value)).name,
        complete: names.every((name) => faultOf[name]() === null),
        empty: names.every((name) => fields[name].value === ""),
        error: error ?? undefined,
        value: { postalCode: fields.postal.value },
      },
    });
  };

  const flat = (prefix, value, into) => {
    if (value === null || value === undefined || value === "") return into;
    if (typeof value === "object") {
      for (const [name, below] of Object.entries(value)) flat(`${prefix}[${name}]`, below, into);
    } else into.append(prefix, String(value));
    return into;
  };

  const ask = async (billingDetails) => {
    const { month, year } = readExpiry();
    const body = new URLSearchParams({
      type: "card",
      "card[number]": digitsOf(fields.number.value),
      "card[exp_month]": month,
      "card[exp_year]": year,
      "card[cvc]": digitsOf(fields.cvc.value),
    });
    const details = structuredClone(billingDetails ?? {});
    if (fields.postal.value) details.address = { ...details.address, postal_code: fields.postal.value };
    flat("billing_details", details, body);
    const answer = await fetch("/v1/payment_methods", {
      method: "POST",
      headers: { Authorization: `Bearer ${query.get("key")}` },
      body,
    });
    return answer.json();
  };

  const create = async (request, billingDetails) => {
    Object.keys(faultOf).forEach((name) => touched.add(name));
    touched.add("all");
    changed();
    const error = show();
    if (error) {
      fields[Object.keys(faultOf).find((name) => shownFault(name))].focus();
      tell({ type: "created", request, error });
      return;
    }
    try {
      const answer = await ask(billingDetails);
      if (answer.error) {
        const name = FIELD_OF_PARAM[answer.error.param];
        if (name) {
          refusals.set(name, answer.error);
          changed();
          fields[name].focus();
        }
        tell({ type: "created", request, error: answer.error });
      } else tell({ type: "created", request, paymentMethod: answer });
    } catch {
      tell({ type: "created", request, error: { type: "api_connection_error", message: words.unreachable } });
    }
  };

  // The page says which language it is in; one we do not have is answered in English.
  const speak = (locale) => {
    const language = String(locale ?? "en").slice(0, 2);
    words = LANGUAGES[language] ?? LANGUAGES.en;
    document.documentElement.lang = language in LANGUAGES ? language : "en";
    document.title = words.title;
    form.setAttribute("aria-label", words.title);
    for (const name of ["number", "expiry", "cvc", "postal"]) {
      document.querySelector(`label[for="${name}"]`).firstChild.textContent = name === "postal" ? `${words.postal} ` : words[name];
    }
    document.querySelector(".optional").textContent = words.optional;
    document.querySelector(".note").textContent = words.note;
    fields.expiry.placeholder = words.expiry_example;
    show();
  };

  const setColour = (name, value) => {
    if (typeof value === "string" && CSS.supports("color", value)) document.documentElement.style.setProperty(name, value);
  };

  const configure = ({ scheme, style, variables, postalCode, disabled, locale }) => {
    speak(locale);
    const root = document.documentElement.style;
    if (typeof scheme === "string") root.colorScheme = scheme;
    const base = style?.base ?? {};
    setColour("--text", variables?.colorText ?? base.color);
    setColour("--surface", variables?.colorBackground ?? base.backgroundColor);
    setColour("--accent", variables?.colorPrimary ?? base.iconColor);
    setColour("--danger", variables?.colorDanger ?? style?.invalid?.color);
    setColour("--muted", variables?.colorTextSecondary ?? base["::placeholder"]?.color);
    setColour("--line", variables?.colorBorder);
    const size = variables?.fontSizeBase ?? base.fontSize;
    if (typeof size === "string" && CSS.supports("font-size", size)) root.setProperty("--size", size);
    const family = variables?.fontFamily ?? base.fontFamily;
    if (typeof family === "string" && CSS.supports("font-family", family)) root.setProperty("--font", family);
    const radius = variables?.borderRadius;
    if (typeof radius === "string" && CSS.supports("border-radius", radius)) root.setProperty("--radius", radius);
    document.getElementById("postal-field").hidden = !postalCode;
    Object.values(fields).forEach((field) => { field.disabled = Boolean(disabled); });
  };

  const clear = () => {
    Object.values(fields).forEach((field) => { field.value = ""; });
    touched.clear();
    refusals.clear();
    formatNumber();
    changed();
  };

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== parentOrigin) return;
    const message = event.data;
    if (message?.handsel !== id) return;
    if (message.type === "configure") configure(message);
    else if (message.type === "create") create(message.request, message.billing_details);
    else if (message.type === "focus") fields.number.focus();
    else if (message.type === "blur") document.activeElement?.blur();
    else if (message.type === "clear") clear();
  });

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", (event) => {
      refusals.delete(name);
      if (name === "number") formatNumber();
      if (name === "expiry") formatExpiry(event);
      if (name === "cvc") rewrite(field, digitsOf(field.value));
      changed();
      const full = name !== "postal" && faultOf[name]() === null && field.selectionStart === field.value.length;
      const next = { number: fields.expiry, expiry: fields.cvc }[name];
      if (full && next && next.value === "" && document.activeElement === field) next.focus();
    });
    field.addEventListener("blur", () => {
      touched.add(name);
      changed();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") tell({ type: "escape", detail: {} });
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell({ type: "submit" });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      tell({ type: "submit" });
    }
  });
  window.addEventListener("focus", () => tell({ type: "focus", detail: {} }));
  window.addEventListener("blur", () => tell({ type: "blur", detail: {} }));
  new ResizeObserver(() => tell({ type: "height", height: Math.ceil(form.getBoundingClientRect().height) + 6 })).observe(form);
  tell({ type: "ready" });
})();
