/** An export of metrics, summed over some days. */
import { Checkbox, Fieldset, SimpleGrid, Stack, Table, TagsInput, Text, TextInput } from "@mantine/core";
import { aggregations, choicesOf, dimensions, type MetricForm, metrics } from "./metric-source.ts";

export function MetricExportForm({ form, onChange }: { form: MetricForm; onChange: (form: MetricForm) => void }) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          type="date"
          label="From"
          description="The day begins at midnight UTC"
          required
          value={form.from}
          onChange={({ currentTarget }) => onChange({ ...form, from: currentTarget.value })}
        />
        <TextInput
          type="date"
          label="To"
          description="Not included; at most 60 days later"
          required
          value={form.to}
          onChange={({ currentTarget }) => onChange({ ...form, to: currentTarget.value })}
        />
      </SimpleGrid>
      <Fieldset legend="By">
        <Text size="sm" c="dimmed" mb="sm">
          One to three of these; * stands for every value. The file has a row for each combination.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {dimensions.map(({ name, label }) => (
            <TagsInput
              key={name}
              label={label}
              value={form.dimensions[name]}
              onChange={(values) => onChange({ ...form, dimensions: { ...form.dimensions, [name]: values } })}
              acceptValueOnBlur
              clearable
              clearButtonProps={{ "aria-label": `Clear: ${label}` }}
            />
          ))}
        </SimpleGrid>
      </Fieldset>
      <Checkbox.Group
        label="What is counted"
        description="A volume is a number, a rate a share from 0 to 1"
        value={form.metrics}
        onChange={(chosen) => onChange({ ...form, metrics: choicesOf(chosen) })}
      >
        <Table mt="xs" withRowBorders={false} verticalSpacing={4} w="auto">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Metric</Table.Th>
              <Table.Th scope="col">Volume</Table.Th>
              <Table.Th scope="col">Rate</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {metrics.map(({ name, label }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={400}>
                  {label}
                </Table.Th>
                {aggregations.map((aggregation) => (
                  <Table.Td key={aggregation}>
                    <Checkbox
                      value={`${name} ${aggregation}`}
                      aria-label={`${label}: ${aggregation === "RATE" ? "rate" : "volume"}`}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Checkbox.Group>
    </Stack>
  );
}
