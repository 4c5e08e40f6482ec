/**
 * The page where recipients choose what mail of a contact list they want, linked from the mail, and the one-click
 * unsubscription of mail programs (RFC 8058). The link is the only authentication; see subscription-links.ts.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addressOfRecipient } from "../../recipients/contacts/contact-address.ts";
import { applyChoice, type ChoiceServices, type ChoiceSource } from "../../recipients/subscriptions/apply-choice.ts";
import type { SubscriptionChoice } from "../../recipients/subscriptions/choice.ts";
import type { SubscriptionGrant, SubscriptionLinks } from "../../recipients/subscriptions/subscription-links.ts";
import { inScope } from "../../stores/postgres/database.ts";
import { selectSubscription } from "../../stores/postgres/subscriptions.ts";
import { readForm } from "./form.ts";
import { answerPage } from "./page.ts";
import { messagePage, preferencesPage } from "./subscriptions-page.ts";

export interface SubscriptionServices extends ChoiceServices {
  subscriptionLinks: SubscriptionLinks;
}

/** In bytes: a form with 20 topics, each named twice, takes a few thousand. */
const maxFormBytes = 16 * 1024;

type Request = FastifyRequest<{ Params: { token: string } }>;

/** Adds `GET` and `POST /subscriptions/{token}`. */
export function mountSubscriptions(app: FastifyInstance, services: SubscriptionServices): void {
  const { database, subscriptionLinks } = services;

  // Must not change anything, since mail scanners open links.
  app.get("/subscriptions/:token", async (request: Request, reply) => {
    const grant = subscriptionLinks.read(request.params.token);
    if (!grant) return refuse(reply, 403, badLink);
    const { scope, list, recipient } = grant;
    const key = { list, address: addressOfRecipient(recipient) };
    const subscription = await selectSubscription(inScope(database, scope), key);
    if (!subscription) return refuse(reply, 404, noList);
    return answerPage(reply, 200, preferencesPage(recipient, subscription));
  });

  app.post("/subscriptions/:token", { bodyLimit: maxFormBytes }, async (request: Request, reply) => {
    const grant = subscriptionLinks.read(request.params.token);
    if (!grant) return refuse(reply, 403, badLink);
    const asked = await chosen(request, grant);
    if (!asked) return refuse(reply, 400, "This form was not understood. Open the link of the message again.");
    const subscription = await applyChoice(services, grant, asked.choice, asked.source);
    if (!subscription) return refuse(reply, 404, noList);
    return answerPage(reply, 200, preferencesPage(grant.recipient, subscription, asked.done));
  });
}

const badLink = "This link is not complete. Open the link of the message again, or copy all of it.";
const noList = "This mailing list does not exist any more.";

interface Asked {
  choice: SubscriptionChoice;
  source: ChoiceSource;
  /** The confirmation on the page. */
  done: string;
}

/**
 * The choice in a form; undefined if it is an unknown form of a page. A request without an `action` is the one-click
 * unsubscription of a mail program, whatever it contains: mail programs differ in how they write
 * `List-Unsubscribe=One-Click` (RFC 8058, 3.2), and the link alone proves that the recipient wants it.
 */
async function chosen(request: Request, { topic }: SubscriptionGrant): Promise<Asked | undefined> {
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
  const form = await readForm(body, request.headers["content-type"]);
  if (form === undefined) return undefined;
  const action = form.get("action");
  if (action === undefined) {
    const source = "UnsubscribeHeader";
    return { choice: { kind: "unsubscribe", topic }, source, done: "You have been unsubscribed." };
  }
  const source = "UnsubscribePage";
  switch (action) {
    case "unsubscribe-all":
      return {
        choice: { kind: "unsubscribe", topic: undefined },
        source,
        done: "You have been unsubscribed from all.",
      };
    case "subscribe":
      return { choice: { kind: "subscribe" }, source, done: "You are subscribed again." };
    case "save": {
      const shown = new Set(form.getAll("shown"));
      const wanted = new Set(form.getAll("topic"));
      return { choice: { kind: "topics", shown, wanted }, source, done: "Your choices have been saved." };
    }
    default:
      return undefined;
  }
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return answerPage(reply, status, messagePage(message));
}
