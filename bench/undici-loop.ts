/**
 * The reference of the publishing benchmark: a bare undici loop. It runs in its own process: `node undici-loop.ts URL
 * CONNECTIONS POSTS`, with the bodies as a JSON array on standard input. It prints the seconds.
 */
import { text } from "node:stream/consumers";
import { Pool } from "undici";

const [target = "", connections, posts] = process.argv.slice(2);
const bodies: string[] = JSON.parse(await text(process.stdin));
const { origin, pathname: path } = new URL(target);
const pool = new Pool(origin, { connections: Number(connections) });
const begun = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (next < Number(posts)) {
      const body = bodies[next++ % bodies.length];
      const { statusCode, body: answer } = await pool.request({
        path,
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`the receiver answered with status ${statusCode}`);
    }
  }),
);
console.log(String((performance.now() - begun) / 1000));
await pool.close();
