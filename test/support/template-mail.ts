/** Sending from templates on a database of its own, without a server: what is committed is read from the outbox. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import PostalMime, { type Email } from "postal-mime";
import { createOutbox } from "../../src/events/outbox.ts";
import { decodeEvents } from "../../src/events/record.ts";
import { createAccountSettings } from "../../src/operations/account/settings.ts";
import {
  type AuthorizationServices,
  createSenderAuthorization,
} from "../../src/operations/sending/authorize-sender.ts";
import { createListManagement } from "../../src/operations/sending/list-management.ts";
import { createSendingLimits } from "../../src/operations/sending/sending-limits.ts";
import type { SendingServices } from "../../src/operations/sending/sending-services.ts";
import { createTrackingChooser } from "../../src/operations/sending/tracking-choice.ts";
import { createEmailTemplate } from "../../src/operations/templates/create-email-template.ts";
import { createTemplateCache } from "../../src/operations/templates/template-cache.ts";
import { createSubscriptionLinks } from "../../src/recipients/subscriptions/subscription-links.ts";
import type { EventRow } from "../../src/stores/clickhouse/events.ts";
import { openFolder } from "../../src/stores/objects/folder.ts";
import type { ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { oldestOutboxRows } from "../../src/stores/postgres/outbox.ts";
import type { Scope } from "../../src/stores/postgres/scopes.ts";
import { noAddressEvaluator } from "./no-address-evaluator.ts";
import { callContext } from "./operation-call.ts";
import { recordingLog } from "./recording-log.ts";
import { suppressNothing } from "./suppression-rules.ts";

/** The templates that are there from the start. */
const stored = {
  welcome: { Subject: "Hi {{name}}", Text: "{{name}} likes {{animal}}", Html: "<p>{{name}}" },
  "subject-only": { Subject: "Hi" },
  "no-html": { Text: "Hi", Html: "" },
};

/** What the tests send with, and what came of it. */
export interface TemplateMail {
  /** The unexpected errors of bulk entries, with the ID of their request. */
  readonly failures: readonly [error: unknown, requestId: string][];
  /** Lines of errors in the log. */
  readonly logged: readonly string[];
  readonly services: SendingServices;
  /** The events of each commit since `forget`. */
  commits(): Promise<EventRow[][]>;
  eventsOf(messageId: string | undefined): Promise<EventRow[]>;
  /** The message as it was written; fails where none was. */
  mailOf(messageId: string | undefined): Promise<Email>;
  forget(): Promise<void>;
  /** Closes the database, too, unless another one on the same database is still open. */
  close(options?: { keepDatabase: boolean }): Promise<void>;
}

export interface TemplateMailOptions {
  as?: Scope;
  /** The settings of other accounts. */
  settingsOfAccount?: AuthorizationServices["settingsOfAccount"];
}

/** Opens it; closes the database with it. `as` is the sending account, by default the default one in `us-east-1`. */
export async function openTemplateMail(
  database: ScopedDatabase,
  { as, settingsOfAccount = async () => undefined }: TemplateMailOptions = {},
): Promise<TemplateMail> {
  const context = callContext();
  const clock = () => context.now;
  const folder = await mkdtemp(join(tmpdir(), "mailglass-templates-"));
  const objects = await openFolder(folder, { sync: false });
  const outbox = createOutbox({
    database,
    objects,
    suppressionRules: suppressNothing,
    interest: async () => undefined,
    clock,
    committed: () => {},
  });
  const scope = { id: database.scope, accountId: "000000000000", region: "us-east-1", ...as };
  const { log, logged } = recordingLog("error");
  const settings = createAccountSettings({ database, clock });
  const templates = createTemplateCache({ database, clock });
  const links = createSubscriptionLinks(Buffer.from("a key"), () => "https://mail.example.com");
  const lists = createListManagement({ database, links, clock });
  for (const [TemplateName, TemplateContent] of Object.entries(stored)) {
    await createEmailTemplate({ database, templates })({ TemplateName, TemplateContent }, context);
  }
  const commits = async () => {
    const rows = await oldestOutboxRows(database, 10_000);
    return rows.map(({ payload }) => decodeEvents(zstdDecompressSync(payload).toString()));
  };
  const eventsOf = async (id: string | undefined) =>
    (await commits()).flat().filter((event) => event.message_id === id);
  const failures: [error: unknown, requestId: string][] = [];
  return {
    services: {
      outbox,
      settings,
      addresses: noAddressEvaluator,
      templates,
      lists,
      authorize: createSenderAuthorization({
        ...{ scope, settings, settingsOfAccount, verification: "off", log },
      }),
      tracking: createTrackingChooser(settings, () => "https://mail.example.com"),
      clock,
      scope,
      trackable: () => ({ opens: false, clicks: false }),
      limits: createSendingLimits({ database, clock }, { perSecond: 0, perDay: 0 }),
      delivery: { mode: "capture", maxSeconds: 3600, hostname: "mail.example.com" },
      addressRules: { unicodeDomains: "refuse" },
      recordsGiven: false,
      failed: (error, requestId) => failures.push([error, requestId]),
    },
    failures,
    logged,
    commits,
    eventsOf,
    async mailOf(id) {
      const [sent] = await eventsOf(id);
      if (!sent?.object_key) throw new Error("The message has no mail");
      const range = { offset: Number(sent.object_offset), length: Number(sent.object_length) };
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await objects.read(sent.object_key, range)) ?? []) chunks.push(chunk);
      return PostalMime.parse(Buffer.concat(chunks));
    },
    async forget() {
      await database.query("DELETE FROM outbox");
    },
    async close({ keepDatabase } = { keepDatabase: false }) {
      await outbox.idle();
      await objects.close();
      if (!keepDatabase) await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
