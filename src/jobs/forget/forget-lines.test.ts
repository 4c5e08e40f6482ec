import { expect, it } from "vitest";
import { withoutEvents, withoutPublished } from "./forget-lines.ts";

const ann = "ann@example.com";
const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

it("removes the recorded events of a recipient, and those of mail to nobody else", () => {
  const others = [
    { recipient: "bob@example.com", type: "SEND", destination: [ann, "bob@example.com"] },
    { recipient: "", type: "OPEN" },
  ];
  const text = lines({ recipient: "Ann@example.com" }, ...others, { recipient: "", destination: [ann] });
  expect(withoutEvents(text, ann)).toEqual({ text: lines(...others), kept: 2, removed: 2 });
  expect(withoutEvents(lines({ recipient: ann }), ann)).toEqual({ text: undefined, kept: 0, removed: 1 });
  expect(withoutEvents("no JSON\n", ann)).toEqual({ text: "no JSON\n", kept: 1, removed: 0 });
});

const both = { destination: [ann, "bob@example.com"] };
it.each([
  [{ mail: { destination: [ann] } }, 1],
  [{ mail: both, bounce: { bouncedRecipients: [{ emailAddress: ann }] } }, 1],
  [{ mail: both, complaint: { complainedRecipients: [{ emailAddress: "ANN@example.com" }] } }, 1],
  [{ mail: both, delivery: { recipients: [ann] } }, 1],
  [{ mail: both, deliveryDelay: { delayedRecipients: [{ emailAddress: ann }] } }, 1],
  [{ mail: both }, 0],
  [{ mail: both, delivery: { recipients: ["bob@example.com"] } }, 0],
  [{ mail: both, bounce: { bouncedRecipients: [{ emailAddress: ann }, { emailAddress: "bob@example.com" }] } }, 0],
  [{ detail: "of an account" }, 0],
])("of the published event %j, removes %d", (body, removed) => {
  const other = lines({ id: "1" }, { mail: { destination: ["bob@example.com"] } });
  const rest = withoutPublished(`${lines({ id: "2" }, body)}${other}`, ann);
  expect(rest).toMatchObject({ kept: 2 - removed, removed });
  expect(rest.text?.endsWith(other)).toBe(true);
});
