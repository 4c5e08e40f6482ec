/**
 * The structures of SES that are stored as JSON, in SES's own form, and parsed when they are read: another version of the
 * program may have written them. What a newer one added is left out.
 */
import type {
  AccountDetails,
  DeliveryOptions,
  EventDestinationDefinition,
  EventType,
  SigningScheme,
  SuppressionOptions,
  SuppressionValidationAttributes,
  Tag,
  TenantSuppressionAttributes,
  TrackingOptions,
  VdmOptions,
} from "@aws-sdk/client-sesv2";
import {
  array,
  type GenericSchema,
  type InferOutput,
  number,
  object,
  optional,
  picklist,
  strictObject,
  string,
  union,
} from "valibot";
import { dictionary } from "../../common/parse-data.ts";

const status = picklist(["ENABLED", "DISABLED"]);
const texts = optional(array(string()));

export const storedTags = array(object({ Key: string(), Value: string() })) satisfies GenericSchema<Tag[]>;

export const storedTrackingOptions = object({
  CustomRedirectDomain: string(),
  HttpsPolicy: optional(picklist(["REQUIRE", "REQUIRE_OPEN_ONLY", "OPTIONAL"])),
}) satisfies GenericSchema<TrackingOptions>;

export const storedDeliveryOptions = object({
  TlsPolicy: optional(picklist(["REQUIRE", "OPTIONAL"])),
  SendingPoolName: optional(string()),
  MaxDeliverySeconds: optional(number()),
}) satisfies GenericSchema<DeliveryOptions>;

/** A scheme that a newer version added is not one of these, and can't be read. */
export const storedSigningScheme = union([
  strictObject({ DefaultScheme: object({}) }),
  strictObject({ SmimeScheme: object({ SignatureFormat: picklist(["DETACHED"]) }) }),
]) satisfies GenericSchema<unknown, SigningScheme>;

/** Auto Validation, of the account or a configuration set. */
export const storedSuppressionValidation = object({
  ConditionThreshold: object({
    ConditionThresholdEnabled: status,
    OverallConfidenceThreshold: optional(
      object({ ConfidenceVerdictThreshold: picklist(["MEDIUM", "HIGH", "MANAGED"]) }),
    ),
  }),
}) satisfies GenericSchema<SuppressionValidationAttributes>;

export const storedSuppressionOptions = object({
  SuppressedReasons: optional(array(picklist(["BOUNCE", "COMPLAINT"]))),
  SuppressionScope: optional(picklist(["ACCOUNT", "TENANT"])),
  ValidationOptions: optional(storedSuppressionValidation),
}) satisfies GenericSchema<SuppressionOptions>;

export const storedTenantSuppression = object({
  SuppressedReasons: array(picklist(["BOUNCE", "COMPLAINT"])),
  SuppressionScope: picklist(["ACCOUNT", "TENANT"]),
}) satisfies GenericSchema<TenantSuppressionAttributes>;

export const storedVdmOptions = object({
  DashboardOptions: optional(object({ EngagementMetrics: optional(status) })),
  GuardianOptions: optional(object({ OptimizedSharedDelivery: optional(status) })),
}) satisfies GenericSchema<VdmOptions>;

/** The event types of an event destination. */
export const storedEventType = picklist([
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
]) satisfies GenericSchema<EventType>;

/** The one destination of an EventDestination. */
export const storedEventTarget = union([
  object({ SnsDestination: object({ TopicArn: string() }) }),
  object({ EventBridgeDestination: object({ EventBusArn: string() }) }),
  object({ KinesisFirehoseDestination: object({ IamRoleArn: string(), DeliveryStreamArn: string() }) }),
  object({
    CloudWatchDestination: object({
      DimensionConfigurations: array(
        object({
          DimensionName: string(),
          DimensionValueSource: picklist(["MESSAGE_TAG", "EMAIL_HEADER", "LINK_TAG"]),
          DefaultDimensionValue: string(),
        }),
      ),
    }),
  }),
  object({ PinpointDestination: object({ ApplicationArn: string() }) }),
]) satisfies GenericSchema<EventDestinationDefinition>;

export const storedAccountDetails = object({
  MailType: optional(picklist(["MARKETING", "TRANSACTIONAL"])),
  WebsiteURL: optional(string()),
  ContactLanguage: optional(picklist(["EN", "JA"])),
  UseCaseDescription: optional(string()),
  AdditionalContactEmailAddresses: texts,
  ReviewDetails: optional(
    object({
      Status: optional(picklist(["PENDING", "FAILED", "GRANTED", "DENIED"])),
      CaseId: optional(string()),
    }),
  ),
}) satisfies GenericSchema<AccountDetails>;

const subscription = picklist(["OPT_IN", "OPT_OUT"]);

/** The topics of a contact list. */
export const storedTopics = array(
  object({
    TopicName: string(),
    DisplayName: string(),
    Description: optional(string()),
    DefaultSubscriptionStatus: subscription,
  }),
);

/** A contact's own choices, by the name of a topic. */
export const storedPreferences = dictionary(subscription);

const insightsFilters = object({
  FromEmailAddress: texts,
  Destination: texts,
  Subject: texts,
  Isp: texts,
  TenantName: texts,
  LastDeliveryEvent: optional(
    array(picklist(["SEND", "DELIVERY", "TRANSIENT_BOUNCE", "PERMANENT_BOUNCE", "UNDETERMINED_BOUNCE", "COMPLAINT"])),
  ),
  LastEngagementEvent: optional(array(picklist(["OPEN", "CLICK"]))),
});

/** The request's ExportDataSource; times are ISO 8601 texts. */
export const storedDataSource = object({
  MetricsDataSource: optional(
    object({
      Dimensions: optional(dictionary(array(string()))),
      Namespace: optional(picklist(["VDM"])),
      Metrics: optional(
        array(
          object({
            Name: optional(
              picklist([
                "SEND",
                "COMPLAINT",
                "PERMANENT_BOUNCE",
                "TRANSIENT_BOUNCE",
                "OPEN",
                "CLICK",
                "DELIVERY",
                "DELIVERY_OPEN",
                "DELIVERY_CLICK",
                "DELIVERY_COMPLAINT",
              ]),
            ),
            Aggregation: optional(picklist(["RATE", "VOLUME"])),
          }),
        ),
      ),
      StartDate: optional(string()),
      EndDate: optional(string()),
    }),
  ),
  MessageInsightsDataSource: optional(
    object({
      StartDate: optional(string()),
      EndDate: optional(string()),
      Include: optional(insightsFilters),
      Exclude: optional(insightsFilters),
      MaxResults: optional(number()),
    }),
  ),
});

export type StoredDataSource = InferOutput<typeof storedDataSource>;
