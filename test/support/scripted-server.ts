/** A server of which a test says every byte: what a real one would never send, or not at that moment. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Certificate } from "./certificates.ts";

/** One connection, as the script sees it. */
export interface Peer {
  /** The next line without its CRLF; undefined once the client has ended the connection. */
  line(): Promise<string | undefined>;
  /** The lines up to the final dot, as they came. */
  content(): Promise<string>;
  say(text: string | Uint8Array): void;
  /** Says, and ends the connection. */
  end(text?: string): void;
  /** Cuts it off. */
  cut(): void;
  /** Goes on over TLS. */
  startTls(certificate: Certificate): Promise<void>;
  /** Which connection it is, from 1. */
  readonly number: number;
  readonly socket: Socket;
}

/** A running server. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Each line of each client, oldest first. */
  readonly lines: string[];
  /** How many connections there were. */
  readonly connections: number;
}

/** Starts it; the script runs for each connection, which ends with it where it returns "done". */
export async function startScriptedServer(
  script: (peer: Peer) => Promise<unknown>,
  { host = "127.0.0.1", port = 0 }: { host?: string; port?: number } = {},
): Promise<ScriptedServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    script(createPeer(socket, connections, lines)).catch(() => socket.destroy());
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function createPeer(first: Socket, number: number, lines: string[]): Peer {
  let socket = first;
  let text = "";
  let ended = false;
  let wake = () => {};
  const listen = () => {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      wake();
    });
    socket.on("close", () => {
      ended = true;
      wake();
    });
  };
  listen();
  const line = async () => {
    for (;;) {
      const end = text.indexOf("\r\n");
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        lines.push(found);
        return found;
      }
      if (ended) return undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    number,
    get socket() {
      return socket;
    },
    line,
    async content() {
      const content: string[] = [];
      for (let next = await line(); next !== undefined && next !== "."; next = await line()) content.push(next);
      return content.join("\r\n");
    },
    say: (said) => socket.write(said),
    end: (said = "") => socket.end(said),
    cut: () => socket.resetAndDestroy(),
    async startTls(certificate) {
      socket.removeAllListeners("data");
      socket = new TLSSocket(socket, { isServer: true, ...certificate });
      listen();
      await once(socket, "secure");
    },
  };
}

/** What a server with these extensions says to EHLO. */
export function ehloReply(...extensions: string[]): string {
  const all = ["scripted.test", ...extensions];
  return all.map((line, index) => `250${index === all.length - 1 ? " " : "-"}${line}\r\n`).join("");
}

/** Greets, and answers EHLO; the next line is the client's first command after it. */
export async function greet(peer: Peer, ...extensions: string[]): Promise<void> {
  peer.say("220 scripted.test ESMTP\r\n");
  await peer.line();
  peer.say(ehloReply(...extensions));
}

/** Answers each command with what the table says, by its verb, the content with `.`; "250 OK" by default. */
export async function takeMail(peer: Peer, answers: Record<string, string> = {}): Promise<void> {
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const verb = line.split(/[ :]/)[0] ?? "";
    const reply = answers[verb] ?? (verb === "DATA" ? "354 Go" : "250 2.0.0 OK");
    peer.say(`${reply}\r\n`);
    if (verb === "DATA" && reply.startsWith("354")) {
      await peer.content();
      peer.say(`${answers["."] ?? "250 2.0.0 Queued"}\r\n`);
    }
    if (verb === "QUIT") peer.end();
  }
}
