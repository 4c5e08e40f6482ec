/** A new import: choose the list, drop a file, see what would happen, begin. */
import { Button, Fieldset, Group, Progress, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { createUpload } from "../../api/admin.ts";
import { ses } from "../../api/ses.ts";
import { uploadFile } from "../../api/upload.ts";
import { ErrorAlert } from "../../components/error-alert.tsx";
import { FileDrop } from "../../components/file-drop.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { formatOfName } from "./file-beginning.ts";
import { importJobsQuery } from "./import-jobs.ts";
import { ImportPreview } from "./import-preview.tsx";
import { type ImportTarget, importDestination, isWhole } from "./import-target.ts";
import { TargetFields } from "./target-fields.tsx";

const route = getRouteApi("/pages/imports/new");

/** Where files from this page are put. With `MAILGLASS_S3_BUCKET` it must exist there, and MAILGLASS_IMPORT_BUCKETS allow it. */
const usualBucket = "uploads";

export function NewImportPage() {
  const { list = null, action = "PUT" } = route.useSearch();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [target, setTarget] = useState<ImportTarget>({
    destination: list === null ? "suppression" : "contacts",
    list,
    action,
  });
  const [file, setFile] = useState<File>();
  const [format, setFormat] = useState<"CSV" | "JSON">("CSV");
  const [bucket, setBucket] = useState(usualBucket);
  const [sent, setSent] = useState<number>();
  const uploading = useRef<AbortController>(undefined);
  // Where only the job was refused, the file is there already.
  const uploaded = useRef<{ file: File; bucket: string; s3Url: string }>(undefined);
  useEffect(() => () => uploading.current?.abort(), []);

  const importing = useMutation({
    mutationFn: async (chosen: File) => {
      if (uploaded.current?.file !== chosen || uploaded.current.bucket !== bucket) {
        const place = await createUpload({ bucket, key: `${randomName()}/${keyOf(chosen.name)}` });
        uploading.current = new AbortController();
        await uploadFile(place, chosen, { signal: uploading.current.signal, tell: setSent });
        uploaded.current = { file: chosen, bucket, s3Url: place.s3Url };
      }
      return ses("CreateImportJob", {
        ImportDestination: importDestination(target),
        ImportDataSource: { S3Url: uploaded.current.s3Url, DataFormat: format },
      });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: importJobsQuery.queryKey });
      await navigate({ to: "/imports" });
    },
    onSettled: () => setSent(undefined),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) importing.mutate(file);
  };
  const take = (chosen: File) => {
    importing.reset();
    setFile(chosen);
    setFormat(formatOfName(chosen.name));
  };
  return (
    <PageFrame title="New import" about="You see what will happen to the first records before anything does.">
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Fieldset legend="Where to" disabled={importing.isPending}>
            <TargetFields target={target} onChange={setTarget} />
          </Fieldset>
          <FileDrop
            file={file}
            accept=".csv,.json,.ndjson,.jsonl,.txt,.gz"
            hint={formatHint(target)}
            onFile={take}
            disabled={importing.isPending}
          />
          {file && (
            <>
              <Group gap="sm">
                <SegmentedControl
                  aria-label="Format of the file"
                  value={format}
                  onChange={setFormat}
                  data={["CSV", "JSON"]}
                  disabled={importing.isPending}
                />
                <Text size="sm" c="dimmed">
                  How the file is read
                </Text>
              </Group>
              <ImportPreview file={file} target={target} format={format} onFormat={setFormat} />
            </>
          )}
          {importing.isError && <ErrorAlert title="The import did not begin" error={importing.error} />}
          {(importing.isError || bucket !== usualBucket) && (
            <TextInput
              label="Bucket"
              description="Where the file is put before it is read. Another one may help where this one can’t be used."
              required
              value={bucket}
              onChange={({ currentTarget }) => setBucket(currentTarget.value)}
            />
          )}
          {sent !== undefined && <Progress value={sent * 100} aria-label="Uploaded" />}
          <Group gap="sm">
            <Button type="submit" loading={importing.isPending} disabled={!file || !isWhole(target)}>
              {target.action === "PUT" ? "Import" : "Remove the addresses in the file"}
            </Button>
            <ButtonLink to="/imports" variant="subtle">
              Back
            </ButtonLink>
          </Group>
        </Stack>
      </form>
    </PageFrame>
  );
}

/** `crypto.randomUUID` is there over HTTPS only. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A name that stores take. */
function keyOf(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]/g, "_")
      .replace(/^\.+/, "")
      .slice(-100) || "file"
  );
}

function formatHint({ destination, action }: ImportTarget): string {
  if (destination === "contacts") {
    return "CSV with a header: emailAddress, unsubscribeAll, attributesData, topicPreferences.Topic; or JSON, an object a line";
  }
  return action === "PUT"
    ? "CSV: address,BOUNCE or address,COMPLAINT; or JSON, an object a line"
    : "CSV: an address a line; or JSON";
}
