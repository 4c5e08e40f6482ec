/** Errors about sending: messages, templates, bulk mail and limits. */
import { alreadyExists, badRequest, limitExceeded, notFound, ServiceError } from "./service-error.ts";

export const sendingErrors = {
  // Messages to send; src/mail provides the texts for addresses and headers
  messageRefused: (text: string) => badRequest(text),
  oneContent: () => badRequest("Content must contain exactly one of Simple, Raw and Template."),
  fromMissing: () => badRequest(),
  fromMissingForTemplate: () => badRequest("Source cannot be empty"),
  bulkAddressInvalid: (address: string) => badRequest(`Invalid email address<${address}>.`),
  contentRejected: (text: string) => new ServiceError("MessageRejected", text),
  bodyMissing: () => badRequest("The message must have a text or an HTML body."),
  fromHeaderInvalid: () => badRequest("Invalid From address provided."),
  recipientsMissing: () => badRequest("The message must have at least one recipient."),
  tooManyRecipients: (limit: number) => badRequest(`Recipient count exceeds ${limit}.`),
  messageTooLong: (limit: number, length: number) =>
    badRequest(`Message length is more than ${limit} bytes long: '${length}'.`),
  // SES's text is unknown.
  tooManyMessageTags: (limit: number) => badRequest(`A message can have at most ${limit} tags.`),
  messageTagNameMissing: () => badRequest("The tag name must be specified."),
  messageTagValueMissing: () => badRequest("The tag value must be specified."),
  messageTagTooLong: (part: "name" | "value", limit: number) =>
    badRequest(`Tag ${part} cannot exceed ${limit} characters.`),
  messageTag: (part: "name" | "value", text: string) =>
    badRequest(`Invalid tag ${part} <${text}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`),
  // Our own texts.
  tooManyReplyTo: (limit: number) => badRequest(`Reply-To count exceeds ${limit}.`),
  subjectTooLong: (limit: number) => badRequest(`The subject is longer than ${limit} characters.`),
  sesHeader: (name: string) => badRequest(`Invalid value in header '${name}'.`),

  // Templates: SES's texts, except where noted and those of src/mail/template
  templateNotFound: (name: string) => notFound(`Template ${name} does not exist.`),
  templateExists: (name: string) => alreadyExists(`Template ${name} already exists.`),
  templatePageSize: () => badRequest("The page size must be between 1 and 100"),
  templateToken: (token: string) => badRequest(`Invalid PageToken <${token}>.`),
  templateRefused: (text: string) => badRequest(text),
  // From here on, our own texts.
  templateNameMissing: () => badRequest("The template name must be specified."),
  templateName: (name: string) =>
    badRequest(
      `Invalid template name <${name}>: at most 256 characters, no white space at the ends, no control characters.`,
    ),
  templateArn: (arn: string) => badRequest(`Invalid template ARN <${arn}>.`),
  templateEmpty: () => badRequest("The template must have a subject, a text part or an HTML part."),
  templateTooLong: (limit: number) => badRequest(`The template is longer than ${limit} bytes.`),
  templateLimit: (limit: number) => limitExceeded(`The account has the maximum number of templates, <${limit}>.`),
  oneTemplate: () => badRequest("Template must be given either by TemplateName or TemplateArn, or as TemplateContent."),

  // Bulk mail: our own texts
  bulkTemplateMissing: () => badRequest("DefaultContent must have a Template."),
  bulkEntries: (member: string, limit: number) => badRequest(`${member} must have between 1 and ${limit} entries.`),

  // Sending limits
  sendRateExceeded: () => new ServiceError("TooManyRequestsException", "Maximum sending rate exceeded."),
  dailyQuotaExceeded: () => limitExceeded("Daily message quota exceeded."),

  // Verification of senders
  identityNotVerified: (region: string, identities: readonly string[]) =>
    new ServiceError(
      "MessageRejected",
      `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${identities.join(", ")}`,
    ),
  // SES's text is unknown.
  mailFromNotVerified: (domain: string) =>
    new ServiceError("MailFromDomainNotVerifiedException", `The MAIL FROM domain <${domain}> is not verified.`),
  // SES's texts are unknown.
  identityArn: (arn: string) => badRequest(`Invalid identity ARN <${arn}>.`),
  identityArnRegion: (arn: string, region: string) =>
    badRequest(`Invalid identity ARN <${arn}>: the identity must be in the region ${region}.`),
} as const;
