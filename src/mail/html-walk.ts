/**
 * Walks HTML with only a tokenizer. A parser keeps a stack of open elements, and a mail with a million open elements
 * would keep it busy for minutes. No caller needs the stack.
 */
import { Tokenizer } from "htmlparser2";
import { noCallbacks } from "./tracking/link-target.ts";

/** Callbacks, called in document order. Names are in lower case. */
export interface HtmlWalk {
  open?: (name: string, attributes: ReadonlyMap<string, string>) => void;
  close?: (name: string) => void;
  /** `inside` is the enclosing element whose content is not markup or not shown: `style`, `script`, `title`, ... */
  text?: (text: string, inside: string | undefined) => void;
  /** A comment, or what browsers read as one: a CDATA section, a processing instruction, a declaration but a DOCTYPE. */
  comment?: () => void;
}

/** Elements whose content is not shown, or is not markup. */
const closed = new Set(
  "script style title textarea template noscript iframe noembed noframes xmp plaintext".split(" "),
);

/** More attributes than any legitimate element has. */
const mostAttributes = 100;

/** Walks the HTML in one pass; time and memory are linear in its length. */
export function walkHtml(html: string, { open, close, text, comment }: HtmlWalk): void {
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
        // The first of several attributes with the same name counts (HTML, 13.2.5.33).
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
      oncomment: () => comment?.(),
      oncdata: () => comment?.(),
      onprocessinginstruction: () => comment?.(),
      ontextentity(codePoint) {
        text?.(String.fromCodePoint(codePoint), inside);
      },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
