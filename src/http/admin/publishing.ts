/** The admin API of publishing: what waits for whom, and replays. See `docs/admin-api.md`. */
import type { FastifyInstance } from "fastify";
import { safeParse, strictObject, string } from "valibot";
import type { PublishingOverview, PublishingTarget, ReplayedEvents } from "../../admin-api/publishing.ts";
import { errors } from "../../contract/errors.ts";
import type { PublicationArchive } from "../../publishing/archive.ts";
import type { ListedTarget, TargetList } from "../../publishing/target-list.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { selectBacklogs, type TargetBacklog } from "../../stores/postgres/publication-batches.ts";
import { selectTargetStatuses, type TargetStatus } from "../../stores/postgres/publication-targets.ts";
import { countUnrouted } from "../../stores/postgres/publications.ts";
import { refuse } from "../files/signed-file.ts";
import type { RequestScopes } from "../request-scope.ts";
import { readPeriod } from "./period.ts";
import { shownStatus } from "./target-status.ts";

export interface AdminPublishingServices {
  targets: TargetList;
  archive: Pick<PublicationArchive, "replay">;
  adminScope: RequestScopes["adminScope"];
  limitedTo: RequestScopes["limitedTo"];
}

const replayBody = strictObject({
  configurationSet: string(),
  eventDestination: string(),
  from: string(),
  to: string(),
});

/** Adds `GET /admin/publishing` and `POST /admin/publishing/replay`. */
export function mountAdminPublishing(
  admin: FastifyInstance,
  { database, targets, archive, adminScope, limitedTo }: AdminPublishingServices & { database: Queryable },
): void {
  admin.get("/admin/publishing", async (request, reply): Promise<PublishingOverview> => {
    const scope = (await limitedTo(request))?.id;
    const unrouted = await countUnrouted(database, scope);
    const backlogs = new Map((await selectBacklogs(database, scope)).map((backlog) => [backlog.target, backlog]));
    const statuses = new Map((await selectTargetStatuses(database)).map((status) => [status.target, status]));
    const listed = (await targets(scope)).map((target) => {
      const backlog = backlogs.get(target.target);
      backlogs.delete(target.target);
      return shownTarget(target, backlog, statuses.get(target.target));
    });
    const deleted = [...backlogs.values()].map((backlog) => {
      const { target } = backlog;
      const obstacle = "It was deleted: what waits for it is discarded.";
      const gone = { target, description: { kind: "deleted" }, enabled: false, obstacle } as const;
      return shownTarget(gone, backlog, statuses.get(target));
    });
    reply.header("cache-control", "no-store");
    return { unrouted, targets: [...listed, ...deleted] };
  });

  admin.post("/admin/publishing/replay", async (request, reply) => {
    const { success, output } = safeParse(replayBody, request.body, { abortEarly: true });
    if (!success) {
      return refuse(
        reply,
        400,
        "The body must be a JSON object with the texts configurationSet, eventDestination, from and to.",
      );
    }
    const { configurationSet, eventDestination } = output;
    const period = readPeriod(output);
    const scope = await adminScope(request);
    const found = (await targets(scope.id)).find(
      ({ description }) =>
        description.kind === "eventDestination" &&
        description.configurationSet === configurationSet &&
        description.eventDestination === eventDestination,
    );
    if (!found) return refuse(reply, 404, errors.eventDestinationNotFound(eventDestination, configurationSet).message);
    if (found.obstacle !== undefined) return refuse(reply, 409, found.obstacle);
    const replayed: ReplayedEvents = { events: await archive.replay(found, period) };
    return reply.code(202).send(replayed);
  });
}

function shownTarget(
  { target, description, enabled, obstacle }: Omit<ListedTarget, "scope">,
  backlog: TargetBacklog | undefined,
  status: TargetStatus | undefined,
): PublishingTarget {
  return {
    ...description,
    target,
    enabled,
    deliverable: obstacle === undefined,
    ...(obstacle !== undefined && { reason: obstacle }),
    backlog: backlog
      ? { events: backlog.events, bytes: backlog.bytes, oldestAt: backlog.oldestAt.toISOString() }
      : { events: 0, bytes: 0 },
    status: shownStatus(status),
  };
}
