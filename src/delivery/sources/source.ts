/** The local addresses that mail leaves from. */

/** A registered address, for one message. */
export interface Source {
  readonly address: string;
  readonly family: 4 | 6;
  /** The name to give in EHLO. */
  readonly ehloName: string;
  /** Counts one message of the day; undefined if the address warms up and may send no more today. */
  take(): Taken | undefined | Promise<Taken | undefined>;
  /** Reports that this machine does not have the address. */
  unavailable(reason: string): void;
}

/** A message that was counted. */
export interface Taken {
  /** Undoes the count, of a message that no server was offered. To be called once at most. */
  giveBack(): void;
}
