/** A template as it is evaluated: what the parser read, checked and reduced to what this language has. */

/** A piece of a template. */
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
  /** `{{#if n includeZero=true}}`: then 0 counts as true. */
  readonly includeZero: Expression | undefined;
  readonly body: Block;
  readonly inverse: Block;
}

/** `{{> name subject key=value}}`, or `{{#> name}}...{{/name}}` with what stands in where there is no such partial. */
export interface Partial {
  readonly type: "partial";
  readonly name: string | Expression;
  readonly subject: Expression | undefined;
  readonly parameters: readonly { readonly name: string; readonly value: Expression }[];
  readonly fallback: Block | undefined;
}

/** A run of statements with the inline partials that are defined among them. */
export interface Block {
  readonly statements: readonly Statement[];
  readonly partials: ReadonlyMap<string, Block>;
  /** `as |item index|` */
  readonly parameters: readonly string[];
}

/** What stands for a value. */
export type Expression =
  | { readonly type: "literal"; readonly value: string | number | boolean | null }
  | Path
  | { readonly type: "lookup"; readonly subject: Expression; readonly key: Expression }
  /** A helper that there is not: an error once it is evaluated, as in SES. */
  | { readonly type: "unknown"; readonly name: string };

/** `a.b`, `../a`, `@index`, `this`. */
export interface Path {
  readonly type: "path";
  /** As it is written, for error texts. */
  readonly original: string;
  /** How many `../` it has. */
  readonly depth: number;
  /** It starts with `@`. */
  readonly data: boolean;
  /** It may begin with a block parameter: it has neither `@`, `../` nor `this`. */
  readonly scoped: boolean;
  readonly parts: readonly string[];
}
