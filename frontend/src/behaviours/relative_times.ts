/**
 * "5 minutes ago" beside an absolute time, kept true while the page stays open. In test mode the partner's clock may
 * stand elsewhere than ours; the page says by how many seconds.
 */
import { onContent } from "./page";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60],
];

export function startRelativeTimes(): void {
  onContent(write);
  window.setInterval(() => write(document), 30_000);
}

/** Milliseconds since 1970 by the clock of the page. */
function now(): number {
  return Date.now() + Number(document.documentElement.dataset["clockOffset"] ?? 0) * 1000;
}

function write(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>("[data-relative]")) {
    const at = Date.parse(place.dataset["relative"] ?? "");
    if (!Number.isNaN(at)) place.textContent = `(${relative((at - now()) / 1000)})`;
  }
}

function relative(seconds: number): string {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined, { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(0, "second");
}
