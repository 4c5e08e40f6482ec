/** Dedicated IP addresses, which operators register: `/admin/dedicated-ips`. */

/** What is registered. */
export interface NewDedicatedIpRequest {
  address: string;
  /** The name to give in EHLO. Its DNS record and the PTR record of the address should name each other. */
  ehloName: string;
  /** Register an address that this machine does not have, since another one delivers from it; `false` by default. */
  unbound?: boolean;
}

export interface RegisteredIp {
  address: string;
  account: string;
  region: string;
  ehloName: string;
  /** The dedicated IP pool. */
  pool: string;
  /** ISO 8601. */
  registeredAt: string;
  warmup: {
    status: "IN_PROGRESS" | "DONE";
    percentage: number;
    /** Messages that it may send today (UTC), and how many of them are taken. Left out once it is warmed up. */
    today?: { cap: number; taken: number };
  };
  /** Whether the machine of this server has the address. */
  bound: boolean;
  reverseDns: {
    /** `ok`: the address and the EHLO name name each other. `unknown`: the DNS lookup failed. */
    state: "ok" | "mismatch" | "unknown";
    /** The names in the PTR records of the address. */
    names: readonly string[];
  };
}

export interface RegisteredIpList {
  dedicatedIps: readonly RegisteredIp[];
}
