// The services beside vim25 that speak SOAP in a namespace of their own, by that namespace. Names only: their tables lie in
// namespaces/*.json, made by scripts/schema/extract.py, and schema.ts reads one when its namespace is first used.

export interface Namespace {
  /** The file of its tables under namespaces/, without the ending. */
  readonly file: string;
  /** A second file: what clients call though the published catalogue does not list it. */
  readonly more?: string;
  /** What its types are prefixed with in xsi:type; '' when clients expect their bare names. */
  readonly prefix: string;
  /** How the names of its managed object types begin, and of none of vim25's. */
  readonly managed: RegExp;
}

export const NAMESPACES: Readonly<Record<string, Namespace>> = {
  'urn:pbm': { file: 'pbm', prefix: 'pbm', managed: /^Pbm/ },
  'urn:vsan': { file: 'vsan', more: 'vsan-more', prefix: '', managed: /^(?:Cns|DataProtection|HostSpbm$|HostVsanHealthSystem$|VimClusterVsan|Vsan(?!UpgradeSystem$))/ },
};

/** The file of a namespace's tables; undefined when there are none. */
export const catalogueOf = (namespace: string): string | undefined => (Object.hasOwn(NAMESPACES, namespace) ? NAMESPACES[namespace]!.file : undefined);

/** The namespace of a managed object type that is not vim25's. */
export const namespaceOfType = (type: string): string | undefined => Object.entries(NAMESPACES).find(([, { managed }]) => managed.test(type))?.[0];
