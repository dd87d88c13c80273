/** Everything the console and the customer's pages do in the browser, except the card fields (card.ts). */
import "./styles/index.css";
import htmx from "htmx.org";
import { startAutosave } from "./behaviours/autosave";
import { startBusyButtons } from "./behaviours/busy";
import { startComboboxes } from "./behaviours/combobox";
import { startDialogs } from "./behaviours/dialogs";
import { startFieldErrors } from "./behaviours/field_errors";
import { startKeepingTypedValues } from "./behaviours/keep";
import { startKeys } from "./behaviours/keys";
import { startLoadingBar } from "./behaviours/loading_bar";
import { startMenus } from "./behaviours/menus";
import { startNeeds } from "./behaviours/needs";
import { startPasskeyErrors } from "./behaviours/passkeys";
import { startRelativeTimes } from "./behaviours/relative_times";
import { startToasts } from "./behaviours/toasts";
import { startOrders } from "./order";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

/* The same as in the page's meta tag, so that a page which forgot the tag is no less strict. */
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
/* A refused form comes back as 4xx with its messages beside the fields: that answer is swapped in too. */
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(400|402|403|404|409|410|422|429|503)", swap: true, error: false },
  { code: "...", swap: false, error: true },
];
window.htmx = htmx;

startBusyButtons();
startKeepingTypedValues();
startAutosave();
startDialogs();
startToasts();
startKeys();
startMenus();
startNeeds();
startComboboxes();
startFieldErrors();
startRelativeTimes();
startPasskeyErrors();
startLoadingBar();
startOrders();
