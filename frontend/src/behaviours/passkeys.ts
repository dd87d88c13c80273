/** What a browser says about a passkey that it could not use or make; allauth's script only writes it to the console. */
import { toast } from "./toasts";

export function startPasskeyErrors(): void {
  document.addEventListener("allauth.error", (event) => {
    const problem = (event as CustomEvent<{ exception?: unknown }>).detail?.exception;
    event.preventDefault();
    /* Whoever closes the browser's own window has changed their mind: nothing to say. */
    if (problem instanceof DOMException && problem.name === "NotAllowedError") return;
    toast("This browser could not use a passkey here. Sign in with your password, or try another device.", "bad");
  });
}
