/** Finds the resource that an ARN names. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { changeTags, selectTags } from "../../stores/postgres/resource-tags.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { type AccountSettings, changeSettings, type SettingsOwner } from "../account/settings.ts";
import { taggableTypes } from "./taggable-types.ts";

export interface TagServices {
  readonly scope: Scope;
  readonly database: ScopedDatabase;
  readonly settings: AccountSettings;
}

/** A resource of the caller's account and region. */
export interface TaggedResource {
  readonly tags: Tag[];
  /** Whether the ARN has another region. SES finds the resource nevertheless, but not its tags. */
  readonly inOtherRegion: boolean;
  /** Changes its tags, in one transaction. Throws "not found" if it has been deleted meanwhile. */
  change(change: (tags: Tag[]) => Tag[]): Promise<void>;
}

/**
 * Partition and service are not checked, as in SES. A region may be empty, which is another region. An empty account is
 * another format in SES; here it is the caller's, because Terraform's AWS provider writes ARNs so if it has no STS to ask
 * (`skip_requesting_account_id`).
 */
const resourceArn = /^arn:[^:]+:[^:]+:(?<region>[^:]*):(?<account>[^:]*):(?<type>[^/:]+)\/(?<name>.+)$/s;

/**
 * Finds the resource with an ARN. Throws errors in SES's order: for another format, another account, an invalid name,
 * a missing resource.
 */
export async function findTaggedResource(services: TagServices, arn: string): Promise<TaggedResource> {
  const { scope, database, settings } = services;
  const { region, account = "", type = "", name = "" } = resourceArn.exec(arn)?.groups ?? {};
  const taggable = taggableTypes.get(type);
  if (!taggable?.names.test(name) || name.trim() === "") throw errors.resourceArnFormat();
  if (account !== "" && account !== scope.accountId) throw errors.resourceOfOtherAccount();
  const row = taggable.row(name);
  const tags = row && (await selectTags(database, row));
  if (!row || !tags) throw taggable.missing(name);
  return {
    tags,
    inOtherRegion: region !== scope.region,
    async change(change) {
      const changed = await throughCache(settings, taggable.cachedIn, () => changeTags(database, row, change));
      if (!changed) throw taggable.missing(name);
    },
  };
}

function throughCache<Result>(
  settings: AccountSettings,
  cachedIn: SettingsOwner | undefined,
  change: () => Promise<Result>,
): Promise<Result> {
  return cachedIn === undefined ? change() : changeSettings(settings, cachedIn, change);
}
