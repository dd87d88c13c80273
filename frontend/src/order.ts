/**
 * What only an order's page needs: complaints beside the fields of a draft that could not be saved, typed
 * values that are sent after a reload and before something else is asked for, links that are copied.
 */
import htmx from "htmx.org";
import { accepted, closest, onContent, onHtmx, type HtmxRequestDetail } from "./behaviours/page";
import { toast } from "./behaviours/toasts";

export function startOrders(): void {
  onContent((root) => {
    showComplaints();
    saveRestored();
    if (root instanceof HTMLElement && root.id === "order") focusOnStory();
  });
  document.addEventListener("click", saveFirst, true);
  onHtmx("htmx:afterRequest", goOn);
  document.addEventListener("lineAdded", (event) => {
    const { key } = (event as CustomEvent<{ key?: string }>).detail;
    const quantity = document.getElementById(`id_quantity_${key ?? ""}`);
    if (quantity instanceof HTMLInputElement) {
      quantity.focus();
      quantity.select();
    }
  });
  document.addEventListener("click", (event) => {
    const copier = closest<HTMLElement>(event, "[data-copy]");
    if (copier) void copy(document.getElementById(copier.dataset["copy"] ?? ""));
    const reload = closest<HTMLElement>(event, "[data-reload]");
    if (reload) {
      event.preventDefault();
      location.reload();
    }
    const forget = closest<HTMLElement>(event, "[data-forget]");
    if (forget) sessionStorage.removeItem(`handsel:keep:${forget.dataset["forget"]}`);
  });
}

function draft(): HTMLFormElement | null {
  const form = document.getElementById("draft");
  return form instanceof HTMLFormElement ? form : null;
}

/** The button that was pressed is gone with what it changed: the focus goes to what is told now. */
function focusOnStory(): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  (document.getElementById("story") ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

/** A refused save replaces nothing on the page: its complaints come beside what was typed. */
function showComplaints(): void {
  const form = draft();
  const place = document.getElementById("draft-problem");
  if (!form || !place) return;
  const errors = JSON.parse(place.dataset["errors"] ?? "{}") as Record<string, string>;
  for (const field of form.querySelectorAll<HTMLElement>(".field[data-field]")) {
    complain(field, errors[field.dataset["field"] ?? ""]);
  }
}

function complain(field: HTMLElement, message: string | undefined): void {
  const control = field.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea");
  const said = field.querySelector<HTMLElement>(".field-error");
  if (!control || said?.textContent?.trim() === (message ?? "")) return;
  said?.remove();
  const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("error_"));
  if (message === undefined) {
    control.removeAttribute("aria-invalid");
  } else {
    const words = document.createElement("p");
    words.className = "field-error";
    words.id = `error_${control.id.replace(/^id_/, "")}`;
    words.textContent = message;
    field.append(words);
    described.unshift(words.id);
    control.setAttribute("aria-invalid", "true");
    field.closest("details")?.setAttribute("open", "");
  }
  if (described.length > 0) control.setAttribute("aria-describedby", described.join(" "));
  else control.removeAttribute("aria-describedby");
}

/** What was kept over a reload is not saved yet: it is sent as soon as it is back in its fields. */
function saveRestored(): void {
  const form = draft();
  if (!form || form.dataset["looked"] !== undefined) return;
  form.dataset["looked"] = "";
  window.setTimeout(() => {
    const changed = [...form.elements].find(
      (control) =>
        (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) &&
        control.type !== "hidden" && control.dataset["keep"] !== "off" && control.value !== control.defaultValue,
    );
    changed?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

let waiting: HTMLElement | undefined;

/** What was typed a moment ago is saved before anything else is asked for the order; then that goes on. */
function saveFirst(event: Event): void {
  const form = draft();
  const asker = closest<HTMLElement>(event, "#order [hx-get], #order [hx-post]");
  if (form?.dataset["unsaved"] === undefined || !asker || form.contains(asker) || asker.closest("#draft-problem")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = asker;
  htmx.trigger(form, "submit", {});
}

/** The save has replaced the summary: what is pressed now is the button of the same name that stands there. */
function goOn(detail: HtmxRequestDetail): void {
  const asker = waiting;
  if (!asker || detail.elt !== draft()) return;
  waiting = undefined;
  const next = asker.isConnected ? asker : document.getElementById(asker.id);
  if (!next || !accepted(detail)) return;
  /* It came with this very answer: htmx would only look at it once the answer has settled. */
  htmx.process(next);
  next.click();
}

async function copy(from: HTMLElement | null): Promise<void> {
  if (!(from instanceof HTMLInputElement)) return;
  try {
    await navigator.clipboard.writeText(from.value);
    toast("Link copied.", "good");
  } catch {
    from.select();
    toast("Press Ctrl and C to copy the link.", "info");
  }
}
