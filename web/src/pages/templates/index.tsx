/** All email templates. */
import { Text } from "@mantine/core";
import { IconTemplate } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { usePages } from "../../api/pages.ts";
import { ses } from "../../api/ses.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ButtonLink, TextLink } from "../../components/links.tsx";
import { Loaded, MoreButton } from "../../components/loaded.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { Time } from "../../time/zone.tsx";

export function TemplatesPage() {
  const queryClient = useQueryClient();
  const query = usePages(["templates"], (token, signal) =>
    ses("ListEmailTemplates", { NextToken: token, PageSize: 50 }, signal),
  );
  return (
    <PageFrame
      title="Templates"
      about="Mail that is filled in when it is sent: subject, text and HTML with Handlebars."
      actions={<ButtonLink to="/templates/edit">New template</ButtonLink>}
    >
      <Loaded query={query} failed="The templates could not be read">
        {({ pages }) => {
          const templates = pages.flatMap(({ TemplatesMetadata = [] }) => TemplatesMetadata);
          if (templates.length === 0) {
            return (
              <EmptyState
                title="There is no template yet"
                description="Write one here, and see at once how it looks with your data."
                icon={<IconTemplate aria-hidden />}
              />
            );
          }
          return (
            <DataTable
              label="Templates"
              rows={templates}
              rowKey={({ TemplateName = "" }) => TemplateName}
              columns={[
                {
                  title: "Name",
                  cell: ({ TemplateName = "" }) => (
                    <TextLink to="/templates/edit" search={{ name: TemplateName }}>
                      {TemplateName}
                    </TextLink>
                  ),
                },
                {
                  title: "Created",
                  cell: ({ CreatedTimestamp: at }) => (at === undefined ? <Text size="sm">–</Text> : <Time at={at} />),
                },
                {
                  title: "Actions",
                  untitled: true,
                  cell: ({ TemplateName = "" }) => (
                    <ConfirmButton
                      label="Delete"
                      accessibleLabel={`Delete ${TemplateName}`}
                      question={`Delete ${TemplateName}?`}
                      confirm="Delete"
                      failed="The template was not deleted"
                      run={() => ses("DeleteEmailTemplate", { TemplateName })}
                      done={() => void queryClient.invalidateQueries({ queryKey: ["templates"] })}
                    >
                      Mail that names it is refused from then on.
                    </ConfirmButton>
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
      <MoreButton query={query} />
    </PageFrame>
  );
}
