/** Where a source's sender posts to, and with what it proves itself. Sources that are fetched have neither. */
import { Alert, Text } from "@mantine/core";
import { useState } from "react";
import type { MirrorSource } from "../../../../src/admin-api/mirror.ts";
import { rotateMirrorSecret } from "../../api/mirror.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { Copyable } from "../../components/copyable.tsx";
import { Part } from "../../components/part.tsx";
import { newSecrets } from "./new-secrets.ts";

export function AddressPart({ source }: { source: MirrorSource }) {
  const { id, url, urlProblem } = source;
  const [, setRotations] = useState(0);
  if (url === undefined) return null;
  const known = newSecrets.of(id);
  return (
    <Part title="Address">
      <Text size="sm">Its sender posts to:</Text>
      <Copyable text={url} label="the URL of the source" />
      {urlProblem !== undefined && (
        <Alert color="orange" title="The sender can’t reach it">
          {urlProblem}
        </Alert>
      )}
      {hasSecret(source) && (
        <>
          {known ? (
            <>
              <Text size="sm">The secret is shown only now. Keep it where the sender is set up:</Text>
              <Copyable text={known.secret} label="the secret of the source" />
              {known.subscriptionUrl !== undefined && (
                <>
                  <Text size="sm">For raw messages, subscribe this URL:</Text>
                  <Copyable text={known.subscriptionUrl} label="the URL to subscribe" />
                </>
              )}
            </>
          ) : (
            <Text size="sm">The sender proves itself with the secret that was shown when the source was created.</Text>
          )}
          <div>
            <ConfirmButton
              label="Replace the secret"
              question="Replace the secret?"
              confirm="Replace it"
              failed="The secret was not replaced"
              run={async () => newSecrets.keep(await rotateMirrorSecret(id))}
              done={() => setRotations((count) => count + 1)}
            >
              Requests with the present secret are refused at once.
            </ConfirmButton>
          </div>
        </>
      )}
    </Part>
  );
}

function hasSecret({ kind, settings }: MirrorSource): boolean {
  return kind !== "sns" || ("raw" in settings && settings.raw);
}
