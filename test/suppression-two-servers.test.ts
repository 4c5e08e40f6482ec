/** Two servers on one database: what one is told of the suppression list, the other obeys. */
import { PutSuppressedDestinationCommand } from "@aws-sdk/client-sesv2";
import { expect, it } from "vitest";
import { openServer } from "../src/stores/postgres/server.ts";
import { createServerDatabase } from "./support/databases.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

it("is obeyed for what another server on the same database was told before", async () => {
  const { url, drop } = await createServerDatabase("migrated");
  const pools = await Promise.all([openServer(url), openServer(url)]);
  const [engine] = eventDatabases;
  if (!engine) throw new Error("there are no engines");
  const events = await engine.open();
  const servers: InProcessServer[] = [];
  try {
    for (const database of pools) servers.push(await startInProcess({ database, events }));
    const [one, other] = servers;
    if (!one || !other) throw new Error("there are two");
    for (let round = 0; round < 10; round++) {
      const EmailAddress = `user-${round}@example.com`;
      const mail = simple({ Destination: { ToAddresses: [EmailAddress] } });
      expect(told(await insightsOf(other, await send(other, mail)))[0]?.[1]).toEqual([["SEND"], ["DELIVERY"]]);
      await one.client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: "COMPLAINT" }));
      expect(told(await insightsOf(other, await send(other, mail)))[0]?.[1]).toEqual([
        ["SEND"],
        ["COMPLAINT", undefined],
      ]);
    }
  } finally {
    for (const one of servers) await one.close();
    for (const pool of pools) await pool.close();
    await drop();
  }
});
