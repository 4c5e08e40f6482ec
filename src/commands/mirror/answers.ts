/** What the command reads of the answers of the admin API; `src/admin-api/mirror.ts` describes all of it. */
import {
  array,
  boolean,
  type InferOutput,
  nullable,
  number,
  object,
  optional,
  picklist,
  record,
  string,
  unknown,
} from "valibot";
import { setupKinds } from "../../mirror/setup/setup-input.ts";

const typeSeen = object({
  type: string(),
  events: number(),
  lastAt: string(),
  configurationSets: array(object({ name: nullable(string()) })),
});

const checklist = object({
  confirmed: optional(boolean()),
  confirmedAt: optional(string()),
  validatedAt: optional(string()),
  receivedAt: optional(string()),
  eventAt: optional(string()),
  secondsSinceEvent: optional(number()),
  types: array(typeSeen),
  typesNeverSeen: array(string()),
});

const fileTotals = object({
  found: number(),
  read: number(),
  failed: number(),
  bytes: number(),
  bytesRead: number(),
  events: number(),
  eventsPerSecond: number(),
  secondsLeft: optional(number()),
});

export const shownSource = object({
  id: string(),
  name: string(),
  kind: picklist(setupKinds),
  accounts: array(string()),
  region: string(),
  settings: record(string(), unknown()),
  suppresses: boolean(),
  silenceSeconds: nullable(number()),
  url: optional(string()),
  urlProblem: optional(string()),
  status: string(),
  checklist,
  messagesWaiting: optional(number()),
  files: optional(fileTotals),
  recordsSetAside: number(),
  recordsDropped: number(),
  lastError: optional(object({ text: string(), at: string() })),
  /** Only of a creation or a change, if it is new. */
  secret: optional(string()),
  subscriptionUrl: optional(string()),
});

export type ShownSource = InferOutput<typeof shownSource>;

export const sourceList = object({ sources: array(shownSource) });

export const setAsidePage = object({
  records: array(
    object({
      id: number(),
      reason: string(),
      receivedAt: string(),
      times: number(),
      text: string(),
      truncated: boolean(),
    }),
  ),
  next: optional(number()),
});

export type SetAsideRecord = InferOutput<typeof setAsidePage>["records"][number];

export const failedFilePage = object({
  files: array(object({ key: string(), bytes: number(), error: string(), retryAt: optional(string()) })),
  next: optional(string()),
});

export type FailedFilePage = InferOutput<typeof failedFilePage>;

export const resourceOverview = object({
  pulled: boolean(),
  kinds: array(
    object({
      kind: string(),
      listedAt: optional(string()),
      error: optional(object({ text: string(), at: string() })),
      total: number(),
      waiting: number(),
      failed: number(),
    }),
  ),
  problems: array(object({ text: string(), count: number(), names: array(string()) })),
});

export type ResourceOverview = InferOutput<typeof resourceOverview>;

export const resourcePage = object({
  resources: array(
    object({
      name: string(),
      pulledAt: optional(string()),
      error: optional(string()),
      identity: optional(
        object({ verified: optional(boolean()), dkim: optional(string()), configurationSet: optional(string()) }),
      ),
      configurationSet: optional(
        object({
          eventDestinations: array(
            object({
              name: string(),
              enabled: boolean(),
              eventTypes: array(string()),
              to: optional(object({ arn: string() })),
            }),
          ),
        }),
      ),
      template: optional(object({ subject: optional(string()) })),
    }),
  ),
  next: optional(string()),
});

export type Resource = InferOutput<typeof resourcePage>["resources"][number];

export const resourceDetails = object({ details: optional(unknown()), error: optional(string()) });
