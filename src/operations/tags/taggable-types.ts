/** The types of resources that have tags, by the name of their type in ARNs: facts on other operations, section 7. */

import type { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { TaggedRow } from "../../stores/postgres/resource-tags.ts";
import type { SettingsOwner } from "../account/settings.ts";

export interface TaggableType {
  /** The names that an ARN may have; any other is an ARN of another format. */
  readonly names: RegExp;
  /** Where the tags of the resource with a name are; undefined if there can't be one. Throws for an invalid name. */
  row(name: string): TaggedRow | undefined;
  /** The error if there is none. */
  missing(name: string): ServiceError;
  /** The cached settings that have these tags; undefined if none have. */
  readonly cachedIn?: SettingsOwner;
}

const plain = /^[^/:]+$/;

/** Resources that Mailglass does not have. */
const none = () => undefined;

const notFound = (kind: string) => (name: string) => errors.taggedResourceNotFound(kind, name);

/**
 * Names of templates and local parts may contain `/` and `:` here. SES has no such names: unless the resource exists,
 * the answer is SES's.
 */
const notFoundByAnyName = (kind: string) => (name: string) =>
  plain.test(name) ? errors.taggedResourceNotFound(kind, name) : errors.resourceArnFormat();

export const taggableTypes: ReadonlyMap<string, TaggableType> = new Map<string, TaggableType>([
  [
    "configuration-set",
    {
      names: plain,
      row(name) {
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw errors.tagRequestInvalid();
        return { table: "configuration_sets", key: name };
      },
      missing: notFound("ConfigurationSet"),
      cachedIn: "configurationSets",
    },
  ],
  [
    "contact-list",
    { names: plain, row: (name) => ({ table: "contact_lists", key: name }), missing: notFound("ContactList") },
  ],
  [
    "custom-verification-email-template",
    {
      names: plain,
      row: (name) => ({ table: "custom_verification_templates", key: name }),
      missing: notFound("CustomVerificationEmailTemplate"),
    },
  ],
  [
    "dedicated-ip-pool",
    {
      names: plain,
      row: (name) => ({ table: "dedicated_ip_pools", key: name }),
      missing: notFound("DedicatedIpPool"),
    },
  ],
  [
    "deliverability-test-report",
    {
      names: plain,
      row: (id) => ({ table: "deliverability_tests", key: id }),
      missing: notFound("DeliverabilityTestReport"),
    },
  ],
  [
    "identity",
    {
      names: /./s,
      row(given) {
        const name = normalizeIdentityName(given)?.name;
        return name === undefined ? undefined : { table: "email_identities", key: name };
      },
      missing: notFoundByAnyName("EmailIdentity"),
      cachedIn: "identities",
    },
  ],
  ["multi-region-endpoint", { names: plain, row: none, missing: notFound("MultiRegionEndpoint") }],
  [
    "template",
    {
      names: /./s,
      row: (name) => ({ table: "email_templates", key: name }),
      missing: notFoundByAnyName("Template"),
    },
  ],
  // `tenant/<name>/<ID>`. SES finds a tenant by the ID alone; a single segment is the ID, and the name is null.
  [
    "tenant",
    {
      names: /^[^:]+$/,
      row: (name) => ({ table: "tenants", key: name.slice(name.indexOf("/") + 1) }),
      missing(name) {
        const slash = name.indexOf("/");
        return errors.taggedTenantNotFound(slash < 0 ? "null" : name.slice(0, slash), name.slice(slash + 1));
      },
    },
  ],
]);
