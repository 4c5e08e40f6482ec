/**
 * The reference for the mirror's benchmark, in its own process: chDB reads the files with its own JSON reader into the
 * table `events`. Prints the measurements.
 * Usage: node bare-mirror.ts DATA_FOLDER FOLDER_OF_FILES COUNT
 */
import { Session } from "chdb";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { startMeasuring } from "./mirror-events.ts";

const [folder = "", files = "", count = ""] = process.argv.slice(2);
// Applies the migrations.
await (await openEventDatabase({ folder })).close();
const session = new Session(folder);
await session.queryAsync("SELECT count() FROM mailglass.events");
const bodies = ["send", "delivery", "bounce", "complaint", "open", "click"];
const measured = startMeasuring();
await session.queryAsync(`
  INSERT INTO mailglass.events (id, scope, message_id, recipient, type, at, sent_at, source, subject, isp, identity,
    configuration_set, tags, destination, in_ses_scope, bounce_type, bounce_sub_type, diagnostic, details)
  SELECT reinterpretAsUUID(MD5(concat(mail.messageId, eventType, toString(at)))), 2, mail.messageId, mail.destination[1],
    upper(eventType), parseDateTime64BestEffortOrZero(JSONExtractString(body, 'timestamp'), 3, 'UTC') AS told,
    parseDateTime64BestEffort(mail.timestamp, 3, 'UTC'), mail.source, mail.commonHeaders.subject,
    if(endsWith(mail.destination[1], '@gmail.com'), 'Gmail', 'UNKNOWN_ISP'), splitByString('identity/', mail.sourceArn)[2],
    mail.tags['ses:configuration-set'][1], mail.tags, mail.destination, length(mail.destination) = 1,
    JSONExtractString(bounce, 'bounceType'), JSONExtractString(bounce, 'bounceSubType'),
    JSONExtractString(bounce, 'bouncedRecipients', 1, 'diagnosticCode'), body
  FROM (SELECT *, concat(${bodies.join(", ")}) AS body,
      parseDateTime64BestEffortOrZero(JSONExtractString(body, 'timestamp'), 3, 'UTC') AS at
    FROM file('${files}/*.gz', JSONEachRow, 'eventType String, mail Tuple(timestamp String, messageId String, source String,
      sourceArn String, destination Array(String), tags Map(String, Array(String)), commonHeaders Tuple(subject String)),
      ${bodies.map((name) => `${name} String`).join(", ")}'))
  SETTINGS input_format_skip_unknown_fields = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1,
    input_format_json_read_objects_as_strings = 1`);
const run = await measured();
const rows = Number((await session.queryAsync("SELECT count() FROM mailglass.events", { format: "TSV" })).text());
if (rows !== Number(count)) throw new Error(`${rows} of ${count} events are there`);
console.log(JSON.stringify(run));
session.close();
process.exit(0);
