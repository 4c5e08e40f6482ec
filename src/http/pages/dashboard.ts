/**
 * Serves the dashboard's built files (`npm run build:dashboard`), with headers that allow only this server's own
 * scripts, so that mail content or names on a page can't run as code.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errors } from "../../contract/errors.ts";
import { replyError } from "../error-reply.ts";
import { answerPage, page } from "../public/page.ts";
import { noncePlaceholder } from "./page-nonce.ts";

/** Output folders of the build: beside the compiled code, or below dist/ if Node runs the sources. */
const folders = ["../pages", "../../../dist/pages"].map((path) => join(import.meta.dirname, path));

const mediaTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The encodings that the build produces, best first, with their file extensions. */
const encodings = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

/** File names of the build: without a folder, not hidden. */
const assetName = /^[\w-]+(\.[\w-]+)+$/;

/** Paths without pages: an unknown path below them returns an API error. */
const notPages = /^\/(v2|admin|assets|session|downloads|uploads|subscriptions|[oc])(\/|$)/;

/**
 * Adds the pages' files; returns a function that sends the page itself.
 * @param folder the folder of the files; by default the output folder of the build.
 */
export function mountDashboard(
  app: FastifyInstance,
  folder = folders.find((one) => existsSync(join(one, "index.html"))),
): (reply: FastifyReply) => Promise<FastifyReply> {
  app.get<{ Params: { name: string } }>("/assets/:name", async (request, reply) => {
    const { name } = request.params;
    const type = mediaTypes[extname(name)];
    const found =
      folder !== undefined && type !== undefined && assetName.test(name)
        ? await openEncoded(join(folder, "assets", name), request.headers["accept-encoding"] ?? "")
        : undefined;
    if (!found || type === undefined) return replyError(reply, errors.unknownOperation());
    const { size } = await found.handle.stat();
    if (found.encoding !== undefined) reply.header("content-encoding", found.encoding);
    return (
      reply
        .headers({
          "content-type": type,
          "content-length": size,
          // The name contains a hash of the content.
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
          "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
          vary: "accept-encoding",
        })
        // The stream closes the file.
        .send(found.handle.createReadStream())
    );
  });

  return async (reply) => {
    if (folder === undefined) return answerPage(reply, 503, notBuilt);
    const nonce = randomBytes(18).toString("base64");
    const html = await readFile(join(folder, "index.html"), "utf8");
    return reply
      .code(200)
      .headers({
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy(nonce),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "x-robots-tag": "noindex",
      })
      .send(html.replaceAll(noncePlaceholder, nonce));
  };
}

/** Whether a request without a route is a browser's request for a page. `/` is always the dashboard's. */
export function isForPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const path = url.split("?", 1)[0] ?? "";
  return path === "/" || (/(^|[\s,])text\/html\s*(;|,|$)/.test(headers.accept ?? "") && !notPages.test(path));
}

/** The nonce is for styles that the component library creates at runtime; no script has one. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const notBuilt = page(
  "Mailglass runs",
  "<p>The dashboard's pages are not built: <code>npm run build:dashboard</code> builds them. The SES API works without.</p>",
);

/** RFC 9110, section 12.5.3, for explicitly named encodings; `*` is not supported. */
function accepts(header: string, encoding: string): boolean {
  return header.split(",").some((part) => {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Opens a file in the best accepted encoding. */
async function openEncoded(file: string, accepted: string) {
  for (const [encoding, ending] of encodings) {
    if (!accepts(accepted, encoding)) continue;
    const handle = await openFile(file + ending);
    if (handle) return { handle, encoding };
  }
  const handle = await openFile(file);
  return handle && { handle, encoding: undefined };
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
