/** A source of the mirror as the admin API shows it. */
import type { Scopes } from "../../accounts/scopes.ts";
import type { MirrorChecklist, MirrorSecret, MirrorTypeSeen, MirrorSource as Shown } from "../../admin-api/mirror.ts";
import type { MirrorSource } from "../../mirror/mirror-source.ts";
import { rawUser } from "../../mirror/sns/sns-intake.ts";
import type { SourceKind } from "../../mirror/source-settings.ts";
import { mailEventTypes } from "../../publishing/published-event.ts";
import type { MirrorPull } from "../../stores/postgres/mirror-pulls.ts";
import type { MirrorType } from "../../stores/postgres/mirror-types.ts";

export interface ShownSourceServices {
  readonly scopeById: Scopes["byId"];
  readonly publicUrl: () => string;
  readonly clock: () => Date;
}

/** What is known of a source beside its own row. */
export interface SourceFacts {
  readonly types: readonly MirrorType[];
  readonly setAside: number;
  readonly pull: MirrorPull | undefined;
}

/** The source without secrets. */
export async function shownSource(
  services: ShownSourceServices,
  source: MirrorSource,
  { types, setAside, pull }: SourceFacts,
): Promise<Shown> {
  const { kind, ...settings } = source.settings;
  const { waiting, error, errorAt } = source;
  const now = services.clock();
  const url = pushUrlOf(services, source);
  const problem = url === undefined ? undefined : urlProblem(kind, url);
  return {
    id: source.id,
    name: source.name,
    kind,
    enabled: source.enabled,
    accounts: source.accounts,
    region: source.region,
    settings,
    suppresses: source.suppresses,
    silenceSeconds: source.silenceSeconds,
    ...(url !== undefined && { url }),
    ...(problem !== undefined && { urlProblem: problem }),
    createdAt: source.createdAt.toISOString(),
    status: statusOf(source, now),
    checklist: await checklistOf(services, source, types, now),
    ...(waiting !== null && { messagesWaiting: waiting }),
    recordsSetAside: setAside,
    recordsDropped: source.dropped,
    ...(error !== null && { lastError: { text: error, at: (errorAt ?? now).toISOString() } }),
    ...(settings.pull?.suppression && pull && { accountPull: shownPull(pull, now) }),
  };
}

function shownPull({ pulledUntil, error, errorAt }: MirrorPull, now: Date): Shown["accountPull"] {
  return {
    ...(pulledUntil && { at: pulledUntil.toISOString() }),
    ...(error !== null && { error: { text: error, at: (errorAt ?? now).toISOString() } }),
  };
}

/** A new secret of a source, with where it belongs. */
export function shownSecret(services: ShownSourceServices, source: MirrorSource, secret: string): MirrorSecret {
  if (source.settings.kind !== "sns") return { secret };
  const url = new URL(urlOf(services, source));
  url.username = rawUser;
  url.password = secret;
  return { secret, subscriptionUrl: url.href };
}

/** Where the sender of a source posts to; undefined if the server fetches its events. */
export function pushUrlOf(services: Pick<ShownSourceServices, "publicUrl">, source: MirrorSource): string | undefined {
  return isPushed(source.settings.kind) ? urlOf(services, source) : undefined;
}

function isPushed(kind: SourceKind): boolean {
  return kind === "sns" || kind === "firehose" || kind === "eventbridge";
}

function urlOf({ publicUrl }: Pick<ShownSourceServices, "publicUrl">, { id }: MirrorSource): string {
  return `${publicUrl().replace(/\/$/, "")}/mirror/${id}`;
}

function urlProblem(kind: SourceKind, url: string): string | undefined {
  const { protocol, port, hostname } = new URL(url);
  const isLocal = /^(localhost|127\..*|\[::1\])$/.test(hostname);
  const hint = "Set MAILGLASS_PUBLIC_URL to the address at which AWS reaches this server.";
  if (isLocal) return `AWS can't reach this address; an emulator on this machine can. ${hint}`;
  if (kind === "sns") return undefined;
  if (protocol !== "https:") return `The sender posts to https:// only. ${hint}`;
  if (kind === "firehose" && port !== "") return `Firehose posts to port 443 only. ${hint}`;
  return undefined;
}

function statusOf({ enabled, error, eventAt, silenceSeconds }: MirrorSource, now: Date): Shown["status"] {
  if (!enabled) return "disabled";
  if (error !== null) return "failing";
  if (eventAt === null) return "waiting";
  const isSilent = silenceSeconds !== null && now.getTime() - eventAt.getTime() > silenceSeconds * 1000;
  return isSilent ? "silent" : "receiving";
}

async function checklistOf(
  { scopeById }: ShownSourceServices,
  { settings, confirmedAt, validatedAt, receivedAt, eventAt }: MirrorSource,
  rows: readonly MirrorType[],
  now: Date,
): Promise<MirrorChecklist> {
  const types: MirrorTypeSeen[] = [];
  for (const [type, ofType] of Map.groupBy(rows, (row) => row.type)) {
    const configurationSets: MirrorTypeSeen["configurationSets"] = [];
    for (const { scope, configurationSet, events, lastAt } of ofType) {
      const { accountId: account, region } = await scopeById(scope);
      const name = configurationSet === "" ? null : configurationSet;
      configurationSets.push({ account, region, name, events, lastAt: lastAt.toISOString() });
    }
    types.push({
      type,
      events: ofType.reduce((sum, { events }) => sum + events, 0),
      firstAt: new Date(Math.min(...ofType.map(({ firstAt }) => firstAt.getTime()))).toISOString(),
      lastAt: new Date(Math.max(...ofType.map(({ lastAt }) => lastAt.getTime()))).toISOString(),
      configurationSets,
    });
  }
  const order: readonly string[] = mailEventTypes;
  const seen = new Set(types.map(({ type }) => type));
  return {
    ...(settings.kind === "sns" && { confirmed: confirmedAt !== null }),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
    ...(validatedAt && { validatedAt: validatedAt.toISOString() }),
    ...(receivedAt && { receivedAt: receivedAt.toISOString() }),
    ...(eventAt && {
      eventAt: eventAt.toISOString(),
      secondsSinceEvent: Math.max(0, Math.floor((now.getTime() - eventAt.getTime()) / 1000)),
    }),
    types: types.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type)),
    typesNeverSeen: mailEventTypes.filter((type) => !seen.has(type)),
  };
}
