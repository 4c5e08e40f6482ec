/**
 * Checks a template before parsing. A malicious template of some hundred kilobytes keeps the parser, and so the event
 * loop, busy for minutes (its time grows with the square of the nesting depth: 20,000 nested blocks took 4 minutes;
 * 30,000 comments took 8 seconds). Within these limits, the worst template found takes half a second.
 * The scan follows the parser's lexer; where they could differ, it overestimates.
 */
import { TemplateError } from "./template-error.ts";

/** Limits on a template. */
export const templateBounds = {
  /** `{{...}}` of any kind. */
  tags: 10_000,
  /** Characters within tags, not counting comments. */
  tagCharacters: 100_000,
  /** Nested blocks, including each link of an else-if chain; the same for nested subexpressions. */
  depth: 50,
  /** Comments and `[...]` segments: the lexer copies the rest of the template for each. */
  copies: 500,
} as const;

/** A quoted string, a `[segment]`, a parenthesis, the end of the tag, or anything else. */
const tagToken = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]|[()]|\}\}|[^"'[()}]+|./sy;
/** The same behind the last `]`, where no segment ends: each `[` would cost a search to the end of the text. */
const lastTagToken = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|[()]|\}\}|[^"'[()}]+|./sy;

/**
 * Checks that a template is within the limits.
 * @throws TemplateError if it is not, or contains a NUL or a raw block (`{{{{x}}}}`).
 */
export function checkTemplateBounds(text: string): void {
  if (text.includes("\0")) throw new TemplateError("A template must not contain a NUL character.");
  const count = { tags: 0, tagCharacters: 0, copies: 0 };
  const more = (what: keyof typeof count, by = 1) => {
    count[what] += by;
    if (count[what] > templateBounds[what]) throw new TemplateError("The template has too many or too long tags.");
  };
  // The number of else-if links of each open block; the sum is the depth.
  const blocks: number[] = [];
  let depth = 0;
  const deeper = () => {
    depth++;
    if (depth > templateBounds.depth) throw tooDeep();
  };

  const lastSegmentEnd = text.lastIndexOf("]");
  let at = 0;
  for (let open = text.indexOf("{{", at); open >= 0; open = text.indexOf("{{", at)) {
    more("tags");
    if (text[open - 1] === "\\" && text[open - 2] !== "\\") {
      at = open + 1;
      continue;
    }
    if (text.startsWith("{{{{", open)) throw new TemplateError("Raw blocks are not supported in templates.");
    const start = text[open + 2] === "~" ? open + 3 : open + 2;
    if (text[start] === "!") {
      more("copies");
      at = commentEnd(text, start);
      continue;
    }
    const end = tagEnd(text, start, lastSegmentEnd, () => more("copies"));
    more("tagCharacters", end - open);
    const sign = text[start];
    const rest = text.slice(start, Math.min(end, start + 200));
    if (sign === "#" || (sign === "^" && !/^\^\s*~?\}\}/.test(rest))) {
      blocks.push(1);
      deeper();
    } else if (sign === "/") {
      depth -= blocks.pop() ?? 0;
    } else if (/^\s*else/.test(rest) && !/^\s*else\s*~?\}\}/.test(rest)) {
      if (blocks.length > 0) blocks.push((blocks.pop() ?? 0) + 1);
      deeper();
    }
    at = end;
  }
}

function commentEnd(text: string, start: number): number {
  const closing = text.startsWith("!--", start) ? /--~?\}\}/g : /\}\}/g;
  closing.lastIndex = start + 1;
  return closing.exec(text) === null ? text.length : closing.lastIndex;
}

/** Finds the end of the tag; also counts its parentheses and segments. */
function tagEnd(text: string, start: number, lastSegmentEnd: number, segment: () => void): number {
  let parentheses = 0;
  for (let at = start; at < text.length; ) {
    const pattern = at < lastSegmentEnd ? tagToken : lastTagToken;
    pattern.lastIndex = at;
    const [token = ""] = pattern.exec(text) ?? [];
    at = pattern.lastIndex;
    if (token === "}}") return at;
    if (token.startsWith("[")) segment();
    if (token === "(") parentheses++;
    if (token === ")") parentheses--;
    if (parentheses > templateBounds.depth) throw tooDeep();
  }
  return text.length;
}

function tooDeep(): TemplateError {
  return new TemplateError(`A template must not be nested more than ${templateBounds.depth} levels deep.`);
}
