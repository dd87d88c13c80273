/** A thin line at the top while anything is asked for: every action is seen to be answered, within 100 ms. */
import { onHtmx } from "./page";

let running = 0;

export function startLoadingBar(): void {
  onHtmx("htmx:beforeRequest", ({ elt }) => count(elt, 1));
  onHtmx("htmx:afterRequest", ({ elt }) => count(elt, -1));
}

function count(element: Element, by: number): void {
  /* What the page asks by itself is not an action of the reader's. */
  if (element.matches("[hx-trigger*='every'], .combobox-input, [data-autosave]")) return;
  running = Math.max(0, running + by);
  const bar = document.querySelector<HTMLElement>("[data-loading-bar]");
  if (bar) bar.dataset["on"] = String(running > 0);
}
