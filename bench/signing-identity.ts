/** The identity that signs the mail of benchmarks, and the DNS server that has its key. */
import type { KeyObject } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { CreateEmailIdentityCommand, GetEmailIdentityCommand } from "@aws-sdk/client-sesv2";
import { keyRecord, keyRecordName } from "../src/mail/dkim/key-record.ts";
import { dkimKeyBytes, publicKeyText } from "../src/mail/dkim/keys.ts";
import { type DnsServer, startDnsServer } from "../test/support/dns-server.ts";
import type { ServerProcess } from "../test/support/server-process.ts";
import { benchMail } from "./bench-mail.ts";

/** Starts a DNS server with the public part of a private key, under the selector of `benchMail`. */
export function startDnsWithKey(key: KeyObject): Promise<DnsServer> {
  return startDnsServer({
    [keyRecordName(benchMail.selector, benchMail.domain)]: {
      TXT: [keyRecord(publicKeyText(key)).match(/.{1,255}/g) ?? []],
    },
  });
}

/** Creates the identity that signs with a private key; resolves once the server has found its DNS record. */
export async function createSigningIdentity(server: ServerProcess, key: KeyObject): Promise<void> {
  const client = server.client();
  await client.send(
    new CreateEmailIdentityCommand({
      EmailIdentity: benchMail.domain,
      DkimSigningAttributes: {
        DomainSigningSelector: benchMail.selector,
        DomainSigningPrivateKey: dkimKeyBytes(key).toString("base64"),
      },
    }),
  );
  for (let tries = 0; tries < 300; tries++) {
    const { DkimAttributes } = await client.send(new GetEmailIdentityCommand({ EmailIdentity: benchMail.domain }));
    if (DkimAttributes?.Status === "SUCCESS") return;
    await delay(100);
  }
  throw new Error("the server did not find the DKIM record");
}
