/** The web server of a domain's MTA-STS policy. */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificates.ts";

/** A running server. */
export interface PolicyServer extends AsyncDisposable {
  readonly port: number;
  /** What was asked for, such as `mta-sts.example.com /.well-known/mta-sts.txt`. */
  readonly requests: string[];
  /** What it answers. */
  reply: { status: number; type: string; body: string; location?: string };
}

/** Starts it on a free port. */
export async function startPolicyServer(certificate: Certificate, body: string): Promise<PolicyServer> {
  const requests: string[] = [];
  const state: Pick<PolicyServer, "reply"> = { reply: { status: 200, type: "text/plain", body } };
  const server = createServer({ ...certificate }, (request, response) => {
    requests.push(`${request.headers.host?.replace(/:\d+$/, "")} ${request.url}`);
    const { status, type, body, location } = state.reply;
    response.writeHead(status, { "content-type": type, ...(location && { location }) }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}
