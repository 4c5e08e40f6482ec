/** What happened on the way to a recipient, oldest first. What machines did is set apart: it tells nothing of the reader. */
import { Badge, Code, Stack, Text, Timeline } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconEye,
  IconPointFilled,
  IconRobot,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { MessageEvent } from "../../../../src/admin-api/message.ts";
import { Time } from "../../time/zone.tsx";
import { type EventFact, type EventStory, eventStory } from "./event-story.ts";
import classes from "./event-timeline.module.css";

const bullets: Readonly<Record<EventStory["tone"], { color: string; Icon: TablerIcon }>> = {
  good: { color: "teal", Icon: IconCheck },
  bad: { color: "red", Icon: IconX },
  warning: { color: "orange", Icon: IconAlertTriangle },
  reader: { color: "violet", Icon: IconEye },
  neutral: { color: "gray.6", Icon: IconPointFilled },
};

export function EventTimeline({ events }: { events: readonly MessageEvent[] }) {
  return (
    <Timeline bulletSize={24} lineWidth={2} active={events.length} role="list" aria-label="What happened">
      {events.map((event) => {
        const story = eventStory(event);
        const { color, Icon } = bullets[story.tone];
        const Sign = story.byMachine ? IconRobot : Icon;
        return (
          <Timeline.Item key={event.id} role="listitem" color={color} bullet={<Sign size={14} aria-hidden />}>
            <Story story={story} at={event.at} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function Story({ story, at }: { story: EventStory; at: string }) {
  const { title, sentence, byMachine, facts } = story;
  return (
    <Stack gap={4}>
      <div className={classes.head}>
        <Text span fw={600} c={byMachine ? "dimmed" : undefined}>
          {title}
        </Text>
        {byMachine && (
          <Badge size="sm" variant="default" tt="none">
            machine
          </Badge>
        )}
        <Text span size="sm" c="dimmed">
          <Time at={at} />
        </Text>
      </div>
      {sentence !== undefined && <Text size="sm">{sentence}</Text>}
      {facts.length > 0 && (
        <dl className={classes.facts}>
          {facts.map((fact) => (
            <Fact key={fact.name} fact={fact} />
          ))}
        </dl>
      )}
    </Stack>
  );
}

function Fact({ fact: { name, value, code = false } }: { fact: EventFact }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{code ? <Code className={classes.code}>{value}</Code> : <FactText value={value} />}</dd>
    </div>
  );
}

/** Instants are shown in the zone chosen. */
function FactText({ value }: { value: string }) {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? <Time at={value} /> : value;
}
