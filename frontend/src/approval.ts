/**
 * The customer's answer to an offer: what is missing is told beside its field before anything is sent, and the first
 * of it gets the focus. A typed signature is shown as it is typed; the pad for a drawn one is loaded when it is chosen.
 */
import { onContent } from "./behaviours/page";

type Control = HTMLInputElement | HTMLTextAreaElement;

const ERROR_SHAPE = '<path d="M7 3h6l4 4v6l-4 4H7l-4-4V7z"/><path d="m7.7 7.7 4.6 4.6M12.3 7.7l-4.6 4.6"/>';
let padIsLoading = false;

function isMissing(control: Control): boolean {
  return control instanceof HTMLInputElement && control.type === "checkbox" ? !control.checked : control.value.trim() === "";
}

/** Tells what is missing beside a control, under its own words; an empty text takes it away. */
function complain(control: Control, text: string): void {
  const field = control.closest<HTMLElement>(".field");
  if (!field) return;
  const id = `missing_${control.id}`;
  let place = document.getElementById(id);
  if (text === "") {
    place?.remove();
    for (const said of field.querySelectorAll(".field-error")) said.remove();
    control.removeAttribute("aria-invalid");
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.id = id;
    place.className = "field-error";
    place.innerHTML = `<svg class="icon" data-size="small" viewBox="0 0 20 20" aria-hidden="true">${ERROR_SHAPE}</svg><span></span>`;
    for (const said of field.querySelectorAll(".field-error")) said.remove();
    field.append(place);
  }
  const words = place.querySelector("span");
  if (words) words.textContent = text;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
}

function signatureOf(form: HTMLFormElement): HTMLElement | null {
  return form.querySelector<HTMLElement>("[data-signature]");
}

function isDrawn(signature: HTMLElement): boolean {
  return signature.querySelector<HTMLInputElement>('input[name="kind"]:checked')?.value === "drawn";
}

function sayOfDrawing(signature: HTMLElement, text: string): void {
  const place = signature.querySelector<HTMLElement>("[data-signature-error]");
  if (!place) return;
  place.hidden = text === "";
  const words = place.querySelector("span");
  if (words) words.textContent = text;
}

/** Where the first thing is missing, in the order of the page; null where nothing is. */
function firstMissing(form: HTMLFormElement): HTMLElement | null {
  const missing: HTMLElement[] = [];
  for (const control of form.querySelectorAll<Control>("[data-must], [data-signer]")) {
    const lacks = isMissing(control);
    complain(control, lacks ? (control.dataset["missing"] ?? "") : "");
    if (lacks) missing.push(control);
  }
  const signature = signatureOf(form);
  const drawing = signature?.querySelector<HTMLInputElement>("[data-drawing]");
  if (signature && drawing) {
    const lacks = isDrawn(signature) && drawing.value === "";
    sayOfDrawing(signature, lacks ? (drawing.dataset["missing"] ?? "") : "");
    const chosen = signature.querySelector<HTMLElement>('input[name="kind"]:checked');
    if (lacks && chosen) missing.push(chosen);
  }
  missing.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  return missing[0] ?? null;
}

/* In the capturing phase, so that no card is read and nothing is marked as sent while something is missing. */
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const missing = firstMissing(form);
    if (!missing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    missing.focus();
    missing.scrollIntoView({ block: "center" });
  },
  true,
);

function onTyped(event: Event): void {
  const control = event.target;
  if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) return;
  if (control.matches("[data-must], [data-signer]") && control.hasAttribute("aria-invalid") && !isMissing(control)) {
    complain(control, "");
  }
  const signature = control.closest<HTMLElement>("[data-signature]");
  if (signature) showSignature(signature);
}

function showSignature(signature: HTMLElement): void {
  const name = signature.querySelector<HTMLInputElement>("[data-signer]")?.value ?? "";
  const preview = signature.querySelector("[data-signature-preview]");
  if (preview) preview.textContent = name;
  if (!isDrawn(signature)) sayOfDrawing(signature, "");
  else loadPad(signature.dataset["script"] ?? "");
}

function loadPad(address: string): void {
  if (padIsLoading || address === "") return;
  padIsLoading = true;
  const script = document.createElement("script");
  script.src = address;
  script.onerror = () => (padIsLoading = false);
  document.head.append(script);
}

document.addEventListener("input", onTyped);
document.addEventListener("change", onTyped);
onContent((root) => {
  for (const signature of root.querySelectorAll<HTMLElement>("[data-signature]")) showSignature(signature);
});
