// Style and, above all, the directions of import: who may know whom (CONTRIBUTING.md has the map).
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports from the named rooms, with the reason in the message. */
const mayNotImport = (files, patterns, message) => ({
  files,
  ignores: ['core/**/*.test.ts', 'simulator/**/*.test.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns: patterns.map((regex) => ({ regex, message })) }] },
});

const MACHINE_TIME = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Ask the injected clock.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the injected clock.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Ask the injected random source.' },
  { selector: "CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/]", message: 'Ask the injected clock.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'reports', 'core/vim25/types.d.ts', 'core/vim25/namespaces/*.d.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', performance: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', setImmediate: 'readonly', clearImmediate: 'readonly', AbortController: 'readonly', AbortSignal: 'readonly', TextDecoder: 'readonly', TextEncoder: 'readonly', fetch: 'readonly' } },
    rules: {
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' }, { selector: 'TSParameterProperty', message: 'Declare the field.' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      'no-control-regex': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['core/engine/**/*.ts', 'core/cli/**/*.ts', 'core/vim25/**/*.ts', 'simulator/**/*.ts'],
    ignores: ['simulator/runtime/clock.ts', 'simulator/transports/**', '**/bin.ts', '**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...MACHINE_TIME] },
  },
  mayNotImport(['core/vim25/**/*.ts'], ['/(client|engine|cli|simulator|features|scripts)/'], 'The wire room knows nobody.'),
  mayNotImport(['core/client/**/*.ts'], ['/(engine|cli|simulator|features|scripts)/'], 'client → vim25 only.'),
  mayNotImport(['core/engine/**/*.ts'], ['/(cli|simulator|features|scripts)/', '^node:(http|http2|https|tls)$', '/client/(?!index)'], 'engine → client → vim25; servers are reached through core/client/index.ts only.'),
  mayNotImport(['core/cli/**/*.ts'], ['/(simulator|features|scripts)/', '^node:(http|http2|https|tls)$', '/client/(?!index|[a-z]+-error\\.)'], 'The command cannot know that it talks to a simulator, and talks to servers through core/client/index.ts only; the errors of the client may be named without it.'),
  mayNotImport(['examples/**/*.ts'], ['^\\.'], 'Examples import what their readers can: vic-testbed/client, vic-testbed/simulator …'),
  mayNotImport(['features/**/*.ts'], ['core/(?!(vim25|client|engine)/index\\.ts$|cli/(main|exit-codes)\\.ts$)', 'simulator/(?!(index|lab)\\.ts$)', '/scripts/'], 'features → the public entry points of core and simulator.'),
  mayNotImport(['simulator/**/*.ts'], ['core/(client|engine|cli)/', '/(features|scripts)/'], 'simulator → core/vim25 only.'),
  mayNotImport(['simulator/runtime/**/*.ts'], ['\\.\\./(store|collector|dispatch|events|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'runtime knows nobody.'),
  mayNotImport(['simulator/store/**/*.ts'], ['\\.\\./(collector|dispatch|events|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'The store knows no types, calls or clients.'),
  mayNotImport(['simulator/state/**/*.ts'], ['\\.\\./(collector|dispatch|events|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'The kept world is the store\'s; it knows no types, calls or clients.'),
  mayNotImport(['simulator/events/**/*.ts'], ['\\.\\./(collector|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'events → dispatch, store.'),
  mayNotImport(['simulator/dispatch/**/*.ts'], ['\\.\\./(collector|events|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'dispatch is given its objects, it does not import them.'),
  mayNotImport(['simulator/collector/**/*.ts'], ['\\.\\./(events|objects|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'collector → dispatch, store.'),
  mayNotImport(['simulator/objects/**/*.ts'], ['/(inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'objects → collector, events, dispatch, store.'),
  mayNotImport(['simulator/sso/**/*.ts'], ['\\.\\./(collector|events|objects|rest|inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'sso → dispatch, store.'),
  mayNotImport(['simulator/rest/**/*.ts'], ['\\.\\./(inventory|appliance|endpoints|transports)/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'rest → objects, collector, events, dispatch, store.'),
  mayNotImport(['simulator/endpoints/**/*.ts'], ['/transports/', 'core/(client|engine|cli)/', '/(features|scripts)/'], 'Only transports know HTTP servers.'),
  {
    files: ['simulator/**/*.ts'],
    ignores: ['simulator/transports/**', '**/*.test.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: ['express', 'msw', 'node:http', 'node:https'].map((name) => ({ name, allowTypeImports: true, message: 'Only simulator/transports/ knows HTTP servers.' })) }] },
  },
  { files: ['features/conformance/page/*.js'], languageOptions: { globals: { document: 'readonly', location: 'readonly', addEventListener: 'readonly' } } },
  { files: ['**/*.mjs', '**/*.js', '**/*.test.ts', 'features/**/*.ts', 'scripts/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
