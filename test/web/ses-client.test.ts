/** The pages' calls of the SES API: as the SDK's schemas have them, and as the server reads them. */
import { describe, expect, it } from "vitest";
import { decode } from "../../src/contract/decode.ts";
import { operationNamed } from "../../src/contract/operations.ts";
import { route } from "../../src/contract/router.ts";
import type { Input } from "../../src/contract/types.ts";
import { writtenOperations } from "../../src/operations/written.ts";
import { type OnWire, onWire } from "../../web/src/api/ses.ts";
import { type SesOperation, sesOperations } from "../../web/src/api/ses-operations.ts";

const names = Object.keys(sesOperations).filter((name): name is SesOperation => name in sesOperations);

it.each(names)("%s goes where the SDK's schema says", (name) => {
  const { method, path, query } = sesOperations[name];
  const operation = operationNamed(name);
  expect([method, `/v2/email${path}`]).toEqual([operation.method, operation.path]);
  const inQuery = operation.members.filter(({ location }) => location === "query");
  expect(query).toEqual(Object.fromEntries(inQuery.map(({ name, wireName }) => [name, wireName])));
  expect(writtenOperations).toContain(name);
});

describe("what the pages send is what the server reads:", () => {
  function read<Name extends SesOperation>(name: Name, input: Input<Name> & object): Input<Name> {
    const { path, body } = onWire(sesOperations[name], Object.entries(input));
    const [target = "", query = ""] = path.split("?");
    const found = route(sesOperations[name].method, target);
    expect(found?.operation.name).toBe(name);
    const bytes = body === undefined ? new Uint8Array(0) : Buffer.from(JSON.stringify(body));
    return decode(name, { labels: found?.labels ?? {}, query, body: bytes });
  }

  it("names of any kind in a path", () => {
    const input = { ContactListName: "a/b c?d#e%2F", EmailAddress: "über+tag@example.com", AttributesData: '{"ä":1}' };
    expect(read("UpdateContact", input)).toEqual(input);
  });

  it("lists and dates in a query", () => {
    const input: Input<"ListSuppressedDestinations"> = {
      Reasons: ["BOUNCE", "COMPLAINT"],
      StartDate: new Date("2026-11-01T00:00:00Z"),
      PageSize: 20,
      NextToken: "a+b/c=&d",
    };
    expect(read("ListSuppressedDestinations", input)).toEqual(input);
  });

  it("dates and bytes in a body", () => {
    const exported: Input<"CreateExportJob"> = {
      ExportDataSource: {
        MessageInsightsDataSource: {
          StartDate: new Date("2026-11-01T00:00:00.250Z"),
          EndDate: new Date("2026-11-02T00:00:00Z"),
          Include: { Subject: ["Hello*"], LastDeliveryEvent: ["PERMANENT_BOUNCE"] },
          MaxResults: 7,
        },
      },
      ExportDestination: { DataFormat: "CSV" },
    };
    expect(read("CreateExportJob", exported)).toEqual(exported);
    const sent: Input<"SendEmail"> = { Content: { Raw: { Data: Buffer.of(0, 128, 255) } } };
    expect(read("SendEmail", sent)).toEqual(sent);
  });

  it("what is undefined is not sent", () => {
    expect(onWire(sesOperations.ListContactLists, [["PageSize", undefined]])).toEqual({
      path: "/v2/email/contact-lists",
      body: undefined,
    });
  });
});

it("the type of an answer has numbers for dates and texts for bytes, however deep", () => {
  const answer: OnWire<{ at: Date; deep: { list: Date[]; bytes: Uint8Array | undefined }; text?: string }> = {
    at: 1,
    deep: { list: [1, 2], bytes: "AA==" },
  };
  expect(answer.deep.list).toHaveLength(2);
});
