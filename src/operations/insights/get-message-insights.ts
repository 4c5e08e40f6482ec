import type {
  EmailInsights,
  EventDetails,
  BounceType as InsightsBounceType,
  InsightsEvent,
  MessageTag,
} from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { byRecipient, readHistory } from "../../events/history.ts";
import type { Shown } from "../../events/message-state.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import type { Database } from "../../stores/postgres/database.ts";

/** The dependencies: both stores, whether VDM is enabled, and which events are shown. */
export interface InsightsServices extends Shown {
  database: Database;
  events: EventDatabase;
  vdmEnabled: () => Promise<boolean>;
  accountId: string;
}

/** GetMessageInsights: the events of one message, by recipient. */
export function getMessageInsights(services: InsightsServices): Handler<"GetMessageInsights"> {
  return async ({ MessageId: messageId = "" }) => {
    // Checked before the ID, as in SES.
    if (!(await services.vdmEnabled())) throw errors.vdmDisabled();
    const told = await readHistory(services, messageId, services.scope);
    // With `apart`, opens and clicks by machines are not engagement of the recipient.
    const history = services.machines === "apart" ? told.filter((row) => !row.machine) : told;
    const sent = history.filter((row) => row.type === "SEND");
    // A mirrored message may lack its SEND: then what its other events tell, some of which tell less.
    const telling = sent.length > 0 ? sent : history;
    const facts = telling.find((row) => row.subject) ?? telling[0];
    const shown = services.messages === "all" || telling.some((row) => row.in_ses_scope);
    if (!facts || !shown) throw errors.messageNotFound(messageId, services.accountId);
    return {
      MessageId: messageId,
      FromEmailAddress: facts.source || undefined,
      Subject: facts.subject || undefined,
      EmailTags: tagsOf(telling),
      Insights: insightsOf(history),
    };
  };
}

/** The distinct tags that all recipients have. Recipients differ in `ses:recipient-isp`. */
function tagsOf(sent: readonly EventRow[]): MessageTag[] {
  const tags = new Map<string, MessageTag>();
  for (const { tags: own = {} } of sent) {
    for (const [name, values] of Object.entries(own)) {
      for (const value of values) tags.set(JSON.stringify([name, value]), { Name: name, Value: value });
    }
  }
  return [...tags.values()];
}

/** One entry per recipient, in the order of the message's recipients. */
function insightsOf(history: readonly EventRow[]): EmailInsights[] {
  // SES has no place for an open or a click of which it is unknown whose it was.
  const known = [...byRecipient(history)].filter(([recipient]) => recipient !== "");
  return known.map(([recipient, rows]) => ({
    Destination: recipient,
    Isp: rows.find((row) => row.isp)?.isp,
    Events: rows.map(insightsEvent),
  }));
}

function insightsEvent(row: EventRow): InsightsEvent {
  return { Timestamp: new Date(row.at), Type: row.type, Details: detailsOf(row) };
}

function detailsOf(row: EventRow): EventDetails | undefined {
  if (row.type === "BOUNCE") {
    return {
      Bounce: {
        BounceType: bounceTypes[row.bounce_type ?? ""] ?? "UNDETERMINED",
        BounceSubType: row.bounce_sub_type ? upperSnake(row.bounce_sub_type) : undefined,
        DiagnosticCode: row.diagnostic || undefined,
      },
    };
  }
  if (row.type === "COMPLAINT") {
    return {
      Complaint: {
        ComplaintSubType: row.complaint_sub_type ? upperSnake(row.complaint_sub_type) : undefined,
        ComplaintFeedbackType: row.complaint_feedback_type || undefined,
      },
    };
  }
  return undefined;
}

const bounceTypes: Readonly<Record<string, InsightsBounceType>> = {
  Permanent: "PERMANENT",
  Transient: "TRANSIENT",
  Undetermined: "UNDETERMINED",
};

/** Converts `OnAccountSuppressionList`, as in events, to `ON_ACCOUNT_SUPPRESSION_LIST`, as in insights. */
function upperSnake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
}
