/** Takes requests of a Firehose stream with an HTTP endpoint (facts 4.4). */
import { constantTimeEqual } from "../../common/mac.ts";
import type { Ingest } from "../ingest.ts";
import { headerOf, type Intake, secretLost } from "../intake.ts";
import type { Unread } from "../read-records.ts";
import type { SourceList } from "../source-list.ts";
import { dataOf, FirehoseBodyError, mostExpanded, readFirehoseBody } from "./firehose-request.ts";

/** In bytes, uncompressed. */
const longestBody = 64 << 20;
/** The limits of a batch that is recorded at once. */
const batch = { records: 500, bytes: 1 << 20 };

export const firehoseHeaders = {
  requestId: "x-amz-firehose-request-id",
  accessKey: "x-amz-firehose-access-key",
  sourceArn: "x-amz-firehose-source-arn",
  version: "x-amz-firehose-protocol-version",
} as const;

export function createFirehoseIntake(services: {
  readonly ingest: Pick<Ingest, "take" | "setAside">;
  readonly sources: Pick<SourceList, "secretOf">;
}): Intake<"firehose"> {
  const { ingest, sources } = services;
  return {
    longestBody,
    takesGzip: true,
    admit(source, head) {
      const secret = sources.secretOf(source);
      if (secret === undefined) return secretLost;
      if (!constantTimeEqual(headerOf(head, firehoseHeaders.accessKey) ?? "", secret)) {
        const text =
          "A request had a wrong access key, or none. Set the source's secret as the access key of the HTTP endpoint.";
        return { status: 401, text, isNoted: true, isFailedAttempt: true };
      }
      const { streamArn } = source.settings;
      const arn = headerOf(head, firehoseHeaders.sourceArn) ?? "";
      if (streamArn !== undefined && arn !== streamArn) {
        const text = `A request came from a stream other than ${streamArn}. Change streamArn if that stream is yours.`;
        return { status: 403, text, isNoted: true };
      }
      const version = headerOf(head, firehoseHeaders.version) ?? "1.0";
      if (version !== "1.0") {
        return { status: 400, text: "The version of the Firehose protocol is not 1.0.", isNoted: true };
      }
      return undefined;
    },
    async take(source, _head, body) {
      try {
        const { requestId, records } = readFirehoseBody(body);
        let left = mostExpanded;
        let taken: Buffer[] = [];
        let bytes = 0;
        const unread: Unread[] = [];
        const flush = async () => {
          await Promise.all([ingest.take(source, taken), ingest.setAside(source, unread.splice(0))]);
          taken = [];
          bytes = 0;
        };
        for (const record of records) {
          const data = await dataOf(record, left);
          if (!Buffer.isBuffer(data)) {
            unread.push(data);
            continue;
          }
          left -= data.length;
          bytes += data.length;
          taken.push(data);
          if (taken.length + unread.length >= batch.records || bytes >= batch.bytes) await flush();
        }
        await flush();
        return { status: 200, text: "Recorded.", requestId };
      } catch (error) {
        if (error instanceof FirehoseBodyError) return { status: 400, text: error.message, isNoted: true };
        throw error;
      }
    },
  };
}
