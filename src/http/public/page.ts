/** Pages for recipients: plain HTML without scripts, for any browser and any screen reader. */
import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";

const style = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { margin: 2rem auto; max-width: 36rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
fieldset { border: 1px solid; border-radius: .25rem; margin: 0 0 1rem; padding: .5rem 1rem 1rem; }
.topic { display: grid; gap: 0 .5rem; grid-template-columns: auto 1fr; margin-top: .5rem; }
.topic p { grid-column: 2; margin: 0; }
[role="status"] { border: 1px solid; border-radius: .25rem; padding: .5rem 1rem; }
button { font: inherit; padding: .25rem 1rem; }
.address { overflow-wrap: anywhere; }
`;

/** The Content-Security-Policy source that allows the style. */
const styleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

/** A page. `title` and `content` are HTML. */
export function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
}

/** Escapes text for HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Sends a page that can't run scripts, load resources or be framed, and sends no Referer to other sites. */
export function answerPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src ${styleSource}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      "referrer-policy": "no-referrer",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
    })
    .send(html);
}
