/** The HTML of the subscription page: one form without scripts, for any browser and any screen reader. */
import type { Topic } from "@aws-sdk/client-sesv2";
import { topicStatus } from "../../recipients/subscriptions/choice.ts";
import type { Subscription } from "../../stores/postgres/subscriptions.ts";
import { escaped, page } from "./page.ts";

/**
 * The page with a recipient's choices.
 * @param done confirms the change just made, shown first.
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

/** The available choices. */
function forms(subscription: Subscription): string[] {
  const { topics, unsubscribeAll } = subscription;
  if (topics.length > 0) {
    const all = unsubscribeAll ? [] : [button("unsubscribe-all", "Unsubscribe from all")];
    return [topicFields(subscription), ...all];
  }
  return [unsubscribeAll ? button("subscribe", "Subscribe again") : button("unsubscribe-all", "Unsubscribe")];
}

/** Without an `action`, the form is sent to the page's own URL, which also works behind a reverse proxy. */
function form(content: string): string {
  return `<form method="post">\n${content}\n</form>`;
}

/** A page with a single message. */
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

/** The field `shown` distinguishes an unchecked topic from one that the page didn't show. */
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
