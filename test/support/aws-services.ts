/** All services that events are published to: fauxqs for SNS, one double for the others. */
import { type AwsAnswer, type AwsCall, type AwsDouble, startAwsDouble } from "./aws-double.ts";
import { type AwsEmulator, startAwsEmulator } from "./aws-emulator.ts";
import { setSdkVariables } from "./sdk-variables.ts";

/** The members of all three services' requests that tests read. */
interface Input {
  DeliveryStreamName: string;
  Records: { Data: string }[];
  Entries: { Source: string; Detail: string }[];
  Namespace: string;
  MetricData: object[];
}

export interface AwsServices {
  sns: AwsEmulator;
  double: AwsDouble<Input>;
  stop(): Promise<void>;
}

/** Starts them, and sets this process's variables so that the SDK finds them. */
export async function startAwsServices(): Promise<AwsServices> {
  const sns = await startAwsEmulator();
  const double = await startAwsDouble<Input>();
  const { AWS_ENDPOINT_URL = "", ...others } = sns.environment;
  const endpoint = double.environment.AWS_ENDPOINT_URL ?? "";
  const restoreVariables = setSdkVariables({
    ...others,
    AWS_ENDPOINT_URL_SNS: AWS_ENDPOINT_URL,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
    AWS_ENDPOINT_URL_FIREHOSE: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
  });
  return {
    sns,
    double,
    async stop() {
      restoreVariables();
      await double.close();
      await sns.stop();
    },
  };
}

/** The answer of EventBridge or Firehose if it takes all events. */
export function takeAll({ input: { Entries, Records } }: AwsCall<Input>): AwsAnswer {
  const body = Entries
    ? { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: "e" })) }
    : { FailedPutCount: 0, RequestResponses: Records.map(() => ({ RecordId: "r" })) };
  return { body };
}

/** The records of each call to Firehose. */
export function firehoseRecords({ calls }: AwsDouble<Input>): string[][] {
  return calls
    .filter(({ operation }) => operation === "Firehose_20150804.PutRecordBatch")
    .map(({ input }) => input.Records.map(({ Data }) => Buffer.from(Data, "base64").toString()));
}
