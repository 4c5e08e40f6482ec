/** The clients that Debian 12 has: boto3 1.26 and the AWS CLI 2.9, with signatures. Both are older than export jobs. */

import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultScope } from "../src/stores/postgres/database.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { boto3Missing, cliMissing } from "./support/missing-tools.ts";
import { putObject } from "./support/put-object.ts";
import { type PythonCall, type PythonClients, startPythonClients } from "./support/python-clients.ts";

let server: InProcessServer;
let python: PythonClients;

beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_IMPORT_BUCKETS: "lists",
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    },
  });
  const { accessKeyId, secretAccessKey } = await createKey(server, new Date(), { description: "tests" });
  python = startPythonClients({
    service: "sesv2",
    url: server.url,
    credentials: { accessKeyId, secretAccessKey },
    cliOptions: ["--no-paginate"],
  });
});
afterAll(async () => {
  await python.stop();
  await server.close();
});

const boto3: PythonCall = (operation, input) => python.boto3(operation, input);
const cli: PythonCall = (operation, input) => python.cli(operation, input);

describe.each([
  ["boto3", boto3, boto3Missing()],
  ["the AWS CLI", cli, cliMissing()],
] as const)("%s of Debian", (name, call, missing) => {
  const label = name.replaceAll(" ", "-");

  it.skipIf(missing)(
    "sends, imports and lists jobs, keeps lists, suppression and DKIM keys, gets metrics",
    async () => {
      const domain = `${label.toLowerCase()}.example`;
      const sent = await call("send-email", {
        FromEmailAddress: `sender@${domain}`,
        Destination: { ToAddresses: ["success@simulator.amazonses.com"] },
        Content: { Simple: { Subject: { Data: "Debian" }, Body: { Text: { Data: "Hello" } } } },
      });
      expect(sent).toMatchObject({ MessageId: expect.stringMatching(/^0100/) });

      const bucket = await server.openBucket("lists", defaultScope);
      await putObject(bucket, `${label}.csv`, [Buffer.from(`imported@${domain},BOUNCE\n`)]);
      const created = await call("create-import-job", {
        ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
        ImportDataSource: { S3Url: `s3://lists/${label}.csv`, DataFormat: "CSV" },
      });
      const { JobId } = Object(created);
      await eventually(async () =>
        expect(await call("get-import-job", { JobId })).toMatchObject({ JobStatus: "COMPLETED" }),
      );
      expect(await call("list-import-jobs", { ImportDestinationType: "SUPPRESSION_LIST" })).toMatchObject({
        ImportJobs: expect.arrayContaining([expect.objectContaining({ JobId })]),
      });
      expect(await call("get-suppressed-destination", { EmailAddress: `imported@${domain}` })).toMatchObject({
        SuppressedDestination: { Reason: "BOUNCE" },
      });

      await call("create-contact-list", { ContactListName: label });
      await call("create-contact", { ContactListName: label, EmailAddress: `a@${domain}`, UnsubscribeAll: true });
      const contacts = await call("list-contacts", { ContactListName: label, Filter: { FilteredStatus: "OPT_OUT" } });
      expect(contacts).toMatchObject({ Contacts: [{ EmailAddress: `a@${domain}`, UnsubscribeAll: true }] });

      // As in SES, an account has one list.
      await call("delete-contact-list", { ContactListName: label });

      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const DomainSigningPrivateKey = privateKey.export({ type: "pkcs1", format: "der" }).toString("base64");
      await call("create-email-identity", { EmailIdentity: domain });
      await call("put-email-identity-dkim-signing-attributes", {
        EmailIdentity: domain,
        SigningAttributesOrigin: "EXTERNAL",
        SigningAttributes: { DomainSigningSelector: "own", DomainSigningPrivateKey },
      });
      expect(await call("get-email-identity", { EmailIdentity: domain })).toMatchObject({
        DkimAttributes: { SigningAttributesOrigin: "EXTERNAL", Tokens: ["own"] },
      });

      const day = 24 * 3600_000;
      const query = {
        ...{ Id: "one", Namespace: "VDM", Metric: "SEND" },
        Dimensions: { EMAIL_IDENTITY: `sender@${domain}` },
        StartDate: new Date(Date.now() - day).toISOString(),
        EndDate: new Date(Date.now() + day).toISOString(),
      };
      expect(await call("batch-get-metric-data", { Queries: [query] })).toMatchObject({
        Results: [{ Id: "one", Values: [1] }],
      });
    },
  );
});
