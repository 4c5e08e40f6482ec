/**
 * Converts the input of SendEmail to a checked message that is ready to be written. Reads only the input; the caller
 * makes the checks that need a store (identities, configuration sets, suppression, quotas). Order of checks, as
 * observed in SES where known: kind of content; sender; syntax of addresses (sender, To, Cc, Bcc, feedback address,
 * Reply-To); recipients; tags; content; size. Templates are rendered before this step (see templated-message.ts) and
 * arrive as Simple content.
 */
import type { Attachment as GivenAttachment, Message as SimpleContent } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { type Address, parseAddress, parseAddressList } from "../../mail/address.ts";
import type { Attachment } from "../../mail/attachment.ts";
import { composeMessage, type MessageContent } from "../../mail/compose.ts";
import { hasTestVirus } from "../../mail/content-scan.ts";
import { MailError } from "../../mail/mail-error.ts";
import type { Stamp } from "../../mail/message-stamp.ts";
import { type RawMessage, readRawMessage } from "../../mail/raw-message.ts";
import { type MessageTags, messageTags } from "./message-tags.ts";
import { type Destination, envelopeRecipients, type Recipient } from "./recipients.ts";

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
  /** The sender's own tags; SES's (`ses:...`) are added when the message is accepted. */
  readonly tags: MessageTags;
  /** From the API or, in a raw message, the header. Undefined for the identity's default. */
  readonly configurationSetName: string | undefined;
  readonly tenantName: string | undefined;
  readonly listManagement: ListManagement | undefined;
  /** The ARN of another account's identity that sends the mail. */
  readonly identityArn: string | undefined;
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

/**
 * Prepares a message of Simple or Raw content.
 * @throws ServiceError if SES would refuse the input.
 */
export function prepare(input: Input<"SendEmail">): PreparedMessage {
  return refusing(() => {
    const { Simple, Raw, Template } = input.Content ?? {};
    if ([Simple, Raw, Template].filter((one) => one !== undefined).length !== 1) throw errors.oneContent();
    if (Template !== undefined) throw new TypeError("A template must be rendered before the message is prepared");
    const prepared =
      Simple !== undefined ? prepareSimple(input, Simple) : prepareRaw(input, Raw?.Data ?? new Uint8Array());
    if (prepared.size > maxMessageBytes) throw errors.messageTooLong(maxMessageBytes, prepared.size);
    return prepared;
  });
}

/**
 * Checks what all messages of a SendBulkEmail share: the sender, Reply-To and feedback addresses.
 * @throws ServiceError if SES would refuse the input.
 */
export function checkSender(input: SenderInput): Pick<PreparedMessage, "from" | "fromHeader" | "configurationSetName"> {
  return refusing(() => {
    const from = givenSender(input);
    feedbackAndReplies(input);
    return { from, fromHeader: [from], configurationSetName: text(input.ConfigurationSetName) };
  });
}

/** The sender's members, common to SendEmail and SendBulkEmail. */
type SenderInput = Pick<
  Input<"SendEmail">,
  "FromEmailAddress" | "FeedbackForwardingEmailAddress" | "ReplyToAddresses" | "ConfigurationSetName"
>;

/** Converts errors of src/mail to errors for the client. */
function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof MailError) throw errors.messageRefused(error.message);
    throw error;
  }
}

function givenSender({ FromEmailAddress }: SenderInput): Address {
  // SES gives no text for this error.
  if (FromEmailAddress === undefined || FromEmailAddress.trim() === "") throw errors.fromMissing();
  return parseAddress(FromEmailAddress);
}

function prepareSimple(input: Input<"SendEmail">, simple: SimpleContent): PreparedMessage {
  const from = givenSender(input);
  const destination = givenDestination(input);
  const { feedbackAddress, replyTo } = feedbackAndReplies(input);
  const recipients = envelopeRecipients(destination);
  const headers = simple.Headers?.map(({ Name, Value }) => ({ name: Name ?? "", value: Value ?? "" })) ?? [];
  const tags = messageTags(input.EmailTags, undefined);
  const { Text, Html } = simple.Body ?? {};
  if (Text === undefined && Html === undefined) throw errors.bodyMissing();
  const content: MessageContent = {
    from,
    to: destination.to,
    cc: destination.cc,
    replyTo,
    subject: { data: simple.Subject?.Data ?? "", charset: simple.Subject?.Charset },
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
    subject: content.subject.data === "" ? undefined : content.subject.data,
    tags,
    hasHtml: content.html !== undefined,
    badContent: hasTestVirus(scanned(content)),
    size: message.size,
    write: message.write,
  };
}

function prepareRaw(input: Input<"SendEmail">, data: Uint8Array): PreparedMessage {
  const given = input.FromEmailAddress?.trim() ? parseAddress(input.FromEmailAddress) : undefined;
  const ofInput = givenDestination(input);
  // ReplyToAddresses are checked but not used: a raw message keeps its own Reply-To.
  const { feedbackAddress } = feedbackAndReplies(input);
  // Check the size first: there is no point in parsing a message that is too long.
  if (data.length > maxMessageBytes) throw errors.messageTooLong(maxMessageBytes, data.length);
  const raw = readRawMessage(data);
  const fromHeader = rawFrom(raw);
  const [first] = fromHeader;
  if (first === undefined) throw errors.fromHeaderInvalid();
  const own = ofInput.to.length + ofInput.cc.length + ofInput.bcc.length === 0;
  const recipients = envelopeRecipients(own ? raw : ofInput);
  const named = fromInput(input);
  const ses = raw.sesFields;
  return {
    ...named,
    configurationSetName: named.configurationSetName ?? text(ses.get("x-ses-configuration-set")),
    tenantName: named.tenantName ?? text(ses.get("x-ses-tenant")),
    listManagement: named.listManagement ?? listManagement(ses.get("x-ses-list-management-options")),
    identityArn: named.identityArn ?? text(ses.get("x-ses-source-arn")),
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
    configurationSetName: text(input.ConfigurationSetName),
    tenantName: text(input.TenantName),
    listManagement: list && { contactListName: list.ContactListName ?? "", topicName: list.TopicName },
    identityArn: text(input.FromEmailAddressIdentityArn),
    tracking: input.ConfigurationOverrides?.Tracking,
  };
}

function givenDestination({ Destination: given }: Input<"SendEmail">): Destination {
  return {
    to: given?.ToAddresses?.map(parseAddress) ?? [],
    cc: given?.CcAddresses?.map(parseAddress) ?? [],
    bcc: given?.BccAddresses?.map(parseAddress) ?? [],
  };
}

function feedbackAndReplies(input: SenderInput) {
  const feedback = text(input.FeedbackForwardingEmailAddress);
  return {
    feedbackAddress: feedback === undefined ? undefined : parseAddress(feedback),
    replyTo: input.ReplyToAddresses?.map(parseAddress) ?? [],
  };
}

/** SES reports each malformed From header as invalid, except for a missing `@`. */
function rawFrom(raw: RawMessage): Address[] {
  try {
    return parseAddressList(raw.from);
  } catch (error) {
    if (error instanceof MailError && error.message !== "Missing final '@domain'") throw errors.fromHeaderInvalid();
    throw error;
  }
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

/** Trims a text. An empty string is treated as absent, because some clients send it instead. */
function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}
