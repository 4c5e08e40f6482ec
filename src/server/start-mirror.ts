/** The mirror: events of real SES accounts on their way in. */
import { webhookPrivateDestinations } from "../config/config.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { Intakes } from "../http/mirror/mirror.ts";
import { type Arrivals, createArrivals } from "../mirror/arrivals.ts";
import { createEventBridgeIntake } from "../mirror/eventbridge/eventbridge-intake.ts";
import { createFirehoseIntake } from "../mirror/firehose/firehose-intake.ts";
import { createIngest, type Ingest } from "../mirror/ingest.ts";
import { isKind, type MirrorSource } from "../mirror/mirror-source.ts";
import { type AccountPulls, startAccountPulls } from "../mirror/pull-account/pull-accounts.ts";
import { type Pull, startPullSources } from "../mirror/pull-sources.ts";
import { createRecordReader, type RecordReader } from "../mirror/read-records.ts";
import { startS3Pull } from "../mirror/s3/pull.ts";
import { createSnsCertificates } from "../mirror/sns/certificates.ts";
import { createConfirm } from "../mirror/sns/confirm.ts";
import type { Answered, Getter } from "../mirror/sns/get.ts";
import { createSnsIntake } from "../mirror/sns/sns-intake.ts";
import { createSourceList, type SourceList } from "../mirror/source-list.ts";
import { startSqsPull } from "../mirror/sqs/pull.ts";
import { createTracked, type Tracked } from "../mirror/tracked-mail.ts";
import { type AwsClients, createAwsClients } from "../publishing/aws/clients.ts";
import { selectMirrorTypes } from "../stores/postgres/mirror-types.ts";
import { awsEndpoint } from "./aws-endpoints.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";
import type { Publishing } from "./start-publishing.ts";

export interface MirrorRole extends ServerServices {
  events: Pick<Events, "outbox" | "prefixes">;
  resolver: DnsResolver;
}

/** What other roles use of the mirror. */
export interface Mirror {
  readonly sources: SourceList;
  readonly ingest: Ingest;
  readonly reader: RecordReader;
  readonly arrivals: Arrivals;
  /** Clients of the real accounts, with the credentials that the SDK finds. */
  readonly aws: AwsClients;
  /** For the kinds of sources that are pushed to. */
  readonly intakes: Intakes;
}

/** Opens it; `closers` stops it. */
export async function openMirror(role: MirrorRole, closers: Closers): Promise<Mirror> {
  const { stores, scopes, events, clock, machineClock, steadyClock, log } = role;
  const { database, sealer } = stores;
  const sources = createSourceList({ database, sealer, steadyClock });
  const arrivals = createArrivals({ database, clock, log });
  closers.add(() => arrivals.stop());
  const tracked = await knownTracked(database);
  const reader = createRecordReader({ scopes, tracked });
  const ingest = createIngest({ database, ...events, reader, arrivals, clock });
  const { mirrorSnsCertificates: emulatorCertificates } = role.config;
  const { fromAws, fromEmulator } = snsGetters(role, closers);
  const isEmulators = (url: string) => emulatorCertificates !== undefined && url.startsWith(emulatorCertificates);
  const sns = createSnsIntake({
    ...{ ingest, arrivals, sources, emulatorCertificates, clock, machineClock, steadyClock },
    certificates: createSnsCertificates({
      get: (url) => (isEmulators(url) ? fromEmulator : fromAws)(url),
      isIssuedToSns: (url) => !isEmulators(url),
      ...{ machineClock, steadyClock },
    }),
    confirm: createConfirm({
      get: fromAws,
      getFromEmulator: fromEmulator,
      endpoint: () => awsEndpoint("SNS"),
    }),
  });
  const firehose = createFirehoseIntake({ ingest, sources });
  const eventbridge = createEventBridgeIntake({ ingest, sources });
  const aws = createAwsClients({ callWithinMs });
  closers.add(async () => aws.close());
  return { sources, ingest, reader, arrivals, aws, intakes: { sns, firehose, eventbridge } };
}

/** Longer than SQS waits for messages. */
const callWithinMs = 30_000;

/** Starts to fetch from the sources that this server fetches from; `closers` ends it. */
export function startFetching(
  { sources, arrivals, ingest, reader, aws }: Mirror,
  { stores, events, clock, log }: ServerServices & Pick<MirrorRole, "events">,
  closers: Closers,
): void {
  const services = { ...stores, ...events, clients: aws, ingest, reader, arrivals, clock, log };
  const start = (source: MirrorSource): Pull | undefined => {
    if (isKind(source, "sqs")) return startSqsPull(source, services);
    return isKind(source, "s3") ? startS3Pull(source, services) : undefined;
  };
  const pulls = startPullSources({ sources, arrivals, start, log });
  closers.add(() => pulls.stop());
}

/** Starts to exchange with the real accounts what is not an event; `closers` ends it. */
export function startAsking(
  { sources, aws }: Mirror,
  { stores, scopes, publishing, clock, clockMoves, log }: ServerServices & { publishing: Pick<Publishing, "feed"> },
  closers: Closers,
): AccountPulls {
  const { accountEvents } = publishing.feed;
  const pulls = startAccountPulls({ ...{ sources, aws, scopes, accountEvents }, ...stores, clock, clockMoves, log });
  closers.add(() => pulls.stop());
  return pulls;
}

/** GETs of SNS. Only the operator's own settings lead to an emulator, so it may have any address. */
function snsGetters({ config, resolver }: MirrorRole, closers: Closers) {
  return {
    fromAws: getAtFirstUse(resolver, webhookPrivateDestinations(config), closers),
    fromEmulator: getAtFirstUse(resolver, "allow", closers),
  };
}

/** The HTTP client takes long to load, which a server without such sources does not need. */
function getAtFirstUse(
  resolver: DnsResolver,
  privateDestinations: "refuse" | "allow",
  closers: Closers,
): (url: string) => Promise<Answered> {
  let opening: Promise<Getter> | undefined;
  const open = async () => {
    const [{ createGetter, getWithinMs: timeoutMillis }, { createGuardedConnector }] = await Promise.all([
      import("../mirror/sns/get.ts"),
      import("../publishing/webhooks/guarded-connector.ts"),
    ]);
    return createGetter(createGuardedConnector({ resolver, privateDestinations, timeoutMillis }));
  };
  closers.add(async () => (await opening)?.close());
  return async (url) => {
    opening ??= open();
    return (await opening).get(url);
  };
}

async function knownTracked(database: ServerServices["stores"]["database"]): Promise<Tracked> {
  const tracked = createTracked();
  for (const { scope, configurationSet, type } of await selectMirrorTypes(database)) {
    tracked.saw(scope, configurationSet, type);
  }
  return tracked;
}
