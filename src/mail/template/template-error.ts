/** A template that can't be read, or data that it can't be filled with. The text is fit for the client. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** SES's text for a variable that the data lacks, as in its samples of Rendering Failure events. */
export function missingAttribute(name: string): TemplateError {
  return new TemplateError(`Attribute '${name}' is not present in the rendering data.`);
}
