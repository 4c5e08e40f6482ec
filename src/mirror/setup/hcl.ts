/** Renders HCL, the language of Terraform. */
import type { Json } from "./setup-plan.ts";

export type HclValue = Json | Expression;

/** The body of a block: its attributes and nested blocks. */
export interface HclBody {
  readonly [name: string]: HclValue | Block;
}

/** Text that is rendered as an expression, such as the address of a resource. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A nested block. */
export class Block {
  readonly body: HclBody;

  constructor(body: HclBody) {
    this.body = body;
  }
}

/** A reference to an attribute of a resource, or another expression. */
export const attribute = (text: string) => new Expression(text);

/** A string attribute that contains JSON, such as a policy. */
export function jsonText(value: Json): Expression {
  return new Expression(`jsonencode(${literal(value)})`);
}

/** A top-level block. `head` is its type and labels, such as `resource "aws_sns_topic" "events"`. */
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

/** JSON is a valid HCL expression, except that `${` and `%{` begin a template in strings and must be escaped. */
function literal(value: Json): string {
  return JSON.stringify(value, null, 2).replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
