/** "/" goes to the search, Escape leaves it; Control or Command with Enter does a form's primary thing. */
export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector<HTMLInputElement>("[data-slash]");
      if (search && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "Escape" && event.target instanceof HTMLInputElement && event.target.matches("[data-slash]")) {
      event.target.blur();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement) {
      event.target.form?.requestSubmit();
    }
  });
}
