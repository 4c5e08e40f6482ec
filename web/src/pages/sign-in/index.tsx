/** Signing in with one of the server's access keys. */
import { Alert, Button, Code, Container, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { sessionQuery, signIn } from "../../api/session.ts";
import { messageOf } from "../../components/error-alert.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const router = useRouter();
  const queryClient = useQueryClient();
  const { to = "/" } = route.useSearch();
  const [accessKeyId, setAccessKeyId] = useState("");
  const [secretAccessKey, setSecretAccessKey] = useState("");
  const firstField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · Mailglass";
    // There is nothing else to do here.
    firstField.current?.focus();
  }, []);
  const signingIn = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      // What another key saw before its session ended is not this one's.
      queryClient.removeQueries();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      router.history.push(to);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signingIn.mutate({ accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() });
  };
  return (
    <Container component="main" size={440} py={{ base: "xl", sm: 96 }}>
      <Stack gap="lg">
        <Stack gap={4}>
          <Title order={1} size="h2">
            Sign in to Mailglass
          </Title>
          <Text c="dimmed">With an access key of this server, the same that its SDK clients use.</Text>
        </Stack>
        <Paper component="form" withBorder p="lg" onSubmit={submit}>
          <Stack>
            <TextInput
              label="Access key ID"
              name="username"
              autoComplete="username"
              spellCheck={false}
              autoCapitalize="none"
              required
              withAsterisk={false}
              ref={firstField}
              value={accessKeyId}
              onChange={({ currentTarget }) => setAccessKeyId(currentTarget.value)}
            />
            <PasswordInput
              label="Secret access key"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ "aria-label": "Show the secret" }}
              value={secretAccessKey}
              onChange={({ currentTarget }) => setSecretAccessKey(currentTarget.value)}
            />
            {signingIn.isError && (
              <Alert color="red" variant="light" role="alert" title="You could not be signed in">
                {messageOf(signingIn.error)}
              </Alert>
            )}
            <Button type="submit" loading={signingIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </Paper>
        <Text size="sm" c="dimmed">
          No key yet? On the server, <Code>mailglass keys create</Code> makes one.
        </Text>
      </Stack>
    </Container>
  );
}
