/** Simulated messages with the events that real mail would have. */
import type { MailEvent, MessageFacts } from "../events/event.ts";
import { createMessageId } from "../events/message-id.ts";
import { hasFeedbackLoop, ispOf } from "../mail/isp.ts";
import { createPicker, createRandom, type Random } from "./random.ts";
import {
  dailyRhythm,
  machineAgents,
  type Provider,
  permanentBounces,
  providers,
  type Stream,
  streams,
  transientBounces,
  userAgents,
  weeklyRhythm,
} from "./world.ts";

/** The amount of traffic and its period. */
export interface TrafficOptions {
  /** The account and region to which the messages belong. */
  scope: number;
  messages: number;
  /** Days before `until` on which messages are sent. */
  days: number;
  seed: number;
  /** No events after this time. */
  until: Date;
}

const dayMs = 24 * 3600 * 1000;
const hourMs = 3600 * 1000;
const minuteMs = 60 * 1000;

/** The events of each message, in the order of sending. The same options give the same events. */
export function* simulateTraffic(options: TrafficOptions): Generator<MailEvent[]> {
  const random = createRandom(options.seed);
  const pickStream = createPicker(streams);
  const pickProvider = createPicker(providers);
  for (const sentAt of sendingTimes(options, random)) {
    const message = { scope: options.scope, sentAt, stream: pickStream(random), provider: pickProvider(random) };
    yield simulateMessage(message, options.until, random);
  }
}

/** Ascending sending times that follow the daily and weekly rhythms. Generates them slot by slot to save memory. */
function* sendingTimes({ messages, days, until }: TrafficOptions, random: Random): Generator<Date> {
  const start = until.getTime() - days * dayMs;
  // One-hour slots, or shorter if the times of an hour would not fit into memory.
  const slots = Math.max(1, Math.ceil(days * 24), Math.ceil(messages / 100_000));
  const slotMs = (days * dayMs) / slots;
  const weights = Array.from({ length: slots }, (_, slot) => {
    const at = new Date(start + slot * slotMs);
    return (dailyRhythm[at.getUTCHours()] ?? 1) * (weeklyRhythm[at.getUTCDay()] ?? 1);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let owed = 0;
  let sent = 0;
  for (const [slot, weight] of weights.entries()) {
    owed += (messages * weight) / total;
    const count = slot === slots - 1 ? messages - sent : Math.floor(owed) - sent;
    const times = Float64Array.from({ length: count }, () => start + (slot + random.next()) * slotMs).sort();
    for (const time of times) yield new Date(Math.floor(time));
    sent += count;
  }
}

/** A message to simulate. */
interface SimulatedMessage {
  readonly scope: number;
  readonly sentAt: Date;
  readonly stream: Stream;
  readonly provider: Provider;
}

function simulateMessage(
  { scope, sentAt, stream, provider }: SimulatedMessage,
  until: Date,
  random: Random,
): MailEvent[] {
  const messageId = createMessageId(sentAt, random.uuid());
  const recipient = `user${random.below(200_000)}@${provider.domain}`;
  const isp = ispOf(provider.domain);
  const events: MailEvent[] = [];
  const base = (at: number) => ({
    id: random.uuid(),
    scope,
    messageId,
    sentAt,
    recipient,
    at: new Date(Math.floor(at)),
  });
  const add = (event: MailEvent) => {
    if (event.at <= until) events.push(event);
  };
  add({ ...base(sentAt.getTime()), type: "SEND", message: factsOf(stream, recipient, isp, random) });

  let at = sentAt.getTime() + random.wait(provider.latency * 1000);
  if (random.chance(provider.delay)) {
    at = sentAt.getTime() + random.wait(20 * minuteMs);
    const expirationTime = new Date(sentAt.getTime() + 14 * hourMs);
    add({
      ...base(at),
      type: "DELIVERY_DELAY",
      delayType: "TransientCommunicationFailure",
      expirationTime,
      status: "4.4.1",
    });
    at += random.wait(2 * hourMs);
  }
  if (random.chance(provider.permanentBounce)) {
    const bounce = permanentBounces[random.below(permanentBounces.length)] ?? permanentBounces[0];
    add({ ...base(at), ...bounceOf(bounce, random), bounceType: "Permanent" });
    return events;
  }
  if (random.chance(provider.transientBounce)) {
    const bounce = transientBounces[random.below(transientBounces.length)] ?? transientBounces[0];
    add({ ...base(at + random.wait(14 * hourMs)), ...bounceOf(bounce, random), bounceType: "Transient" });
    return events;
  }
  const processingTimeMillis = Math.round(at - sentAt.getTime());
  add({ ...base(at), type: "DELIVERY", smtpResponse: `250 2.0.0 OK ${random.below(1e9)}`, processingTimeMillis });
  // Some servers accept the mail first and bounce it later.
  if (random.chance(0.002))
    add({ ...base(at + random.wait(hourMs)), ...bounceOf(permanentBounces[0], random), bounceType: "Permanent" });
  if (random.chance(provider.complaint * stream.complaints)) {
    const arrivalDate = new Date(Math.floor(at + random.wait(10 * hourMs)));
    add({
      ...base(arrivalDate.getTime()),
      type: "COMPLAINT",
      feedbackId: random.uuid(),
      complaintFeedbackType: "abuse",
      arrivalDate,
    });
  }
  const arrival = { delivered: at, provider, base, add };
  if (stream.tracked) visitByMachine(arrival, random);
  if (stream.tracked && random.chance(provider.open * stream.engagement)) engage(arrival, random);
  return events;
}

interface Arrival {
  /** In milliseconds since 1970. */
  readonly delivered: number;
  readonly provider: Provider;
  /** The fields that every event of the message has, for an event at this time. */
  readonly base: (at: number) => Pick<MailEvent, "id" | "scope" | "messageId" | "sentAt" | "recipient" | "at">;
  readonly add: (event: MailEvent) => void;
}

/** Opens and clicks by machines, before anyone reads the mail. */
function visitByMachine({ delivered, provider, base, add }: Arrival, random: Random): void {
  if (random.chance(provider.proxied)) {
    const ipAddress = `192.0.2.${random.below(256)}`;
    const seen = { ipAddress, userAgent: machineAgents.proxy, machine: "proxy" as const };
    add({ ...base(delivered + random.wait(minuteMs)), type: "OPEN", ...seen });
  }
  if (random.chance(provider.scanned)) {
    const ipAddress = `203.0.113.${random.below(256)}`;
    const seen = { ipAddress, userAgent: machineAgents.scanner, machine: "scanner" as const };
    const link = `https://shop.example.com/p/${random.below(500)}`;
    add({ ...base(delivered + random.wait(1000)), type: "CLICK", ...seen, link });
  }
}

/** Opens, some repeated, and clicks: the first within hours, late ones after days. */
function engage({ delivered, provider, base, add }: Arrival, random: Random): void {
  const ipAddress = `198.51.100.${random.below(256)}`;
  const userAgent = userAgents[random.below(userAgents.length)] ?? "";
  let at = delivered;
  do {
    at += random.wait(random.chance(0.15) ? 4 * dayMs : 5 * hourMs);
    add({ ...base(at), type: "OPEN", ipAddress, userAgent });
    if (random.chance(provider.click)) {
      const link = `https://shop.example.com/p/${random.below(500)}`;
      add({ ...base(at + random.wait(minuteMs)), type: "CLICK", ipAddress, userAgent, link });
    }
  } while (random.chance(0.35));
}

function bounceOf(bounce: { subType: string; status: string; diagnostic: string }, random: Random) {
  return {
    type: "BOUNCE" as const,
    bounceSubType: bounce.subType,
    feedbackId: random.uuid(),
    action: "failed",
    status: bounce.status,
    diagnosticCode: bounce.diagnostic,
  };
}

function factsOf(stream: Stream, recipient: string, isp: string, random: Random): MessageFacts {
  return {
    source: stream.source,
    subject: stream.subjects[random.below(stream.subjects.length)],
    isp,
    identity: stream.identity,
    configurationSet: stream.configurationSet,
    tenant: stream.tenant,
    tags: {
      ...stream.tags,
      "ses:operation": ["SendEmail"],
      "ses:from-domain": [stream.source.slice(stream.source.indexOf("@") + 1)],
      "ses:recipient-isp": [isp],
      ...(stream.configurationSet === undefined ? {} : { "ses:configuration-set": [stream.configurationSet] }),
    },
    destination: [recipient],
    location: undefined,
    inSesScope: true,
    feedbackLoop: hasFeedbackLoop(isp),
    openTracked: stream.tracked,
    clickTracked: stream.tracked,
  };
}
