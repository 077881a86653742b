/**
 * Personal links carry their secret behind "#", which browsers do not send. It goes into the form of
 * the page, and out of the address bar and of the history at once.
 */

/** Takes the secret of the link that opened this page, also when another is opened in the same tab. */
export function startLinks(): void {
  takeLink();
  window.addEventListener("hashchange", takeLink);
}

function takeLink(): void {
  const field = document.querySelector<HTMLInputElement>("[data-link-field] input");
  const secret = location.hash.slice(1);
  if (!field || !/^[\w.-]{43,}$/.test(secret)) return; // the links of an error summary also begin with "#"
  field.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  show("[data-link-field]", false);
  show("[data-link-taken]", true);
}

function show(selector: string, shown: boolean): void {
  const part = document.querySelector<HTMLElement>(selector);
  if (part) part.hidden = !shown;
}
