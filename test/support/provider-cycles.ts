/**
 * A resource as an infrastructure tool manages it: the calls that create and change it, and what it must read back to
 * find no difference. The calls of one tool and the resources of SES are data: terraform-cycles.ts, cloudformation-cycles.ts.
 */
import * as sdk from "@aws-sdk/client-sesv2";
import { expect } from "vitest";
import type { Input, OperationName, Output } from "../../src/contract/types.ts";

/** A call, by its operation. */
export type Call = { readonly [Name in OperationName]: readonly [Name, Input<Name>] }[OperationName];

/** A call, and its whole answer. */
export type Read = {
  readonly [Name in OperationName]: readonly [Name, Input<Name>, Output<Name>];
}[OperationName];

export interface Cycle {
  /** The resource's type in the tool, and what is special about this one. */
  readonly resource: string;
  /** What must exist before, such as the resource that this one belongs to. */
  readonly needs?: readonly Call[];
  /** Creation, then updates. */
  readonly steps: readonly { readonly calls: readonly Call[]; readonly reads: readonly Read[] }[];
  readonly destroy: readonly Call[];
  /** Calls that must answer that the resource does not exist. */
  readonly gone?: readonly Call[];
  /** What is read afterwards of a resource that can only be reset. */
  readonly reset?: readonly Read[];
}

export const region = "us-east-1";
export const account = "000000000000";

/** The ARN that a tool makes of a resource, such as `configuration-set/name`. */
export const arnOf = (resource: string) => `arn:aws:ses:${region}:${account}:${resource}`;

export const tagsOf = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

type Client = Pick<sdk.SESv2Client, "send">;

const commands = new Map<string, unknown>(Object.entries(sdk));

async function answerOf(client: Client, name: OperationName, input: object): Promise<object> {
  const Command = commands.get(`${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no command for ${name}`);
  const command: Parameters<Client["send"]>[0] = Reflect.construct(Command, [input]);
  const { $metadata, ...answer } = await client.send(command);
  return answer;
}

async function readBack(client: Client, reads: readonly Read[]): Promise<void> {
  for (const [name, input, expected] of reads) expect(await answerOf(client, name, input), name).toEqual(expected);
}

/** Goes through the cycle as a tool does: what it set, it must read back, also when it looks again to plan. */
export async function runCycle(client: Client, { needs = [], steps, destroy, gone = [], reset = [] }: Cycle) {
  for (const [name, input] of needs) await answerOf(client, name, input);
  for (const { calls, reads } of steps) {
    for (const [name, input] of calls) await answerOf(client, name, input);
    await readBack(client, reads);
    await readBack(client, reads);
  }
  for (const [name, input] of destroy) await answerOf(client, name, input);
  for (const [name, input] of gone) {
    await expect(answerOf(client, name, input), name).rejects.toThrow(sdk.NotFoundException);
  }
  await readBack(client, reset);
}
