/** Writes HCL, the language of Terraform. */
import type { Json } from "./setup-plan.ts";

/** A value of an attribute. */
export type HclValue = Json | Expression;

/** The body of a block: attributes, and blocks in it. */
export interface HclBody {
  readonly [name: string]: HclValue | Block;
}

/** Text that is an expression itself, such as the address of a resource. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A block in another one. */
export class Block {
  readonly body: HclBody;

  constructor(body: HclBody) {
    this.body = body;
  }
}

/** The value of an attribute of a resource. */
export const attribute = (text: string) => new Expression(text);

/** A text with JSON, such as a policy. */
export function jsonText(value: Json): Expression {
  return new Expression(`jsonencode(${literal(value)})`);
}

/** A block at the top, such as `resource "aws_sns_topic" "events"`. */
export function topBlock(head: string, body: HclBody): string {
  return `${head} {\n${indented(lines(body))}\n}`;
}

function lines(body: HclBody): string {
  return Object.entries(body)
    .map(([name, value]) => {
      if (value instanceof Block) return `${name} {\n${indented(lines(value.body))}\n}`;
      return `${name} = ${value instanceof Expression ? value.text : literal(value)}`;
    })
    .join("\n");
}

/** In HCL, JSON is an expression, but `$` and `%` before a brace begin a template within texts. */
function literal(value: Json): string {
  return JSON.stringify(value, null, 2).replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
