/** The document of a policy is refused. The message tells the client what is wrong, and where. */
export class PolicyError extends Error {
  override name = "PolicyError";
}

const longestQuote = 80;

/** A text of the document for an error message: in quotes, shortened, and without lone surrogates. */
export function quote(text: string): string {
  const shown = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return JSON.stringify(shown.toWellFormed());
}
