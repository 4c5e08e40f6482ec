/** Finds settings of a real account that keep events from a source. Pure. */
import type { MirrorResourceProblem } from "../../admin-api/mirror-resources.ts";
import { mailEventTypes } from "../../publishing/published-event.ts";
import type { SourceSettings } from "../source-settings.ts";
import type { FactsOf } from "./resource-facts.ts";

type Destination = FactsOf<"configuration-sets">["eventDestinations"][number];

/** Where event destinations must lead to bring events to a source. */
interface Wanted {
  /** For sentences, such as `the topic arn:aws:sns:…`. */
  readonly name: string;
  leadsHere(to: NonNullable<Destination["to"]>): boolean;
}

export interface ProblemFinder {
  /** Adds a configuration set; `facts` is undefined if its details are unknown. */
  addSet(name: string, facts: FactsOf<"configuration-sets"> | undefined): void;
  /** Adds an identity. All sets must have been added before. */
  addIdentity(name: string, facts: FactsOf<"identities"> | undefined): void;
  /** The problems found so far. */
  problems(): MirrorResourceProblem[];
}

interface Affected {
  count: number;
  readonly names: string[];
}

const mostNames = 100;

/**
 * @param knowsAllSets whether sets that are not added don't exist
 */
export function createProblemFinder(settings: SourceSettings, knowsAllSets: boolean): ProblemFinder {
  const wanted = wantedBy(settings);
  /** Whether mail with a set is mirrored; undefined if unknown. */
  const mirrored = new Map<string, boolean | undefined>();
  const without = affected();
  const disabled = affected();
  const lacking = new Map<string, Affected>();
  const noDefault = affected();
  const lostDefault = affected();

  return {
    addSet(name, facts) {
      if (!facts) return void mirrored.set(name, undefined);
      const leading = facts.eventDestinations.filter(({ to }) => to !== undefined && wanted.leadsHere(to));
      const enabled = leading.filter((one) => one.enabled);
      mirrored.set(name, enabled.length > 0);
      if (leading.length === 0) return add(without, name);
      if (enabled.length === 0) return add(disabled, name);
      const types = new Set(enabled.flatMap(({ eventTypes }) => eventTypes));
      const missing = mailEventTypes.filter((type) => !types.has(type)).join(" ");
      if (missing === "") return;
      const alike = lacking.get(missing) ?? affected();
      lacking.set(missing, alike);
      add(alike, name);
    },
    addIdentity(name, facts) {
      if (!facts?.verified) return;
      const set = facts.configurationSet;
      if (set === undefined) return add(noDefault, name);
      const isMirrored = mirrored.has(set) ? mirrored.get(set) : !knowsAllSets;
      if (isMirrored === false) add(lostDefault, name);
    },
    problems() {
      const problems: MirrorResourceProblem[] = [];
      const tell = (problem: Omit<MirrorResourceProblem, "count" | "names">, { count, names }: Affected) => {
        if (count > 0) problems.push({ ...problem, count, names });
      };
      const ofSets = "configuration-sets" as const;
      const noMail = "Mail with these configuration sets is not mirrored";
      tell(
        { code: "no-destination", kind: ofSets, text: `${noMail}: no event destination leads to ${wanted.name}.` },
        without,
      );
      tell(
        {
          ...{ code: "destination-disabled", kind: ofSets },
          text: `${noMail}: their event destinations to ${wanted.name} are disabled.`,
        },
        disabled,
      );
      for (const [missing, sets] of lacking) {
        const eventTypes = missing.split(" ");
        const text = `Event destinations of these configuration sets lack ${eventTypes.join(", ")}.`;
        tell({ code: "event-types-missing", kind: ofSets, text, eventTypes }, sets);
      }
      tell(
        {
          ...{ code: "no-default-set", kind: "identities" },
          text: "These identities have no default configuration set: mail that specifies none is not mirrored.",
        },
        noDefault,
      );
      tell(
        {
          ...{ code: "default-set-not-mirrored", kind: "identities" },
          text: "The default configuration set of these identities is not mirrored, or does not exist.",
        },
        lostDefault,
      );
      return problems;
    },
  };
}

/** Streams and buses don't tell which event destination an event came through, so any of them may lead here. */
function wantedBy(settings: SourceSettings): Wanted {
  switch (settings.kind) {
    case "sqs":
      if (settings.topicArns.length > 0) return topics(settings.topicArns);
      return {
        name: "a topic or an event bus",
        leadsHere: ({ service }) => service === "sns" || service === "eventbridge",
      };
    case "sns":
      return topics(settings.topicArns);
    case "firehose": {
      const { streamArn } = settings;
      if (streamArn === undefined) return anyStream;
      return {
        name: `the stream ${streamArn}`,
        leadsHere: ({ service, arn }) => service === "firehose" && arn === streamArn,
      };
    }
    case "s3":
      return anyStream;
    case "eventbridge":
      return { name: "an event bus", leadsHere: ({ service }) => service === "eventbridge" };
  }
}

const anyStream: Wanted = { name: "a Firehose stream", leadsHere: ({ service }) => service === "firehose" };

function topics(arns: readonly string[]): Wanted {
  const [only = ""] = arns;
  return {
    name: arns.length === 1 ? `the topic ${only}` : "a topic of this source",
    leadsHere: ({ service, arn }) => service === "sns" && arns.includes(arn),
  };
}

function affected(): Affected {
  return { count: 0, names: [] };
}

function add(to: Affected, name: string): void {
  to.count++;
  if (to.names.length < mostNames) to.names.push(name);
}
