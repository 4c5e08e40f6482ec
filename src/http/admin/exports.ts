/** Counts what an export would contain, before its job is created. See `docs/admin-api.md`. */
import type { FastifyInstance } from "fastify";
import { number, object } from "valibot";
import type { ExportCount } from "../../admin-api/exports.ts";
import type { ShownKinds } from "../../events/message-state.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { EventReader } from "../../insights/event-reader.ts";
import { waitUntilRecorded } from "../../insights/fresh.ts";
import { countMessages } from "../../jobs/exports/message-query.ts";
import { rowLimit } from "../../jobs/exports/run-export.ts";
import { readMessageSource } from "../../operations/exports/message-source.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { goneSignal } from "./faults.ts";

export interface AdminExportServices {
  adminScope: RequestScopes["adminScope"];
  reader: EventReader;
  shown: ShownKinds;
  recorder: Recorder;
  /** Maximum rows of a message insights export; 0 for no limit. */
  exportMaxRows: number;
}

const countRow = object({ matched: number() });

export function mountAdminExports(admin: FastifyInstance, services: AdminExportServices): void {
  const { reader, shown, recorder, exportMaxRows, adminScope } = services;
  admin.post("/admin/exports/count", async (request, reply): Promise<ExportCount> => {
    reply.header("cache-control", "no-store");
    new QueryParameters(request.raw.url ?? "").end();
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const source = readMessageSource(body, exportMaxRows);
    const fresh = await waitUntilRecorded(recorder);
    // As the job itself: it has the messages of one account and region.
    const scope = (await adminScope(request)).id;
    const { sql, parameters } = countMessages(source, { ...shown, scope });
    const [row] = await reader.rows(countRow, sql, parameters, goneSignal(reply));
    const limit = rowLimit(source.maxResults, exportMaxRows);
    return { count: row?.matched ?? 0, ...(limit < Number.MAX_SAFE_INTEGER && { limit }), ...fresh };
  });
}
