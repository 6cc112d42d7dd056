// The version of this tool, with its build number. Pure.

export interface VersionFacts {
  readonly version: string;
  /** What the build recorded; 'dev' for a working copy. */
  readonly build: string;
}

/** The vSphere Integrated Containers whose VCHs it makes (ADM-04). */
export const PRODUCT = { name: 'vSphere Integrated Containers', vendor: 'VMware', version: '0.5', vendorUrl: 'http://www.vmware.com/' } as const;

/** 'vic-machine version 0.1.0-1234, for vSphere Integrated Containers 0.5' */
export const versionText = ({ version, build }: VersionFacts): string => `vic-machine version ${version}-${build}, for ${PRODUCT.name} ${PRODUCT.version}`;
