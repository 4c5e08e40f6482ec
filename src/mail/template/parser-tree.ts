/** The parts of @handlebars/parser's tree that we read: its own types don't resolve under Node's module resolution. */

export interface ProgramNode {
  readonly body: readonly StatementNode[];
  readonly blockParams?: readonly string[];
}

interface Call {
  readonly path: ExpressionNode;
  readonly params: readonly ExpressionNode[];
  readonly hash?: { readonly pairs: readonly { readonly key: string; readonly value: ExpressionNode }[] };
}

/** `{{x}}` */
export interface MustacheNode extends Call {
  readonly type: "MustacheStatement";
}

/** `{{#x}}...{{else}}...{{/x}}`; `{{^x}}` has an inverse only. `DecoratorBlock` is `{{#*x}}`. */
export interface BlockNode extends Call {
  readonly type: "BlockStatement" | "DecoratorBlock";
  readonly program?: ProgramNode;
  readonly inverse?: ProgramNode;
}

/** `{{> x}}`; `PartialBlockStatement` is `{{#> x}}`. */
export interface PartialNode extends Omit<Call, "path"> {
  readonly type: "PartialStatement" | "PartialBlockStatement";
  readonly name: ExpressionNode;
  readonly program?: ProgramNode;
}

export type StatementNode =
  | MustacheNode
  | BlockNode
  | PartialNode
  | { readonly type: "ContentStatement"; readonly value: string }
  | { readonly type: "CommentStatement" | "Decorator" };

/** `(x y)` */
export interface SubExpressionNode extends Call {
  readonly type: "SubExpression";
}

/** `a.b`, `../a`, `@index` */
export interface PathNode {
  readonly type: "PathExpression";
  readonly original: string;
  readonly depth: number;
  readonly data: boolean;
  readonly parts: readonly (string | SubExpressionNode)[];
}

export type ExpressionNode =
  | PathNode
  | SubExpressionNode
  | { readonly type: "StringLiteral"; readonly value: string }
  | { readonly type: "NumberLiteral"; readonly value: number }
  | { readonly type: "BooleanLiteral"; readonly value: boolean }
  | { readonly type: "NullLiteral" | "UndefinedLiteral" | "HashLiteral" | "ArrayLiteral" };
