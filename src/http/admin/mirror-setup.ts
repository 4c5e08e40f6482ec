/** The admin API that generates setups of a transport on AWS. */
import type { FastifyInstance } from "fastify";
import type { MirrorSetup } from "../../admin-api/mirror.ts";
import { findSource } from "../../mirror/manage-sources.ts";
import { readSetup, setupMembers } from "../../mirror/setup/setup-input.ts";
import { setupOfSource } from "../../mirror/setup/setup-of-source.ts";
import { settingsOfSetup, setupNotes, setupText } from "../../mirror/setup/setup-text.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { QueryParameters } from "../query-parameters.ts";
import { pushUrlOf } from "./mirror-source.ts";

export interface AdminMirrorSetupServices {
  readonly database: Database;
  readonly publicUrl: () => string;
}

/** Adds `GET /admin/mirror/setup`. The source named by the parameter `source` provides the values of omitted parameters. */
export function mountAdminMirrorSetup(admin: FastifyInstance, services: AdminMirrorSetupServices): void {
  admin.get("/admin/mirror/setup", async (request): Promise<MirrorSetup> => {
    const parameters = new QueryParameters(request.raw.url ?? "");
    const id = parameters.text("source");
    const given = setupMembers.flatMap((name): [string, string][] => {
      const text = parameters.text(parameterNames[name] ?? name);
      return text === undefined ? [] : [[name, text]];
    });
    parameters.end();
    const source = id === undefined ? undefined : await findSource(services, id);
    const known = source && setupOfSource({ ...source, url: pushUrlOf(services, source) });
    const { plan, format } = readSetup({ ...known, ...Object.fromEntries(given) });
    const settings = source ? undefined : settingsOfSetup(plan);
    return {
      ...{ kind: plan.kind, format, text: setupText(plan, format) },
      notes: setupNotes(plan, format, source !== undefined),
      ...(settings && { settings }),
    };
  });
}

/** Parameters named `account` and `region` choose the scope of any call of the admin API. */
const parameterNames: Readonly<Record<string, string>> = { account: "sesAccount", region: "sesRegion" };
