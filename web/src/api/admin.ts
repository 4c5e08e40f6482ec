/** The admin API: what SES has no operation for. Each function is one path of `docs/admin-api.md`; all reject with an `ApiError`. */

import type { Account, AccountList } from "../../../src/admin-api/accounts.ts";
import type { ExportCount } from "../../../src/admin-api/exports.ts";
import type { IdentityDns } from "../../../src/admin-api/identities.ts";
import type { ImportPreview, ImportPreviewQuery, UploadUrl } from "../../../src/admin-api/imports.ts";
import type { MessageContent, MessageDetails } from "../../../src/admin-api/message.ts";
import type {
  MessageCount,
  MessageFilters,
  MessagePage,
  MessageSearch,
} from "../../../src/admin-api/message-search.ts";
import type { Overview, OverviewQuery } from "../../../src/admin-api/overview.ts";
import type { SendQueue } from "../../../src/admin-api/queue.ts";
import type { TemplateDraft, TemplatePreview } from "../../../src/admin-api/templates.ts";
import type { Input } from "../../../src/contract/types.ts";
import { queryString } from "./query-string.ts";
import { request, requestJson } from "./request.ts";
import { scoped } from "./scope.ts";
import { bodyValue } from "./ses.ts";

const message = (id: string, what = "") => `/admin/messages/${encodeURIComponent(id)}${what}`;

/** A page of the messages that a search finds, newest first. */
export function searchMessages(search: MessageSearch, signal?: AbortSignal): Promise<MessagePage> {
  return requestJson("GET", `/admin/messages${queryString({ ...search })}`, { signal });
}

/** How many messages a search finds. */
export function countMessages(filters: MessageFilters, signal?: AbortSignal): Promise<MessageCount> {
  return requestJson("GET", `/admin/messages/count${queryString({ ...filters })}`, { signal });
}

/** A message with its recipients and all that happened to it. */
export function readMessage(id: string, signal?: AbortSignal): Promise<MessageDetails> {
  return requestJson("GET", message(id), { signal });
}

/** The text, headers and attachments of a message's mail. */
export function readMessageContent(id: string, signal?: AbortSignal): Promise<MessageContent> {
  return requestJson("GET", message(id, "/content"), { signal });
}

/** Where the HTML of a message's mail is, for the `src` of a sandboxed frame. */
export function messageHtmlUrl(id: string, remote: boolean): string {
  return scoped(message(id, `/html${queryString({ remote: remote ? 1 : 0 })}`));
}

/** Where the source of a message's mail is, as a recipient gets it. */
export function messageSourceUrl(id: string, recipient: string): string {
  return scoped(message(id, `/mail${queryString({ recipient })}`));
}

/** The source of a message's mail, as a recipient gets it. */
export async function readMessageSource(id: string, recipient: string, signal?: AbortSignal): Promise<string> {
  return (await request("GET", messageSourceUrl(id, recipient), { signal })).text();
}

/** Volumes and rates over time. */
export function readOverview(query: OverviewQuery, signal?: AbortSignal): Promise<Overview> {
  return requestJson("GET", `/admin/overview${queryString({ ...query })}`, { signal });
}

type ExportSource = NonNullable<NonNullable<Input<"CreateExportJob">["ExportDataSource"]>["MessageInsightsDataSource"]>;

/** How many messages an export of this data source would find. */
export function countExport(source: ExportSource, signal?: AbortSignal): Promise<ExportCount> {
  return requestJson("POST", "/admin/exports/count", { json: bodyValue(source), signal });
}

/** What an import would make of the beginning of a file, of at most 1 MiB. */
export function previewImport(
  beginning: Blob,
  query: ImportPreviewQuery,
  signal?: AbortSignal,
): Promise<ImportPreview> {
  return requestJson("POST", `/admin/imports/preview${queryString({ ...query })}`, { body: beginning, signal });
}

/** A URL for a file for an import to be put to: `s3://bucket/key`. */
export function createUpload(place: { bucket: string; key: string }): Promise<UploadUrl> {
  return requestJson("POST", "/admin/uploads", { json: place });
}

/** Stops an import job; what it has taken already stays. */
export async function cancelImport(jobId: string): Promise<void> {
  await request("POST", `/admin/import-jobs/${encodeURIComponent(jobId)}/cancel`);
}

/** A template that is being written, filled with data. */
export function previewTemplate(draft: TemplateDraft, signal?: AbortSignal): Promise<TemplatePreview> {
  return requestJson("POST", "/admin/templates/preview", { json: draft, signal });
}

/** The `src` of a sandboxed frame that shows the HTML sent to it by `postMessage`. */
export const previewFrameUrl = scoped("/admin/templates/preview-frame");

/** What waits to be delivered. */
export function readQueue(signal?: AbortSignal): Promise<SendQueue> {
  return requestJson("GET", "/admin/queue", { signal });
}

/** Where a list is as a file: the suppression list of the account or of a tenant, or the contacts of a list. */
export function listUrl(list: { tenant?: string | undefined } | { contacts: string }, format: "csv" | "json"): string {
  if ("contacts" in list) return scoped(`/admin/lists/contacts/${encodeURIComponent(list.contacts)}?format=${format}`);
  return scoped(`/admin/lists/suppression${queryString({ tenant: list.tenant, format })}`);
}

/** All accounts, the default one first. For operators. */
export function readAccounts(signal?: AbortSignal): Promise<AccountList> {
  return requestJson("GET", "/admin/accounts", { signal });
}

/** Creates an account, with a random ID unless it has one. */
export function createAccount(account: { id?: string | undefined; name: string }): Promise<Account> {
  return requestJson("POST", "/admin/accounts", { json: account });
}

/** Deletes an account that has nothing. */
export async function deleteAccount(id: string): Promise<void> {
  await request("DELETE", `/admin/accounts/${encodeURIComponent(id)}`);
}

/** The DNS records of an identity, and how they stand. */
export function readIdentityDns(identity: string, signal?: AbortSignal): Promise<IdentityDns> {
  return requestJson("GET", identityDnsUrl(identity), { signal });
}

/** Where the same is as lines for a zone file. */
export function identityZoneUrl(identity: string): string {
  return scoped(`${identityDnsUrl(identity)}?format=zone`);
}

const identityDnsUrl = (identity: string) => `/admin/identities/${encodeURIComponent(identity)}/dns`;

/** Looks for the records that verify an identity at once, and resolves when that is done. */
export async function checkIdentity(identity: string): Promise<void> {
  await request("POST", `/admin/identities/${encodeURIComponent(identity)}/check`);
}
