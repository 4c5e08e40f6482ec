/** A day and time to type or choose, in the zone that times are shown in, which its description names. */
import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { instantOfWallTime, wallTimeOf } from "../time/wall-time.ts";
import { useZone, zoneName } from "../time/zone.tsx";

/** `value` is ISO 8601 in UTC; undefined for none. */
export function InstantInput(parts: {
  label: string;
  value: string | undefined;
  onChange: (instant: string | undefined) => void;
  required?: boolean;
  error?: ReactNode;
  disabled?: boolean;
}) {
  const { label, value, onChange, required = false, error, disabled = false } = parts;
  const { zone } = useZone();
  return (
    <TextInput
      type="datetime-local"
      label={label}
      description={zoneName(zone, value === undefined ? new Date() : new Date(value))}
      required={required}
      disabled={disabled}
      error={error}
      value={wallTimeOf(value, zone)}
      onChange={({ currentTarget }) => onChange(instantOfWallTime(currentTarget.value, zone))}
    />
  );
}
