/** A source of a real SES account's events, with decoded settings. */
import type { StoredMirrorSource } from "../stores/postgres/mirror-sources.ts";
import { decodeSourceSettings, type SettingsOf, type SourceKind, type SourceSettings } from "./source-settings.ts";

export interface MirrorSource<Settings extends SourceSettings = SourceSettings>
  extends Omit<StoredMirrorSource, "settings" | "kind"> {
  readonly settings: Settings;
}

/**
 * Decodes a row.
 * @throws MalformedData
 */
export function sourceOf({ kind: _, settings, ...row }: StoredMirrorSource): MirrorSource {
  return { ...row, settings: decodeSourceSettings(settings) };
}

export function isKind<Kind extends SourceKind>(
  source: MirrorSource,
  kind: Kind,
): source is MirrorSource<SettingsOf<Kind>> {
  return source.settings.kind === kind;
}
