/** The rows of a search: as many in the page as are seen, whatever was read. Arrow keys go from row to row. */
import { Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { MessageRow } from "../../../../src/admin-api/message-search.ts";
import { scopeLabel, scopesQuery, useShowsAll } from "../../api/scopes.ts";
import { TextLink } from "../../components/links.tsx";
import { DeliveryStatus, EngagementStatus } from "../../components/message-status.tsx";
import { formatMinute } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { rowKey } from "./message-search.ts";
import classes from "./results.module.css";

/** So near to the end, in rows, the next page is read. */
const readAhead = 30;

/** `count` is how many there are in all, where it is known; `readOn` reads the next page. */
export function ResultsTable(parts: { rows: readonly MessageRow[]; count: number | undefined; readOn: () => void }) {
  const { rows, count, readOn } = parts;
  const all = useShowsAll();
  const { data: scopes } = useQuery(scopesQuery);
  const ownerOf = ({ account, region }: MessageRow) =>
    all && account !== undefined && region !== undefined ? scopeLabel({ account, region }, scopes) : undefined;
  const body = useRef<HTMLTableSectionElement>(null);
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const [top, setTop] = useState(0);
  // What stands above may grow and shrink.
  useLayoutEffect(() => {
    const now = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(now - top) > 1) setTop(now);
  });
  const rowHeight = narrow ? 88 : 44;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: top,
    // The header of the page and that of the table cover what is above.
    scrollPaddingStart: 100,
    scrollPaddingEnd: 20,
    getItemKey: (index) => {
      const row = rows[index];
      return row ? rowKey(row) : index;
    },
  });
  // Rows that were measured at another height keep it until told.
  const measuredAt = useRef(rowHeight);
  useEffect(() => {
    if (measuredAt.current === rowHeight) return;
    measuredAt.current = rowHeight;
    virtualizer.measure();
  }, [virtualizer, rowHeight]);

  const items = virtualizer.getVirtualItems();
  const last = items.at(-1);
  const nearEnd = last !== undefined && last.index >= rows.length - readAhead;
  // The number of rows whose end is near: a page that was read changes it, and the next one is asked for.
  const endOf = nearEnd ? rows.length : undefined;
  const readNext = useEffectEvent(readOn);
  useEffect(() => {
    if (endOf !== undefined) readNext();
  }, [endOf]);

  const before = (items[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - ((last?.end ?? top) - top);

  const goTo = (index: number) => {
    virtualizer.scrollToIndex(index);
    // The row may have to be made first.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        body.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus({ preventScroll: true });
      }),
    );
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = steps[event.key];
    const at = Number(event.target instanceof Element && event.target.closest("tr")?.getAttribute("data-index"));
    if (step === undefined || Number.isNaN(at) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    goTo(Math.max(0, Math.min(rows.length - 1, at + step)));
  };

  return (
    <Table
      className={classes.table}
      aria-label="Messages found, newest first"
      // The head is a row, too. -1: not known yet.
      aria-rowcount={count === undefined ? -1 : count + 1}
      highlightOnHover
      verticalSpacing={0}
    >
      <Table.Thead>
        <Table.Tr aria-rowindex={1}>
          <Table.Th scope="col" className={classes.sent}>
            Sent
          </Table.Th>
          <Table.Th scope="col">Recipient</Table.Th>
          <Table.Th scope="col" className={classes.subjectColumn}>
            Subject
          </Table.Th>
          {all && (
            <Table.Th scope="col" className={classes.account}>
              Account
            </Table.Th>
          )}
          <Table.Th scope="col" className={classes.isp}>
            Provider
          </Table.Th>
          <Table.Th scope="col" className={classes.delivery}>
            Delivery
          </Table.Th>
          <Table.Th scope="col" className={classes.engagement}>
            Reader
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody ref={body} onKeyDown={onKeyDown}>
        <Gap height={before} />
        {items.map(({ index, key }) => {
          const row = rows[index];
          return row && <ResultRow key={key} row={row} index={index} owner={ownerOf(row)} />;
        })}
        <Gap height={after} />
      </Table.Tbody>
    </Table>
  );
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** `owner` is the account and region, where messages of several are shown. */
function ResultRow({ row, index, owner }: { row: MessageRow; index: number; owner: string | undefined }) {
  const { messageId, recipient, sentAt, subject, isp, lastDelivery, lastEngagement, bounceSubType, diagnostic } = row;
  const reason = [bounceSubType, diagnostic].filter((one) => one !== undefined).join(": ");
  return (
    <Table.Tr className={classes.row} data-index={index} aria-rowindex={index + 2}>
      <Table.Td className={classes.sent}>
        <Time at={sentAt} format={formatMinute} />
      </Table.Td>
      <Table.Th scope="row">
        <TextLink
          to="/messages/$messageId"
          params={{ messageId }}
          search={{ recipient }}
          preload={false}
          size="sm"
          title={recipient}
        >
          {recipient}
        </TextLink>
        <span className={classes.subject}>{subject || "No subject"}</span>
        <span className={classes.subject}>
          <Time at={sentAt} format={formatMinute} />
          {owner && ` · ${owner}`}
        </span>
      </Table.Th>
      <Table.Td className={classes.subjectColumn} title={subject} c={subject === "" ? "dimmed" : undefined}>
        {subject || "No subject"}
      </Table.Td>
      {owner && (
        <Table.Td className={classes.account} title={owner}>
          {owner}
        </Table.Td>
      )}
      <Table.Td className={classes.isp}>{isp === "UNKNOWN_ISP" ? "Other" : isp}</Table.Td>
      <Table.Td className={classes.delivery}>
        {lastDelivery && <DeliveryStatus last={lastDelivery} reason={reason || undefined} />}
      </Table.Td>
      <Table.Td className={classes.engagement}>{lastEngagement && <EngagementStatus last={lastEngagement} />}</Table.Td>
    </Table.Tr>
  );
}

/** Room of the rows that are not in the page. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <Table.Tr className={classes.gap} aria-hidden>
      {/* One cell: a span over columns that a phone does not show would make room for them. */}
      <Table.Td style={{ height }} />
    </Table.Tr>
  );
}
