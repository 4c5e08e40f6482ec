/**
 * Previews an unsaved template: SES's TestRenderEmailTemplate only renders saved ones. See `docs/admin-api.md`.
 */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { TemplatePreview } from "../../admin-api/templates.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { fillTemplate } from "../../operations/templates/fill-template.ts";
import { checkTemplateContent, MAX_STORED_BYTES } from "../../operations/templates/template-content.ts";
import { refuse } from "../files/signed-file.ts";

/** Size of the template's parts and data in JSON, where characters may be escaped. */
const mostBytes = 4 << 20;

/**
 * The script of the frame. It shows the HTML that the enclosing page sends, without elements that could cause
 * connections: no policy prevents a browser from preconnecting, as Chromium does for `preconnect` and for frames that
 * it then blocks. Scripts in the HTML don't run: a DOMParser doesn't execute them, and the policy allows only this one.
 */
const script = `addEventListener("message", ({ source, data }) => {
  if (source !== parent || typeof data !== "string") return;
  const shown = new DOMParser().parseFromString(data, "text/html");
  for (const one of shown.querySelectorAll("meta[http-equiv], base, link, iframe, frame, script")) one.remove();
  for (const one of shown.querySelectorAll("*"))
    for (const { name } of [...one.attributes]) if (name.startsWith("on")) one.removeAttribute(name);
  const { scrollX, scrollY } = window;
  document.replaceChild(document.adoptNode(shown.documentElement), document.documentElement);
  scrollTo(scrollX, scrollY);
});
addEventListener("click", (event) => event.preventDefault(), true);
addEventListener("auxclick", (event) => event.preventDefault(), true);`;

const frame = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Preview</title><script>${script}</script></head><body></body></html>`;

/** The frame has an opaque origin and loads nothing, and only pages of this server can frame it (CSP 3). */
const framePolicy = [
  "sandbox allow-scripts",
  "default-src 'none'",
  `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  "style-src 'unsafe-inline'",
  "img-src data:",
  "font-src data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

export function mountAdminTemplatePreview(admin: FastifyInstance): void {
  admin.post("/admin/templates/preview", { bodyLimit: mostBytes }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    const draft = readDraft(request.body);
    if (!draft) {
      return refuse(
        reply,
        400,
        "A preview takes a JSON object with TemplateContent (Subject, Text, Html) and TemplateData, all of them texts.",
      );
    }
    return preview(draft);
  });

  admin.get("/admin/templates/preview-frame", async (_request, reply) =>
    reply
      .headers({
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": framePolicy,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-dns-prefetch-control": "off",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
      })
      .send(frame),
  );
}

/** Renders a draft. An invalid template is not a request error: the preview returns its fault. */
function preview({ content, data }: Draft): TemplatePreview {
  try {
    return fillTemplate(checkTemplateContent(content, MAX_STORED_BYTES).parts, data);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 400) return { fault: error.message };
    throw error;
  }
}

interface Draft {
  content: { Subject: string | undefined; Text: string | undefined; Html: string | undefined };
  data: string | undefined;
}

function readDraft(body: unknown): Draft | undefined {
  const draft = body instanceof Uint8Array ? parse(Buffer.from(body).toString("utf8")) : undefined;
  if (!isRecord(draft) || !isRecord(draft.TemplateContent)) return undefined;
  const { Subject, Text, Html } = draft.TemplateContent;
  const { TemplateData: data } = draft;
  if (!isText(Subject) || !isText(Text) || !isText(Html) || !isText(data)) return undefined;
  return { content: { Subject, Text, Html }, data };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
