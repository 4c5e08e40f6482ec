/** A text to search by: it is searched for shortly after one stops typing. */
import { Autocomplete, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

const pauseMs = 350;

/** `value` is what is searched for; `suggestions`, where given, can be chosen from. */
export function SearchText(parts: {
  label: string;
  placeholder?: string;
  value: string | undefined;
  search: (value: string | undefined) => void;
  suggestions?: readonly string[];
}) {
  const { label, placeholder, value = "", search, suggestions } = parts;
  const [typed, setTyped] = useState(value);
  const searched = useRef(value);
  // Another search came, by a link or the browser's buttons: not what was typed here.
  useEffect(() => {
    if (value === searched.current) return;
    searched.current = value;
    setTyped(value);
  }, [value]);
  const searchFor = (text: string) => {
    const trimmed = text.trim();
    if (trimmed === searched.current) return;
    searched.current = trimmed;
    search(trimmed === "" ? undefined : trimmed);
  };
  const searchSoon = useDebouncedCallback(searchFor, pauseMs);
  const change = (text: string) => {
    setTyped(text);
    searchSoon(text);
  };
  const shared = {
    label,
    placeholder,
    value: typed,
    spellCheck: false,
    autoComplete: "off",
    autoCapitalize: "none",
    onKeyDown: ({ key }: { key: string }) => {
      if (key === "Enter") searchFor(typed);
    },
  };
  if (suggestions) return <Autocomplete {...shared} data={[...new Set(suggestions)]} onChange={change} limit={50} />;
  return <TextInput {...shared} type="search" onChange={({ currentTarget }) => change(currentTarget.value)} />;
}
