/**
 * SendBulkEmail: one template for many messages. An error in a shared part (account, template, sender, configuration
 * set) fails the request; an error in one entry fails that entry, and the others are sent.
 */
import type {
  BulkEmailEntry,
  BulkEmailEntryResult,
  BulkEmailStatus,
  MessageHeader,
  MessageTag,
  Template,
} from "@aws-sdk/client-sesv2";
import { type ErrorCode, ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler, Input } from "../../contract/types.ts";
import type { GivenContent } from "../../events/given-content.ts";
import { ConnectionBreak } from "../../faults/injected.ts";
import { type AddressRules, mailboxOf, parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";
import { type JsonObject, mergeTemplateData } from "../../mail/template/template-data.ts";
import type { Account } from "../../stores/postgres/account.ts";
import { refuseEndpoint } from "../multi-region-endpoints/refuse-endpoint.ts";
import { acceptMessage } from "./accept-message.ts";
import { checkSender } from "./envelope.ts";
import { messageTags } from "./message-tags.ts";
import type { Intake } from "./send-email.ts";
import { findSender, type Sender } from "./sender.ts";
import type { SendingServices } from "./sending-services.ts";
import {
  type FoundTemplate,
  findTemplate,
  prepareTemplated,
  type TemplatedMessage,
  templateData,
} from "./templated-message.ts";
import { checkTenantAccess } from "./tenant-access.ts";

/** SES's quota for a call. */
const MAX_ENTRIES = 50;

/**
 * Messages are written and committed in batches up to this many bytes, because attachments are repeated for each entry.
 */
const WAVE_BYTES = 32 * 1024 * 1024;

/** SendBulkEmail: returns once all sendable messages are committed, with a result for each entry, in order. */
export function sendBulkEmail(services: SendingServices): Handler<"SendBulkEmail"> {
  return async (input, context) => {
    refuseEndpoint(input);
    return { BulkEmailEntryResults: await sendBulk(services, input, v2, context) };
  };
}

const v2: Intake = { operation: "SendBulkEmail" };

/**
 * Sends the messages of a bulk request of one of the APIs; resolves to a result for each entry, in order, once all
 * sendable messages are committed.
 * @throws ServiceError if SES would refuse the whole request.
 */
export async function sendBulk(
  services: SendingServices,
  input: Input<"SendBulkEmail">,
  intake: Intake,
  context: CallContext,
): Promise<BulkEmailEntryResult[]> {
  const account = await services.settings.checkAccount();
  const entries = input.BulkEmailEntries ?? [];
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    throw errors.bulkEntries(intake.operation === "SendBulkEmail" ? "BulkEmailEntries" : "Destinations", MAX_ENTRIES);
  }
  const given = input.DefaultContent?.Template;
  if (given === undefined) throw errors.bulkTemplateMissing();
  const from = checkSender(input, services.addressRules);
  messageTags(input.DefaultEmailTags, undefined);
  const data = templateData(given.TemplateData);
  const template = await findTemplate(services, given);
  const { tenantName, configurationSetName } = from;
  if (tenantName !== undefined) {
    const used = { tenantName, from: from.fromHeader, configurationSetName, template: template.name || undefined };
    await checkTenantAccess(services, used);
  }
  const recipients = () => allRecipients(entries, services.addressRules);
  const sender = await findSender(services, from, { action: "ses:SendBulkEmail", context, recipients });
  const common = { input, given, data, template, sender, account, intake, context };
  return sendEntries(services, common, entries);
}

/** The recipients of all entries, for policies: a call is permitted or denied as a whole. */
function allRecipients(entries: readonly BulkEmailEntry[], rules: AddressRules): string[] {
  const given = entries.flatMap(({ Destination: { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = {} }) => [
    ...ToAddresses,
    ...CcAddresses,
    ...BccAddresses,
  ]);
  return given.map((text) => {
    try {
      return mailboxOf(parseAddress(text, rules));
    } catch (error) {
      // The entry will fail.
      if (error instanceof MailError) return text;
      throw error;
    }
  });
}

/** The parts that all messages of a call share. */
interface Common {
  input: Input<"SendBulkEmail">;
  given: Template;
  data: JsonObject;
  template: FoundTemplate;
  sender: Sender;
  account: Account;
  intake: Intake;
  context: CallContext;
}

async function sendEntries(
  services: SendingServices,
  common: Common,
  entries: readonly BulkEmailEntry[],
): Promise<BulkEmailEntryResult[]> {
  const results: Promise<BulkEmailEntryResult>[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const prepared = prepareEntry(services, common, entry);
    if (prepared instanceof ServiceError) {
      results.push(Promise.resolve({ Status: "INVALID_PARAMETER", Error: prepared.text ?? prepared.code }));
      continue;
    }
    bytes += prepared.message.size;
    if (bytes > WAVE_BYTES) {
      await Promise.all(results);
      bytes = prepared.message.size;
    }
    results.push(sendEntry(services, common, prepared, entry));
  }
  return Promise.all(results);
}

function prepareEntry(
  { addressRules }: SendingServices,
  common: Common,
  entry: BulkEmailEntry,
): TemplatedMessage | ServiceError {
  const { input, given, template, intake } = common;
  try {
    const replacement = templateData(entry.ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData);
    return prepareTemplated(
      {
        Content: undefined,
        FromEmailAddress: input.FromEmailAddress,
        ReplyToAddresses: input.ReplyToAddresses,
        FeedbackForwardingEmailAddress: input.FeedbackForwardingEmailAddress,
        ConfigurationSetName: input.ConfigurationSetName,
        TenantName: input.TenantName,
        ConfigurationOverrides: input.ConfigurationOverrides,
        Destination: entry.Destination,
        EmailTags: replaceTags(input.DefaultEmailTags, entry.ReplacementTags),
      },
      template,
      mergeTemplateData(common.data, replacement),
      {
        Headers: replaceHeaders(given.Headers, entry.ReplacementHeaders),
        Attachments: given.Attachments,
        preparation: { addressRules, addsFrom: false, maxBytes: intake.maxBytes },
      },
    );
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

async function sendEntry(
  services: SendingServices,
  common: Common,
  { message, failure }: TemplatedMessage,
  entry: BulkEmailEntry,
): Promise<BulkEmailEntryResult> {
  const { sender, account, intake, context } = common;
  try {
    const tracking = await services.tracking(message, sender);
    const { operation } = intake;
    const given = services.recordsGiven ? givenBy(common, entry) : undefined;
    const accepted = { message, failure, sender, account, tracking, operation, context, given };
    return { Status: "SUCCESS", MessageId: await acceptMessage(services, accepted) };
  } catch (error) {
    if (error instanceof ConnectionBreak) throw error;
    if (error instanceof ServiceError) return { Status: limitStatus[error.code] ?? "FAILED", Error: error.text };
    // Other entries may be committed. An error for the whole call would make the client send them again.
    services.failed(error, context.requestId);
    return { Status: "TRANSIENT_FAILURE", Error: errors.internal().text };
  }
}

function givenBy({ data }: Common, { ReplacementEmailContent }: BulkEmailEntry): GivenContent {
  const replacement = templateData(ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData);
  return { template: { data: JSON.stringify(mergeTemplateData(data, replacement)) } };
}

/** The status of an entry that exceeds the account's limits: see `sending-limits.ts`. */
const limitStatus: Partial<Record<ErrorCode, BulkEmailStatus>> = {
  TooManyRequestsException: "ACCOUNT_THROTTLED",
  LimitExceededException: "ACCOUNT_DAILY_QUOTA_EXCEEDED",
};

/** An entry's tags replace default tags with the same names. */
function replaceTags(defaults: readonly MessageTag[] = [], replacements: readonly MessageTag[] = []): MessageTag[] {
  const replaced = new Set(replacements.map(({ Name }) => Name));
  return [...defaults.filter(({ Name }) => !replaced.has(Name)), ...replacements];
}

/** An entry's headers replace the template's headers with the same names, ignoring case. */
function replaceHeaders(
  defaults: readonly MessageHeader[] = [],
  replacements: readonly MessageHeader[] = [],
): MessageHeader[] {
  const replaced = new Set(replacements.map(({ Name }) => Name?.toLowerCase()));
  return [...defaults.filter(({ Name }) => !replaced.has(Name?.toLowerCase())), ...replacements];
}
