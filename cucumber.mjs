// Profiles: default runs against a simulator in this process, `spawn` against a vicsim process over TLS.
const common = {
  import: ['dist/features/steps/*.js', 'dist/features/support/world.js', 'dist/features/support/hooks.js'],
  strict: true,
};

export default { ...common, tags: 'not @spawn', format: ['progress', 'message:reports/features.ndjson', 'html:reports/features.html'] };

export const spawn = { ...common, worldParameters: { endpoint: 'vicsim' }, tags: 'not @in-process', format: ['progress'] };

/** Runs with one deliberate defect (features/mutants). */
export const mutants = { ...common, tags: 'not @spawn', format: ['summary'] };
