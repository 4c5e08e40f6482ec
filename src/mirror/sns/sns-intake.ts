/** Takes requests of SNS: signed messages, and raw ones with the source's secret (facts 4.2). */
import { verify } from "node:crypto";
import { promisify } from "node:util";
import { createAllowance } from "../../common/allowance.ts";
import { constantTimeEqual } from "../../common/mac.ts";
import type { Arrivals } from "../arrivals.ts";
import { basicChallenge, basicCredentials } from "../basic-credentials.ts";
import type { Ingest } from "../ingest.ts";
import { headerOf, type Intake, type PushAnswer, type PushHead, secretLost } from "../intake.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { SourceList } from "../source-list.ts";
import type { SettingsOf } from "../source-settings.ts";
import { isCertificateUrl } from "./certificate-url.ts";
import { CertificateFault, type SnsCertificates, TooManyCertificates } from "./certificates.ts";
import type { ConfirmSubscription } from "./confirm.ts";
import { EnvelopeError, readEnvelope, type SnsEnvelope } from "./envelope.ts";
import { type TopicArn, topicArnOf } from "./topic-arn.ts";

export interface SnsIntakeServices {
  readonly ingest: Pick<Ingest, "take">;
  readonly arrivals: Pick<Arrivals, "note">;
  readonly sources: Pick<SourceList, "secretOf">;
  readonly certificates: SnsCertificates;
  readonly confirm: ConfirmSubscription;
  /** The prefix of the URLs of an emulator's certificates. */
  readonly emulatorCertificates: string | undefined;
  readonly clock: () => Date;
  /** Compared with SNS's timestamps. */
  readonly machineClock: () => Date;
  readonly steadyClock: () => Date;
}

type SnsSource = MirrorSource<SettingsOf<"sns">>;

/** The user name in the URLs of raw subscriptions. */
export const rawUser = "mailglass";

/** An SNS message has at most 256 KiB. */
const longestBody = 1 << 20;
/** SNS retries for an hour. A replay within this time is harmless, since an event counts once. */
const oldestMs = 75 * 60_000;
/** How far SNS's clock may be ahead of ours. */
const aheadMs = 15 * 60_000;
/** How many certificates that are not cached a client may make us fetch. SNS has one per region. */
const fetches = { burst: 10, everyMs: 10_000 };

const algorithms = { 1: "RSA-SHA1", 2: "RSA-SHA256" } as const;
/** Runs on a libuv thread. */
const verifyOnThread = promisify(verify);

const accepted: PushAnswer = { status: 200, text: "Recorded." };

export function createSnsIntake(services: SnsIntakeServices): Intake<"sns"> {
  const { ingest, arrivals, sources, certificates, confirm, emulatorCertificates, clock, machineClock } = services;
  const mayFetch = createAllowance(fetches.burst, fetches.everyMs, services.steadyClock);

  return {
    longestBody,
    takesGzip: false,
    admit: (source, head) => (isRaw(head) ? admitRaw(source, head) : undefined),
    async take(source, head, body) {
      if (isRaw(head)) {
        await ingest.take(source, [body]);
        return accepted;
      }
      try {
        const envelope = readEnvelope(body);
        const topic = topicOf(source, envelope);
        if ("status" in topic) return topic;
        return (
          headFault(head, envelope) ?? (await fault(head, envelope, topic)) ?? (await obey(source, envelope, topic))
        );
      } catch (error) {
        if (error instanceof EnvelopeError) return { status: 400, text: error.message, isNoted: true };
        throw error;
      }
    },
  };

  function admitRaw(source: SnsSource, head: PushHead): PushAnswer | undefined {
    // SNS retries, so the message is recorded once the operator has changed the setting.
    if (!source.settings.raw) return { status: 503, text: rawIsOff, isNoted: true };
    const secret = sources.secretOf(source);
    if (secret === undefined) return secretLost;
    const credentials = basicCredentials(head);
    const right =
      credentials === undefined
        ? head.token !== undefined && constantTimeEqual(head.token, secret)
        : constantTimeEqual(credentials, `${rawUser}:${secret}`);
    if (right) return undefined;
    const given = credentials !== undefined || head.token !== undefined;
    // SNS first sends each request without credentials.
    if (!given) return { status: 401, text: rawWithoutSecret, challenge: basicChallenge };
    return { status: 401, text: rawWithOtherSecret, challenge: basicChallenge, isNoted: true, isFailedAttempt: true };
  }

  /** Checks the topic. A valid signature is not enough, since anyone can make their own topic post here. */
  function topicOf({ settings }: SnsSource, { topicArn }: SnsEnvelope): TopicArn | PushAnswer {
    const topic = topicArnOf(topicArn);
    if (topic && settings.topicArns.includes(topic.arn)) return topic;
    const named = topic ? `the topic ${topic.arn}` : "a topic whose ARN is malformed";
    const text = `A message came from ${named}, which is not one of this source's. Add it to topicArns if it is yours.`;
    return { status: 403, text, isNoted: true };
  }

  async function fault(
    { address }: PushHead,
    envelope: SnsEnvelope,
    { region }: TopicArn,
  ): Promise<PushAnswer | undefined> {
    const { timestamp, signatureVersion, signature, signingCertUrl, stringToSign } = envelope;
    const ageMs = machineClock().getTime() - timestamp.getTime();
    if (ageMs > oldestMs) return refusal("The message is older than 75 minutes: SNS would have stopped retrying it.");
    // In this case our clock is wrong, and may be right when SNS retries.
    if (ageMs < -aheadMs) {
      const text = "The message's Timestamp is more than 15 minutes ahead. Check this server's clock.";
      return { status: 503, text, isNoted: true };
    }
    const isEmulators = emulatorCertificates !== undefined && signingCertUrl.startsWith(emulatorCertificates);
    if (!isEmulators && !isCertificateUrl(signingCertUrl, region)) return refusal(wrongCertificateUrl);
    try {
      const key = await certificates.keyAt(signingCertUrl, () => mayFetch.take(address));
      const data = Buffer.from(stringToSign);
      if (await verifyOnThread(algorithms[signatureVersion], data, key, signature)) return undefined;
      return refusal("The signature does not match the message.");
    } catch (error) {
      if (error instanceof CertificateFault) return refusal(error.message);
      if (error instanceof TooManyCertificates)
        return { status: 429, text: "Too many certificates are being fetched." };
      return { status: 503, text: `SNS's certificate could not be fetched: ${messageOf(error)}`, isNoted: true };
    }
  }

  async function obey(source: SnsSource, envelope: SnsEnvelope, topic: TopicArn): Promise<PushAnswer> {
    const { type, message, token = "" } = envelope;
    if (type === "Notification") {
      // Only the signed message: anyone who has a message of the topic can add unsigned members to it.
      await ingest.take(source, [Buffer.from(message)]);
      return accepted;
    }
    arrivals.note(source.id, { receivedAt: clock() });
    // Its token would subscribe the URL again, which nobody has asked for.
    if (type === "UnsubscribeConfirmation") return { status: 200, text: unsubscribed(topic), isNoted: true };
    if (!/^[\x21-\x7e]{1,2048}$/.test(token)) return { status: 400, text: "The Token is malformed." };
    try {
      await confirm(topic, token);
    } catch (error) {
      const text = `The subscription of ${topic.arn} could not be confirmed: ${messageOf(error)}`;
      return { status: 503, text, isNoted: true };
    }
    arrivals.note(source.id, { confirmedAt: clock(), error: null });
    return { status: 200, text: "The subscription is confirmed." };
  }
}

function isRaw(head: PushHead): boolean {
  return headerOf(head, "x-amz-sns-rawdelivery")?.toLowerCase() === "true";
}

/** A proxy or filter may decide by headers, so they must agree with the message. */
function headFault(head: PushHead, { type, messageId, topicArn }: SnsEnvelope): PushAnswer | undefined {
  const expected = { "message-type": type, "message-id": messageId, "topic-arn": topicArn };
  for (const [name, value] of Object.entries(expected)) {
    const header = `x-amz-sns-${name}`;
    if (headerOf(head, header) !== value) return refusal(`The header ${header} does not match the message.`, 400);
  }
  return undefined;
}

function refusal(text: string, status: 400 | 403 = 403): PushAnswer {
  return { status, text, isNoted: true, isFailedAttempt: true };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}

const rawIsOff =
  "The subscription has raw message delivery, but the source does not: raw messages have no signature. Turn it off for the subscription, or set raw for this source and subscribe the URL with its secret.";
const rawWithoutSecret = "Raw messages need the source's secret, in the subscription's URL.";
const rawWithOtherSecret =
  "A raw message came with a wrong secret. Subscribe the URL with the source's secret, or rotate it to get a new one.";
const wrongCertificateUrl =
  "The SigningCertURL is not that of SNS in the topic's region. For an emulator, set MAILGLASS_MIRROR_SNS_CERTIFICATES to the URL of its certificates.";
const unsubscribed = ({ arn }: TopicArn) =>
  `The subscription to ${arn} has ended. If this was not intended, subscribe the source's URL again.`;
