/**
 * Short news in a live region. From the server: HX-Trigger: {"toast": {"text": "Order sent", "tone": "good"}}.
 * Bad news stays until it is dismissed; the rest leaves after a while, but not under the pointer or the focus.
 */
import { closest, onContent, onHtmx } from "./page";

const STAY_MS = 7000;
const SHAPES: Record<string, string> = {
  info: '<circle cx="10" cy="10" r="6.5"/><path d="M10 6.5V10l2.5 1.5"/>',
  good: '<circle cx="10" cy="10" r="6.5"/><path d="m7 10.2 2.2 2.2 4-4.6"/>',
  warn: '<path d="M10 3.5 17.5 16.5h-15z"/><path d="M10 8.5V12M10 14.2v.01"/>',
  bad: '<path d="M7 3h6l4 4v6l-4 4H7l-4-4V7z"/><path d="m7.7 7.7 4.6 4.6M12.3 7.7l-4.6 4.6"/>',
};
const CLOSE = '<path d="m5 5 10 10M15 5 5 15"/>';

export function toast(text: string, tone = "info"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const element = document.createElement("div");
  element.className = "toast";
  element.dataset["tone"] = tone in SHAPES ? tone : "info";
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", region.dataset["dismiss"] ?? "Dismiss");
  close.append(icon(CLOSE, "small"));
  element.append(icon(SHAPES[element.dataset["tone"] ?? "info"] ?? ""), words, close);
  region.append(element);
  leaveLater(element);
}

export function startToasts(): void {
  document.addEventListener("toast", (event) => {
    const detail = (event as CustomEvent<{ text?: string; value?: string; tone?: string }>).detail;
    toast(detail.text ?? detail.value ?? "", detail.tone);
  });
  document.addEventListener("click", (event) => {
    closest(event, ".toast-close")?.closest(".toast")?.remove();
  });
  onContent(() => {
    for (const element of document.querySelectorAll<HTMLElement>('.toast[data-toast="new"]')) {
      element.dataset["toast"] = "shown";
      leaveLater(element);
    }
  });
  onHtmx("htmx:sendError", ({ elt }) => {
    if (!elt.hasAttribute("data-autosave") && !elt.matches("[hx-trigger*='every']")) {
      toast(said("unreachable") ?? "The server cannot be reached. Nothing was lost: please try again in a moment.", "bad");
    }
  });
  onHtmx("htmx:responseError", () => {
    toast(said("failed") ?? "Something on our side did not work. What you see is unchanged; please try again.", "bad");
  });
}

/** What the page says in its own language, where that is not English. */
function said(name: string): string | undefined {
  return document.getElementById("toasts")?.dataset[name];
}

function icon(strokes: string, size?: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  if (size) svg.dataset["size"] = size;
  svg.innerHTML = strokes;
  return svg;
}

function leaveLater(element: HTMLElement): void {
  if (element.dataset["tone"] === "bad") return;
  window.setTimeout(() => {
    if (element.matches(":hover, :focus-within")) leaveLater(element);
    else element.remove();
  }, STAY_MS);
}
