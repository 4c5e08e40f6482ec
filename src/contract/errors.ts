/** All errors that clients can see, in one table: code, HTTP status and text. Texts are SES's own if they are known. */

import { DamagedData } from "../common/damaged-data.ts";

/** The HTTP status of each code, as declared by SES's model or, below the comment, by its front end. */
const statusOf = {
  AccountSuspendedException: 400,
  AlreadyExistsException: 400,
  BadRequestException: 400,
  ConcurrentModificationException: 500,
  ConflictException: 409,
  InternalServiceErrorException: 500,
  InvalidNextTokenException: 400,
  LimitExceededException: 400,
  MailFromDomainNotVerifiedException: 400,
  MessageRejected: 400,
  NotFoundException: 404,
  SendingPausedException: 400,
  TooManyRequestsException: 429,
  // In no operation's model.
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 400,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  RequestEntityTooLargeException: 413,
  RequestTimeoutException: 408,
  SerializationException: 400,
  ServiceUnavailableException: 503,
  UnknownOperationException: 404,
  UnsupportedMediaTypeException: 415,
  ValidationException: 400,
  NotImplementedException: 501,
} as const;

/** The name of an error shape, as sent in `X-Amzn-Errortype`. */
export type ErrorCode = keyof typeof statusOf;

/** Whether v2 has an error of this name. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(statusOf, code);
}

/** An error that is reported to the caller. Any other thrown error is a defect and becomes an internal error. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** Undefined if SES sends this error without a text; the body then has none. */
  readonly text: string | undefined;
  /** The member of the body that contains the text. */
  readonly textMember: "message" | "Message";

  constructor(code: ErrorCode, text?: string, textMember: ServiceError["textMember"] = "message") {
    super(text ?? code);
    this.name = code;
    this.textMember = textMember;
    this.code = code;
    this.status = statusOf[code];
    this.text = text;
  }
}

const badRequest = (text?: string) => new ServiceError("BadRequestException", text);
const notFound = (text: string) => new ServiceError("NotFoundException", text);
const alreadyExists = (text: string) => new ServiceError("AlreadyExistsException", text);
const limitExceeded = (text: string) => new ServiceError("LimitExceededException", text);
const incompleteSignature = (text: string) => new ServiceError("IncompleteSignatureException", text);
const invalidSignature = (text: string) => new ServiceError("InvalidSignatureException", text);
const sendingPaused = (text: string) => new ServiceError("SendingPausedException", text);

/** Creates errors by their cause. Callers throw the result. */
const reputationEntityMissing = (reference: string) => `The reputation entity <${reference}> does not exist.`;

export const errors = {
  internal: () => new ServiceError("InternalServiceErrorException", "An internal error occurred. Try again later."),
  /** For any error that is not one of these. Damaged data is told as such: trying again does not help. */
  unexpected: (error: unknown) =>
    error instanceof DamagedData ? new ServiceError("InternalServiceErrorException", error.message) : errors.internal(),

  // Wire format
  serialization: (text?: string) => new ServiceError("SerializationException", text),
  constraints: (violations: readonly string[]) =>
    badRequest(
      `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected: ${violations.join("; ")}`,
    ),
  unknownOperation: () => new ServiceError("UnknownOperationException"),
  notWritten: (operation: string) =>
    new ServiceError("NotImplementedException", `Mailglass does not support ${operation} yet.`),
  bodyTooLarge: (limit: number) =>
    new ServiceError("RequestEntityTooLargeException", `The request body is larger than ${limit} bytes.`),
  bodyIncomplete: () => new ServiceError("SerializationException", "The request body ended early."),
  bodyLength: () => new ServiceError("SerializationException", "The request body does not have its Content-Length."),
  bodyStalled: () => new ServiceError("RequestTimeoutException", "The client stopped sending the request body."),
  tooManyBodies: () =>
    new ServiceError("ServiceUnavailableException", "The server is reading too many large requests. Try again later."),
  unsupportedMediaType: (type: string) =>
    new ServiceError("UnsupportedMediaTypeException", `The content type ${JSON.stringify(type)} is not supported.`),

  // API call rate: the text that users of SES see (it differs from the text for sending rates)
  rateExceeded: () => new ServiceError("TooManyRequestsException", "Rate exceeded"),

  // Deliverability dashboard: no texts of SES are known
  noSeedMailboxes: () =>
    badRequest(
      "No seed mailboxes are configured: an inbox placement test has no mailbox to send to. An operator adds them with POST /admin/seed-mailboxes.",
    ),
  placementTestInCapture: () =>
    badRequest(
      "MAILGLASS_DELIVERY is capture: no mail leaves this server, so an inbox placement test has nothing to measure.",
    ),
  placementTestLimit: (limit: number) =>
    limitExceeded(`${limit} inbox placement tests are in progress, which is the limit. Wait until one is complete.`),
  placementTestRendering: (reason: string) => badRequest(`The template can't be rendered: ${reason}`),
  testReportNotFound: (id: string) => notFound(`Deliverability test report <${id}> does not exist.`),
  deliverabilityToken: () => badRequest("Invalid Next Token"),
  deliverabilityRange: (days: number) => badRequest(`EndDate must be no more than ${days} days after StartDate.`),
  deliverabilityRangeReversed: () => badRequest("EndDate must not be before StartDate."),
  dashboardUnavailable: () =>
    badRequest(
      "The Deliverability dashboard can't be enabled: this server has neither seed mailboxes (POST /admin/seed-mailboxes) nor DNS blocklists to report from.",
    ),
  subscribedDomainMissing: () => badRequest("Each of SubscribedDomains needs a Domain."),
  subscribedDomainTwice: (domain: string) => badRequest(`SubscribedDomains has <${domain}> more than once.`),
  subscribedDomainNotVerified: (domain: string) => notFound(`<${domain}> is not a verified domain identity.`),
  noPanelDataOfDomain: (domain: string) =>
    notFound(
      `There is no deliverability data of the domain <${domain}>: it comes from a panel of recipients' mailboxes that only AWS has.`,
    ),
  noPanelDataOfCampaign: (id: string) =>
    notFound(
      `There is no campaign <${id}>: campaigns are found in a panel of recipients' mailboxes that only AWS has.`,
    ),

  // Authentication: texts of AWS's front ends, except where noted
  authenticationMissing: () => new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token"),
  keyUnknown: () =>
    new ServiceError("UnrecognizedClientException", "The security token included in the request is invalid."),
  tokenExpired: () =>
    new ServiceError("ExpiredTokenException", "The security token included in the request is expired"),
  signatureTwice: () =>
    invalidSignature("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."),
  signatureMismatch: () =>
    invalidSignature(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
  signatureExpired: (signed: string, earliest: string, now: string, age: string) =>
    invalidSignature(`Signature expired: ${signed} is now earlier than ${earliest} (${now} - ${age}.)`),
  signatureNotYetCurrent: (signed: string, latest: string, now: string, age: string) =>
    invalidSignature(`Signature not yet current: ${signed} is still later than ${latest} (${now} + ${age}.)`),
  headerNotSigned: (name: string) => invalidSignature(`${name} must be a 'SignedHeader' in the AWS Authorization.`),
  credentialScope: (faults: readonly string[]) => invalidSignature(faults.join(" ")),
  authorizationPair: (digest: string) =>
    incompleteSignature(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${digest}'.`,
    ),
  authorizationIncomplete: (missing: readonly string[], dateMissing: boolean, digest: string) =>
    incompleteSignature(
      [
        ...missing.map((name) => `Authorization header requires '${name}' parameter.`),
        ...(dateMissing
          ? ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
          : []),
        `(Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`,
      ].join(" "),
    ),
  signedQueryIncomplete: (missing: readonly string[]) =>
    incompleteSignature(
      `${missing.map((name) => `AWS query-string parameters must include '${name}'. `).join("")}Re-examine the query-string parameters.`,
    ),
  signatureAlgorithm: (given: string) =>
    incompleteSignature(`Unsupported AWS 'algorithm': '${given}' (only AWS4-HMAC-SHA256 for now).`),
  signatureDate: (given: string) =>
    incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${given}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    ),
  credentialElements: (given: string) =>
    incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${given}'`,
    ),
  // S3's text.
  signatureLifetime: (limit: number) =>
    incompleteSignature(`X-Amz-Expires must be a number of seconds, at least 1 and at most ${limit} (a week)`),
  // From here on, our own texts. The first has the meaning of SES's text for version 3.
  signatureVersion: (version: number) =>
    incompleteSignature(
      `Signature Version ${version} is not accepted: requests must be signed with Signature Version 4. If you sign requests yourself, see "AWS Signature Version 4" in AWS's documentation; if not, update your SDK or library.`,
    ),
  multiRegionSignature: () =>
    incompleteSignature(
      "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not accepted: requests must be signed with Signature Version 4 for one region. SDKs use Version 4A for multi-region endpoints, which Mailglass doesn't have: leave EndpointId out of the request.",
    ),
  payloadHash: () =>
    incompleteSignature("x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256 hash in lower-case hexadecimal"),
  commandKeyOnly: () =>
    new ServiceError(
      "AccessDeniedException",
      "Only the command `mailglass keys`, which signs with the server's master key, can manage access keys.",
    ),
  notForCommandKey: () =>
    new ServiceError("AccessDeniedException", "The key of the server's own commands can only call the admin API."),
  signInRefused: () =>
    new ServiceError("UnrecognizedClientException", "There is no active access key with this ID and this secret."),
  signInTemporary: () =>
    new ServiceError("AccessDeniedException", "A temporary access key can't sign in here: use a long-term one."),
  sessionEnded: () => new ServiceError("ExpiredTokenException", "The session has ended: sign in again."),
  csrfToken: () =>
    new ServiceError(
      "AccessDeniedException",
      "The x-csrf-token header must contain the session's token from GET /session.",
    ),
  crossSite: () =>
    new ServiceError("AccessDeniedException", "A web page of another site can't call this server through a browser."),
  hostUnknown: () =>
    new ServiceError(
      "AccessDeniedException",
      "Authentication is off, and the request's host name may belong to somebody else. If the name is correct, set MAILGLASS_PUBLIC_URL.",
    ),

  // Accounts and regions
  accountLimit: (limit: number) =>
    limitExceeded(
      `There are ${limit} accounts, the maximum. Use the access key ID of an existing account, or delete one with \`mailglass accounts delete\`.`,
    ),
  regionLimit: (account: string, limit: number) =>
    limitExceeded(`The account <${account}> uses ${limit} regions, the maximum.`),
  accountUnknown: (account: string) => badRequest(`There is no account <${account}>.`),
  regionNotServed: (region: string) =>
    badRequest(`The region <${region}> is not served. MAILGLASS_REGIONS names the regions of this server.`),
  scopeParameter: (name: string) => badRequest(`The parameter ${name} may be given once.`),
  otherAccount: (account: string) =>
    new ServiceError("AccessDeniedException", `An access key of the account <${account}> can't see other accounts.`),
  operatorsOnly: () =>
    new ServiceError(
      "AccessDeniedException",
      "This concerns the whole server, so it requires an access key of the default account.",
    ),

  // Virtual Deliverability Manager
  vdmDisabled: () => notFound("To use this feature you must enable Virtual Deliverability Manager"),
  vdmDisabledForExports: () => badRequest("To use this feature you must enable Virtual Deliverability Manager"),
  messageNotFound: (id: string, account: string) => notFound(`Message <${id}> not found for account <${account}>`),

  // Export jobs
  oneDataSource: () => badRequest("One data source must be provided"),
  customS3Url: () => badRequest("Providing a custom S3 URL is not supported"),
  // For S3Urls that the settings do not allow; SES refuses all S3Urls.
  badDestination: (url: string) =>
    badRequest(
      `The S3 URL <${url}> must be s3://bucket/key, with letters, digits, '.', '_', '-' and '/' in the key; Parquet files are not compressed again.`,
    ),
  bucketNotAllowed: (bucket: string) =>
    badRequest(`The bucket <${bucket}> is not one that exports may go to (MAILGLASS_EXPORT_BUCKETS).`),
  invalidDateRange: () => badRequest("Invalid date range"),
  partialDays: () =>
    badRequest(
      "To get daily aggregated data you must not specify partial-day timestamps. Please make your interval go from midnight to midnight UTC.",
    ),
  intervalTooLong: () =>
    badRequest("Invalid interval, can request at most 60 days. Please partition your requested interval."),
  tooManyExportJobs: (source: string) =>
    new ServiceError(
      "LimitExceededException",
      `There are too many <${source}> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.`,
    ),
  invalidJobId: () => badRequest("Invalid JobId"),
  exportJobEnded: (status: string) => badRequest(`Cannot cancel an export job that has a <${status}> status.`),
  exportPageSize: () => badRequest("PageSize must be between 1 and 100"),
  exportToken: () => badRequest("Failed to deserialize token. "),
  // SES's text is unknown.
  misplacedWildcard: (member: string) =>
    badRequest(`Invalid filter: in ${member} the wildcard '*' is allowed at the start and at the end only.`),

  // Import jobs: SES's texts for a missing list and for a token; the rest are ours
  importListNotFound: (name: string) => notFound(`ContactList <${name}> doesn't exist`),
  importToken: () => badRequest("Invalid Next Token"),
  oneImportDestination: () => badRequest("Exactly one import destination must be provided"),
  importSource: (url: string) =>
    badRequest(
      `The S3 URL <${url}> must be s3://bucket/key, with letters, digits, '.', '_', '-' and '/' in the key, and must not be a location that the server uses for its own files.`,
    ),
  importBucketNotAllowed: (bucket: string) =>
    badRequest(`Imports can't read from the bucket <${bucket}> (MAILGLASS_IMPORT_BUCKETS).`),
  keyOfOtherAccount: (url: string) =>
    badRequest(
      `The S3 URL <${url}> is not the account's: all accounts use the same buckets, and the keys of each begin with its ID and a slash.`,
    ),
  tooManyImportJobs: (limit: number) =>
    limitExceeded(`There are too many import jobs running (limit: ${limit}). Wait for one of them to complete.`),
  importJobNotFound: (id: string) => notFound(`Import job <${id}> doesn't exist`),

  // Event destinations. The first is SES's text; the others are ours.
  snsTopicNotFound: (arn: string) => badRequest(`SNS topic <${arn}> not found.`),
  snsTopicFifo: (arn: string) =>
    badRequest(`SNS topic <${arn}> is a FIFO topic. Events can only be published to standard topics.`),
  snsTopicDenied: (arn: string) =>
    badRequest(
      `Publishing to SNS topic <${arn}> was denied. The AWS credentials of Mailglass need the permission sns:Publish.`,
    ),

  // Metrics
  repeatedQueryId: () => badRequest("All queries must have a unique identifier."),
  startNotBeforeEnd: () => badRequest("Expected start date to be before the end date."),

  // Dimensions of metrics
  unsupportedDimension: () => badRequest("Unsupported dimension provided."),
  invalidIsp: () => badRequest("Invalid ISP name provided."),
  invalidIdentityDimension: () => badRequest("Invalid email identity provided."),
  emptyTenantDimension: () => badRequest("TenantName cannot be empty"),
  // SES's text is unknown.
  invalidTenantDimension: () => badRequest("Invalid tenant name provided."),

  // Configuration sets
  configurationSetNameMissing: () => badRequest("The configuration set name must be specified."),
  configurationSetNameTooLong: () => badRequest("Configuration set name cannot exceed 64 characters."),
  configurationSetName: (name: string) =>
    badRequest(
      `Invalid configuration set name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
    ),
  configurationSetExists: (name: string) => alreadyExists(`Configuration set <${name}> already exists.`),
  configurationSetNotFound: (name: string) => notFound(`Configuration set <${name}> does not exist.`),
  // SES's code, documented; its text is unknown.
  defaultConfigurationSetNotFound: (name: string) => badRequest(`Configuration set <${name}> does not exist.`),
  configurationSetLimit: (limit: number) =>
    limitExceeded(`The account has the maximum number of configuration sets, <${limit}>.`),
  configurationSetPageSize: () => badRequest("The page size must be between 1 and 1000"),
  configurationSetToken: (token: string) => badRequest(`invalid nextToken <${token}>`),
  configurationSetFilter: () => badRequest("CONFIGURATION_SET_NAME_CONTAINS must be between 3 and 64 characters"),
  configurationSetSendingPaused: (name: string) => sendingPaused(`Sending is paused for configuration set <${name}>.`),
  redirectDomainMissing: () => badRequest("CustomRedirectDomain must be specified."),
  redirectDomainNotVerified: (domain: string) => badRequest(`Domain <${domain}> is not verified under this account.`),
  sendingPoolNameBlank: () => badRequest("sendingPoolName can't be blank."),
  sendingPoolNotFound: (name: string) => badRequest(`SendingPool <${name}> doesn't exist`),

  // Dedicated IP addresses and their pools
  poolNameMissing: () => badRequest("PoolName is required."),
  scalingMode: () => badRequest("The ScalingMode parameter is invalid."),
  poolExists: (name: string) => alreadyExists(`The pool <${name}> already exists.`),
  poolNotFound: (name: string) => notFound(`The requested pool <${name}> does not exist.`),
  poolNameBlank: () => badRequest("Pool name can't be blank."),
  dedicatedIpNotFound: (address: string) => notFound(`Could not find dedicated IP <${address}> under this account.`),
  warmupPercentageMissing: () => badRequest("Warmup Percentage can't be null."),
  warmupPercentage: () => badRequest("Warmup Percentage must be between 0 and 100."),
  // From here on, our own texts.
  managedPool: () =>
    badRequest(
      "The ScalingMode MANAGED is not supported: Mailglass sends from the addresses that its operator registers, and does not schedule them by the feedback of mailbox providers. Use STANDARD.",
    ),
  poolName: (name: string, limit: number) =>
    badRequest(
      `Invalid pool name <${name}>: it can have up to ${limit} characters, except '/', ':' and control characters.`,
    ),
  poolLimit: (limit: number) => limitExceeded(`The account has the maximum number of dedicated IP pools, <${limit}>.`),
  poolBuiltIn: (name: string) => badRequest(`The pool <${name}> can't be deleted.`),
  poolInUse: (name: string, use: { addresses: boolean; configurationSets: readonly string[] }) => {
    const users = [
      ...(use.addresses ? ["dedicated IP addresses are in it"] : []),
      ...(use.configurationSets.length > 0
        ? [`configuration sets use it, such as ${use.configurationSets.map((set) => `<${set}>`).join(", ")}`]
        : []),
    ];
    return badRequest(`The pool <${name}> can't be deleted: ${users.join(", and ")}.`);
  },
  dedicatedIpPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  dedicatedIpToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),

  // Event destinations
  eventDestinationNameMissing: () => badRequest("EventDestinationName is required."),
  eventDestinationName: (name: string) =>
    badRequest(
      `Invalid event destination name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
    ),
  eventDestinationNameTooLong: () => badRequest("Event destination name cannot exceed 64 characters."),
  eventTypesMissing: () => badRequest("At least one event type must be specified."),
  eventType: (type: string, valid: readonly string[]) =>
    badRequest(`Invalid event type: ${type}. Valid values are [${valid.join(", ")}].`),
  eventTargetMissing: () => badRequest("Event destination is not provided."),
  oneEventTarget: () =>
    badRequest(
      "Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch Destination or an SNS Destination or an EventBridge Destination.",
    ),
  dimensionsMissing: () => badRequest("CloudWatch metrics dimension configuration list cannot be empty."),
  pinpointArn: (arn: string) => badRequest(`Invalid Pinpoint application ARN provided: ${arn}.`),
  eventDestinationExists: (name: string, set: string) =>
    alreadyExists(`An event destination with name <${name}> already exists for configuration set <${set}>.`),
  eventDestinationNotFound: (name: string, set: string) =>
    notFound(`An event destination with name <${name}> does not exist for configuration set <${set}>.`),
  // From here on, our own texts.
  eventDestinationLimit: (set: string, limit: number) =>
    limitExceeded(`The configuration set <${set}> has the maximum number of event destinations, <${limit}>.`),
  targetArn: (resource: string, arn: string) => badRequest(`Invalid ${resource} ARN <${arn}>.`),
  targetRegion: (resource: string, arn: string, region: string) =>
    badRequest(`The ${resource} <${arn}> is not in the region <${region}>.`),
  targetAccount: (resource: string, arn: string, account: string) =>
    badRequest(`The ${resource} <${arn}> does not belong to the account <${account}>.`),
  fifoTopic: (arn: string) => badRequest(`The SNS topic <${arn}> is a FIFO topic: only standard topics are supported.`),
  defaultBusOnly: (arn: string) => badRequest(`The event bus <${arn}> is not the default event bus.`),
  tooManyDimensions: (limit: number) => badRequest(`An event destination can have at most ${limit} dimensions.`),
  dimensionName: (name: string) =>
    badRequest(
      `Invalid dimension name <${name}>: 1 to 255 characters; only alphanumeric ASCII characters, '_', '-', and ':' are allowed.`,
    ),
  dimensionValue: (value: string) =>
    badRequest(
      `Invalid default dimension value <${value}>: 1 to 255 characters; only alphanumeric ASCII characters, '_', '-', '@', and '.' are allowed.`,
    ),
  repeatedDimension: (name: string) => badRequest(`The dimension name <${name}> is given twice.`),

  // Email identities
  emailAddressInvalid: (address: string) => badRequest(`Invalid email address <${address}>.`),
  domainInvalid: (domain: string) => badRequest(`Invalid domain name <${domain}>.`),
  identityExists: (name: string) => alreadyExists(`Email identity ${name} already exist.`),
  identityNotFound: (name: string) => notFound(`Email identity ${name} does not exist.`),
  identityLimit: (limit: number) =>
    limitExceeded(`The account has the maximum number of email identities, <${limit}>.`),
  dkimNeedsDomain: () => badRequest("DkimSigningAttributes can only be specified for a domain."),
  // Observed by other emulators. These operations report a missing identity differently from the rest.
  dkimNotVerified: (domain: string) => badRequest(`Domain ${domain} is not verified for DKIM signing.`),
  dkimSigningNeedsDomain: () => badRequest("The EmailIdentity value must be a valid domain."),
  feedbackIdentity: (name: string) =>
    badRequest(`Identity ${name} is invalid. Must be a verified email address or domain.`),
  headersIdentity: (name: string) =>
    badRequest(`Identity ${name} is invalid. It must be a verified email address or domain.`),
  mailFromIdentity: (name: string) => badRequest(`Identity <${name}> does not exist.`),
  mailFromNoSubdomain: (domain: string, identity: string) =>
    badRequest(`Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity <${identity}>.`),
  // From here on, our own texts.
  mailFromInvalid: (domain: string) => badRequest(`Invalid MAIL-FROM domain name <${domain}>.`),
  dkimKeyInvalid: (text: string) => badRequest(text),
  dkimKeyIncomplete: () =>
    badRequest("DomainSigningSelector and DomainSigningPrivateKey must be specified together for EXTERNAL."),
  dkimKeyAndLength: () =>
    badRequest("NextSigningKeyLength can't be specified with DomainSigningSelector and DomainSigningPrivateKey."),
  dkimKeyOfEasyDkim: () =>
    badRequest("DomainSigningSelector and DomainSigningPrivateKey can't be specified for AWS_SES."),
  dkimOrigin: (origin: string) =>
    badRequest(`The DKIM origin <${origin}> can't be used here: there is no other region to replicate from.`),
  identityPageSize: (size: number) =>
    badRequest(`Value ${size} for parameter PageSize is invalid. PageSize must be between 1 and 1000.`),
  identityMaxItems: (size: number) =>
    badRequest(`Value ${size} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000.`),
  identityToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),
  identityTokenOfOtherFilter: () => badRequest("Invalid NextToken."),
  identityFilterTooShort: () => badRequest("Filter IDENTITY_NAME_CONTAINS must be at least 3 characters."),
  identityFilterTooLong: () => badRequest("Filter IDENTITY_NAME_CONTAINS must be at most 320 characters."),
  identityFilterType: (type: string) => badRequest(`Invalid identity type <${type}> in filter.`),
  identityFilterStatus: (status: string) => badRequest(`Invalid verification status <${status}> in filter.`),
  identityFilterNotStarted: () => badRequest("Invalid verification status <NotStarted>."),

  // Policies of identities. The texts for what is wrong in a policy come from src/access/policies.
  policyName: () =>
    badRequest(
      "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.",
    ),
  policyRefused: (text: string) => badRequest(text),
  policyPrincipalUnknown: (account: string) =>
    badRequest(`Policy contains an invalid principal: ${JSON.stringify(account)} is no account`),
  policyExists: (name: string) => alreadyExists(`Policy <${name}> already exists`),
  policyLimit: (identity: string) =>
    limitExceeded(`Number of policies for <${identity}> exceeds max allowed number of policies per resource`),
  policyIdentity: () => badRequest("Invalid identity. Must be a verified email address or domain."),
  policyNotFound: (name: string) => notFound(`Policy <${name}> does not exist`),
  // The quotes are IAM's: a backtick and an apostrophe.
  notAuthorized: ({ principal, action, resource }: Readonly<Record<"principal" | "action" | "resource", string>>) =>
    new ServiceError(
      "AccessDeniedException",
      `User \`${principal}' is not authorized to perform \`${action}' on resource \`${resource}'`,
    ),

  // Our own text.
  rightsOfKey: () =>
    new ServiceError(
      "AccessDeniedException",
      "The rights of this access key don't allow this call: with rights, it may only read here, and only if one of them is `read`.",
    ),

  // The account
  accountSendingPaused: () => sendingPaused("Sending paused for this account."),
  websiteUrlInvalid: () => badRequest("Url contains invalid format"),
  // Our own texts.
  sandboxUnavailable: () =>
    badRequest(
      "ProductionAccessEnabled can't be false: Mailglass has no sandbox, all accounts have production access.",
    ),
  pricingPlan: (plan: string) =>
    badRequest(
      `The pricing plan <${plan}> is not available: Mailglass has no pricing plans, so the plan is always NONE.`,
    ),

  // Tags
  tooManyTags: (limit: number) =>
    badRequest(
      `Maximum of ${limit} user tags are allowed per resource, consider reducing the number of tags in the request`,
    ),
  tagCharacters: () =>
    badRequest("Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @"),
  systemTag: () => badRequest("Caller is an end user and not allowed to mutate system tags"),
  emptyTagKey: () => badRequest(),
  repeatedTagKey: () => badRequest("Cannot provide multiple tags with the same key"),
  // SES sends this one without a text.
  tagRequestInvalid: () => new ServiceError("ValidationException"),
  resourceArnFormat: () => badRequest("ResourceArn is not the expected format"),
  resourceOfOtherAccount: () => badRequest("Operations on a resource created in a different account is not allowed"),
  taggedResourceNotFound: (kind: string, name: string) => notFound(`No ${kind} present with name: ${name}`),
  // The missing space is SES's.
  taggedTenantNotFound: (name: string, id: string) =>
    notFound(`No Tenant present with name: ${name}with tenantId: ${id}`),
  tagOfOtherRegion: () => badRequest("Failed to tag resource"),
  untagOfOtherRegion: () => badRequest("Failed to untag resource"),

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

  // Custom verification templates
  fromAddressNotVerified: (address: string) => notFound(`The from email address <${address}> is not verified`),
  successUrlInvalid: () => badRequest("The success redirection URL is invalid"),
  failureUrlInvalid: () => badRequest("The failure redirection URL is invalid"),
  verificationTemplateExists: (name: string) =>
    alreadyExists(`Custom verification email template <${name}> already exists`),
  verificationTemplateNotFound: (name: string) =>
    notFound(`Custom verification email template <${name}> does not exist`),
  verificationTemplateOfMailNotFound: (name: string) => notFound(`Template <${name}> does not exist`),
  verificationTemplatePageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  verificationTemplateToken: (token: string) => badRequest(`Invalid nextToken <${token}>.`),
  verificationAddressMissing: () => badRequest("Email address not specified."),
  verificationAddressInvalid: (address: string) => badRequest(`Invalid email address<${address}>.`),
  // From here on, our own texts. That of src/mail/verification-html.ts follows the colon.
  verificationContent: (text: string) => badRequest(`Invalid template content: ${text}`),
  verificationTemplateLimit: (limit: number) =>
    limitExceeded(`The account has the maximum number of custom verification email templates, <${limit}>.`),

  // Multi-region endpoints: our own texts
  multiRegionRoutes: () => badRequest("RoutesDetails must contain exactly one route."),
  multiRegionEndpointRefused: (name: string) =>
    badRequest(
      `The multi-region endpoint <${name}> can't be created: Mailglass does not divide mail between regions. Send to one region, without an EndpointId.`,
    ),
  multiRegionEndpointNotFound: (name: string) => notFound(`The multi-region endpoint <${name}> does not exist.`),
  multiRegionEndpointToken: () => badRequest("Invalid Next Token"),
  /** For SendEmail and SendBulkEmail. */
  endpointUnknown: (id: string) =>
    badRequest(
      `The multi-region endpoint <${id}> does not exist: Mailglass has no multi-region endpoints. Leave EndpointId out.`,
    ),

  // Tenants
  tenantNameEmpty: () => badRequest("TenantName cannot be empty"),
  tenantNameTooLong: (limit: number) => badRequest(`TenantName cannot exceed ${limit} characters.`),
  tenantName: (name: string) =>
    badRequest(`Invalid tenant name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`),
  tenantExists: (name: string, account: string) =>
    alreadyExists(`Tenant with name ${name} already exists in account ${account}`),
  tenantNotFound: (name: string) => notFound(`The requested tenant <${name}> does not exist.`),
  repeatedTenantReason: () => badRequest("Each suppressed reason can only be specified at most once"),
  tenantReasonsAlone: () => badRequest("SuppressedReasons cannot be specified without SuppressionScope."),
  emptyTenantReasonsAlone: () =>
    badRequest("SuppressionScope is required when SuppressedReasons are provided. Valid values are: TENANT, ACCOUNT"),
  tenantScopeAlone: () => badRequest("SuppressionScope cannot be specified without SuppressedReasons."),
  tenantToken: () => badRequest("Invalid Next Token"),
  noResourceArn: () => badRequest("Provided resource identifier is not an SES resource"),
  noSesArn: () => badRequest("Provided ARN is not in SES resource ARN format"),
  resourceType: (type: string) => badRequest(`Unsupported resource type: ${type}`),
  resourceRegion: (arn: string) => badRequest(`Resource <${arn}> must be in the same region`),
  resourceAccount: (arn: string) => badRequest(`Resource <${arn}> must be in the same account`),
  // SES's texts differ by type; the colon is SES's own.
  resourceNotFound: {
    identity: (name: string) => notFound(`Identity <${name}> does not exist`),
    "configuration-set": (name: string) => notFound(`Configuration set <${name}> does not exist:`),
    template: (name: string) => notFound(`Email template <${name}> does not exist`),
  },
  resourceAssociated: (arn: string, tenant: string) =>
    alreadyExists(`Resources ${arn} has already been associated with tenant ${tenant}`),
  resourceTypeFilter: (type: string) => badRequest(`Invalid resource type ${type} specified.`),
  hasTenants: (arn: string) =>
    badRequest(
      `Cannot delete <${arn}> because it has tenant associations. Remove all tenant associations and try again.`,
    ),
  hasCertificates: (arn: string) =>
    badRequest(
      `Cannot delete <${arn}> because it has certificates associated with it. Disassociate all certificates and try again.`,
    ),
  tenantOfMailNotFound: (name: string, account: string) =>
    notFound(`Tenant ${name} for AwsAccountId ${account} not found.`),
  tenantNotAssociated: (arns: readonly string[]) =>
    new ServiceError("AccessDeniedException", `Tenant not associated with resources [${arns.join(", ")}].`, "Message"),
  // From here on, our own texts.
  tenantSendingPaused: (name: string) => sendingPaused(`Sending is paused for tenant <${name}>.`),
  tenantLimit: (limit: number) => limitExceeded(`The account has the maximum number of tenants, <${limit}>.`),
  tenantNameFilter: (limit: number) => badRequest(`TENANT_NAME_CONTAINS must be between 1 and ${limit} characters`),
  tenantStatusFilter: (status: string) => badRequest(`Invalid sending status <${status}> in filter.`),

  // S/MIME certificates
  certificateSenderMissing: () => badRequest("FromAddress is required when EmailIdentity is a domain."),
  certificateSenderInvalid: (address: string) => badRequest(`FromAddress <${address}> is not a valid email address.`),
  certificateSenderElsewhere: (address: string, domain: string) =>
    badRequest(`FromAddress <${address}> does not belong to the domain identity <${domain}>.`),
  certificateIdentityNotFound: (name: string) => notFound(`Email identity <${name}> does not exist.`),
  certificateExists: (address: string, identity: string) =>
    alreadyExists(`A certificate is already associated with sender <${address}> on identity <${identity}>.`),
  certificateToken: () => badRequest("Invalid NextToken."),
  // From here on, our own texts.
  certificateSenderDiffers: (address: string, identity: string) =>
    badRequest(`FromAddress <${address}> does not match the email identity <${identity}>.`),
  certificateSenderLimit: (limit: number) =>
    badRequest(`The email identity has the maximum number of associated certificates, <${limit}>.`),
  oneSigningScheme: () => badRequest("SigningScheme must have exactly one of DefaultScheme and SmimeScheme."),

  // Archives: our own texts
  archiveNotFound: (arn: string) => notFound(`Archive <${arn}> does not exist.`),

  // Reputation: our own texts
  reputationEntityNotFound: (reference: string) => notFound(reputationEntityMissing(reference)),
  /** For operations whose model has no NotFoundException. */
  reputationEntityUnknown: (reference: string) => badRequest(reputationEntityMissing(reference)),
  reputationPolicy: (arn: string) => badRequest(`Invalid reputation policy <${arn}>.`),
  filterValue: (key: string, value: string) => badRequest(`Invalid value <${value}> of the filter ${key}.`),

  // Recommendations and blocklists: our own texts
  recommendationFilters: () => badRequest("Filter can have one entry, or STATUS together with either IMPACT or TYPE."),
  blacklistItem: (name: string) => badRequest(`BlacklistItemNames has <${name}>, which is not an IP address.`),
  blacklistItemNotFound: (name: string) => notFound(`<${name}> is not an IP address that this server sends from.`),
  noBlacklists: () => badRequest("No blocklists are configured. The setting MAILGLASS_DNSBLS names them."),
  blacklistUnknown: (list: string, address: string, reason: string) =>
    badRequest(`The blocklist ${list} could not be asked about <${address}>: ${reason}.`),
  ownAddressesUnknown: (reason: string) =>
    badRequest(`The IP addresses that this server sends from could not be determined: ${reason}.`),

  // Bulk mail: our own texts
  bulkTemplateMissing: () => badRequest("DefaultContent must have a Template."),
  bulkEntries: (member: string, limit: number) => badRequest(`${member} must have between 1 and ${limit} entries.`),

  // Sending limits
  sendRateExceeded: () => new ServiceError("TooManyRequestsException", "Maximum sending rate exceeded."),
  dailyQuotaExceeded: () => limitExceeded("Daily message quota exceeded."),

  // Faults on demand, for which there is no cause that a text could name; the texts are those of the model and of AWS's
  // front ends.
  messageRejected: () => new ServiceError("MessageRejected", "Email address is not verified."),
  accountSuspended: () =>
    new ServiceError(
      "AccountSuspendedException",
      "The message can't be sent because the account's ability to send email has been permanently restricted.",
    ),
  mailFromUnverified: () =>
    new ServiceError(
      "MailFromDomainNotVerifiedException",
      "The message can't be sent because the sending domain isn't verified.",
    ),
  serviceUnavailable: () =>
    new ServiceError("ServiceUnavailableException", "The request has failed due to a temporary failure of the server."),

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
  // Suppression lists: SES's text for the account's list, adapted for a tenant's
  suppressedDestinationNotFound: (address: string, ofTenant: boolean) =>
    notFound(`Email address ${address} does not exist on your ${ofTenant ? "tenant " : ""}suppression list.`),
  suppressionReasonNull: () => badRequest("Reason null is invalid, must be one of [BOUNCE, COMPLAINT]."),
  // From here on, our own texts.
  suppressedAddressInvalid: (address: string) => badRequest(`Invalid email address <${address}>.`),
  suppressionPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  suppressionToken: () => new ServiceError("InvalidNextTokenException", "Invalid Next Token"),

  // The contact list named by a message
  contactListNotFound: (name: string) => notFound(`List with name: ${name} doesn't exist.`),

  // Contact lists and contacts
  contactListNameBlank: () => badRequest("ContactListName can't be blank."),
  contactListName: () =>
    badRequest(
      "ContactListName can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.",
    ),
  contactListLimit: (limit: number) => badRequest(`A maximum of ${limit} Lists allowed per account.`),
  tooManyTopics: (limit: number) => badRequest(`Maximum of <${limit}> topics allowed per ContactList`),
  topicNameBlank: () => badRequest("TopicName can't be blank."),
  topicName: () =>
    badRequest(
      "TopicName can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.",
    ),
  topicDisplayName: (limit: number) => badRequest(`Topic DisplayName can contain up to <${limit}> characters.`),
  repeatedTopic: () => badRequest("Duplicate topic names are not allowed within a List."),
  listDescription: (limit: number) => badRequest(`List description can contain up to ${limit} characters.`),
  topicNotInList: (list: string, topic: string) => badRequest(`List: ${list} doesn't contain Topic: ${topic}`),
  // The filter of ListContacts: SES's texts, and its code for a missing topic, which differs from that of other operations.
  filteredStatusMissing: () => badRequest("Invalid FilteredStatus <null>"),
  filterTopicBlank: () => badRequest("TopicName can't be blank in TopicFilter."),
  filterTopicNotFound: (list: string, topic: string) => notFound(`List: ${list} doesn't contain Topic: ${topic}`),
  contactsToken: () => badRequest("Provided NextToken is invalid"),
  contactAddressBlank: () => badRequest("EmailAddress can't be blank."),
  contactAddress: (address: string) => badRequest(`EmailAddress <${address}> is invalid`),
  contactExists: (address: string) => alreadyExists(`${address} already exists in List.`),
  contactNotFound: (address: string) => notFound(`${address} doesn't exist in List.`),
  // From here on, our own texts. SES allows one list only, so it reports the limit first.
  contactListExists: (name: string) => alreadyExists(`List with name: ${name} already exists.`),
  topicDescription: (limit: number) => badRequest(`Topic Description can contain up to <${limit}> characters.`),
  contactText: (member: string) => badRequest(`${member} must not contain NUL characters or unpaired surrogates.`),
  attributesNoObject: () => badRequest("AttributesData must be a valid JSON object."),
  attributesTooLong: (limit: number) => badRequest(`AttributesData can contain up to ${limit} bytes.`),
  contactPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  contactToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),
} as const;
