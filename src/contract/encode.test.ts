import { expect, test } from "vitest";
import { encode, encodeError } from "./encode.ts";
import { ServiceError } from "./errors/service-error.ts";
import { errors } from "./errors.ts";

test("timestamps are epoch seconds, absent members are left out", () => {
  const created = new Date(1_790_312_384_592);
  const body = encode("GetExportJob", { JobId: "a", CreatedTimestamp: created, CompletedTimestamp: undefined });
  expect(body).toBe('{"JobId":"a","CreatedTimestamp":1790312384.592}');
});

test("a null that a handler gives stays", () => {
  // The SDK's type has no null here, yet SES answers one on the last page of import jobs.
  const lastPage = JSON.parse('{"ImportJobs":[],"NextToken":null}');
  expect(encode("ListImportJobs", lastPage)).toBe('{"ImportJobs":[],"NextToken":null}');
});

test("an output's keys are the schema's: a handler's other properties stay inside", () => {
  const row = { JobId: "a", secret: "b" };
  expect(encode("CreateExportJob", row)).toBe('{"JobId":"a"}');
});

test("an empty output is an empty object", () => {
  expect(encode("CancelExportJob", {})).toBe("{}");
});

test("a map's keys are all kept", () => {
  const body = encode("GetEmailIdentityPolicies", { Policies: JSON.parse('{"__proto__":"a","constructor":"b"}') });
  expect(body).toBe('{"Policies":{"__proto__":"a","constructor":"b"}}');
});

test("an invalid date is the handler's defect, not the client's", () => {
  expect(() => encode("GetExportJob", { CreatedTimestamp: new Date(Number.NaN) })).toThrow(TypeError);
  expect(() => encode("GetExportJob", { CreatedTimestamp: new Date(Number.NaN) })).not.toThrow(ServiceError);
});

test("a number that JSON has no form for is a string", () => {
  const volume = { OverallVolume: { ReadRatePercent: Number.NaN } };
  const body = encode("GetDomainStatisticsReport", { DailyVolumes: [], ...volume });
  expect(JSON.parse(body)).toEqual({ OverallVolume: { ReadRatePercent: "NaN" }, DailyVolumes: [] });
});

test("an error has its bare name in a header, and a message where SES gives one", () => {
  expect(encodeError(errors.invalidJobId())).toEqual({
    status: 400,
    headers: { "X-Amzn-Errortype": "BadRequestException" },
    body: '{"message":"Invalid JobId"}',
  });
  expect(encodeError(errors.serialization())).toEqual({
    status: 400,
    headers: { "X-Amzn-Errortype": "SerializationException" },
    body: '{"message":null}',
  });
});

test("the last page of import jobs has a null token", () => {
  expect(encode("ListImportJobs", { ImportJobs: [] })).toBe('{"ImportJobs":[],"NextToken":null}');
  expect(JSON.parse(encode("ListImportJobs", { NextToken: "t" }))).toEqual({ NextToken: "t" });
  expect(encode("ListExportJobs", { ExportJobs: [] })).toBe('{"ExportJobs":[]}');
});
