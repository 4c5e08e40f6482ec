/** The part of the admin API that the dashboard's pages read. `docs/admin-api.md` describes it. */
import type { FastifyInstance } from "fastify";
import type { Database } from "../../stores/postgres/database.ts";
import { type AdminExportServices, mountAdminExports } from "./exports.ts";
import { mountAdminImportPreview } from "./import-preview.ts";
import { type AdminLiveServices, mountAdminLive } from "./live.ts";
import { type AdminMessageDetailsServices, mountAdminMessageDetails } from "./message-details.ts";
import { type AdminMessageSearchServices, mountAdminMessageSearch } from "./message-search.ts";
import { type AdminOverviewServices, mountAdminOverview } from "./overview.ts";
import { mountAdminTemplatePreview } from "./template-preview.ts";

/** What it is answered from. */
export interface AdminDashboardServices
  extends AdminMessageSearchServices,
    AdminMessageDetailsServices,
    AdminOverviewServices,
    AdminExportServices,
    AdminLiveServices {
  database: Database;
}

/** Adds all of it. */
export function mountAdminDashboard(app: FastifyInstance, services: AdminDashboardServices): void {
  mountAdminMessageSearch(app, services);
  mountAdminMessageDetails(app, services);
  mountAdminOverview(app, services);
  mountAdminExports(app, services);
  mountAdminImportPreview(app, services);
  mountAdminTemplatePreview(app);
  mountAdminLive(app, services);
}
