/** What stands in a page's place: while it loads, where it failed, where there is none. */
import { Center, Loader, Stack } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { EmptyState } from "../components/empty-state.tsx";
import { ErrorAlert } from "../components/error-alert.tsx";
import { ButtonLink } from "../components/links.tsx";

/** Shown only once loading takes long. */
export function PagePending() {
  return (
    <Center mih="50vh" role="status" aria-label="Loading">
      <Loader type="dots" />
    </Center>
  );
}

/** The page failed: says why, and tries again. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const retry = () => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  return (
    <Stack maw={640} mx="auto" my="xl" px="md">
      <ErrorAlert title="This page could not be shown" error={error} retry={retry} />
    </Stack>
  );
}

/** There is no page at this address. */
export function NotFound() {
  return (
    <EmptyState
      title="There is no such page"
      description="The link may be from another version of Mailglass, or mistyped."
      icon={<IconMapOff aria-hidden />}
      action={
        <ButtonLink to="/" variant="default">
          To the overview
        </ButtonLink>
      }
    />
  );
}
