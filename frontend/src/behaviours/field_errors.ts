/** After a refused form the first wrong field gets the focus, so that keyboard and screen reader stand where the work is. */
import { onContent } from "./page";

export function startFieldErrors(): void {
  onContent((root) => {
    const summary = root.querySelector("[data-error-summary]");
    const form = summary?.closest("form") ?? (root instanceof HTMLFormElement && summary ? root : null);
    form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}
