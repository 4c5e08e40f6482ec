/**
 * Generates closed-loop HTTP/1.1 load on one host: each connection sends its next request after the previous response.
 * It uses raw sockets, because an ordinary client takes as much processor time as the servers under test.
 */
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

export interface Load {
  host: string;
  port: number;
  connections: number;
  /** Total requests over all connections. */
  requests: number;
  /** The bytes of the n-th request, head and body. */
  request: (n: number) => Buffer;
  /** Called with the status and body of each response. */
  onAnswer?: (status: number, body: string) => void;
}

/** Seconds of the whole run, latencies in ms (sorted), and the number of responses by status. */
export interface LoadResult {
  seconds: number;
  latencies: Float64Array;
  statuses: Map<number, number>;
}

/** Runs the load to completion; rejects if a connection breaks. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latencies = new Float64Array(load.requests);
  const statuses = new Map<number, number>();
  let next = 0;
  let answered = 0;
  const begun = performance.now();
  await Promise.all(Array.from({ length: Math.min(load.connections, load.requests) }, () => runConnection()));
  return { seconds: (performance.now() - begun) / 1000, latencies: latencies.sort(), statuses };

  function runConnection(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: load.host, port: load.port, noDelay: true });
      let buffered: Buffer = Buffer.alloc(0);
      let sentAt = 0;
      const send = () => {
        if (next >= load.requests) {
          socket.end();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(load.request(next++));
      };
      socket.on("connect", send);
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("the server closed a connection")));
      // Without an encoding a socket emits Buffers; its type also allows strings.
      socket.on("data", (chunk: Buffer) => {
        buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
        const headEnd = buffered.indexOf("\r\n\r\n");
        if (headEnd < 0) return;
        const head = buffered.toString("latin1", 0, headEnd);
        const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        const end = headEnd + 4 + length;
        if (buffered.length < end) return;
        const status = Number(head.slice(9, 12));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        load.onAnswer?.(status, buffered.toString("utf8", headEnd + 4, end));
        latencies[answered++] = performance.now() - sentAt;
        buffered = buffered.subarray(end);
        send();
      });
    });
  }
}

/** The p-quantile (0 to 1) of sorted numbers. */
export function quantile(sorted: Float64Array, p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}
