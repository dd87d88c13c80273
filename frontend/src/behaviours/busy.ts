/**
 * A double click does it once. The button that sent a form shows that it is working and refuses further
 * clicks until the answer is there; a form that is under way is not sent again.
 */
import { onHtmx } from "./page";

const submitters = new WeakMap<HTMLFormElement, HTMLElement>();

export function setBusy(button: HTMLElement, busy: boolean): void {
  if (busy) {
    button.setAttribute("aria-busy", "true");
  } else {
    button.removeAttribute("aria-busy");
  }
}

/** The form's button: the one that was pressed, else its first submit button, also from outside by form="…". */
export function submitButton(form: HTMLFormElement): HTMLElement | null {
  return submitters.get(form) ?? [...form.elements].find(isSubmit) ?? null;
}

function isSubmit(element: Element): element is HTMLButtonElement {
  return element instanceof HTMLButtonElement && element.type === "submit";
}

function isBusy(element: Element): boolean {
  return element.getAttribute("aria-busy") === "true";
}

export function startBusyButtons(): void {
  document.addEventListener("click", refuseWhileBusy, true);
  document.addEventListener("submit", refuseSecondSubmit, true);
  window.addEventListener("submit", markPlainForm);
  onHtmx("htmx:beforeRequest", ({ elt }) => mark(elt, true));
  onHtmx("htmx:afterRequest", ({ elt }) => mark(elt, false));
  /* A page that comes back whole by the back button is not working on anything any more. */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll<HTMLElement>('.button[aria-busy="true"]')) setBusy(button, false);
    for (const form of document.querySelectorAll<HTMLElement>("form[data-sent]")) delete form.dataset["sent"];
  });
}

function refuseWhileBusy(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest("button, a.button") : null;
  if (button && isBusy(button)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

function refuseSecondSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset["sent"] !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.submitter instanceof HTMLElement) submitters.set(form, event.submitter);
}

/** A plain form leaves the page: it is marked last of all, when nobody has stopped its submission. */
function markPlainForm(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method === "dialog") return;
  if (form.matches("[hx-post],[hx-put],[hx-patch],[hx-delete],[hx-get]")) return;
  form.dataset["sent"] = "";
  const button = submitButton(form);
  if (button) setBusy(button, true);
}

function mark(element: Element, busy: boolean): void {
  if (element instanceof HTMLFormElement && !element.hasAttribute("data-autosave")) {
    if (busy) element.dataset["sent"] = "";
    else delete element.dataset["sent"];
    const button = submitButton(element);
    if (button) setBusy(button, busy);
  } else if (element instanceof HTMLButtonElement) {
    setBusy(element, busy);
  }
}
