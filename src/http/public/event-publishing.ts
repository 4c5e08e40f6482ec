/**
 * Routes for the receivers of webhooks with an SNS envelope: the certificate, and the links that confirm or end a
 * subscription. They have SNS's parameters and answers, so that receivers that call SNS can call this server.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type SubscriptionAction, subscriptionPath } from "../../publishing/webhooks/topic.ts";
import type { WebhookServices } from "../../publishing/webhooks/webhook-services.ts";
import {
  confirmWebhook,
  disableWebhook,
  type StoredWebhook,
  selectWebhookByTopic,
} from "../../stores/postgres/webhooks.ts";

export interface EventPublishingServices {
  webhooks: Pick<WebhookServices, "database" | "topics" | "certificate" | "changed" | "clock" | "log">;
}

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/** Adds `GET /publishing/SimpleNotificationService-{fingerprint}.pem` and `GET /publishing/sns`. */
export function mountEventPublishing(app: FastifyInstance, { webhooks }: EventPublishingServices): void {
  const { database, topics, certificate, changed, clock, log } = webhooks;

  app.get("/publishing/:file", async (request: FastifyRequest<{ Params: { file: string } }>, reply) => {
    // Any other name makes no certificate.
    if (!/^SimpleNotificationService-[0-9a-f]{32}\.pem$/.test(request.params.file)) return refuse(reply, 404, notHere);
    const found = await certificate();
    if (`/publishing/${request.params.file}` !== found.path) return refuse(reply, 404, notHere);
    return reply
      .type("application/x-pem-file")
      .header("cache-control", "public, max-age=86400")
      .send(found.certificate);
  });

  app.route<{ Querystring: Readonly<Record<string, unknown>> }>({
    method: "GET",
    url: subscriptionPath,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { Action: action, TopicArn, SubscriptionArn, Token: token } = request.query;
      if (action !== "ConfirmSubscription" && action !== "Unsubscribe") return refuse(reply, 400, unknownAction);
      const arn = action === "ConfirmSubscription" ? TopicArn : SubscriptionArn;
      const webhook = await find(action, arn, token);
      if (!webhook) return refuse(reply, 404, notHere);
      if (action === "ConfirmSubscription") {
        await confirmWebhook(database, webhook.id, clock());
      } else if (await disableWebhook(database, webhook.id, "the receiver ended the subscription")) {
        log.warn({ webhook: webhook.name }, "a webhook was disabled: the receiver ended the subscription");
      }
      changed();
      return reply
        .type("text/xml; charset=utf-8")
        .header("cache-control", "no-store")
        .send(answerTo(action, topics.subscriptionArn(webhook), request.id));
    },
  });

  /** The webhook that an ARN names, if the token is right. */
  async function find(action: SubscriptionAction, arn: unknown, token: unknown): Promise<StoredWebhook | undefined> {
    if (typeof arn !== "string" || typeof token !== "string") return undefined;
    const topic = topics.subscriberOf(arn);
    const webhook = topic && (await selectWebhookByTopic(database, topic));
    return webhook && webhook.envelope === "sns" && topics.isToken(webhook, action, token) ? webhook : undefined;
  }
}

const notHere = "There is nothing here.\n";
const unknownAction = "Action must be ConfirmSubscription or Unsubscribe.\n";

function answerTo(action: SubscriptionAction, subscriptionArn: string, requestId: string): string {
  const result =
    action === "ConfirmSubscription"
      ? `<ConfirmSubscriptionResult><SubscriptionArn>${subscriptionArn}</SubscriptionArn></ConfirmSubscriptionResult>`
      : "";
  return `<${action}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>\n`;
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header("cache-control", "no-store").type("text/plain; charset=utf-8").send(message);
}
