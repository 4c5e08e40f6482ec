/**
 * The page where the owner of an address confirms it, linked from the verification mail. Opening the link changes
 * nothing, since mail scanners open it, too; the page's button confirms. Links in mail made from custom verification
 * templates have the same path, and verify at once.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasExpired, linkLifetime } from "../../identities/status.ts";
import { tokenDigest, verificationPath } from "../../identities/verification-mail.ts";
import { proveAddress, selectAddressProof } from "../../stores/postgres/address-proofs.ts";
import { followCustomVerificationLink, selectLinkTargets } from "../../stores/postgres/custom-verification-links.ts";
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
    if (!found) return followCustomLink(request, reply);
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

  /**
   * A link in a mail made from a custom verification template verifies when it is opened, as in SES, and leads to a page
   * of the sender. Only a stored template's URL is redirected to.
   */
  async function followCustomLink(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const digest = tokenDigest(request.params.token);
    const targets = digest && (await selectLinkTargets(database, digest));
    if (!targets) return say(reply, 404, unknownLink);
    // A browser takes a 503 as a no to fetching ahead of time.
    if (!isOpened(request)) return reply.code(request.method === "HEAD" ? 200 : 503).send();
    const now = clock();
    const validSince = new Date(now.getTime() - linkLifetime);
    const isVerified = await followCustomVerificationLink(database, digest, { now, validSince });
    return redirect(reply, isVerified ? targets.successUrl : targets.failureUrl);
  }

  async function find(token: string) {
    const digest = tokenDigest(token);
    const proof = digest && (await selectAddressProof(database, digest));
    return proof && { ...proof, digest };
  }
}

/** Whether a person opens the link: not with HEAD, nor ahead of time (Fetch Standard, `Sec-Purpose`). */
function isOpened({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && !String(headers["sec-purpose"] ?? "").includes("prefetch");
}

/** Sends the browser to another site, which doesn't learn the link. */
function redirect(reply: FastifyReply, url: string): FastifyReply {
  return reply
    .code(302)
    .headers({ location: new URL(url).href, "cache-control": "private, no-store", "referrer-policy": "no-referrer" })
    .send();
}

const title = "Confirm your address";
const unknownLink = "This link is not complete, or the address is not to be confirmed any more.";
const expiredLink = "This link has expired. Whoever wants to send from the address must ask anew.";

function say(reply: FastifyReply, status: number, message: string): FastifyReply {
  return answerPage(reply, status, page(title, `<p role="status">${message}</p>`));
}
