/** What a form for an export of metrics holds. */
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import type { Input } from "../../../../src/contract/types.ts";
import { instantOf } from "../../time/format.ts";
import type { ExportJob } from "./export-jobs.ts";

export const dimensions = [
  { name: "ISP", label: "Mailbox provider" },
  { name: "EMAIL_IDENTITY", label: "Identity" },
  { name: "CONFIGURATION_SET", label: "Configuration set" },
  { name: "TENANT_NAME", label: "Tenant" },
] as const;

export const metrics = [
  { name: "SEND", label: "Sent" },
  { name: "DELIVERY", label: "Delivered" },
  { name: "PERMANENT_BOUNCE", label: "Permanent bounces" },
  { name: "TRANSIENT_BOUNCE", label: "Transient bounces" },
  { name: "COMPLAINT", label: "Complaints" },
  { name: "OPEN", label: "Opens" },
  { name: "CLICK", label: "Clicks" },
  { name: "DELIVERY_OPEN", label: "Delivered, opens tracked" },
  { name: "DELIVERY_CLICK", label: "Delivered, clicks tracked" },
  { name: "DELIVERY_COMPLAINT", label: "Delivered, complaints reported" },
] as const;

export const aggregations = ["VOLUME", "RATE"] as const;

type Dimension = (typeof dimensions)[number]["name"];
type Metric = (typeof metrics)[number]["name"];
type Aggregation = (typeof aggregations)[number];

/** A metric and how it is counted, in one text. */
export type MetricChoice = `${Metric} ${Aggregation}`;

export interface MetricForm {
  /** Days in UTC, as date inputs hold them; empty for none. */
  from: string;
  to: string;
  /** Values of each dimension; empty where it is none of the file's. `*` is every value. */
  dimensions: Readonly<Record<Dimension, string[]>>;
  metrics: MetricChoice[];
}

export type MetricSource = NonNullable<NonNullable<Input<"CreateExportJob">["ExportDataSource"]>["MetricsDataSource"]>;

const dayMs = 86_400_000;
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** The last 30 whole days by provider, of the configuration set, the identity and the tenant that are named. */
export function firstMetricForm(
  now: Date,
  { configurationSet, identity, tenant }: Pick<MessageFilters, "configurationSet" | "identity" | "tenant">,
): MetricForm {
  return {
    from: dayOf(new Date(now.getTime() - 30 * dayMs)),
    to: dayOf(now),
    dimensions: {
      ISP: ["*"],
      EMAIL_IDENTITY: identity === undefined ? [] : [identity],
      CONFIGURATION_SET: configurationSet === undefined ? [] : [configurationSet],
      TENANT_NAME: tenant === undefined ? [] : [tenant],
    },
    metrics: ["SEND VOLUME", "DELIVERY RATE", "PERMANENT_BOUNCE RATE", "COMPLAINT RATE"],
  };
}

type JobMetrics = NonNullable<NonNullable<ExportJob["ExportDataSource"]>["MetricsDataSource"]>;

/** The form that asks for what an earlier job did. */
export function metricFormOfJob(source: JobMetrics): MetricForm {
  const { StartDate: start = 0, EndDate: end = 0, Dimensions: of, Metrics: asked = [] } = source;
  const chosen = asked.map(({ Name: name, Aggregation: aggregation = "VOLUME" }) => `${name} ${aggregation}`);
  return {
    from: dayOf(instantOf(start)),
    to: dayOf(instantOf(end)),
    dimensions: {
      ISP: of?.ISP ?? [],
      EMAIL_IDENTITY: of?.EMAIL_IDENTITY ?? [],
      CONFIGURATION_SET: of?.CONFIGURATION_SET ?? [],
      TENANT_NAME: of?.TENANT_NAME ?? [],
    },
    metrics: allChoices.filter((choice) => chosen.includes(choice)),
  };
}

const allChoices: readonly MetricChoice[] = metrics.flatMap(({ name }) =>
  aggregations.map((aggregation): MetricChoice => `${name} ${aggregation}`),
);

/** Those of some texts that are choices, in the order of the form. */
export function choicesOf(texts: readonly string[]): MetricChoice[] {
  return allChoices.filter((choice) => texts.includes(choice));
}

/** The request's data source; undefined while there is no whole interval. */
export function metricSourceOf(form: MetricForm): MetricSource | undefined {
  if (form.from === "" || form.to === "") return undefined;
  const given = dimensions.flatMap(({ name }): [Dimension, string[]][] => {
    const values = form.dimensions[name];
    return values.length > 0 ? [[name, values]] : [];
  });
  return {
    Namespace: "VDM",
    StartDate: new Date(form.from),
    EndDate: new Date(form.to),
    Dimensions: Object.fromEntries(given),
    Metrics: metrics.flatMap(({ name }) =>
      aggregations.flatMap((aggregation) =>
        form.metrics.includes(`${name} ${aggregation}`) ? [{ Name: name, Aggregation: aggregation }] : [],
      ),
    ),
  };
}
