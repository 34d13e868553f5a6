/** The element that opens something now; for an item of a menu, which is about to go, the button of that menu. */
function openerNow(): Element | null {
  const active = document.activeElement;
  const triggerId = active?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return triggerId === null || triggerId === undefined ? active : document.getElementById(triggerId);
}

/** Remembers where focus is; the answer puts it back there, if that is still on the page. */
export function rememberFocus(): () => void {
  const opener = openerNow();
  return () => {
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
}
