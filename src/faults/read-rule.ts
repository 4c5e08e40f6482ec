/** Reads the rules that callers add. Whatever could never apply is refused with a text that says what to do. */
import { domainToASCII } from "node:url";
import type { FaultEffect, FaultMatch, NewFaultRule, SmtpStage } from "../admin-api/faults.ts";
import { constraintTable } from "../contract/constraint-table.ts";
import { isErrorCode } from "../contract/errors/service-error.ts";
import { operations } from "../contract/operations.ts";
import { isQueryErrorCode } from "../contract/v1/errors.ts";
import { isOperationName, operationNamed, statusOfError } from "../contract/v1/model.ts";
import { readOutcome } from "./event-input.ts";
import { FaultError } from "./fault-error.ts";
import { isSend } from "./injected.ts";
import { Members, shown } from "./members.ts";
import { smtpOperation } from "./points.ts";

/** What the server and the caller's scope allow. */
export interface RuleContext {
  /** Whether mail is captured, so that rules can choose its outcome. */
  readonly captures: boolean;
  /** Whether SMTP clients are in the scope before they log in. */
  readonly hasAnonymousSmtp: boolean;
}

/** In milliseconds: longer than any client waits. */
const longestLatencyMs = 60_000;
const mostTimes = 1_000_000;
const longestText = 490;
const longestAddress = 320;
const mostTags = 50;
const mostOutcomes = 10;

const stages: readonly SmtpStage[] = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END_OF_DATA"];
const effectTypes = ["throttle", "reject", "error", "latency", "disconnect", "smtp", "outcome"] as const;

const v2Names: ReadonlySet<string> = new Set(operations.map(({ name }) => name));

/** Reads a rule; throws a `FaultError`. */
export function readRule(value: unknown, context: RuleContext): NewFaultRule {
  const members = new Members(value, "a fault rule");
  const match = readMatch(members.take("match"));
  const effect = readEffect(members.take("effect"));
  const times = members.integer("times", 1, mostTimes);
  const probability = readProbability(members);
  const seed = members.integer("seed", 0, Number.MAX_SAFE_INTEGER);
  members.end();
  if (seed !== undefined && probability === undefined) throw new FaultError("A seed has no use without a probability.");
  checkTogether(match ?? {}, effect, context);
  return {
    ...(match && { match }),
    effect,
    ...(times !== undefined && { times }),
    ...(probability !== undefined && { probability }),
    ...(seed !== undefined && { seed }),
  };
}

function readProbability(members: Members): number | undefined {
  const value = members.take("probability");
  if (value === undefined) return undefined;
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw new FaultError("probability must be a number above 0 and up to 1.");
}

function readMatch(value: unknown): FaultMatch | undefined {
  if (value === undefined) return undefined;
  const members = new Members(value, "match");
  const operation = readOperations(members.take("operation"));
  const recipient = readPattern(members, "recipient");
  const sender = readPattern(members, "sender");
  const tag = readTags(members.take("tag"));
  const configurationSet = members.text("configurationSet", 64);
  members.end();
  return {
    ...(operation && { operation }),
    ...(recipient !== undefined && { recipient }),
    ...(sender !== undefined && { sender }),
    ...(tag && { tag }),
    ...(configurationSet !== undefined && { configurationSet }),
  };
}

function readOperations(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (names.length === 0) throw new FaultError("operation must name an operation; leave it out for all.");
  return names.map((name) => {
    if (typeof name === "string" && isOperation(name)) return name;
    throw new FaultError(
      `There is no operation ${shown(name)}. Use a name of the SES API v2 or v1, such as SendEmail, or ${smtpOperation} for mail over SMTP.`,
    );
  });
}

function isOperation(name: string): boolean {
  return name === smtpOperation || v2Names.has(name) || isOperationName(name);
}

/** An address, or a domain with or without `@`, in lower case and ASCII. */
function readPattern(members: Members, name: "recipient" | "sender"): string | undefined {
  const given = members.text(name, longestAddress);
  if (given === undefined) return undefined;
  const at = given.lastIndexOf("@");
  const domain = domainToASCII(given.slice(at + 1));
  if (domain === "" || /\s/.test(given)) {
    throw new FaultError(`${name} must be an address such as user@example.com, or a domain such as example.com.`);
  }
  return at > 0 ? `${given.slice(0, at).toLowerCase()}@${domain}` : domain;
}

function readTags(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = isObject ? Object.entries(value) : [];
  const tags = entries.flatMap(([name, tag]): [string, string][] => (typeof tag === "string" ? [[name, tag]] : []));
  if (tags.length === 0 || tags.length !== entries.length || tags.length > mostTags) {
    throw new FaultError('tag must be an object of 1 to 50 names with their values, such as {"campaign": "spring"}.');
  }
  return Object.fromEntries(tags);
}

function readEffect(value: unknown): FaultEffect {
  if (value === undefined) throw new FaultError(`A fault rule must have an effect, such as {"type": "throttle"}.`);
  const members = new Members(value, "effect");
  const type = members.choice("type", effectTypes);
  if (type === undefined) throw new FaultError(`effect must have a type: one of ${effectTypes.join(", ")}.`);
  const effect = effectOf(type, members);
  members.end();
  return effect;
}

function effectOf(type: (typeof effectTypes)[number], members: Members): FaultEffect {
  switch (type) {
    case "throttle":
    case "reject":
      return { type, ...given("message", members.text("message", longestText)) };
    case "error":
      return errorEffect(members);
    case "latency": {
      const milliseconds = members.integer("milliseconds", 1, longestLatencyMs);
      if (milliseconds === undefined) {
        throw new FaultError(`A latency must have milliseconds, from 1 to ${longestLatencyMs}.`);
      }
      return { type, milliseconds };
    }
    case "disconnect": {
      const when = members.choice("when", ["before", "after"]);
      if (when === undefined) {
        throw new FaultError('A disconnect must say when: "before" the call does anything, or "after" it is done.');
      }
      return { type, when };
    }
    case "smtp": {
      const stage = members.choice("stage", stages);
      if (stage === undefined) throw new FaultError(`An SMTP reply must have a stage: one of ${stages.join(", ")}.`);
      const code = members.integer("code", 400, 599);
      if (code === undefined) {
        throw new FaultError("An SMTP reply must have a code from 400 to 599: lower ones refuse nothing.");
      }
      return { type, stage, code, ...given("text", members.text("text", longestText)) };
    }
    case "outcome": {
      const events = members.take("events");
      if (!Array.isArray(events) || events.length === 0 || events.length > mostOutcomes) {
        throw new FaultError(
          `An outcome must have a list of 1 to ${mostOutcomes} events, such as [{"type": "BOUNCE"}].`,
        );
      }
      return { type, events: events.map(readOutcome) };
    }
  }
}

function errorEffect(members: Members): FaultEffect {
  const code = members.text("code", 100);
  const status = members.integer("status", 400, 599);
  const message = members.text("message", longestText);
  if (code === undefined && (status === undefined || status < 500)) {
    throw new FaultError("An error must have a code of the operation's model, or a status from 500 to 599.");
  }
  if (code !== undefined && !isErrorCode(code) && !isQueryErrorCode(code)) {
    throw new FaultError(`The SES APIs have no error ${shown(code)}.`);
  }
  return { type: "error", ...given("code", code), ...given("status", status), ...given("message", message) };
}

/** Conditions that contradict each other or the effect. */
function checkTogether(match: FaultMatch, effect: FaultEffect, context: RuleContext): void {
  const { operation = [], tag, configurationSet, sender, recipient } = match;
  const names = typeof operation === "string" ? [operation] : operation;
  const aboutMessages = [tag, configurationSet, sender, recipient].some((one) => one !== undefined);
  const silent = names.find((name) => !isSend(name));
  if (silent !== undefined && (aboutMessages || effect.type === "outcome")) {
    throw new FaultError(
      `${silent} sends no message: recipient, sender, tag, configurationSet and outcomes belong to operations that send.`,
    );
  }
  if (effect.type === "error" && effect.code !== undefined) checkCode(names, effect.code);
  if (effect.type === "smtp") checkStage(match, names, effect.stage, context);
  if (effect.type === "outcome" && !context.captures) {
    throw new FaultError(
      "An outcome can be chosen only where mail is captured (MAILGLASS_DELIVERY=capture). Here mail leaves: use POST /testing/messages/{id}/events.",
    );
  }
}

/** Errors that any operation may answer with. */
const usualErrors: ReadonlySet<string> = new Set([
  "TooManyRequestsException",
  "InternalServiceErrorException",
  "BadRequestException",
]);
const modelled: ReadonlySet<string> = new Set(Object.values(constraintTable.errors).flat());

function checkCode(names: readonly string[], code: string): void {
  for (const name of names) {
    const v2 = constraintTable.errors[name === smtpOperation ? "SendEmail" : name];
    const v1 = isOperationName(name) ? operationNamed(name).errors : undefined;
    const isOfV2 = v2 && isErrorCode(code) && (v2.includes(code) || usualErrors.has(code) || !modelled.has(code));
    const isOfV1 = v1 && isQueryErrorCode(code) && (v1.includes(code) || statusOfError(code) === undefined);
    if (isOfV2 || isOfV1) continue;
    const possible = [...new Set([...(v2 ?? []), ...(v1 ?? []), ...usualErrors])];
    throw new FaultError(`${name} has no error ${code}. It has ${possible.join(", ")}, and those of any AWS service.`);
  }
}

function checkStage(match: FaultMatch, names: readonly string[], stage: SmtpStage, context: RuleContext): void {
  const other = names.find((name) => name !== smtpOperation);
  if (other !== undefined) throw new FaultError(`An SMTP reply can't be to ${other}: leave the operation out.`);
  const place = stages.indexOf(stage);
  const refused = (member: string, known: string) => {
    throw new FaultError(`The ${member} is not known at the stage ${stage}, but from ${known} on.`);
  };
  if (match.sender !== undefined && place < stages.indexOf("MAIL")) refused("sender", "MAIL");
  if (match.recipient !== undefined && place < stages.indexOf("RCPT")) refused("recipient", "RCPT");
  if (match.tag && stage !== "END_OF_DATA") refused("tag", "END_OF_DATA");
  if (match.configurationSet !== undefined && stage !== "END_OF_DATA") refused("configuration set", "END_OF_DATA");
  if ((stage === "CONNECT" || stage === "EHLO") && !context.hasAnonymousSmtp) {
    throw new FaultError(
      `Before its login, an SMTP client belongs to the default account and region: only rules there can have the stage ${stage}. Use AUTH or a later one.`,
    );
  }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value };
function given(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}
