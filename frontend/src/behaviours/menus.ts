/** A menu is a <details>: it works without this; with it, Escape, a click elsewhere and the arrow keys do what one expects. */
export function startMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      const inside = event.target instanceof Node && menu.contains(event.target);
      const chosen = event.target instanceof Element && event.target.closest(".menu-item");
      if (!inside || chosen) menu.open = false;
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.matches("[data-menu][open]")) keepInSight(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const [menu] = openMenus();
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = items.indexOf(document.activeElement as HTMLElement);
      event.preventDefault();
      items[at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length]?.focus();
    }
  });
}

/** A menu opens towards the middle of the page, upwards when there is no room below. */
function keepInSight(menu: HTMLDetailsElement): void {
  const list = menu.querySelector(".menu-list");
  if (!list) return;
  if (list.getBoundingClientRect().left < 8) menu.dataset["align"] = "start";
  const { bottom, height } = list.getBoundingClientRect();
  if (bottom > window.innerHeight && menu.getBoundingClientRect().top > height + 8) menu.dataset["up"] = "true";
}

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")];
}
