/** Errors about configuration sets, their event destinations and archives. */
import { alreadyExists, badRequest, limitExceeded, notFound, sendingPaused } from "./service-error.ts";

export const configurationSetErrors = {
  // Event destinations. The first is SES's text; the others are ours.
  snsTopicNotFound: (arn: string) => badRequest(`SNS topic <${arn}> not found.`),
  snsTopicFifo: (arn: string) =>
    badRequest(`SNS topic <${arn}> is a FIFO topic. Events can only be published to standard topics.`),
  snsTopicDenied: (arn: string) =>
    badRequest(
      `Publishing to SNS topic <${arn}> was denied. The AWS credentials of Mailglass need the permission sns:Publish.`,
    ),

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

  // Archives: our own texts
  archiveNotFound: (arn: string) => notFound(`Archive <${arn}> does not exist.`),
} as const;
