// The version of this tool, with its build number. Pure.

export interface VersionFacts {
  readonly version: string;
  /** What the build recorded; 'dev' for a working copy. */
  readonly build: string;
}

/** 'vic-machine version 0.1.0-1234' */
export const versionText = ({ version, build }: VersionFacts): string => `vic-machine version ${version}-${build}`;
