/**
 * Native dialogs: a button with data-dialog-open="id" opens one, data-dialog-close and Escape close it,
 * a click beside it too unless something was typed. The browser gives the focus back; we do when the
 * opener was replaced. The server closes all with HX-Trigger: {"closeDialogs": true}.
 */
import { closest, onContent } from "./page";

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const opener = closest<HTMLElement>(event, "[data-dialog-open]");
    if (opener) open(document.getElementById(opener.dataset["dialogOpen"] ?? ""));
    const closer = closest<HTMLElement>(event, "[data-dialog-close]");
    if (closer) closer.closest("dialog")?.close();
  });
  document.addEventListener("mousedown", (event) => {
    const dialog = event.target;
    if (dialog instanceof HTMLDialogElement && outside(dialog, event) && !typedIn(dialog)) dialog.close();
  });
  document.addEventListener("closeDialogs", () => {
    for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
  });
  onContent((root) => {
    for (const dialog of root.querySelectorAll<HTMLDialogElement>("dialog[data-open-now]")) open(dialog);
    if (root instanceof HTMLDialogElement && root.hasAttribute("data-open-now")) open(root);
  });
}

function open(dialog: Element | null): void {
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  const before = document.activeElement;
  dialog.removeAttribute("data-open-now");
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
  dialog.addEventListener(
    "close",
    () => {
      const target = before instanceof HTMLElement && before.isConnected ? before : document.getElementById("main");
      target?.focus();
    },
    { once: true },
  );
}

function outside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function typedIn(dialog: HTMLDialogElement): boolean {
  const controls = dialog.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=hidden]), textarea");
  return [...controls].some((control) =>
    control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)
      ? control.checked !== control.defaultChecked
      : control.value !== control.defaultValue,
  );
}
