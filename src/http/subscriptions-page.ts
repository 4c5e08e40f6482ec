/** The HTML of the subscription page: one form without scripts, for any browser and any screen reader. */
import { createHash } from "node:crypto";
import type { Topic } from "@aws-sdk/client-sesv2";
import type { Subscription } from "../stores/postgres/subscriptions.ts";
import { topicStatus } from "../subscriptions/choice.ts";

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

/** What the page's style is allowed by in a Content-Security-Policy. */
export const styleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

/**
 * The page of a recipient's choices.
 * @param done what was just done, to be said first.
 */
export function preferencesPage(recipient: string, subscription: Subscription, done?: string): string {
  const { topics, unsubscribeAll } = subscription;
  const state = unsubscribeAll
    ? "This address gets no mail from this sender's list."
    : topics.length === 0
      ? "This address is subscribed."
      : "Choose what you want to receive.";
  return page(
    "Email preferences",
    `${done === undefined ? "" : `<p role="status">${escaped(done)}</p>\n`}<p>For <strong class="address">${escaped(recipient)}</strong>. ${state}</p>
${forms(subscription).map(form).join("\n")}`,
  );
}

/** What there is to choose. */
function forms(subscription: Subscription): string[] {
  const { topics, unsubscribeAll } = subscription;
  if (topics.length > 0) {
    const all = unsubscribeAll ? [] : [button("unsubscribe-all", "Unsubscribe from all")];
    return [topicFields(subscription), ...all];
  }
  return [unsubscribeAll ? button("subscribe", "Subscribe again") : button("unsubscribe-all", "Unsubscribe")];
}

/** Without an action it goes to the page's own address, whatever stands before the server. */
function form(content: string): string {
  return `<form method="post">\n${content}\n</form>`;
}

/** A page that says one thing. */
export function messagePage(message: string): string {
  return page("Email preferences", `<p role="status">${escaped(message)}</p>`);
}

function topicFields(subscription: Subscription): string {
  const { topics, unsubscribeAll } = subscription;
  const fields = topics.map((topic, index) =>
    topicField(topic, index, !unsubscribeAll && topicStatus(subscription, topic) === "OPT_IN"),
  );
  return `<fieldset>
<legend>Topics</legend>
${fields.join("\n")}
</fieldset>
${button("save", "Save")}`;
}

/** `shown` tells a topic that was not wanted from one that the page did not have when it was opened. */
function topicField(topic: Topic, index: number, wanted: boolean): string {
  const { TopicName = "", DisplayName = TopicName, Description = "" } = topic;
  const name = escaped(TopicName);
  const described = Description === "" ? "" : ` aria-describedby="about-${index}"`;
  return `<div class="topic">
<input type="hidden" name="shown" value="${name}">
<input type="checkbox" id="topic-${index}" name="topic" value="${name}"${described}${wanted ? " checked" : ""}>
<label for="topic-${index}">${escaped(DisplayName)}</label>
${Description === "" ? "" : `<p id="about-${index}">${escaped(Description)}</p>`}
</div>`;
}

function button(action: string, label: string): string {
  return `<p><button type="submit" name="action" value="${action}">${label}</button></p>`;
}

function page(title: string, content: string): string {
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

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
