/**
 * The card fields of the gateway, Stripe's or the sandbox's: both offer the same calls. The number is
 * typed into the gateway's frame and never reaches this page; we get the id of a payment method.
 */

interface CardError {
  type?: string;
  message?: string;
  code?: string;
}

interface CardChange {
  error?: CardError;
  complete?: boolean;
}

interface CardElement {
  mount(place: HTMLElement): void;
  on(event: "ready" | "focus" | "blur", run: () => void): void;
  on(event: "change", run: (change: CardChange) => void): void;
  update(options: object): void;
  focus(): void;
  destroy?(): void;
}

interface Gateway {
  elements(): { create(kind: "card", options?: object): CardElement };
  createPaymentMethod(request: {
    type: "card";
    card: CardElement;
    billing_details: Record<string, string>;
  }): Promise<{ paymentMethod?: { id: string }; error?: CardError }>;
  handleNextAction?(request: { clientSecret: string }): Promise<{ error?: CardError }>;
}

declare global {
  interface Window {
    Stripe?: (publishableKey: string, options?: { locale: string }) => Gateway;
  }
}

const UNREACHABLE = "The card fields cannot be reached just now. Nothing was charged. Please load the page again.";
const UNREADABLE = "This card could not be read. Nothing was charged. Please check the number.";
const gateways = new Map<string, Promise<Gateway>>();
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

function loadGateway(url: string, key: string): Promise<Gateway> {
  const name = `${url} ${key}`;
  const known = gateways.get(name);
  if (known) return known;
  const loading = new Promise<void>((done, failed) => {
    if (window.Stripe) return done();
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => done();
    script.onerror = () => failed(new Error(UNREACHABLE));
    document.head.append(script);
  }).then(() => {
    if (!window.Stripe) throw new Error(UNREACHABLE);
    return window.Stripe(key, { locale: document.documentElement.lang || "auto" });
  });
  loading.catch(() => gateways.delete(name));
  gateways.set(name, loading);
  return loading;
}

/** The frame cannot see our tokens: it is given today's colours, whichever theme is on. */
function style(place: HTMLElement): object {
  const here = getComputedStyle(place);
  const probe = document.createElement("span");
  place.append(probe);
  const colour = (token: string): string => {
    probe.style.setProperty("color", `var(${token})`);
    return getComputedStyle(probe).color;
  };
  const colours = { ink: here.color, muted: colour("--ink-muted"), bad: colour("--bad"), accent: colour("--accent"), surface: colour("--surface") };
  probe.remove();
  return {
    base: {
      color: colours.ink,
      iconColor: colours.accent,
      backgroundColor: colours.surface,
      fontFamily: here.fontFamily,
      fontSize: here.fontSize,
      "::placeholder": { color: colours.muted },
    },
    invalid: { color: colours.bad, iconColor: colours.bad },
  };
}

class CardFields {
  private gateway: Gateway | undefined;
  private card: CardElement | undefined;
  private readonly form: HTMLFormElement | null;

  constructor(private readonly box: HTMLElement) {
    this.form = box.closest("form");
    this.form?.addEventListener("submit", (event) => this.onSubmit(event), true);
    void this.mount();
  }

  private field<Found extends HTMLElement>(selector: string): Found | null {
    return (this.box.closest(".field") ?? this.form ?? document).querySelector<Found>(selector);
  }

  private async mount(): Promise<void> {
    try {
      this.gateway = await loadGateway(this.box.dataset["scriptUrl"] ?? "", this.box.dataset["publishableKey"] ?? "");
      const place = this.box.querySelector<HTMLElement>("[data-card-mount]");
      if (!place || !this.box.isConnected) return;
      const card = this.gateway.elements().create("card", { hidePostalCode: true, style: style(this.box) });
      card.on("ready", () => (this.box.dataset["ready"] = "true"));
      card.on("focus", () => (this.box.dataset["state"] = "focused"));
      card.on("blur", () => delete this.box.dataset["state"]);
      card.on("change", ({ error }) => this.sayProblem(error));
      card.mount(place);
      darkness.addEventListener("change", () => card.update({ style: style(this.box) }));
      this.card = card;
    } catch (problem) {
      this.say(problem instanceof Error && problem.message !== UNREACHABLE ? problem.message : this.unreachable());
    }
  }

  private unreachable(): string {
    return this.box.dataset["unreachable"] ?? UNREACHABLE;
  }

  private say(message: string): void {
    const error = this.field<HTMLElement>("[data-card-error]");
    if (!error) return;
    error.hidden = message === "";
    const words = error.querySelector("span");
    if (words) words.textContent = message;
    if (message) this.box.dataset["state"] = "invalid";
    else if (this.box.dataset["state"] === "invalid") delete this.box.dataset["state"];
  }

  /** The sandbox's frame has a line of its own for each field's error; Stripe's single line has none. */
  private sayProblem(error: CardError | undefined, otherwise = ""): void {
    const saidInFrame = this.box.dataset["gateway"] === "sandbox" && error?.type === "validation_error";
    this.say(saidInFrame ? "" : (error?.message ?? otherwise));
  }

  /** Whether this card is what the form pays with: not when it stands under a choice that is not chosen. */
  private wanted(): boolean {
    return this.box.isConnected && this.box.offsetParent !== null;
  }

  private onSubmit(event: SubmitEvent): void {
    const token = this.field<HTMLInputElement>("[data-card-token]");
    if (!this.form || !token || !this.wanted()) return;
    if (token.value !== "" && token.dataset["fresh"] !== undefined) {
      delete token.dataset["fresh"];
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.form.dataset["tokenizing"] === undefined) void this.tokenize(this.form, token, event.submitter);
  }

  private async tokenize(form: HTMLFormElement, token: HTMLInputElement, submitter: HTMLElement | null): Promise<void> {
    if (!this.gateway || !this.card) {
      this.say(this.unreachable());
      return;
    }
    const button = submitter ?? form.querySelector<HTMLElement>('[type="submit"]');
    form.dataset["tokenizing"] = "";
    button?.setAttribute("aria-busy", "true");
    this.say("");
    try {
      const answer = await this.gateway.createPaymentMethod({ type: "card", card: this.card, billing_details: billing(form) });
      if (!answer.paymentMethod) {
        this.sayProblem(answer.error, this.box.dataset["unreadable"] ?? UNREADABLE);
        this.card.focus();
        return;
      }
      token.value = answer.paymentMethod.id;
      token.dataset["fresh"] = "";
    } catch {
      this.say(this.unreachable());
      return;
    } finally {
      delete form.dataset["tokenizing"];
      button?.removeAttribute("aria-busy");
    }
    form.requestSubmit(submitter instanceof HTMLButtonElement ? submitter : null);
  }
}

/** billing_details from the form's own inputs named billing_name, billing_email. */
function billing(form: HTMLFormElement): Record<string, string> {
  const details: Record<string, string> = {};
  for (const key of ["name", "email", "phone"]) {
    const input = form.elements.namedItem(`billing_${key}`);
    if (input instanceof HTMLInputElement && input.value.trim() !== "") details[key] = input.value.trim();
  }
  return details;
}

const mounted = new WeakSet<HTMLElement>();

function mountAll(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-card-fields]")) {
    if (mounted.has(box)) continue;
    mounted.add(box);
    new CardFields(box);
  }
}

mountAll();
document.addEventListener("htmx:afterSettle", mountAll);

export {};
