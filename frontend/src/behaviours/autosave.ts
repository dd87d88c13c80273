/**
 * A draft saves itself: <form data-autosave hx-post="…"> is sent a moment after the last change, and the
 * save state inside it (or named by data-save-state-of) says when it was saved, or that it was not.
 */
import htmx from "htmx.org";
import { accepted, clockTime, onHtmx } from "./page";

const WAIT_MS = 600;
const timers = new WeakMap<HTMLFormElement, number>();

export function startAutosave(): void {
  document.addEventListener("input", schedule);
  document.addEventListener("change", schedule);
  onHtmx("htmx:beforeRequest", ({ elt }) => show(elt, "saving", "Saving…"));
  onHtmx("htmx:afterRequest", (detail) => {
    const { elt, xhr } = detail;
    if (accepted(detail)) show(elt, "saved", `Saved ${clockTime(new Date())}`);
    else if (xhr && xhr.status >= 500) show(elt, "failed", "Not saved yet. What you typed is kept here.");
    else if (xhr && xhr.status >= 400) show(elt, "failed", "Not saved yet: something needs another look.");
    else show(elt, "failed", "Not saved: the server cannot be reached. What you typed is kept here.");
  });
  window.addEventListener("online", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-autosave][data-unsaved]")) send(form);
  });
}

function autosaved(target: EventTarget | null): HTMLFormElement | null {
  const control = target as HTMLInputElement | null;
  const form = control && "form" in control ? control.form : null;
  return form?.hasAttribute("data-autosave") ? form : null;
}

function schedule(event: Event): void {
  const form = autosaved(event.target);
  if (!form || (event.target as HTMLElement).dataset["keep"] === "off") return;
  form.dataset["unsaved"] = "";
  window.clearTimeout(timers.get(form));
  timers.set(form, window.setTimeout(() => send(form), WAIT_MS));
}

function send(form: HTMLFormElement): void {
  if (form.isConnected) htmx.trigger(form, "submit", {});
}

function show(element: Element, state: string, text: string): void {
  if (!(element instanceof HTMLFormElement) || !element.hasAttribute("data-autosave")) return;
  if (state === "saved") delete element.dataset["unsaved"];
  const place = element.querySelector<HTMLElement>("[data-save-state]")
    ?? document.querySelector<HTMLElement>("[data-save-state]");
  if (!place) return;
  place.dataset["state"] = state;
  place.textContent = text;
}
