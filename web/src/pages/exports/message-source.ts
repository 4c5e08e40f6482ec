/** What a form for an export of messages holds, and what it makes of a search or of an earlier job. */

import type { LastDelivery, LastEngagement, MessageFilters } from "../../../../src/admin-api/message-search.ts";
import type { Input } from "../../../../src/contract/types.ts";
import { instantOf } from "../../time/format.ts";
import { deliveryEvents, engagementEvents } from "../messages/filters-in-url.ts";
import type { ExportJob } from "./export-jobs.ts";

/** SES's MessageInsightsFilters, each member a list, empty where it is no filter. */
export interface FilterForm {
  sender: string[];
  recipient: string[];
  subject: string[];
  isp: string[];
  tenant: string[];
  lastDelivery: LastDelivery[];
  lastEngagement: LastEngagement[];
}

export interface MessageForm {
  from: string | undefined;
  to: string | undefined;
  include: FilterForm;
  exclude: FilterForm;
  /** The most rows; undefined: as many as SES takes without saying. */
  maxResults: number | undefined;
}

type ExportSource = NonNullable<Input<"CreateExportJob">["ExportDataSource"]>;
export type MessageSource = NonNullable<ExportSource["MessageInsightsDataSource"]>;
type Filters = NonNullable<MessageSource["Include"]>;

const noFilters: FilterForm = {
  sender: [],
  recipient: [],
  subject: [],
  isp: [],
  tenant: [],
  lastDelivery: [],
  lastEngagement: [],
};

const dayMs = 86_400_000;
/** As long as events are kept unless a setting says otherwise. */
const wholeHistoryDays = 400;
/** What is offered where no search says otherwise. */
const offeredDays = 7;

/** The form for what a search finds; `left` names the filters that an export can't have. */
export function formOfSearch(search: MessageFilters, now: Date): { form: MessageForm; left: string[] } {
  const { recipient, sender, subject, isp = [], tenant, lastDelivery = [], lastEngagement = [], from, to } = search;
  const left = [
    search.messageId !== undefined && "message id",
    (search.tag?.length ?? 0) > 0 && "tags",
    search.configurationSet !== undefined && "configuration set",
    search.identity !== undefined && "identity",
  ].filter((name) => name !== false);
  const isSearch =
    left.length > 0 || Object.values(search).some((value) => value !== undefined && value !== "messages");
  const days = isSearch ? wholeHistoryDays : offeredDays;
  return {
    form: {
      from: from ?? new Date(now.getTime() - days * dayMs).toISOString(),
      to: to ?? now.toISOString(),
      include: {
        ...noFilters,
        recipient: listOf(recipient),
        sender: listOf(sender),
        subject: listOf(subject && asContains(subject)),
        isp: [...isp],
        tenant: listOf(tenant),
        lastDelivery: [...lastDelivery],
        lastEngagement: [...lastEngagement],
      },
      exclude: noFilters,
      maxResults: undefined,
    },
    left,
  };
}

/** A search's subject is a part of it unless it has a `*`; an export's is the whole. */
function asContains(subject: string): string {
  return subject.startsWith("*") || subject.endsWith("*") ? subject : `*${subject.replaceAll("\\", "\\\\")}*`;
}

function listOf(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : [text];
}

type JobMessages = NonNullable<NonNullable<ExportJob["ExportDataSource"]>["MessageInsightsDataSource"]>;

/** The form that asks for what an earlier job did. */
export function formOfJob(source: JobMessages): MessageForm {
  const { StartDate: start, EndDate: end, Include: include, Exclude: exclude, MaxResults: maxResults } = source;
  return {
    from: start === undefined ? undefined : instantOf(start).toISOString(),
    to: end === undefined ? undefined : instantOf(end).toISOString(),
    include: filterForm(include),
    exclude: filterForm(exclude),
    maxResults,
  };
}

function filterForm(filters: JobMessages["Include"]): FilterForm {
  return {
    sender: filters?.FromEmailAddress ?? [],
    recipient: filters?.Destination ?? [],
    subject: filters?.Subject ?? [],
    isp: filters?.Isp ?? [],
    tenant: filters?.TenantName ?? [],
    lastDelivery: deliveryEvents.filter((event) => filters?.LastDeliveryEvent?.includes(event)),
    lastEngagement: engagementEvents.filter((event) => filters?.LastEngagementEvent?.includes(event)),
  };
}

/** The request's data source; undefined while there is no whole interval. */
export function sourceOf({ from, to, include, exclude, maxResults }: MessageForm): MessageSource | undefined {
  if (from === undefined || to === undefined) return undefined;
  return {
    StartDate: new Date(from),
    EndDate: new Date(to),
    Include: filtersOf(include),
    Exclude: filtersOf(exclude),
    MaxResults: maxResults,
  };
}

function filtersOf(form: FilterForm): Filters | undefined {
  const given = <Value>(list: Value[]) => (list.length > 0 ? list : undefined);
  const filters: Filters = {
    FromEmailAddress: given(form.sender),
    Destination: given(form.recipient),
    Subject: given(form.subject),
    Isp: given(form.isp),
    TenantName: given(form.tenant),
    LastDeliveryEvent: given(form.lastDelivery),
    LastEngagementEvent: given(form.lastEngagement),
  };
  return Object.values(filters).some((value) => value !== undefined) ? filters : undefined;
}
