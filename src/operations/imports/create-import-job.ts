import { randomUUID } from "node:crypto";
import type { ImportDestination } from "@aws-sdk/client-sesv2";
import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { locationFault, parseFileLocation } from "../../jobs/imports/file-source.ts";
import { topicsOfList } from "../../stores/postgres/bulk-contacts.ts";
import { insertImportJob } from "../../stores/postgres/import-jobs.ts";
import type { ImportOperationServices } from "./import-services.ts";

/** SES's quota. */
const openJobs = 20;

/** CreateImportJob. As in SES, only the job checks whether the file exists. */
export function createImportJob(services: ImportOperationServices): Handler<"CreateImportJob"> {
  return async (input, { now }) => {
    refuse(violations("CreateImportJob", input));
    const { ImportDestination: destination, ImportDataSource: source } = input;
    const target = destination && targetOf(destination);
    const { S3Url: s3Url, DataFormat: format } = source ?? {};
    if (!target || s3Url === undefined || format === undefined) throw errors.oneImportDestination();
    const location = parseFileLocation(s3Url);
    const fault = location && locationFault(location, services);
    if (!location || fault === "not a place for files") throw errors.importSource(s3Url);
    if (fault) throw errors.importBucketNotAllowed(location.bucket);
    if (!(await services.mayUseKey(location.key))) throw errors.keyOfOtherAccount(s3Url);
    const { contactList: list } = target;
    if (list !== undefined && !(await topicsOfList(services.database, list))) throw errors.importListNotFound(list);

    const id = randomUUID();
    const added = await insertImportJob(services.database, { id, ...target, s3Url, format, now }, openJobs);
    if (!added) throw errors.tooManyImportJobs(openJobs);
    services.worker.wake();
    return { JobId: id };
  };
}

function targetOf({ SuppressionListDestination: suppressions, ContactListDestination: contacts }: ImportDestination) {
  if ((suppressions === undefined) === (contacts === undefined)) return undefined;
  if (suppressions) {
    const { SuppressionListImportAction: action } = suppressions;
    return action && ({ destinationType: "SUPPRESSION_LIST", action, contactList: undefined } as const);
  }
  const { ContactListImportAction: action, ContactListName: contactList } = contacts ?? {};
  return action && ({ destinationType: "CONTACT_LIST", action, contactList } as const);
}
