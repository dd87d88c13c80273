/**
 * A switch that needs another: <input type="checkbox" data-needs="name of the other">. While the other is off it is off
 * too and cannot be used; once the other is on again it is as it was.
 */
import { onContent } from "./page";

export function startNeeds(): void {
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.form) follow(event.target.form);
  });
  onContent((root) => {
    for (const one of dependents(root)) if (one.form) follow(one.form);
  });
}

function dependents(root: ParentNode): HTMLInputElement[] {
  return [...root.querySelectorAll<HTMLInputElement>('input[data-needs]:not([data-needs=""])')];
}

function follow(form: HTMLFormElement): void {
  for (const one of dependents(form)) {
    const other = form.elements.namedItem(one.dataset["needs"] ?? "");
    if (!(other instanceof HTMLInputElement) || one.disabled === !other.checked) continue;
    if (other.checked) one.checked = one.dataset["was"] === "on";
    else {
      one.dataset["was"] = one.checked ? "on" : "";
      one.checked = false;
    }
    one.disabled = !other.checked;
  }
}
