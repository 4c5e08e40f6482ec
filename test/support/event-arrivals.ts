/** What a destination got of published events, by what each event is about. */

/** The parts of an event's JSON that tell it from others. */
interface EventText {
  eventType: string;
  mail: { messageId: string };
  delivery?: { recipients: string[] };
}

/** An event that arrived. */
export interface ArrivedEvent {
  body: string;
  /** Undefined where the destination gets none. */
  id: string | undefined;
}

/** What an event is about; a Send event is about its message, whoever its recipients are. */
export function eventKey(eventType: string, messageId: string, recipient = ""): string {
  return `${eventType} ${messageId} ${recipient}`;
}

export class EventArrivals {
  /** By key: the IDs that came with it, taken or not. */
  readonly ids = new Map<string, Set<string>>();
  /** By key: the bodies that came with it. */
  readonly bodies = new Map<string, Set<string>>();
  /** By key: how often it was taken. */
  readonly #taken = new Map<string, number>();

  /** @param taken whether the destination says that it has the event */
  add({ body, id }: ArrivedEvent, taken: boolean): void {
    const { eventType, mail, delivery }: EventText = JSON.parse(body);
    const key = eventKey(eventType, mail.messageId, delivery?.recipients.join());
    if (id !== undefined) addTo(this.ids, key, id);
    addTo(this.bodies, key, body);
    if (taken) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
  }

  /** The number of events that were taken at least once. */
  get size(): number {
    return this.#taken.size;
  }

  /** How many were taken again, counting each time. */
  get repeats(): number {
    return [...this.#taken.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  lost(expected: readonly string[]): string[] {
    return expected.filter((key) => !this.#taken.has(key));
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
