/** Has the server look for an identity's records now, and reads what came of it. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { checkIdentity } from "../../api/admin.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { formatClock } from "../../time/format.ts";
import { Time } from "../../time/zone.tsx";
import { useReadAnew } from "./identities.ts";

export function CheckButton({ name }: { name: string }) {
  const readAnew = useReadAnew(name);
  const checking = useMutation({
    mutationFn: async () => {
      await checkIdentity(name);
      await readAnew();
    },
  });
  return (
    <Stack gap="xs" align="flex-start">
      <Group gap="xs">
        <Button size="xs" loading={checking.isPending} onClick={() => checking.mutate()}>
          Check again
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {checking.isSuccess && (
            <>
              Checked at <Time at={checking.submittedAt / 1000} format={formatClock} />
            </>
          )}
        </Text>
      </Group>
      {checking.isError && <ErrorAlert title="The records could not be checked" error={checking.error} />}
    </Stack>
  );
}
