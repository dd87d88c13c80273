/**
 * Search as you type: htmx brings the options (<c-option>), this moves among them with the keys, and
 * puts the chosen one's value into the hidden input, which then says "change" like any other field.
 */
import { closest, onHtmx } from "./page";

interface Parts {
  box: HTMLElement;
  input: HTMLInputElement;
  value: HTMLInputElement;
  list: HTMLElement;
}

let optionCount = 0;

export function startComboboxes(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("mousedown", (event) => {
    const option = closest<HTMLElement>(event, ".combobox-option");
    const parts = option && partsOf(option);
    if (option && parts) {
      event.preventDefault();
      choose(parts, option);
    }
  });
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches(".combobox-input")) event.target.select();
  });
  document.addEventListener("click", (event) => {
    const input = closest<HTMLInputElement>(event, ".combobox-input");
    const parts = input && partsOf(input);
    if (parts && parts.list.hidden) parts.input.dispatchEvent(new CustomEvent("combobox:open", { bubbles: true }));
  });
  document.addEventListener("focusout", (event) => {
    const input = closest<HTMLInputElement>(event, ".combobox-input");
    const parts = input && partsOf(input);
    if (parts) leave(parts);
  });
  /* The input has no name, so that a form never sends it; what is typed goes to the search alone. */
  onHtmx("htmx:configRequest", ({ elt, parameters }) => {
    if (elt instanceof HTMLInputElement && elt.matches(".combobox-input")) parameters?.set("q", elt.value);
  });
  onHtmx("htmx:afterSwap", ({ target }) => {
    if (target instanceof HTMLElement && target.matches(".combobox-list")) filled(target);
  });
}

function partsOf(inside: Element): Parts | null {
  const box = inside.closest<HTMLElement>("[data-combobox]");
  const input = box?.querySelector<HTMLInputElement>(".combobox-input");
  const value = box?.querySelector<HTMLInputElement>("[data-combobox-value]");
  const list = box?.querySelector<HTMLElement>(".combobox-list");
  return box && input && value && list ? { box, input, value, list } : null;
}

function options(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(".combobox-option")];
}

function filled(list: HTMLElement): void {
  const parts = partsOf(list);
  if (!parts || document.activeElement !== parts.input) return;
  for (const option of options(list)) option.id ||= `option_${++optionCount}`;
  if (options(list).length === 0 && list.textContent?.trim() === "") {
    const none = document.createElement("li");
    none.className = "combobox-none";
    none.setAttribute("role", "option");
    none.setAttribute("aria-disabled", "true");
    none.textContent = "Nothing found. Try fewer letters.";
    list.replaceChildren(none);
  }
  show(parts, true);
}

function show(parts: Parts, open: boolean): void {
  parts.list.hidden = !open;
  parts.input.setAttribute("aria-expanded", String(open));
  if (!open) point(parts, null);
}

function point(parts: Parts, option: HTMLElement | null): void {
  for (const other of options(parts.list)) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    parts.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    parts.input.removeAttribute("aria-activedescendant");
  }
}

function choose(parts: Parts, option: HTMLElement): void {
  parts.value.value = option.dataset["value"] ?? "";
  parts.input.value = option.dataset["text"] ?? option.textContent?.trim() ?? "";
  parts.input.dataset["chosen"] = parts.input.value;
  show(parts, false);
  parts.value.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Words that were typed but not chosen mean nothing: the last choice comes back, or the field is empty. */
function leave(parts: Parts): void {
  show(parts, false);
  const chosen = parts.input.dataset["chosen"] ?? parts.input.defaultValue;
  if (parts.input.value.trim() === "" && parts.value.value !== "") {
    parts.value.value = "";
    parts.input.dataset["chosen"] = "";
    parts.value.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (parts.input.value !== chosen) {
    parts.input.value = parts.value.value === "" ? "" : chosen;
  }
}

function onKey(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLInputElement) || !event.target.matches(".combobox-input")) return;
  const parts = partsOf(event.target);
  if (!parts) return;
  const all = options(parts.list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (parts.list.hidden) {
      parts.input.dispatchEvent(new CustomEvent("combobox:open", { bubbles: true }));
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : -1;
    point(parts, all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length] ?? null);
  } else if (event.key === "Enter" && !parts.list.hidden) {
    event.preventDefault();
    const option = all[at < 0 ? 0 : at];
    if (option) choose(parts, option);
  } else if (event.key === "Escape" && !parts.list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    show(parts, false);
  }
}
