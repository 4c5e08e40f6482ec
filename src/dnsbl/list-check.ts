/**
 * Checks lists by their test entries (RFC 5782, 5): 127.0.0.2 must be listed and 127.0.0.1 must not be, and the same for
 * these addresses mapped to IPv6. A list that fails has no data, or lists everything, as lists that were shut down do.
 */
import { isIP } from "node:net";
import { createExpiringCache } from "../common/expiring-cache.ts";
import { type DnsblResolver, lookUp } from "./look-up.ts";

/** Whether the answers of a list mean something. `not-covered`: it has no addresses of this family. */
export type ListState =
  | { readonly kind: "sound" }
  | { readonly kind: "not-covered" }
  | { readonly kind: "unknown"; readonly reason: string };

/** The state of a list for the family of an address. */
export type CheckList = (zone: string, address: string) => Promise<ListState>;

const listedTests = { 4: "127.0.0.2", 6: "::ffff:7f00:2" } as const;
const unlistedTests = { 4: "127.0.0.1", 6: "::ffff:7f00:1" } as const;
/** In milliseconds. */
const lifetime = 10 * 60_000;
const capacity = 100;

/** Ends the load of a state that is not to be kept. */
class UnknownList extends Error {
  override readonly name = "UnknownList";
}

/** Creates a check that keeps its results for ten minutes, by `clock`. What is unknown is asked again each time. */
export function createListCheck(resolver: DnsblResolver, clock: () => Date): CheckList {
  const states = createExpiringCache({ lifetime, capacity, clock, load });

  async function load(key: string): Promise<ListState> {
    const [family = "4", zone = ""] = key.split(" ");
    const state = await testList(resolver, zone, family === "6" ? 6 : 4);
    if (state.kind === "unknown") throw new UnknownList(state.reason);
    return state;
  }

  return async (zone, address) => {
    try {
      return await states.get(`${isIP(address)} ${zone}`);
    } catch (error) {
      if (error instanceof UnknownList) return { kind: "unknown", reason: error.message };
      throw error;
    }
  };
}

async function testList(resolver: DnsblResolver, zone: string, family: 4 | 6): Promise<ListState> {
  const [listed, unlisted] = await Promise.all([
    lookUp(resolver, zone, listedTests[family]),
    lookUp(resolver, zone, unlistedTests[family]),
  ]);
  if (listed.kind === "unknown") return listed;
  if (unlisted.kind === "unknown") return unlisted;
  if (unlisted.kind === "listed") return { kind: "unknown", reason: "it lists everything" };
  if (listed.kind === "listed") return { kind: "sound" };
  // RFC 5782, 5: a list of IPv6 addresses has this entry, and many lists have IPv4 addresses only.
  if (family === 6) return { kind: "not-covered" };
  return { kind: "unknown", reason: "its test entry 127.0.0.2 is missing" };
}
