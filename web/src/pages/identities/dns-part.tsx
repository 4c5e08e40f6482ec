/** What to publish in DNS for an identity, and whether it is there. */
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { IdentityDns } from "../../../../src/admin-api/identities.ts";
import { identityZoneUrl } from "../../api/admin.ts";
import { Loaded } from "../../components/loaded.tsx";
import { CheckButton } from "./check-button.tsx";
import { dmarcSentence } from "./dmarc-sentence.ts";
import { DnsRecords } from "./dns-records.tsx";
import { identityDnsQuery, type PartOf } from "./identities.ts";

/** Where mail is captured the records are of no use yet: they are looked up only when somebody wants them. */
export function DnsPart({ name, identity, captures }: PartOf & { captures: boolean }) {
  const [shown, { open }] = useDisclosure(!captures);
  const query = useQuery({ ...identityDnsQuery(name, identity), enabled: shown });
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Title order={2} size="h5" id={id}>
            DNS records
          </Title>
          {shown && (
            <Button
              component="a"
              href={identityZoneUrl(name)}
              download={`${name}.zone.txt`}
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              As a zone file
            </Button>
          )}
        </Group>
        {shown ? (
          <Loaded query={query} failed="The DNS records could not be read" rows={4}>
            {(dns) => (
              <>
                <Text size="sm">{summary(dns)}</Text>
                <DnsRecords records={dns.records} />
                <CheckButton name={name} />
                <Text size="sm">{dmarcSentence(dns)}</Text>
              </>
            )}
          </Loaded>
        ) : (
          <>
            <Text size="sm">None is needed while mail stays here. Once it is to leave, these are to be published.</Text>
            <Button size="xs" variant="default" onClick={open} style={{ alignSelf: "flex-start" }}>
              Show the records
            </Button>
          </>
        )}
      </Stack>
    </Paper>
  );
}

function summary({ records }: IdentityDns): string {
  const left = records.filter(({ state }) => state !== "ok").length;
  if (left === 0) return "All are published. There is nothing to do.";
  return `${left === records.length ? "Publish these" : `${left} of ${records.length} are left: publish them`} where your domain’s DNS is looked after, exactly as they stand here. A change is seen here after a minute or as late as the old record lasts.`;
}
