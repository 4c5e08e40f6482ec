/**
 * Walks through HTML by a tokenizer alone. A parser keeps a stack of what is open, and a mail with a million open elements
 * would hold it up for minutes; what is asked here needs no stack.
 */
import { Tokenizer } from "htmlparser2";
import { noCallbacks } from "./tracking/link-target.ts";

/** What is told, in the order of the text. Names are in lower case. */
export interface HtmlWalk {
  open?: (name: string, attributes: ReadonlyMap<string, string>) => void;
  close?: (name: string) => void;
  /** `inside` is the element without markup of its own that the text lies in: `style`, `script`, `title` and the like. */
  text?: (text: string, inside: string | undefined) => void;
}

/** Elements whose content is not shown, or is no markup. */
const closed = new Set(
  "script style title textarea template noscript iframe noembed noframes xmp plaintext".split(" "),
);

/** More attributes than any element has that is meant well. */
const mostAttributes = 100;

/** Walks. One pass, in time and memory that grow with the text alone. */
export function walkHtml(html: string, { open, close, text }: HtmlWalk): void {
  let inside: string | undefined;
  let name = "";
  let attributes = new Map<string, string>();
  let attribute = "";
  let value: string[] = [];

  const opened = () => {
    open?.(name, attributes);
    if (closed.has(name)) inside ??= name;
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ...noCallbacks,
      onopentagname(start, end) {
        name = html.slice(start, end).toLowerCase();
        attributes = new Map();
      },
      onattribname(start, end) {
        attribute = html.slice(start, end).toLowerCase();
        value = [];
      },
      onattribdata(start, end) {
        value.push(html.slice(start, end));
      },
      onattribentity(codePoint) {
        value.push(String.fromCodePoint(codePoint));
      },
      onattribend() {
        // Of attributes with one name the first counts (HTML, 13.2.5.33).
        if (attributes.size < mostAttributes && !attributes.has(attribute)) attributes.set(attribute, value.join(""));
      },
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag(start, end) {
        const ended = html.slice(start, end).toLowerCase();
        if (ended === inside) inside = undefined;
        close?.(ended);
      },
      ontext(start, end) {
        text?.(html.slice(start, end), inside);
      },
      ontextentity(codePoint) {
        text?.(String.fromCodePoint(codePoint), inside);
      },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
