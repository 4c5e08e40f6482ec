/** The events of Mailpit's mailbox, for the clients that are connected. */

/** A client that is connected. */
export interface EventClient {
  /** The only scope that it may see; undefined for all. A reset replaces it. */
  scope: number | undefined;
  /** Sends a text frame. */
  send(text: string): void;
}

export type MailboxEventType = "new" | "update" | "delete" | "truncate" | "prune" | "stats";

/** How long changes are collected before the clients get new numbers, in milliseconds: Mailpit's, four times a second. */
const statsAfterMs = 250;

export interface MailboxEvents {
  /** Whether anybody listens. */
  readonly heard: boolean;
  add(client: EventClient): void;
  remove(client: EventClient): void;
  /** Tells the clients that may see the scope; all if it is undefined. */
  tell(scope: number | undefined, type: MailboxEventType, data: unknown): void;
  /** Tells only the clients that see exactly this scope; those that see all if it is undefined. */
  tellExactly(scope: number | undefined, type: MailboxEventType, data: unknown): void;
  /** To be called after a scope was replaced: who may see it may see the new one. */
  scopeReplaced(retired: number, scope: number): void;
  /** To be called after a change: the clients get the mailbox's numbers soon. */
  changed(): void;
  /** Resolves once nothing reads the mailbox any more. */
  stop(): Promise<void>;
}

/**
 * @param stats the numbers of the mailbox that a client may see
 * @param failed is told why they could not be read
 */
export function createMailboxEvents(
  stats: (scope: number | undefined) => Promise<object>,
  failed: (error: unknown) => void,
): MailboxEvents {
  const clients = new Set<EventClient>();
  let timer: NodeJS.Timeout | undefined;
  let telling = Promise.resolve();
  let stopped = false;

  async function tellStats(): Promise<void> {
    const byScope = Map.groupBy(clients, ({ scope }) => scope);
    for (const [scope, group] of byScope) {
      const text = frame("stats", await stats(scope));
      for (const client of group) client.send(text);
    }
  }

  function changed(): void {
    if (clients.size === 0 || stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      telling = telling.then(tellStats).catch(failed);
    }, statsAfterMs);
  }

  return {
    get heard() {
      return clients.size > 0;
    },
    add(client) {
      clients.add(client);
      changed();
    },
    remove: (client) => void clients.delete(client),
    tell(scope, type, data) {
      const text = frame(type, data);
      for (const client of clients) {
        if (scope === undefined || client.scope === undefined || client.scope === scope) client.send(text);
      }
    },
    tellExactly(scope, type, data) {
      const text = frame(type, data);
      for (const client of clients) if (client.scope === scope) client.send(text);
    },
    scopeReplaced(retired, scope) {
      for (const client of clients) if (client.scope === retired) client.scope = scope;
    },
    changed,
    stop() {
      stopped = true;
      clearTimeout(timer);
      return telling;
    },
  };
}

function frame(type: MailboxEventType, data: unknown): string {
  return JSON.stringify({ Type: type, Data: data });
}
