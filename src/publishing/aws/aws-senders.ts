/** Makes the senders to AWS services from stored event destinations. */
import type { EventDestinationDefinition } from "@aws-sdk/client-sesv2";
import type { Config } from "../../config/config.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { Sender } from "../sender.ts";
import { identityArn } from "../ses-event/sending-account.ts";
import { bareFormat, eventFormat, type TopicFormat } from "../ses-event/sns-texts.ts";
import { parseArn } from "./arn.ts";
import { checkTopic, type TargetCheck } from "./check-target.ts";
import { type AwsClientOptions, createAwsClients } from "./clients.ts";
import { createCloudWatchSender } from "./cloudwatch.ts";
import { createEventBridgeSender } from "./eventbridge.ts";
import { createFirehoseSender } from "./firehose.ts";
import { createSnsSender } from "./sns.ts";

/** The destination in SES's EventDestination: the one member that it has. */
export type DestinationTarget = Pick<
  EventDestinationDefinition,
  | "SnsDestination"
  | "EventBridgeDestination"
  | "KinesisFirehoseDestination"
  | "CloudWatchDestination"
  | "PinpointDestination"
>;

/** Why nothing can be sent to a target. */
export interface Undeliverable {
  readonly undeliverable: string;
}

export interface AwsSenders {
  /** The sender of a scope's events to an event destination. */
  forDestination(target: DestinationTarget, owner: Scope): Sender | Undeliverable;
  /** The sender of an identity's notifications to a topic. */
  forNotifications(topicArn: string): Sender | Undeliverable;
  /**
   * Publishes a text to a topic, before it is stored in a setting.
   * @throws a bad request if the topic can't be published to
   */
  checkTopic(topicArn: string, text: string): Promise<TargetCheck>;
  /** Closes the connections. */
  close(): void;
}

/** Loads and opens nothing before the first call. */
export function createAwsSenders(
  config: Pick<Config, "eventBridgeSource" | "cloudWatchNamespace"> & Partial<Pick<Config, "accountId" | "region">>,
  options: AwsClientOptions = {},
): AwsSenders {
  const clients = createAwsClients(options);

  return {
    forDestination(target, owner) {
      if (target.SnsDestination) return topicSender(target.SnsDestination.TopicArn, eventFormat);
      if (target.EventBridgeDestination) return busSender(target.EventBridgeDestination.EventBusArn, owner);
      if (target.KinesisFirehoseDestination) return streamSender(target.KinesisFirehoseDestination.DeliveryStreamArn);
      if (target.CloudWatchDestination) {
        const { DimensionConfigurations: dimensions = [] } = target.CloudWatchDestination;
        return createCloudWatchSender(
          { namespace: config.cloudWatchNamespace, region: owner.region, dimensions },
          clients,
        );
      }
      if (target.PinpointDestination) {
        return { undeliverable: "Pinpoint destinations are stored, and nothing is sent to them." };
      }
      return { undeliverable: "This version of Mailglass does not know the kind of destination." };
    },
    forNotifications: (topicArn) => topicSender(topicArn, bareFormat),
    checkTopic: (topicArn, text) => checkTopic(topicArn, text, clients),
    close: () => clients.close(),
  };

  function topicSender(arn: string | undefined, format: TopicFormat): Sender | Undeliverable {
    const topic = parseArn(arn ?? "");
    if (arn === undefined || topic?.service !== "sns") return wrongArn(arn, "an SNS topic");
    return createSnsSender({ arn, region: topic.region }, format, clients);
  }

  function busSender(arn: string | undefined, { id, accountId, region: ownRegion }: Scope): Sender | Undeliverable {
    const bus = parseArn(arn ?? "");
    if (arn === undefined || bus?.service !== "events") return wrongArn(arn, "an event bus");
    const { partition, region } = bus;
    const owner = { accountId, region: ownRegion, partition };
    // A reset gives the default account in the default region another ID.
    const isDefault = id === defaultScope || (accountId === config.accountId && ownRegion === config.region);
    return createEventBridgeSender(
      {
        arn,
        region,
        source: config.eventBridgeSource,
        identityArn: (identity) => identityArn(owner, identity),
        accountArn: isDefault ? undefined : `arn:${partition}:ses:${ownRegion}:${accountId}:*`,
      },
      clients,
    );
  }

  function streamSender(arn: string | undefined): Sender | Undeliverable {
    const stream = parseArn(arn ?? "");
    const streamName = /^deliverystream\/([\w.-]+)$/.exec(stream?.resource ?? "")?.[1];
    if (arn === undefined || stream?.service !== "firehose" || streamName === undefined) {
      return wrongArn(arn, "a Firehose stream");
    }
    return createFirehoseSender({ arn, region: stream.region, streamName }, clients);
  }
}

function wrongArn(arn: string | undefined, what: string): Undeliverable {
  return { undeliverable: `${arn ?? "Nothing"} is not the ARN of ${what}.` };
}
