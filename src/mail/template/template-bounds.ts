/**
 * Looks a template over before the parser does. The parser keeps the event loop busy for minutes on some hundred
 * kilobytes made for it (its time grows with the square of the nesting: 20,000 blocks in each other took 4 minutes;
 * 30,000 comments took 8 seconds). Within these bounds the worst that was found takes half a second.
 * The scan follows the parser's lexer; where they could differ it counts more, never less.
 */
import { TemplateError } from "./template-error.ts";

/** What a template may have at most. */
export const templateBounds = {
  /** `{{...}}` of any kind. */
  tags: 10_000,
  /** Characters within tags, comments aside. */
  tagCharacters: 100_000,
  /** Blocks, and links of an else-if chain, within each other; the same for subexpressions. */
  depth: 50,
  /** Comments and `[...]` segments: the lexer copies the rest of the template for each. */
  copies: 500,
} as const;

/** A quoted text, a `[segment]`, a parenthesis, the end of the tag, or anything else. */
const tagToken = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]|[()]|\}\}|[^"'[()}]+|./sy;

/**
 * Checks that a template is within the bounds.
 * @throws TemplateError where it is not, or has a NUL or a raw block (`{{{{x}}}}`).
 */
export function checkTemplateBounds(text: string): void {
  if (text.includes("\0")) throw new TemplateError("A template must not contain a NUL character.");
  const count = { tags: 0, tagCharacters: 0, copies: 0 };
  const more = (what: keyof typeof count, by = 1) => {
    count[what] += by;
    if (count[what] > templateBounds[what]) throw new TemplateError("The template has too many or too long tags.");
  };
  // For each open block, how many links its chain has; the sum is the depth.
  const blocks: number[] = [];
  let depth = 0;
  const deeper = () => {
    depth++;
    if (depth > templateBounds.depth) throw tooDeep();
  };

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
    const end = tagEnd(text, start, () => more("copies"));
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

/** Where the tag ends; also counts its parentheses and segments. */
function tagEnd(text: string, start: number, segment: () => void): number {
  let parentheses = 0;
  tagToken.lastIndex = start;
  for (let match = tagToken.exec(text); match !== null; match = tagToken.exec(text)) {
    const [token] = match;
    if (token === "}}") return match.index + 2;
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
