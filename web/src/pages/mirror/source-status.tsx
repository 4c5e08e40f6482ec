/** How a source is doing, in a word. */
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { StatusBadge, type Tone } from "../../components/status-badge.tsx";

const words: Readonly<Record<MirrorSource["status"], readonly [Tone, string]>> = {
  receiving: ["good", "Receiving"],
  waiting: ["busy", "No events yet"],
  silent: ["warning", "Silent"],
  failing: ["bad", "Failing"],
  disabled: ["neutral", "Disabled"],
};

export function SourceStatus({ status }: Pick<MirrorSource, "status">) {
  const [tone, word] = words[status];
  return <StatusBadge tone={tone}>{word}</StatusBadge>;
}
