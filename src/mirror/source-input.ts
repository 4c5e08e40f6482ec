/** Reads the admin API's input that creates or changes a source. */
import { isAccountId } from "../accounts/accounts.ts";
import {
  bad,
  choiceMember,
  flagMember,
  type InputMembers,
  listMember,
  membersOf,
  shown,
  textMember,
} from "./input-members.ts";
import type { MirrorSource } from "./mirror-source.ts";
import { isRegion, originsOf, readSettings, type SettingsContext } from "./settings-input.ts";
import type { SourceKind, SourceSettings } from "./source-settings.ts";

export interface SourceInput extends SourceChange {
  readonly name: string;
}

/** The attributes of a source that can be changed. */
export interface SourceChange {
  readonly enabled: boolean;
  readonly accounts: readonly string[];
  readonly region: string;
  readonly settings: SourceSettings;
  readonly suppresses: boolean;
  readonly silenceSeconds: number | null;
}

export interface InputContext extends SettingsContext {
  /** Whether this server serves a region. */
  readonly serves: (region: string) => boolean;
}

const kinds: readonly SourceKind[] = ["sqs", "sns", "firehose", "s3", "eventbridge"];
const changeable = ["enabled", "accounts", "region", "settings", "suppresses", "silenceSeconds"];
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const mostAccounts = 100;
const silence = { least: 60, most: 365 * 24 * 3600 };

/**
 * Reads the body of a request that creates a source. Accounts and region default to those that the settings name.
 * @throws MirrorError
 */
export function readNewSource(body: unknown, context: InputContext): SourceInput {
  const members = membersOf(body, "a source", ["name", "kind", ...changeable]);
  const name = textMember(members, "name");
  if (name === undefined || !nameForm.test(name)) {
    throw bad("A source needs a name: up to 64 letters, digits, dots, hyphens and underscores.");
  }
  const kind = choiceMember(members, "kind", kinds);
  if (kind === undefined) throw bad(`A source needs a kind: ${kinds.join(", ")}.`);
  const settings = readSettings(kind, members.settings, undefined, context);
  const origins = originsOf(settings);
  const named = new Set(origins.map(({ account }) => account).filter((account) => account !== undefined));
  const accounts = accountsMember(members) ?? [...named];
  if (accounts.length === 0) {
    throw bad("The settings name no account: set accounts to the IDs of the accounts whose events it receives.");
  }
  const region = regionMember(members, context) ?? origins.map((one) => one.region).find((one) => one !== undefined);
  if (region === undefined) throw bad("The settings name no region: set region to the region of the events.");
  checkServed(region, context);
  checkPull(settings, accounts);
  return { name, settings, accounts, region, ...choicesOf(members) };
}

/**
 * Reads the body of a request that changes a source. Omitted members keep their values.
 * @throws MirrorError
 */
export function readSourceChange(body: unknown, current: MirrorSource, context: InputContext): SourceChange {
  const members = membersOf(body, "a change of a source", changeable);
  const settings = readSettings(current.settings.kind, members.settings, current.settings, context);
  const accounts = accountsMember(members) ?? current.accounts;
  checkPull(settings, accounts);
  return {
    settings,
    accounts,
    region: regionMember(members, context) ?? current.region,
    ...choicesOf(members, current),
  };
}

type Choices = Pick<SourceChange, "enabled" | "suppresses" | "silenceSeconds">;

function choicesOf(
  members: InputMembers,
  current: Choices = { enabled: true, suppresses: false, silenceSeconds: null },
): Choices {
  const { silenceSeconds = current.silenceSeconds } = members;
  const isSilence =
    silenceSeconds === null ||
    (typeof silenceSeconds === "number" &&
      Number.isInteger(silenceSeconds) &&
      silenceSeconds >= silence.least &&
      silenceSeconds <= silence.most);
  if (!isSilence) {
    throw bad(`silenceSeconds must be a whole number from ${silence.least} to ${silence.most}, or null for no alert.`);
  }
  return {
    enabled: flagMember(members, "enabled") ?? current.enabled,
    suppresses: flagMember(members, "suppresses") ?? current.suppresses,
    silenceSeconds,
  };
}

function accountsMember(members: InputMembers): string[] | undefined {
  const accounts = listMember(members, "accounts", {
    is: isAccountId,
    what: "an account ID of twelve digits",
    most: mostAccounts,
  });
  if (accounts?.length === 0) throw bad("accounts must name at least one account.");
  return accounts;
}

function regionMember(members: InputMembers, context: InputContext): string | undefined {
  const region = textMember(members, "region");
  if (region === undefined) return undefined;
  if (!isRegion(region)) throw bad(`${shown(region)} is not a region, such as eu-west-1.`);
  checkServed(region, context);
  return region;
}

/** The AWS credentials belong to a single account. */
function checkPull({ pull }: SourceSettings, accounts: readonly string[]): void {
  if (pull && accounts.length > 1) throw bad("pull needs a source with one account, that of the AWS credentials.");
}

/** Mail of a region that this server does not serve could not be queried. */
function checkServed(region: string, { serves }: InputContext): void {
  if (!serves(region)) throw bad(`This server does not serve ${region}: name the region in MAILGLASS_REGIONS first.`);
}
