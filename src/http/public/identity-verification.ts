/**
 * The page where the owner of an address confirms it, linked from the verification mail. Opening the link changes
 * nothing, since mail scanners open it, too; the page's button confirms.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasExpired } from "../../identities/status.ts";
import { tokenDigest, verificationPath } from "../../identities/verification-mail.ts";
import { proveAddress, selectAddressProof } from "../../stores/postgres/address-proofs.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { answerPage, escaped, page } from "./page.ts";

export interface IdentityVerificationServices {
  database: Database;
  clock: () => Date;
}

type Request = FastifyRequest<{ Params: { token: string } }>;

/** In bytes; the form has no fields. */
const maxFormBytes = 1024;

/** Adds `GET` and `POST /identities/verify/{token}`. */
export function mountIdentityVerification(app: FastifyInstance, services: IdentityVerificationServices): void {
  const { database, clock } = services;
  const path = `${verificationPath}:token`;

  app.get(path, async (request: Request, reply) => {
    const found = await find(request.params.token);
    if (!found) return say(reply, 404, unknownLink);
    const address = `<strong class="address">${escaped(found.name)}</strong>`;
    if (found.provenAt) return say(reply, 200, `${address} is confirmed.`);
    if (hasExpired(found.requestedAt, clock())) return say(reply, 410, expiredLink);
    return answerPage(
      reply,
      200,
      page(
        title,
        `<p>May mail be sent from ${address}?</p>
<form method="post">
<p><button type="submit">Confirm this address</button></p>
</form>
<p>If you did not ask for this, close the page.</p>`,
      ),
    );
  });

  app.post(path, { bodyLimit: maxFormBytes }, async (request: Request, reply) => {
    const found = await find(request.params.token);
    if (!found) return say(reply, 404, unknownLink);
    if (!found.provenAt && hasExpired(found.requestedAt, clock())) return say(reply, 410, expiredLink);
    await proveAddress(database, found.digest, clock());
    return say(reply, 200, `<strong class="address">${escaped(found.name)}</strong> is confirmed.`);
  });

  async function find(token: string) {
    const digest = tokenDigest(token);
    const proof = digest && (await selectAddressProof(database, digest));
    return proof && { ...proof, digest };
  }
}

const title = "Confirm your address";
const unknownLink = "This link is not complete, or the address is not to be confirmed any more.";
const expiredLink = "This link has expired. Whoever wants to send from the address must ask anew.";

function say(reply: FastifyReply, status: number, message: string): FastifyReply {
  return answerPage(reply, status, page(title, `<p role="status">${message}</p>`));
}
