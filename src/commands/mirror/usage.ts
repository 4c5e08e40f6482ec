/** How `mailglass mirror` is called. */

export const usage = `usage: mailglass mirror add KIND --name NAME [OPTIONS] [--json]
       mailglass mirror list [--json]
       mailglass mirror show SOURCE [--json]
       mailglass mirror set SOURCE [OPTIONS] [--json]
       mailglass mirror rotate-secret SOURCE
       mailglass mirror set-aside SOURCE [--all] [--json]
       mailglass mirror replay SOURCE
       mailglass mirror failed-files SOURCE [--all] [--json]
       mailglass mirror resources SOURCE [--kind KIND [--name NAME]] [--json]
       mailglass mirror remove SOURCE
       mailglass mirror setup [KIND] --configuration-set NAME [OPTIONS]
  KIND is sqs, sns, firehose, s3 or eventbridge; SOURCE is the name or the ID of a source.
  All commands but setup need a running server. \`mailglass mirror COMMAND --help\` lists the options of a command.`;

const options = `  --account ID            an account whose events it brings; can be repeated. Default: those in ARNs and URLs
  --region REGION         the region of events that name none; the server must serve it
  --silence SECONDS       after so long without an event its status is silent; \`never\` is the default
  --[no-]suppress         hard bounces and complaints add addresses to suppression lists here (no)
  --[no-]enabled          whether it takes events (yes)
  --[no-]pull-resources   read identities, configuration sets and templates of the real account hourly (no)
  --pull-suppression HOW  its suppression list: off (the default), in (copied here), or both (exchanged)
 sqs:
  --queue-url URL         the queue
  --queue-region REGION   its region. Default: the one in the URL
  --topic ARN             a topic whose messages are accepted; can be repeated. Default: any
 sns:
  --topic ARN             a topic whose messages are accepted; can be repeated, at least one
  --[no-]raw              accept raw message delivery, with the secret (no)
 firehose:
  --stream ARN            the only stream that is accepted; \`any\`, the default, with the secret
 s3:
  --bucket NAME           the bucket
  --bucket-region REGION  its region
  --prefix TEXT           where the files are (everywhere)
  --[no-]follow           look for new files once all are read (yes)
 eventbridge:
  --authorization HOW     api-key (the default) or basic
  --authorization-name N  the header of the key (x-mailglass-key), or the user name (mailglass)`;

/** The help of each command. */
export const helps: Readonly<Record<string, string>> = {
  add: `usage: mailglass mirror add sqs|sns|firehose|s3|eventbridge --name NAME [OPTIONS] [--json]
  Creates a source, and prints its URL and its secret, if it has them. The secret is shown only now.
${options}`,
  list: `usage: mailglass mirror list [--json]
  Lists the sources.`,
  show: `usage: mailglass mirror show SOURCE [--json]
  Shows a source, its checklist, and the progress of a backfill.`,
  set: `usage: mailglass mirror set SOURCE [OPTIONS] [--json]
  Changes a source. Options that are left out keep their values; lists are replaced.
${options}`,
  "rotate-secret": `usage: mailglass mirror rotate-secret SOURCE
  Replaces the secret and prints it. The one before is refused at once.`,
  "set-aside": `usage: mailglass mirror set-aside SOURCE [--all] [--json]
  Lists records that could not be read, oldest first.
  --all   all of them, instead of the first 50`,
  replay: `usage: mailglass mirror replay SOURCE
  Reads the records that were put aside again. What can be read now is recorded.`,
  "failed-files": `usage: mailglass mirror failed-files SOURCE [--all] [--json]
  Lists the files of an s3 source that can't be read, with the reason and when each is tried again.
  --all   all of them, instead of the first 50`,
  resources: `usage: mailglass mirror resources SOURCE [--kind identities|configuration-sets|templates] [--all] [--json]
       mailglass mirror resources SOURCE --kind KIND --name NAME
  Shows what was read of the real account (--pull-resources of \`mailglass mirror set\`), and which of its settings keep
  mail from the mirror.
  --kind KIND   lists these
  --all         all of them, instead of the first 50
  --name NAME   prints what the account answered of this one, as JSON`,
  remove: `usage: mailglass mirror remove SOURCE
  Deletes a source, with the records that were put aside. Its events stay.`,
  setup: `usage: mailglass mirror setup [KIND] --configuration-set NAME [OPTIONS]
  Prints what makes a transport of SES's events on AWS: topic, queue, stream or rule, their policies, and the event
  destination of the configuration set with all event types. It calls nothing on AWS. KIND is sqs by default. Notes go to
  standard error.
  --configuration-set NAME  the configuration set whose events come
  --source SOURCE           take what follows from a source of the running server
  --account ID              the account of SES
  --region REGION           its region (MAILGLASS_REGION)
  --format FORMAT           cli (a shell script, the default), cloudformation or terraform
  --resource-name NAME      the topic, the queue, the stream … are named after it (mailglass-ses-events)
  --bucket NAME             the bucket of Firehose's files
  --url URL                 where sns, firehose and eventbridge post to: the URL of the source
  --authorization HOW       of eventbridge: api-key (the default) or basic
  --authorization-name N    the header of the key (x-mailglass-key), or the user name (mailglass)`,
};
