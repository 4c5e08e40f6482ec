/** POST /admin/templates/preview; see also GET /admin/templates/preview-frame. */

/** An unsaved template and the data to render it with. */
export interface TemplateDraft {
  TemplateContent: { Subject?: string | undefined; Text?: string | undefined; Html?: string | undefined };
  /** A JSON object as a string. */
  TemplateData?: string | undefined;
}

/** A rendered template; parts that the template lacks are absent. */
export interface TemplatePreview {
  /** Why it can't be rendered. All other fields are then absent. */
  fault?: string | undefined;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
}
