// What a scenario leaves for the report, as attachments to cucumber's messages. The report reads them back with `noteOf`.
import type { World } from '@cucumber/cucumber';

export interface Notes {
  /** A run of the subject. */
  readonly run: { readonly argv: readonly string[]; readonly code: number; readonly stdout: string; readonly stderr: string };
  /** Why the scenario was not run. */
  readonly skipped: { readonly reason: string };
  /** What had changed in the world when the scenario failed, one line each. */
  readonly changes: { readonly rows: readonly string[] };
  /** The SOAP calls until it failed. */
  readonly trace: { readonly text: string };
}

export type Note = { [K in keyof Notes]: { readonly kind: K; readonly value: Notes[K] } }[keyof Notes];

const TYPE = /^application\/x\.vic-testbed\.(run|skipped|changes|trace)\+json$/;

/** Adds a note to the scenario. */
export function note<K extends keyof Notes>(world: World, kind: K, value: Notes[K]): void {
  world.attach(JSON.stringify(value), `application/x.vic-testbed.${kind}+json`);
}

/** The note that an attachment is; undefined for any other. */
export function noteOf({ body, mediaType }: { readonly body: string; readonly mediaType: string }): Note | undefined {
  const kind = TYPE.exec(mediaType)?.[1] as keyof Notes | undefined;
  return kind && ({ kind, value: JSON.parse(body) as never } as Note);
}
