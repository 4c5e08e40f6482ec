/** Splits an SQL file into its statements, for the migrations of both databases. */

/** The dialects differ in quotes and in the meaning of backslashes within them. */
export type SqlDialect = "postgresql" | "clickhouse";

const lineComment = String.raw`--[^\n]*`;
const withBackslash = (quote: string) => String.raw`${quote}(?:[^${quote}\\]|\\.)*${quote}`;
const withoutBackslash = (quote: string) => `${quote}[^${quote}]*${quote}`;
/** `$$ ... $$` or `$tag$ ... $tag$`: PostgreSQL's dollar quotes, ClickHouse's heredocs. */
const dollarQuote = String.raw`\$(?<tag>(?:[\p{L}_][\p{L}\w]*)?)\$.*?\$\k<tag>\$`;
/** A whole word, so that a `$` or an `e` within it doesn't start a quote. */
const word = String.raw`[\p{L}_][\p{L}\w$]*`;
/** Anything else that can't start a comment or a quote. */
const other = String.raw`\s+|\d+|[^\p{L}_'"\x60$/]|/(?!\*)|\$(?=\d)`;

/** A doubled (escaped) quote is read as the end of one string and the start of the next: the statement is the same. */
const lexers: Readonly<Record<SqlDialect, RegExp>> = {
  postgresql: lexer(`[eE]${withBackslash("'")}`, withoutBackslash("'"), withoutBackslash('"'), "`"),
  clickhouse: lexer(withBackslash("'"), withBackslash('"'), withBackslash("`")),
};

function lexer(...quotes: string[]): RegExp {
  return new RegExp(`(?<comment>${lineComment})|${[...quotes, dollarQuote, word, other].join("|")}`, "suy");
}

/**
 * The statements without semicolons and comments; empty ones are omitted.
 * @throws Error with the line of an unterminated quote or comment.
 */
export function splitStatements(script: string, dialect: SqlDialect): string[] {
  const statements: string[] = [];
  let statement = "";
  const end = () => {
    if (statement.trim() !== "") statements.push(statement.trim());
    statement = "";
  };
  const next = lexers[dialect];
  for (let at = 0; at < script.length; ) {
    if (script.startsWith("/*", at)) {
      at = endOfComment(script, at);
      statement += " ";
      continue;
    }
    next.lastIndex = at;
    const found = next.exec(script);
    if (found === null) throw unended(script, at);
    const [token] = found;
    if (token === ";") end();
    else if (found.groups?.comment === undefined) statement += token;
    at += token.length;
  }
  end();
  return statements;
}

/** Block comments nest in both dialects. */
function endOfComment(script: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let found = edge.exec(script); found !== null; found = edge.exec(script)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  throw unended(script, start);
}

function unended(script: string, at: number): Error {
  const line = script.slice(0, at).split("\n").length;
  return new Error(`line ${line}: what begins with ${JSON.stringify(script.slice(at, at + 20))} does not end`);
}
