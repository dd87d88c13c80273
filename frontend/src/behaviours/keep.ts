/**
 * Forms keep what was typed: <form data-keep="order-new"> is remembered for this tab while it is unsent,
 * and filled again after a reload or on the way back. Passwords, files, hidden values and card tokens are
 * never kept; a form that was sent with success forgets.
 */
import { accepted, onContent, onHtmx } from "./page";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const SKIPPED = new Set(["password", "file", "hidden", "submit", "button"]);

export function startKeepingTypedValues(): void {
  document.addEventListener("input", remember);
  document.addEventListener("change", remember);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && keyOf(form) && !form.matches("[hx-post],[hx-put],[hx-patch]")) {
      sessionStorage.setItem(`${keyOf(form)}:sent`, location.pathname);
    }
  });
  onHtmx("htmx:afterRequest", (detail) => {
    if (accepted(detail) && detail.elt instanceof HTMLFormElement) forget(detail.elt);
  });
  onContent((root) => {
    const own = root instanceof HTMLFormElement && root.dataset["keep"] ? [root] : [];
    for (const form of [...own, ...root.querySelectorAll<HTMLFormElement>("form[data-keep]")]) restore(form);
  });
}

function keyOf(form: HTMLFormElement | null): string | null {
  return form?.dataset["keep"] ? `handsel:keep:${form.dataset["keep"]}` : null;
}

function kept(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (element): element is Control =>
      (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) &&
      element.name !== "" && element.dataset["keep"] !== "off" && !SKIPPED.has(element.type),
  );
}

function remember(event: Event): void {
  const control = event.target as Control | null;
  const form = control && "form" in control ? control.form : null;
  const key = keyOf(form);
  if (!form || !key) return;
  const values = kept(form).map((one) => [one.name, isTick(one) ? `${one.value}\n${one.checked}` : one.value]);
  sessionStorage.setItem(key, JSON.stringify(values));
}

function restore(form: HTMLFormElement): void {
  const key = keyOf(form);
  const text = key && sessionStorage.getItem(key);
  if (!key || !text) return;
  /* A sent form that did not come back with errors was accepted: what it held is no draft any more. */
  if (sessionStorage.getItem(`${key}:sent`) && !form.querySelector('[aria-invalid="true"], [data-error-summary]')) {
    forget(form);
    return;
  }
  const values = JSON.parse(text) as [string, string][];
  const controls = kept(form);
  for (const [at, [name, value]] of values.entries()) {
    const control = controls[at]?.name === name ? controls[at] : undefined;
    if (!control) continue;
    if (isTick(control)) control.checked = value.endsWith("\ntrue");
    else if (control.value === "" || control.value !== value) control.value = value;
  }
}

function isTick(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function forget(form: HTMLFormElement): void {
  const key = keyOf(form);
  if (!key) return;
  sessionStorage.removeItem(key);
  sessionStorage.removeItem(`${key}:sent`);
  sessionStorage.removeItem(`${key}:drawing`);
}
