/** Converts rows of the events table for the pages. */

import type { MachineKind, MessageEvent, TopicChoices } from "../admin-api/message.ts";
import { detailsOf, objectOf, tagsIn } from "../events/recorded-details.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";

/** The event with all details from its source. */
export function messageEvent(row: EventRow): MessageEvent {
  const base = { id: row.id, at: new Date(row.at).toISOString() };
  const told = detailsOf(row);
  const diagnostic = row.diagnostic ? { diagnostic: row.diagnostic } : {};
  switch (row.type) {
    case "SEND":
      return { ...base, type: row.type };
    case "DELIVERY":
      return {
        ...base,
        type: row.type,
        ...texts(told, { smtpResponse: "smtpResponse", reportingMTA: "reportingMta", remoteMtaIp: "remoteMtaIp" }),
        ...(typeof told.processingTimeMillis === "number" && { processingTimeMillis: told.processingTimeMillis }),
      };
    case "BOUNCE":
      return {
        ...base,
        type: row.type,
        bounceType: bounceTypes.find((one) => one === row.bounce_type) ?? "Undetermined",
        bounceSubType: row.bounce_sub_type ?? "",
        ...texts(told, { action: "action", status: "status" }),
        ...diagnostic,
        ...texts(told, { reportingMTA: "reportingMta", remoteMtaIp: "remoteMtaIp", feedbackId: "feedbackId" }),
      };
    case "COMPLAINT":
      return {
        ...base,
        type: row.type,
        ...(row.complaint_sub_type && { complaintSubType: row.complaint_sub_type }),
        ...(row.complaint_feedback_type && { complaintFeedbackType: row.complaint_feedback_type }),
        ...texts(told, { userAgent: "userAgent", arrivalDate: "arrivalDate", feedbackId: "feedbackId" }),
      };
    case "REJECT":
      return { ...base, type: row.type, ...texts(told, { reason: "reason" }) };
    case "OPEN":
      return { ...base, type: row.type, ...texts(told, client), ...machineOf(row) };
    case "CLICK": {
      const linkTags = tagsIn(told.linkTags);
      const link = texts(told, { link: "link" });
      return {
        ...base,
        type: row.type,
        ...link,
        ...(linkTags && { linkTags }),
        ...texts(told, client),
        ...machineOf(row),
      };
    }
    case "RENDERING_FAILURE":
      return {
        ...base,
        type: row.type,
        ...texts(told, { errorMessage: "errorMessage", templateName: "templateName" }),
      };
    case "DELIVERY_DELAY":
      return {
        ...base,
        type: row.type,
        ...texts(told, { delayType: "delayType", expirationTime: "expirationTime", status: "status" }),
        ...diagnostic,
        ...texts(told, { reportingMTA: "reportingMta" }),
      };
    case "SUBSCRIPTION": {
      const before = readChoices(told.oldTopicPreferences);
      const after = readChoices(told.newTopicPreferences);
      return {
        ...base,
        type: row.type,
        ...texts(told, { contactList: "contactList", source: "source" }),
        ...(before && { oldTopicPreferences: before }),
        ...(after && { newTopicPreferences: after }),
      };
    }
  }
}

const client = { ipAddress: "ipAddress", userAgent: "userAgent" } as const;
const bounceTypes = ["Permanent", "Transient", "Undetermined"] as const;
const machineKinds: readonly MachineKind[] = ["proxy", "prefetch", "scanner", "bot"];

function machineOf({ machine }: EventRow): { machine?: MachineKind } {
  const kind = machineKinds.find((one) => one === machine);
  return kind === undefined ? {} : { machine: kind };
}

/** The fields that are non-empty strings, renamed for the pages. */
function texts<Name extends string>(
  told: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, Name>>,
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const [from, to] of Object.entries(names)) {
    const value = told[from];
    if (typeof value === "string" && value !== "") found[to] = value;
  }
  return found;
}

function readChoices(value: unknown): TopicChoices | undefined {
  const { unsubscribeAll, topicSubscriptionStatus: topics } = objectOf(value);
  if (typeof unsubscribeAll !== "boolean") return undefined;
  return {
    unsubscribeAll,
    topicSubscriptionStatus: (Array.isArray(topics) ? topics : []).flatMap((one: unknown) => {
      const { topicName, subscriptionStatus } = objectOf(one);
      if (typeof topicName !== "string") return [];
      return [{ topicName, subscriptionStatus: subscriptionStatus === "OptOut" ? "OptOut" : "OptIn" } as const];
    }),
  };
}
