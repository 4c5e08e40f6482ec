/** Asks a real account for its identities, configuration sets and templates. Nothing is changed there. */
import type { SESv2 } from "@aws-sdk/client-sesv2";
import type { MirrorResourceKind } from "../../admin-api/mirror-resources.ts";
import type { PacedCalls } from "./paced-calls.ts";
import { configurationSetFacts, identityFacts, type ResourceFacts, templateFacts } from "./resource-facts.ts";

/** What asks an account. */
export interface Asking {
  readonly ses: SESv2;
  readonly calls: PacedCalls;
  readonly stopping: AbortSignal;
}

/** What SES answered, without the SDK's metadata, and what is needed of it. */
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

/** The most of a page, as SES documents them. */
const [longPage, shortPage] = [1_000, 100];
/** Names are shorter in SES, and there are fewer. An endpoint that isn't SES must not fill the database. */
const longestName = 320;
const mostPages = 500;

/** The pages of names. Throws what the SDK throws, and for an endpoint whose list does not end. */
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
 * The details of one.
 * @returns undefined if it is no longer there
 * @throws what the SDK throws
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
