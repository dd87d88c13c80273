// The sandbox's stand-in for Stripe.js: the calls that a payment page makes, over a frame on the gateway's own origin.
// The page never sees a card number; it gets a token.
(() => {
  "use strict";

  const origin = new URL(document.currentScript.src).origin;
  const TITLES = { de: "Kartendaten", fr: "Données de la carte", es: "Datos de la tarjeta" };
  let frames = 0;

  const problem = (code, message) => ({ type: "validation_error", code, message });

  class CardElement {
    constructor(key, options, appearance) {
      this._key = key;
      this._options = options;
      this._appearance = appearance;
      this._listeners = new Map();
      this._waiting = new Map();
      this._requests = 0;
      this._receive = (event) => this._received(event);
    }

    mount(target) {
      const container = typeof target === "string" ? document.querySelector(target) : target;
      if (!container) throw new Error("The card element has nowhere to mount.");
      this.unmount();
      this._container = container;
      this._id = `card-${(frames += 1)}`;
      const address = new URL("/frame", origin);
      address.search = new URLSearchParams({ id: this._id, key: this._key, parent: window.location.origin });
      const frame = document.createElement("iframe");
      frame.title = TITLES[document.documentElement.lang.slice(0, 2)] ?? "Card details";
      frame.referrerPolicy = "no-referrer";
      Object.assign(frame.style, {
        border: "0", width: "100%", height: "176px", display: "block", margin: "0", padding: "0",
        background: "transparent", colorScheme: this._scheme(),
      });
      window.addEventListener("message", this._receive);
      this._frame = frame;
      frame.src = address.href;
      container.replaceChildren(frame);
    }

    on(name, listener) {
      if (!this._listeners.has(name)) this._listeners.set(name, new Set());
      this._listeners.get(name).add(listener);
      return this;
    }

    once(name, listener) {
      const first = (detail) => {
        this.off(name, first);
        listener(detail);
      };
      return this.on(name, first);
    }

    off(name, listener) {
      if (listener) this._listeners.get(name)?.delete(listener);
      else this._listeners.delete(name);
      return this;
    }

    update(options) {
      Object.assign(this._options, options);
      this._configure();
    }

    focus() { this._send({ type: "focus" }); }
    blur() { this._send({ type: "blur" }); }
    clear() { this._send({ type: "clear" }); }

    unmount() {
      window.removeEventListener("message", this._receive);
      for (const settle of this._waiting.values()) {
        settle({ error: problem("element_unmounted", "The card fields were removed.") });
      }
      this._waiting.clear();
      this._frame?.remove();
      this._frame = undefined;
    }

    destroy() {
      this.unmount();
      this._listeners.clear();
    }

    _create(billingDetails) {
      if (!this._frame) {
        return Promise.resolve({ error: problem("element_not_mounted", "The card fields are not on the page.") });
      }
      const request = (this._requests += 1);
      return new Promise((settle) => {
        this._waiting.set(request, settle);
        this._send({ type: "create", request, billing_details: billingDetails ?? {} });
      });
    }

    _scheme() {
      const theme = this._appearance.theme;
      if (theme === "night" || theme === "dark") return "dark";
      if (theme === "light") return "light";
      const given = this._container ? getComputedStyle(this._container).colorScheme : "normal";
      return given && given !== "normal" ? given : "light dark";
    }

    _configure() {
      this._send({
        type: "configure",
        scheme: this._scheme(),
        style: this._options.style ?? {},
        variables: this._appearance.variables ?? {},
        postalCode: this._options.hidePostalCode === false,
        disabled: Boolean(this._options.disabled),
        locale: document.documentElement.lang || "en",
      });
    }

    _send(message) {
      this._frame?.contentWindow?.postMessage({ handsel: this._id, ...message }, origin);
    }

    _tell(name, detail) {
      for (const listener of [...(this._listeners.get(name) ?? [])]) listener(detail);
    }

    _received(event) {
      if (event.origin !== origin || event.source !== this._frame?.contentWindow) return;
      const message = event.data;
      if (message?.handsel !== this._id) return;
      if (message.type === "height") {
        this._frame.style.height = `${Math.min(Math.max(Number(message.height) || 0, 40), 600)}px`;
      } else if (message.type === "created") {
        const settle = this._waiting.get(message.request);
        this._waiting.delete(message.request);
        settle?.(message.error ? { error: message.error } : { paymentMethod: message.paymentMethod });
      } else if (message.type === "ready") {
        this._configure();
        this._tell("ready", { elementType: "card" });
      } else if (message.type === "submit") {
        this._container.closest("form")?.requestSubmit();
      } else if (["change", "focus", "blur", "escape"].includes(message.type)) {
        this._tell(message.type, { elementType: "card", ...message.detail });
      }
    }
  }

  class Elements {
    constructor(key, options) {
      this._key = key;
      this._appearance = options?.appearance ?? {};
      this._card = null;
    }

    create(kind, options) {
      if (kind !== "card") throw new Error(`The sandbox has card fields only, not ${kind}.`);
      this._card = new CardElement(this._key, { ...options }, this._appearance);
      return this._card;
    }

    getElement(kind) {
      return kind === "card" ? this._card : null;
    }

    update(options) {
      Object.assign(this._appearance, options?.appearance);
      this._card?._configure();
    }
  }

  window.Stripe = (publishableKey) => {
    if (typeof publishableKey !== "string" || !publishableKey.startsWith("pk_test_")) {
      throw new Error("The sandbox needs a publishable key that begins with pk_test_.");
    }
    return {
      elements: (options) => new Elements(publishableKey, options),
      createPaymentMethod: async ({ type, card, billing_details: billingDetails }) => {
        if (type !== "card" || !(card instanceof CardElement)) {
          return { error: problem("parameter_invalid", "createPaymentMethod needs type card and a card element.") };
        }
        return card._create(billingDetails);
      },
    };
  };
  window.Stripe.version = 3;
})();
