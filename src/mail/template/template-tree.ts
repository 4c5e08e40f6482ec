/** The tree that is evaluated: the parser's, checked and reduced to the supported language. */

export type Statement =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "value"; readonly value: Expression }
  | Section
  | Partial;

/** `{{#helper subject}}...{{else}}...{{/helper}}`; `section` is `{{#subject}}` without a helper. */
export interface Section {
  readonly type: "section";
  readonly helper: "if" | "unless" | "each" | "with" | "section";
  readonly subject: Expression;
  /** With `{{#if n includeZero=true}}`, 0 counts as true. */
  readonly includeZero: Expression | undefined;
  readonly body: Block;
  readonly inverse: Block;
}

/** `{{> name subject key=value}}`, or `{{#> name}}...{{/name}}` with a fallback if there is no such partial. */
export interface Partial {
  readonly type: "partial";
  readonly name: string | Expression;
  readonly subject: Expression | undefined;
  readonly parameters: readonly { readonly name: string; readonly value: Expression }[];
  readonly fallback: Block | undefined;
}

/** A sequence of statements with the inline partials that are defined in it. */
export interface Block {
  readonly statements: readonly Statement[];
  readonly partials: ReadonlyMap<string, Block>;
  /** `as |item index|` */
  readonly parameters: readonly string[];
}

export type Expression =
  | { readonly type: "literal"; readonly value: string | number | boolean | null }
  | Path
  | { readonly type: "lookup"; readonly subject: Expression; readonly key: Expression }
  /** An unknown helper: an error when it is evaluated, as in SES. */
  | { readonly type: "unknown"; readonly name: string };

/** `a.b`, `../a`, `@index`, `this`. */
export interface Path {
  readonly type: "path";
  /** The source text, for error messages. */
  readonly original: string;
  /** The number of `../`. */
  readonly depth: number;
  /** Whether it starts with `@`. */
  readonly data: boolean;
  /** Whether it may start with a block parameter: it has no `@`, `../` or `this`. */
  readonly scoped: boolean;
  readonly parts: readonly string[];
}
