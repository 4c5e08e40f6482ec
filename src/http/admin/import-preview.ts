/** Previews the effect of importing a file, before its job is created. See `docs/admin-api.md`. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ImportPreview, PreviewedRecord, RecordChange } from "../../admin-api/imports.ts";
import { parseJson } from "../../common/parse-data.ts";
import type { Reading, RecordEffect } from "../../jobs/imports/batch.ts";
import { contactReading } from "../../jobs/imports/contact-records.ts";
import { CsvGrammar } from "../../jobs/imports/csv-grammar.ts";
import { JsonGrammar } from "../../jobs/imports/json-grammar.ts";
import { type PreviewedEffect, previewImport } from "../../jobs/imports/preview.ts";
import { suppressionReading } from "../../jobs/imports/suppression-records.ts";
import { listNamePattern } from "../../recipients/contacts/contact-rules.ts";
import { topicsOfList } from "../../stores/postgres/bulk-contacts.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { storedPreferences } from "../../stores/postgres/stored-options.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

/** How many bytes of a file are previewed. */
const mostBytes = 1 << 20;

export interface AdminImportPreviewServices {
  database: Database;
  adminScope: RequestScopes["adminScope"];
}

export function mountAdminImportPreview(admin: FastifyInstance, services: AdminImportPreviewServices): void {
  admin.post(
    "/admin/imports/preview",
    { bodyLimit: mostBytes },
    async (request, reply): Promise<ImportPreview | FastifyReply> => {
      reply.header("cache-control", "no-store");
      const { destination, list, action, format, whole } = readQuery(request.raw.url ?? "");
      const grammar = format === "CSV" ? new CsvGrammar() : new JsonGrammar();
      const named = list !== undefined && listNamePattern.test(list) ? list : undefined;
      const database = inScope(services.database, (await services.adminScope(request)).id);
      const topics = named === undefined ? undefined : await topicsOfList(database, named);
      if (destination === "contacts" && !topics) return refuse(reply, 404, "There is no contact list of this name.");
      const csv = grammar instanceof CsvGrammar ? grammar : new CsvGrammar();
      const reading: Reading =
        named !== undefined && topics
          ? contactReading({ list: named, topics, action, format }, csv)
          : suppressionReading(action, format);
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const { fault, looksLike, records, taken, refused } = await previewImport(body, { reading, grammar, whole });
      return {
        ...(fault !== undefined && { fault }),
        formatFits: looksLike === format,
        ...(looksLike !== undefined && looksLike !== format && { looksLike }),
        records: records.map(previewedRecord),
        taken,
        refused,
      };
    },
  );
}

function readQuery(url: string) {
  const query = new QueryParameters(url);
  const destination = query.choice("destination", ["suppression", "contacts"]);
  const list = query.text("list");
  const action = query.choice("action", ["PUT", "DELETE"]);
  const format = query.choice("format", ["CSV", "JSON"]);
  const whole = query.choice("whole", ["true", "false"]) === "true";
  query.end();
  if (!destination || !action || !format) {
    throw new QueryError("The parameters destination, action and format must be there.");
  }
  if ((destination === "contacts") !== (list !== undefined)) {
    throw new QueryError("The parameter list must be there with destination=contacts, and only then.");
  }
  return { destination, list, action, format, whole };
}

function previewedRecord(record: PreviewedEffect): PreviewedRecord {
  if ("refused" in record) return record;
  const { line, effect } = record;
  return { line, address: addressOf(effect), change: changeOf(effect) };
}

function addressOf(effect: RecordEffect): string {
  return effect.kind === "put contact" ? effect.contact.address : effect.address;
}

function changeOf(effect: RecordEffect): RecordChange {
  if (effect.kind === "remove") return { kind: "remove" };
  if (effect.kind === "suppress") return { kind: "suppress", reason: effect.reason };
  const { unsubscribeAll, attributes, preferences } = effect.contact;
  const topics = parseJson(storedPreferences, preferences, "the preferences of a record");
  return { kind: "put contact", unsubscribeAll, ...(attributes !== undefined && { attributes }), topics };
}
