/** @file The common behaviour of the modal dialogs. */

import { button, element } from "./dom.ts";

/** Creates a closed dialog in the page. A click beside it closes it. */
export function createDialog(title: string, className: string): HTMLDialogElement {
  const dialog = element("dialog", { class: `dialog ${className}`, "aria-label": title });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  // If it was opened by key, no element gets the focus back, and a hidden one may keep it.
  dialog.addEventListener("close", () => {
    // The event is asynchronous: the dialog may be open again.
    if (dialog.open) return;
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && dialog.contains(focused)) focused.blur();
  });
  document.body.append(dialog);
  return dialog;
}

/** Creates a dialog's header with title and close button. */
export function dialogHeader(title: string, dialog: HTMLDialogElement): HTMLElement {
  return element(
    "header",
    { class: "dialog-head" },
    element("h2", {}, title),
    button({ label: "Close", icon: "close", onPress: () => dialog.close() }),
  );
}
