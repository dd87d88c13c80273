/** Small things every behaviour needs: finding the element an event is about, and htmx's events with their types. */

export interface HtmxRequestDetail {
  elt: Element;
  target?: Element;
  xhr?: XMLHttpRequest;
  requestConfig?: { elt: Element };
  parameters?: FormData;
}

/** Whether the server took what was sent. htmx itself calls a refused form that it swaps in "successful". */
export function accepted({ xhr }: HtmxRequestDetail): boolean {
  return xhr !== undefined && xhr.status >= 200 && xhr.status < 400;
}

/** The nearest ancestor of what an event happened on that matches, if any. */
export function closest<Found extends Element>(event: Event, selector: string): Found | null {
  return event.target instanceof Element ? event.target.closest<Found>(selector) : null;
}

/** Listens to one of htmx's own events on the whole document. */
export function onHtmx(name: string, run: (detail: HtmxRequestDetail, event: Event) => void): void {
  document.addEventListener(name, (event) => {
    const { detail } = event as CustomEvent<HtmxRequestDetail>;
    /* An answer may have replaced the element that asked; htmx then tells its parent, we still mean the element. */
    run({ ...detail, elt: detail.requestConfig?.elt ?? detail.elt }, event);
  });
}

/** Runs once for the page and again for every part that htmx brings in. */
export function onContent(run: (root: ParentNode) => void): void {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => run(document), { once: true });
  } else {
    run(document);
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    run(event.target instanceof Element ? event.target : document);
  });
}

/** The time of day as the reader writes it: 14:02 or 2:02 PM. */
export function clockTime(at: Date): string {
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, { timeStyle: "short" }).format(at);
}
