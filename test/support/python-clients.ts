/**
 * Debian's boto3 and AWS CLI, each in one Python process for all calls of a test file: loading one takes half a second to a
 * second of processor time.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** What to call. */
export interface PythonClientOptions {
  /** Its name to both clients, such as `sesv2`. */
  readonly service: string;
  readonly url: string;
  readonly credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
  /** More options of the CLI, such as `--no-paginate`. */
  readonly cliOptions?: readonly string[];
}

/** Calls an operation by the CLI's name, such as `send-email`. Rejects with what the client says of an error. */
export type PythonCall = (operation: string, input?: object) => Promise<unknown>;

/** The clients. */
export interface PythonClients {
  readonly boto3: PythonCall;
  /** What /usr/bin/aws runs; undefined where it prints nothing. */
  readonly cli: PythonCall;
  stop(): Promise<void>;
}

/**
 * Each line of the input is an operation with its parameters, each line of the output the answer or the error. The CLI has
 * a botocore of its own, so that one process can't have both clients.
 */
const answering = `
import contextlib, io, json, sys
service, url, *options = sys.argv[1:]
answers = sys.stdout

def answer_all(call):
    for line in sys.stdin:
        try:
            answer = {"answer": call(*json.loads(line))}
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer, default=str), file=answers, flush=True)
`;

const boto3Script = `${answering}
import boto3
client = boto3.client(service, endpoint_url=url)
answer_all(lambda operation, parameters: getattr(client, operation.replace("-", "_"))(**parameters))
`;

const cliScript = `${answering}
import awscli.clidriver

def cli(operation, parameters):
    printed, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(told):
        code = awscli.clidriver.create_clidriver().main([service, operation, "--endpoint-url", url, "--output", "json",
            *options, "--cli-input-json", json.dumps(parameters)])
    if code != 0:
        raise Exception(told.getvalue() or printed.getvalue())
    return json.loads(printed.getvalue()) if printed.getvalue().strip() else None

answer_all(cli)
`;

/** The clients, whose processes start at their first call. */
export function startPythonClients(options: PythonClientOptions): PythonClients {
  const started: { stop(): Promise<void> }[] = [];
  const startedAtFirst = (script: string): PythonCall => {
    let client: ReturnType<typeof startClient> | undefined;
    return (operation, input = {}) => {
      if (!client) {
        client = startClient(script, options);
        started.push(client);
      }
      return client.call(operation, input);
    };
  };
  return {
    boto3: startedAtFirst(boto3Script),
    cli: startedAtFirst(cliScript),
    async stop() {
      await Promise.all(started.map((client) => client.stop()));
    },
  };
}

function startClient(script: string, { service, url, credentials, cliOptions = [] }: PythonClientOptions) {
  const python = spawn("/usr/bin/python3", ["-c", script, service, url, ...cliOptions], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: "/usr/bin:/bin",
      HOME: "/nonexistent",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  const ended = once(python, "close");
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
  return {
    async call(operation: string, input: object): Promise<unknown> {
      python.stdin.write(`${JSON.stringify([operation, input])}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error("the Python process has ended");
      const { answer, error } = JSON.parse(value);
      if (error !== undefined) throw new Error(error);
      return answer ?? undefined;
    },
    async stop(): Promise<void> {
      python.stdin.end();
      await ended;
    },
  };
}
