/** Reads a real account's identities, configuration sets and templates. Only makes read calls. */
import type { SESv2 } from "@aws-sdk/client-sesv2";
import type { MirrorResourceKind } from "../../admin-api/mirror-resources.ts";
import type { PacedCalls } from "./paced-calls.ts";
import { configurationSetFacts, identityFacts, type ResourceFacts, templateFacts } from "./resource-facts.ts";

export interface Asking {
  readonly ses: SESv2;
  readonly calls: PacedCalls;
  readonly stopping: AbortSignal;
}

/** SES's response without the SDK's metadata, and the facts taken from it. */
export interface AskedDetails {
  readonly details: object;
  readonly facts: ResourceFacts;
}

interface Page {
  readonly names: readonly (string | undefined)[];
  readonly next: string | undefined;
}

interface AskedKind {
  list(asking: Asking, token: string | undefined): Promise<Page>;
  get(asking: Asking, name: string): Promise<AskedDetails>;
}

/** SES's maximum page sizes. */
const [longPage, shortPage] = [1_000, 100];
/** SES's names and lists are shorter. These limits keep another endpoint from filling the database. */
const longestName = 320;
const mostPages = 500;

/** Lists names in pages. Throws the SDK's errors, and an Error if the list has too many pages. */
export async function* listResources(kind: MirrorResourceKind, asking: Asking): AsyncGenerator<string[]> {
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { names, next } = await asked[kind].list(asking, token);
    yield names.filter((name) => name !== undefined).filter(isName);
    if (!next) return;
    token = next;
  }
  throw new Error(`the list has more than ${mostPages} pages`);
}

/**
 * Reads the details of a resource.
 * @returns undefined if it no longer exists
 * @throws the SDK's errors
 */
export async function askResource(
  kind: MirrorResourceKind,
  asking: Asking,
  name: string,
): Promise<AskedDetails | undefined> {
  try {
    return await asked[kind].get(asking, name);
  } catch (error) {
    if (error instanceof Error && error.name === "NotFoundException") return undefined;
    throw error;
  }
}

const asked: Readonly<Record<MirrorResourceKind, AskedKind>> = {
  "configuration-sets": {
    async list({ ses, calls, stopping }, NextToken) {
      const input = { PageSize: longPage, NextToken };
      const page = await calls.call(ses, (options) => ses.listConfigurationSets(input, options), stopping);
      return { names: page.ConfigurationSets ?? [], next: page.NextToken };
    },
    async get({ ses, calls, stopping }, ConfigurationSetName) {
      const input = { ConfigurationSetName };
      const { $metadata: _, ...set } = await calls.call(
        ses,
        (options) => ses.getConfigurationSet(input, options),
        stopping,
      );
      const { EventDestinations = [] } = await calls.call(
        ses,
        (options) => ses.getConfigurationSetEventDestinations(input, options),
        stopping,
      );
      return { details: { ...set, EventDestinations }, facts: configurationSetFacts(set, EventDestinations) };
    },
  },
  identities: {
    async list({ ses, calls, stopping }, NextToken) {
      const input = { PageSize: longPage, NextToken };
      const page = await calls.call(ses, (options) => ses.listEmailIdentities(input, options), stopping);
      return { names: (page.EmailIdentities ?? []).map(({ IdentityName }) => IdentityName), next: page.NextToken };
    },
    async get({ ses, calls, stopping }, EmailIdentity) {
      const call = calls.call(ses, (options) => ses.getEmailIdentity({ EmailIdentity }, options), stopping);
      const { $metadata: _, ...details } = await call;
      return { details, facts: identityFacts(details) };
    },
  },
  templates: {
    async list({ ses, calls, stopping }, NextToken) {
      const input = { PageSize: shortPage, NextToken };
      const page = await calls.call(ses, (options) => ses.listEmailTemplates(input, options), stopping);
      return { names: (page.TemplatesMetadata ?? []).map(({ TemplateName }) => TemplateName), next: page.NextToken };
    },
    async get({ ses, calls, stopping }, TemplateName) {
      const call = calls.call(ses, (options) => ses.getEmailTemplate({ TemplateName }, options), stopping);
      const { $metadata: _, ...details } = await call;
      return { details, facts: templateFacts(details) };
    },
  },
};

function isName(name: string): boolean {
  return name !== "" && name.length <= longestName && !name.includes("\0") && name.isWellFormed();
}
