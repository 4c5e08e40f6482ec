/** Registers the local addresses that mail leaves from. Only operators do, as SES leases addresses to accounts. */
import ipaddr from "ipaddr.js";
import { hostnameOf } from "../config/values.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  type DedicatedIp,
  deleteDedicatedIp,
  insertDedicatedIp,
  registeredAddresses,
  selectGranted,
} from "../stores/postgres/dedicated-ips.ts";
import { canonicalAddress } from "./address-form.ts";
import { canBind } from "./can-bind.ts";
import { DedicatedIpError } from "./dedicated-ip-error.ts";
import { defaultPool } from "./pool-names.ts";
import { checkReverseDns, type ReverseDns } from "./reverse-dns.ts";
import { dailyCap, utcDay, warmupPercentage } from "./warmup-plan.ts";

export interface NewDedicatedIp {
  readonly address: string;
  /** The name to give in EHLO on connections from the address. */
  readonly ehloName: string;
  /** Register the address although this machine does not have it: another one delivers from it. */
  readonly unbound: boolean;
}

/** A registered address and what the operator should know about it. */
export interface InspectedIp {
  readonly address: string;
  readonly scope: number;
  readonly ehloName: string;
  readonly pool: string;
  readonly registeredAt: Date;
  readonly warmup: {
    readonly status: "IN_PROGRESS" | "DONE";
    readonly percentage: number;
    /** Messages that it may send today, and how many of them processes have taken; undefined once it is warmed up. */
    readonly today: { readonly cap: number; readonly taken: number } | undefined;
  };
  /** Whether this machine has it. */
  readonly bound: boolean;
  readonly reverseDns: ReverseDns;
}

export interface DedicatedIpRegistry {
  /** Registers an address for a scope. Rejects with a `DedicatedIpError`. */
  register(scope: number, ip: NewDedicatedIp): Promise<InspectedIp>;
  /** The addresses of a scope, or of all of them, in byte order. */
  list(scope: number | undefined): Promise<InspectedIp[]>;
  /** Removes an address. Mail that waits leaves from others. Rejects with a `DedicatedIpError` if it is not registered. */
  remove(address: string): Promise<void>;
}

export interface RegistryServices {
  database: Database;
  resolver: Pick<DnsResolver, "ptr" | "addresses">;
  clock: () => Date;
}

/** Of an installation, since each listing checks all of them. */
const mostAddresses = 1_000;

/** Kinds of addresses that mail can't leave from, as ipaddr.js names them. */
const unusable: readonly string[] = ["unspecified", "broadcast", "multicast", "linkLocal"];

export function createDedicatedIpRegistry({ database, resolver, clock }: RegistryServices): DedicatedIpRegistry {
  async function inspect(ips: readonly DedicatedIp[]): Promise<InspectedIp[]> {
    const day = utcDay(clock());
    const granted = ips.length === 0 ? new Map<string, number>() : await selectGranted(database, day);
    return Promise.all(
      ips.map(async (ip) => {
        const percentage = warmupPercentage({ percentage: ip.warmupPercentage, since: ip.warmupSince }, day);
        const cap = dailyCap(percentage);
        const [bound, reverseDns] = await Promise.all([canBind(ip.address), checkReverseDns(resolver, ip)]);
        return {
          address: ip.address,
          scope: ip.scope,
          ehloName: ip.ehloName,
          pool: ip.pool ?? defaultPool,
          registeredAt: ip.registeredAt,
          warmup: {
            status: cap === undefined ? "DONE" : "IN_PROGRESS",
            percentage,
            today: cap === undefined ? undefined : { cap, taken: granted.get(ip.address) ?? 0 },
          },
          bound,
          reverseDns,
        };
      }),
    );
  }

  return {
    async register(scope, { address: given, ehloName: name, unbound }) {
      const address = usableAddress(given);
      const ehloName = hostName(name);
      if (!unbound && !(await canBind(address))) {
        throw new DedicatedIpError(
          409,
          `${address} is not an address of this machine. Add it to a network interface first, or register it as unbound if another machine delivers from it.`,
        );
      }
      const now = clock();
      const ip = { address, scope, ehloName, registeredAt: now };
      const outcome = await insertDedicatedIp(database, ip, { today: utcDay(now), limit: mostAddresses });
      if (outcome === "taken") throw new DedicatedIpError(409, `The address ${address} is registered already.`);
      if (outcome === "full")
        throw new DedicatedIpError(409, `${mostAddresses} addresses are registered, the maximum.`);
      if (outcome === "gone") throw new DedicatedIpError(409, "The account was reset meanwhile. Try again.");
      const added = (await registeredAddresses(database, scope)).filter((one) => one.address === address);
      const [inspected] = await inspect(added);
      if (!inspected) throw new DedicatedIpError(409, `The address ${address} was removed meanwhile.`);
      return inspected;
    },
    list: async (scope) => inspect(await registeredAddresses(database, scope)),
    async remove(given) {
      const address = canonicalAddress(given);
      if (address === undefined || !(await deleteDedicatedIp(database, address))) {
        throw new DedicatedIpError(404, `The address ${given} is not registered.`);
      }
    },
  };
}

function usableAddress(given: string): string {
  const address = canonicalAddress(given);
  if (address === undefined) throw new DedicatedIpError(400, "The address must be an IPv4 or IPv6 address.");
  if (unusable.includes(ipaddr.parse(address).range())) {
    throw new DedicatedIpError(
      400,
      `Mail can't leave from ${address}: it must be a unicast address that is not link-local.`,
    );
  }
  return address;
}

function hostName(name: string): string {
  try {
    return hostnameOf(name);
  } catch {
    throw new DedicatedIpError(400, "The EHLO name must be a host name such as mail.example.com.");
  }
}
