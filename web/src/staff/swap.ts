/**
 * Fetches a page of this server and puts its parts in the place of the present ones. The browser
 * parses it as an answer (XMLHttpRequest), which runs no script in it; nothing here turns a string
 * into a page.
 */
import { dressCopies } from "./copy";
import { dressTables } from "./tables";

/** The page at an address. It rejects when there is no answer or the answer is no page. */
export function load(method: string, address: string, body?: BodyInit): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.onload = () => {
      const page = request.responseXML;
      if (page && page.getElementById("work")) resolve(page);
      else reject(new Error("staff: no page"));
    };
    request.onerror = () => reject(new Error("staff: no answer"));
    request.send(body as XMLHttpRequestBodyInit | undefined);
  });
}

/** Puts the working part of a page in the place of this page's, and returns it. */
export function showAgain(page: Document): Element | undefined {
  const old = document.getElementById("work");
  const fresh = page.getElementById("work");
  return old && fresh ? replace(old, fresh) : undefined;
}

/** Puts an element of another page in the place of one of this page. */
export function replace(old: Element, fresh: Element): Element {
  const copy = document.importNode(fresh, true);
  old.replaceWith(copy);
  dressTables(copy);
  dressCopies(copy);
  return copy;
}
