/**
 * Mail that this process has claimed but not started to deliver, by destination, and the number of deliveries in
 * progress to each. Destinations take turns, one message at a time, so that a large one leaves the others their share
 * of the connections.
 */
import { BoundedMap } from "../../common/bounded-map.ts";
import type { QueuedMail } from "../../stores/postgres/send-queue.ts";
import { createDestination, type Destination, type DestinationLimits } from "./destination.ts";

/**
 * How many destinations without mail keep their state. Beyond that, those that had mail longest ago are forgotten;
 * their limits are learned again within a second.
 */
const remembered = 10_000;

/** A started delivery. */
export interface Begun {
  readonly mail: QueuedMail;
  readonly destination: Destination;
  /** Must be called once when the delivery has ended. */
  ended(): void;
}

/** Claimed mail and the state of its destinations. Times are in milliseconds of the worker's clock. */
export interface HeldMail {
  /** How many messages are held. */
  count(): number;
  hold(mail: QueuedMail): void;
  /** Starts the next message that the limits allow; undefined if there is none. */
  begin(now: number): Begun | undefined;
  /** Destinations to exclude from claims: they rest, or at least `enough` of their messages are held. */
  full(enough: number, now: number): string[];
  /** Removes and returns the mail held for resting destinations. */
  takeResting(now: number): QueuedMail[];
  /** Removes and returns all mail. */
  takeAll(): QueuedMail[];
  /** Ends the rests of all destinations. */
  endRests(): void;
}

interface Queue {
  readonly name: string;
  readonly destination: Destination;
  mail: QueuedMail[];
  underWay: number;
}

/** `destinationOf` returns the name of a message's destination. */
export function createHeldMail(limits: DestinationLimits, destinationOf: (mail: QueuedMail) => string): HeldMail {
  /** Destinations that hold mail or have deliveries in progress. */
  const queues = new Map<string, Queue>();
  /** All other known destinations. */
  const idle = new BoundedMap<string, Destination>({ capacity: remembered, evicts: "oldest" });
  /** Destinations that hold mail, in the order of their turns. A set keeps insertion order. */
  const ready = new Set<Queue>();
  let count = 0;

  return {
    count: () => count,
    hold(mail) {
      const queue = queueOf(destinationOf(mail));
      queue.mail.push(mail);
      ready.add(queue);
      count++;
    },
    begin(now) {
      for (const queue of ready) {
        const { destination } = queue;
        if (queue.underWay >= destination.allowed() || destination.restsUntil() > now) continue;
        const mail = queue.mail.shift();
        ready.delete(queue);
        if (!mail) continue;
        if (queue.mail.length > 0) ready.add(queue);
        count--;
        queue.underWay++;
        return {
          mail,
          destination,
          ended: () => {
            queue.underWay--;
            leaveIfIdle(queue);
          },
        };
      }
      return undefined;
    },
    full(enough, now) {
      const full: string[] = [];
      for (const { name, mail, destination } of queues.values()) {
        if (mail.length >= enough || destination.restsUntil() > now) full.push(name);
      }
      for (const [name, destination] of idle) if (destination.restsUntil() > now) full.push(name);
      return full;
    },
    takeResting: (now) => take((queue) => queue.destination.restsUntil() > now),
    takeAll: () => take(() => true),
    endRests() {
      for (const { destination } of queues.values()) destination.endRest();
      for (const [, destination] of idle) destination.endRest();
    },
  };

  function queueOf(name: string): Queue {
    let queue = queues.get(name);
    if (!queue) {
      queue = { name, destination: idle.get(name) ?? createDestination(limits), mail: [], underWay: 0 };
      idle.delete(name);
      queues.set(name, queue);
    }
    return queue;
  }

  function leaveIfIdle({ name, destination, mail, underWay }: Queue): void {
    if (mail.length > 0 || underWay > 0) return;
    queues.delete(name);
    idle.set(name, destination);
  }

  function take(which: (queue: Queue) => boolean): QueuedMail[] {
    const taken: QueuedMail[] = [];
    for (const queue of ready) {
      if (!which(queue)) continue;
      ready.delete(queue);
      taken.push(...queue.mail);
      queue.mail = [];
      leaveIfIdle(queue);
    }
    count -= taken.length;
    return taken;
  }
}
