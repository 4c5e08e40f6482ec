/** Whether mail with a configuration set is sent. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { messageOf } from "../../components/error-alert.tsx";
import { ErrorText } from "../../components/error-text.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { configurationSetQuery } from "./configuration-sets.ts";

/** Asks for it: lists have names only. */
export function SendingBadge({ name }: { name: string }) {
  const { data, error } = useQuery(configurationSetQuery(name));
  if (data) return <SendingState on={data.SendingOptions?.SendingEnabled === true} />;
  if (error) return <ErrorText>{messageOf(error)}</ErrorText>;
  return <Text size="sm">…</Text>;
}

export function SendingState({ on }: { on: boolean }) {
  return <StatusBadge tone={on ? "good" : "warning"}>{on ? "On" : "Paused"}</StatusBadge>;
}
