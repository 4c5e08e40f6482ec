import type { Dnsbl } from "../../dnsbl/dnsbl.ts";
import type { OwnAddresses } from "../../dnsbl/own-addresses.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { AccountSettings } from "../account/settings.ts";
import type { SendingServices } from "../sending/sending-services.ts";

/** What the operations of the deliverability dashboard depend on. */
export interface DeliverabilityServices {
  database: ScopedDatabase;
  settings: AccountSettings;
  sending: SendingServices;
  objects: Pick<ObjectStore, "read">;
  /** All events of a message of a scope. */
  history: (messageId: string, scope: number) => Promise<readonly EventRow[]>;
  /** How many hours mail of a test is looked for. */
  testHours: number;
  /** Starts to look for the mail of a test that was just created. */
  wakeTests: () => void;
  dnsbl: Dnsbl;
  ownAddresses: Pick<OwnAddresses, "of">;
}
