/** The admin API of an identity's notifications, for which the API v2 has no operations. See `docs/admin-api.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { boolean, custom, maxLength, optional, pipe, safeParse, strictObject, string } from "valibot";
import type { IdentityNotificationsView } from "../../admin-api/identities.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import {
  changeIdentityFeedback,
  type IdentityNotificationServices,
  readIdentityFeedback,
} from "../../operations/identities/identity-notifications.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { refuse } from "../files/signed-file.ts";
import type { RequestScopes } from "../request-scope.ts";

// Longer than any ARN: an error repeats it.
const arn = pipe(string(), maxLength(2048));
const noArray = custom<object>((value) => typeof value === "object" && value !== null && !Array.isArray(value));
const notification = optional(
  pipe(noArray, strictObject({ topicArn: optional(arn), headers: optional(boolean(), false) })),
  {},
);
const body = strictObject({
  feedbackForwarding: optional(boolean()),
  notifications: pipe(noArray, strictObject({ Bounce: notification, Complaint: notification, Delivery: notification })),
});

interface Route {
  Params: { identity: string };
}

export interface AdminIdentityNotificationServices {
  notificationsOf(scope: Scope): IdentityNotificationServices;
  adminScope: RequestScopes["adminScope"];
}

/** Adds `GET` and `PUT /admin/identities/{identity}/notifications`. */
export function mountAdminIdentityNotifications(
  admin: FastifyInstance,
  { notificationsOf, adminScope }: AdminIdentityNotificationServices,
): void {
  const url = "/admin/identities/:identity/notifications";
  const servicesFor = async (request: FastifyRequest) => notificationsOf(await adminScope(request));
  const view = async (services: IdentityNotificationServices, given: string): Promise<IdentityNotificationsView> =>
    readIdentityFeedback(services, given);

  admin.get<Route>(url, { exposeHeadRoute: false }, (request, reply) =>
    answer(reply.header("cache-control", "no-store"), async () =>
      view(await servicesFor(request), request.params.identity),
    ),
  );

  admin.put<Route>(url, (request, reply) => {
    const { success, output } = safeParse(body, request.body, { abortEarly: true });
    if (!success) {
      return refuse(
        reply,
        400,
        "The body must be a JSON object: notifications with Bounce, Complaint and Delivery, each with topicArn and headers; and feedbackForwarding.",
      );
    }
    return answer(reply, async () => {
      const { feedbackForwarding, notifications } = output;
      const { Bounce, Complaint, Delivery } = notifications;
      const services = await servicesFor(request);
      await changeIdentityFeedback(services, request.params.identity, {
        feedbackForwarding,
        notifications: { Bounce: topicOf(Bounce), Complaint: topicOf(Complaint), Delivery: topicOf(Delivery) },
      });
      return view(services, request.params.identity);
    });
  });
}

const topicOf = ({ topicArn, headers }: { topicArn?: string | undefined; headers: boolean }) => ({ topicArn, headers });

/** SES's errors, in the form of the admin API. */
async function answer(reply: FastifyReply, work: () => Promise<object>): Promise<FastifyReply> {
  try {
    return reply.send(await work());
  } catch (error) {
    if (error instanceof ServiceError && error.status < 500) return refuse(reply, error.status, error.message);
    throw error;
  }
}
