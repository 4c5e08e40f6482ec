/** Reads the parameters of a setup. They are inserted into scripts, so only plain characters are accepted. */
import { isAccountId } from "../../accounts/accounts.ts";
import { bad, choiceMember, type InputMembers, membersOf, shown, textMember } from "../input-members.ts";
import { isRegion } from "../settings-input.ts";
import type { SourceKind } from "../source-settings.ts";
import type { SetupPlan } from "./setup-plan.ts";

export type SetupFormat = "cli" | "cloudformation" | "terraform";

export const setupFormats: readonly SetupFormat[] = ["cli", "cloudformation", "terraform"];
export const setupKinds: readonly SourceKind[] = ["sqs", "sns", "firehose", "s3", "eventbridge"];

/** The names of the parameters; all values are strings. */
export const setupMembers = [
  ...["kind", "format", "account", "region", "configurationSet"],
  ...["name", "bucket", "url", "authorization", "authorizationName"],
] as const;

const standardName = "mailglass-ses-events";
/** Shorter than the 64 characters of a role's name, which gets a suffix. */
const nameForm = /^[A-Za-z0-9](?:[\w-]{0,48}[A-Za-z0-9])?$/;
const setForm = /^[\w-]{1,64}$/;
const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const urlForm = /^https?:\/\/[A-Za-z0-9.:[\]-]{1,260}(?:\/[\w./-]{0,1000})?$/;
const authorizationNameForm = /^[\w.@+-]{1,128}$/;

/**
 * Reads a setup.
 * @param given the members of `setupMembers`; account, region and configurationSet are required
 * @throws MirrorError
 */
export function readSetup(given: unknown): { plan: SetupPlan; format: SetupFormat } {
  const members = membersOf(given, "a setup", setupMembers);
  const kind = choiceMember(members, "kind", setupKinds) ?? "sqs";
  const format = choiceMember(members, "format", setupFormats) ?? "cli";
  const account = required(members, "account", isAccountId, "the ID of the account of SES, twelve digits");
  const region = required(members, "region", isRegion, "the region of SES, such as eu-west-1");
  const configurationSet = required(
    members,
    "configurationSet",
    (text) => setForm.test(text),
    "the name of the configuration set whose events are mirrored: letters, digits, - and _",
  );
  const what = "up to 50 letters, digits, - and _, beginning and ending with a letter or a digit";
  const name = optional(members, "name", (text) => nameForm.test(text), what) ?? standardName;
  const authorization = choiceMember(members, "authorization", ["api-key", "basic"]) ?? "api-key";
  const authorizationName =
    optional(members, "authorizationName", (text) => authorizationNameForm.test(text), "a name of plain characters") ??
    (authorization === "basic" ? "mailglass" : "x-mailglass-key");
  const plan = { kind, account, region, configurationSet, name, authorization, authorizationName };
  return { plan: { ...plan, bucket: bucketOf(members, plan), url: urlOf(members, kind) }, format };
}

function bucketOf(members: InputMembers, { kind, account, region, name }: Omit<SetupPlan, "bucket" | "url">): string {
  const given = optional(members, "bucket", (text) => bucketForm.test(text), "the name of a bucket, without s3://");
  const bucket = given ?? `${name.toLowerCase().replaceAll("_", "-")}-${account}-${region}`;
  const isUsed = kind === "s3" || kind === "firehose";
  if (isUsed && !bucketForm.test(bucket)) throw bad("The bucket's name would be too long: set bucket.");
  return bucket;
}

function urlOf(members: InputMembers, kind: SourceKind): string {
  const url = optional(members, "url", (text) => urlForm.test(text) && URL.canParse(text), "the URL of a source") ?? "";
  if (kind === "sqs" || kind === "s3") return url;
  if (url === "") {
    throw bad(`A setup of the kind ${kind} needs the URL of its source: create the source first, which has a URL.`);
  }
  if (kind !== "sns" && !url.startsWith("https://")) throw bad(`The sender posts to https:// only, not to ${url}.`);
  return url;
}

type Check = (text: string) => boolean;

function optional(members: InputMembers, name: string, is: Check, what: string): string | undefined {
  const text = textMember(members, name);
  if (text !== undefined && !is(text)) throw bad(`${name} must be ${what}; ${shown(text)} is not.`);
  return text;
}

function required(members: InputMembers, name: string, is: Check, what: string): string {
  const text = optional(members, name, is, what);
  if (text === undefined) throw bad(`A setup needs ${name}: ${what}.`);
  return text;
}
