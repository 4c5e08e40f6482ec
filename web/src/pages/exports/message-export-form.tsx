/** An export of messages with what became of them. */
import { Accordion, Fieldset, NumberInput, SimpleGrid, Stack } from "@mantine/core";
import { InstantInput } from "../../components/instant-input.tsx";
import { ExportCount } from "./export-count.tsx";
import { FilterFields } from "./filter-fields.tsx";
import type { MessageForm } from "./message-source.ts";

export function MessageExportForm({ form, onChange }: { form: MessageForm; onChange: (form: MessageForm) => void }) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <InstantInput label="From" required value={form.from} onChange={(from) => onChange({ ...form, from })} />
        <InstantInput label="To" required value={form.to} onChange={(to) => onChange({ ...form, to })} />
        <NumberInput
          label="Most rows"
          description="1,000 unless given, as in SES"
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          value={form.maxResults ?? ""}
          onChange={(value) => onChange({ ...form, maxResults: typeof value === "number" ? value : undefined })}
          hideControls
        />
      </SimpleGrid>
      <Fieldset legend="Which messages">
        <Stack>
          <FilterFields value={form.include} onChange={(include) => onChange({ ...form, include })} />
        </Stack>
      </Fieldset>
      <Accordion variant="contained" defaultValue={hasExclusion(form) ? "exclude" : null}>
        <Accordion.Item value="exclude">
          <Accordion.Control>Leave out messages that match all of…</Accordion.Control>
          <Accordion.Panel>
            <Stack>
              <FilterFields value={form.exclude} onChange={(exclude) => onChange({ ...form, exclude })} />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
      <ExportCount form={form} />
    </Stack>
  );
}

function hasExclusion({ exclude }: MessageForm): boolean {
  return Object.values(exclude).some((list) => list.length > 0);
}
