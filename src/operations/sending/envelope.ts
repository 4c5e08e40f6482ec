/**
 * Converts the input of SendEmail to a checked message that is ready to be written. Reads only the input; the caller
 * makes the checks that need a store (identities, configuration sets, suppression, quotas). Order of checks, as
 * observed in SES where known: kind of content; sender; syntax of addresses (sender, To, Cc, Bcc, feedback address,
 * Reply-To); recipients; tags; content; size. Templates are rendered before this step (see templated-message.ts) and
 * arrive as Simple content.
 */
import type { Attachment as GivenAttachment, Message as SimpleContent } from "@aws-sdk/client-sesv2";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import type { Address, AddressRules } from "../../mail/address.ts";
import type { Attachment } from "../../mail/attachment.ts";
import { composeMessage, type MessageContent } from "../../mail/compose.ts";
import { hasTestVirus } from "../../mail/content-scan.ts";
import { MailError, RejectedContentError } from "../../mail/mail-error.ts";
import type { Stamp } from "../../mail/message-stamp.ts";
import { readRawMessage } from "../../mail/raw-message.ts";
import { checkTenantName } from "../tenants/tenant-name.ts";
import {
  fromHeaderAddresses,
  givenDestination,
  givenFeedbackAddress,
  givenReplyTo,
  givenSender,
  givenText,
  type SenderInput,
} from "./given-addresses.ts";
import { givenIdentityArns, type IdentityArns, rawIdentityArns } from "./identity-arn.ts";
import { type MessageTags, messageTags } from "./message-tags.ts";
import { envelopeRecipients, type Recipient } from "./recipients.ts";
import type { TenantMail } from "./tenant-mail.ts";

/** The contact list named by a message. */
export interface ListManagement {
  readonly contactListName: string;
  readonly topicName: string | undefined;
}

/** A message whose input is valid. */
export interface PreparedMessage {
  /** The sender: FromEmailAddress, else the first address of a raw message's From. */
  readonly from: Address;
  /** The addresses in the message's From header; SES requires a verified identity for each. */
  readonly fromHeader: readonly Address[];
  /** Where bounces and complaints go; undefined for `from`. */
  readonly feedbackAddress: Address | undefined;
  readonly replyTo: readonly Address[];
  /** At least one, without duplicates, To before Cc before Bcc. */
  readonly recipients: readonly Recipient[];
  /** Decoded; undefined if there is none. */
  readonly subject: string | undefined;
  /** The stored template that the message was made from. */
  readonly templateName?: string | undefined;
  /** The sender's own tags; SES's (`ses:...`) are added when the message is accepted. */
  readonly tags: MessageTags;
  /** From the API or, in a raw message, the header. Undefined for the identity's default. */
  readonly configurationSetName: string | undefined;
  readonly tenantName: string | undefined;
  readonly listManagement: ListManagement | undefined;
  readonly identityArns: IdentityArns;
  /** The request's options for open and click tracking, which override those of the configuration set. */
  readonly tracking: NonNullable<Input<"SendEmail">["ConfigurationOverrides"]>["Tracking"];
  readonly hasHtml: boolean;
  /** Whether SES accepts this content and then rejects it, with the reason `Bad content`. */
  readonly badContent: boolean;
  /** In bytes, without Message-ID and Date. */
  readonly size: number;
  /** Writes the whole message; `unsubscribeUrl` is the recipient's unsubscribe link in mail of a contact list. */
  write(stamp: Stamp, unsubscribeUrl?: string): Buffer;
}

/** SES's quota for a message, "after base64 encoding": 40 MB. */
const maxMessageBytes = 40 * 1024 * 1024;
/** Our own limit in UTF-16 units: SES's is unknown. A mail server may refuse a longer header field. */
const maxSubject = 16 * 1024;

/** How a message is prepared. */
export interface Preparation {
  readonly addressRules: AddressRules;
  /** Whether a raw message without From gets one from FromEmailAddress, as in the API but not over SMTP. */
  readonly addsFrom: boolean;
  /** The longest message, in bytes; 40 MB by default. */
  readonly maxBytes?: number | undefined;
}

/**
 * Prepares a message of Simple or Raw content.
 * @throws ServiceError if SES would refuse the input.
 */
export function prepare(input: Input<"SendEmail">, preparation: Preparation): PreparedMessage {
  return refusing(() => {
    const { Simple, Raw, Template } = oneContent(input);
    if (Template !== undefined) throw new TypeError("A template must be rendered before the message is prepared");
    const prepared =
      Simple !== undefined
        ? prepareSimple(input, Simple, preparation.addressRules)
        : prepareRaw(input, Raw?.Data ?? new Uint8Array(), preparation);
    checkSize(prepared.size, preparation);
    return prepared;
  });
}

/**
 * The tenant that a request names, and what it sends with; undefined without one. SES looks for the tenant before it
 * checks the recipients and the content, but after the kind of content and the sender. What a raw message is sent with
 * is only known when it has been read.
 * @throws ServiceError if SES would refuse the input.
 */
export function tenantOfRequest(input: Input<"SendEmail">, rules: AddressRules): TenantMail | undefined {
  if (input.TenantName === undefined) return undefined;
  return refusing(() => {
    const { Simple, Raw } = oneContent(input);
    const from = givenSender(input, rules);
    if (Simple !== undefined && from === undefined) throw errors.fromMissing();
    const { tenantName = "", configurationSetName } = fromInput(input);
    if (Raw !== undefined) return { tenantName, from: [], configurationSetName: undefined };
    return { tenantName, from: from ? [from] : [], configurationSetName };
  });
}

/** The content of a request, of one kind. */
function oneContent({ Content = {} }: Input<"SendEmail">): NonNullable<Input<"SendEmail">["Content"]> {
  const { Simple, Raw, Template } = Content;
  if (Number(Simple !== undefined) + Number(Raw !== undefined) + Number(Template !== undefined) !== 1) {
    throw errors.oneContent();
  }
  return Content;
}

/**
 * Checks what all messages of a SendBulkEmail share: the sender, Reply-To and feedback addresses.
 * @throws ServiceError if SES would refuse the input.
 */
export function checkSender(
  input: SenderInput & Pick<Input<"SendEmail">, "TenantName">,
  rules: AddressRules,
): SenderOfMessage & Pick<PreparedMessage, "tenantName"> {
  const from = ofBulk(input.FromEmailAddress, () => givenSender(input, rules));
  if (from === undefined) throw errors.fromMissing();
  const feedbackAddress = ofBulk(input.FeedbackForwardingEmailAddress, () => givenFeedbackAddress(input, rules));
  refusing(() => givenReplyTo(input, rules));
  const configurationSetName = givenText(input.ConfigurationSetName);
  const named = {
    configurationSetName,
    identityArns: givenIdentityArns(input),
    tenantName: givenTenant(input.TenantName),
  };
  return { from, fromHeader: [from], feedbackAddress, ...named };
}

/** The part of a message that its sender is found with. */
export type SenderOfMessage = Pick<
  PreparedMessage,
  "from" | "fromHeader" | "feedbackAddress" | "configurationSetName" | "identityArns"
>;

/** SES has one text for a malformed address of a whole bulk request. */
function ofBulk<Result>(address: string | undefined, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof MailError || error instanceof ServiceError) throw errors.bulkAddressInvalid(address ?? "");
    throw error;
  }
}

function checkSize(bytes: number, { maxBytes = maxMessageBytes }: Preparation): void {
  if (bytes > maxBytes) throw errors.messageTooLong(maxBytes, bytes);
}

/** Converts errors of src/mail to errors for the client. */
function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RejectedContentError) throw errors.contentRejected(error.message);
    if (error instanceof MailError) throw errors.messageRefused(error.message);
    throw error;
  }
}

function prepareSimple(input: Input<"SendEmail">, simple: SimpleContent, rules: AddressRules): PreparedMessage {
  const from = givenSender(input, rules);
  // SES gives no text for this error.
  if (from === undefined) throw errors.fromMissing();
  const destination = givenDestination(input, rules);
  const feedbackAddress = givenFeedbackAddress(input, rules);
  const replyTo = givenReplyTo(input, rules);
  const recipients = envelopeRecipients(destination);
  const headers = simple.Headers?.map(({ Name, Value }) => ({ name: Name ?? "", value: Value ?? "" })) ?? [];
  const tags = messageTags(input.EmailTags, undefined);
  const subject = simple.Subject?.Data ?? "";
  if (subject.length > maxSubject) throw errors.subjectTooLong(maxSubject);
  const { Text, Html } = simple.Body ?? {};
  if (Text === undefined && Html === undefined) throw errors.bodyMissing();
  const content: MessageContent = {
    from,
    to: destination.to,
    cc: destination.cc,
    replyTo,
    subject: { data: subject, charset: simple.Subject?.Charset },
    text: Text && { data: Text.Data ?? "", charset: Text.Charset },
    html: Html && { data: Html.Data ?? "", charset: Html.Charset },
    headers,
    attachments: simple.Attachments?.map(attachment) ?? [],
  };
  const message = composeMessage(content);
  return {
    ...fromInput(input),
    from,
    fromHeader: [from],
    feedbackAddress,
    replyTo,
    recipients,
    subject: subject === "" ? undefined : subject,
    tags,
    hasHtml: content.html !== undefined,
    badContent: hasTestVirus(scanned(content)),
    size: message.size,
    write: message.write,
  };
}

function prepareRaw(input: Input<"SendEmail">, data: Uint8Array, preparation: Preparation): PreparedMessage {
  const { addressRules: rules, addsFrom } = preparation;
  const given = givenSender(input, rules);
  const ofInput = givenDestination(input, rules);
  const feedbackAddress = givenFeedbackAddress(input, rules);
  // Checked but not used: a raw message keeps its own Reply-To.
  givenReplyTo(input, rules);
  // Check the size first: there is no point in parsing a message that is too long.
  checkSize(data.length, preparation);
  const raw = readRawMessage(data, { sender: addsFrom ? given : undefined, addressRules: rules });
  const fromHeader = fromHeaderAddresses(raw.from, rules);
  const [first] = fromHeader;
  if (first === undefined) throw errors.fromHeaderInvalid();
  const own = ofInput.to.length + ofInput.cc.length + ofInput.bcc.length === 0;
  const recipients = envelopeRecipients(own ? raw : ofInput);
  const named = fromInput(input);
  const ses = raw.sesFields;
  return {
    ...named,
    configurationSetName: named.configurationSetName ?? givenText(ses.get("x-ses-configuration-set")),
    tenantName: named.tenantName ?? givenTenant(ses.get("x-ses-tenant")),
    listManagement: named.listManagement ?? listManagement(ses.get("x-ses-list-management-options")),
    identityArns: rawIdentityArns(named.identityArns, ses),
    from: given ?? first,
    fromHeader,
    // The message's own Return-Path takes precedence over the parameter.
    feedbackAddress: raw.returnPath ?? feedbackAddress,
    replyTo: raw.replyTo,
    recipients,
    subject: raw.subject,
    tags: messageTags(input.EmailTags, ses.get("x-ses-message-tags")),
    hasHtml: raw.hasHtml,
    badContent: raw.hasTestVirus,
    size: raw.size,
    write: raw.write,
  };
}

/** The members shared by all kinds of content. */
function fromInput(input: Input<"SendEmail">) {
  const list = input.ListManagementOptions;
  return {
    configurationSetName: givenText(input.ConfigurationSetName),
    tenantName: givenTenant(input.TenantName),
    listManagement: list && { contactListName: list.ContactListName ?? "", topicName: list.TopicName },
    identityArns: givenIdentityArns(input),
    tracking: input.ConfigurationOverrides?.Tracking,
  };
}

/** The name of a tenant; undefined if none is given. A blank one is refused: the mail is meant for a tenant. */
function givenTenant(given: string | undefined): string | undefined {
  return given === undefined ? undefined : checkTenantName(given.trim());
}

/** Parses X-SES-LIST-MANAGEMENT-OPTIONS: `list` or `list; topic=topic`. */
function listManagement(header: string | undefined): ListManagement | undefined {
  if (header === undefined) return undefined;
  const match = /^([^;=\s]+)\s*(?:;\s*topic\s*=\s*([^;=\s]+)\s*)?;?$/.exec(header);
  if (match?.[1] === undefined) throw errors.sesHeader("X-SES-LIST-MANAGEMENT-OPTIONS");
  return { contactListName: match[1], topicName: match[2] };
}

const dispositions = { ATTACHMENT: "attachment", INLINE: "inline" } as const;
const transferEncodings = { BASE64: "base64", QUOTED_PRINTABLE: "quoted-printable", SEVEN_BIT: "7bit" } as const;

function attachment(given: GivenAttachment): Attachment {
  return {
    fileName: given.FileName ?? "",
    content: given.RawContent ?? new Uint8Array(),
    contentType: given.ContentType,
    disposition: given.ContentDisposition && dispositions[given.ContentDisposition],
    contentId: given.ContentId,
    description: given.ContentDescription,
    transferEncoding: given.ContentTransferEncoding && transferEncodings[given.ContentTransferEncoding],
  };
}

function scanned({ subject, text: plain, html, headers, attachments }: MessageContent): (string | Uint8Array)[] {
  return [
    subject.data,
    plain?.data ?? "",
    html?.data ?? "",
    ...headers.map((header) => header.value),
    ...attachments.map((one) => one.content),
  ];
}
