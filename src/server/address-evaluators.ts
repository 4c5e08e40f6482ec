/** Creates what evaluates email addresses: for GetEmailAddressInsights, and for mail with Auto Validation. */
import type { PerScope } from "../accounts/per-scope.ts";
import { createDisposableDomains } from "../address-validation/disposable-domains.ts";
import { createDnsRecords } from "../address-validation/dns-records.ts";
import { type AddressEvaluator, createAddressEvaluator } from "../address-validation/evaluate-address.ts";
import { createMailboxEvidence } from "../address-validation/mailbox-evidence.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { EventReader } from "../insights/event-reader.ts";
import { inScope } from "../stores/postgres/database.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { ServerServices } from "./server-services.ts";

interface EvaluatorServices extends Pick<ServerServices, "config" | "stores" | "clock" | "steadyClock" | "log"> {
  perScope: PerScope;
  reader: EventReader;
  resolver: DnsResolver;
}

/** The evaluator of each scope. Scopes share what they know about domains, but no evidence about mailboxes. */
export function createAddressEvaluators(services: EvaluatorServices): (scope: Scope) => AddressEvaluator {
  const { config, stores, perScope, reader, resolver, clock, steadyClock, log } = services;
  const dns = createDnsRecords({ resolver, clock: steadyClock });
  const disposable = createDisposableDomains({ file: config.disposableDomainsFile, clock: steadyClock, log });
  return perScope(({ id }) => {
    const evidence = createMailboxEvidence({ database: inScope(stores.database, id), reader, clock });
    return createAddressEvaluator({ evidence, dns, disposable, clock: steadyClock, log });
  });
}
