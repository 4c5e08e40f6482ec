import { QueryApiError, type QueryErrorCode } from "../../contract/v1/errors.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { previewMessage } from "../../mail/template/preview.ts";
import { MissingAttributeError, TemplateDataError, TemplateError } from "../../mail/template/template-error.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { renderParts } from "../templates/fill-template.ts";
import { findStoredTemplate } from "../templates/stored-template.ts";

/** TestRenderTemplate: v2's TestRenderEmailTemplate, with a code of its own for each kind of error. */
export function testRenderTemplate({ database }: { database: ScopedQueryable }): Handler<"TestRenderTemplate"> {
  return async ({ TemplateName, TemplateData }, { now }) => {
    const template = await findStoredTemplate(database, TemplateName);
    try {
      return { RenderedTemplate: previewMessage(renderParts(template, TemplateData), now) };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new QueryApiError(codeOf(error), error.message, { TemplateName: template.name });
    }
  };
}

function codeOf(error: TemplateError): QueryErrorCode {
  if (error instanceof MissingAttributeError) return "MissingRenderingAttribute";
  return error instanceof TemplateDataError ? "InvalidRenderingParameter" : "InvalidTemplate";
}
