/** GET requests to SNS, with a deadline and a size limit, and without following redirects. */
import { Agent, type buildConnector, request } from "undici";

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export interface Getter {
  /** Rejects if the response is not complete in time, or too long. */
  get(url: string): Promise<Answered>;
  close(): Promise<void>;
}

/** SNS waits 15 seconds for our answer; within that time, a certificate is fetched and a subscription confirmed. */
export const getWithinMs = 5_000;

/** In bytes. A certificate has 2 KB, other responses less. */
const longestAnswer = 64 * 1024;

/** @param connect opens connections, and refuses forbidden addresses */
export function createGetter(connect: buildConnector.connector): Getter {
  const agent = new Agent({ connect, connections: 4, pipelining: 1 });
  return {
    async get(url) {
      const { statusCode, body } = await request(url, {
        dispatcher: agent,
        signal: AbortSignal.timeout(getWithinMs),
        headers: { "user-agent": "mailglass" },
      });
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of body) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > longestAnswer) throw new Error("the answer is too long");
      }
      return { status: statusCode, text: Buffer.concat(chunks).toString("utf8") };
    },
    close: () => agent.destroy(),
  };
}
