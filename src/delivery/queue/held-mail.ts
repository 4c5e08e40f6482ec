/**
 * The mail that this process has claimed and not begun with, by destination, and what is under way to each. Destinations
 * take turns, one message at a time, so that a large one leaves the others their share of the connections.
 */
import { BoundedMap } from "../../common/bounded-map.ts";
import type { QueuedMail } from "../../stores/postgres/send-queue.ts";
import { createDestination, type Destination, type DestinationLimits } from "./destination.ts";

/**
 * Of so many destinations without mail it is remembered what they bear. Those beyond, the ones that had mail longest ago,
 * are learnt anew in a second.
 */
const remembered = 10_000;

/** A delivery that was begun. */
export interface Begun {
  readonly mail: QueuedMail;
  readonly destination: Destination;
  /** To be called once when it has ended. */
  ended(): void;
}

/** Claimed mail, and the state of where it goes. Times are in milliseconds of the worker's clock. */
export interface HeldMail {
  /** How many messages are held. */
  count(): number;
  hold(mail: QueuedMail): void;
  /** The next message that may be begun; undefined where none may. */
  begin(now: number): Begun | undefined;
  /** Destinations for which nothing more is to be claimed: they rest, or `enough` of their mail is held. */
  full(enough: number, now: number): string[];
  /** Takes out what is held for destinations that rest. */
  takeResting(now: number): QueuedMail[];
  /** Takes out everything. */
  takeAll(): QueuedMail[];
}

interface Queue {
  readonly name: string;
  readonly destination: Destination;
  mail: QueuedMail[];
  underWay: number;
}

/** Holds nothing at first. `destinationOf` names where mail goes. */
export function createHeldMail(limits: DestinationLimits, destinationOf: (mail: QueuedMail) => string): HeldMail {
  /** Those that hold mail or have some under way. */
  const queues = new Map<string, Queue>();
  /** All others that are known. */
  const idle = new BoundedMap<string, Destination>({ capacity: remembered, evicts: "oldest" });
  /** Those that hold mail, in the order of their turns: a set keeps the order in which it was added to. */
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
