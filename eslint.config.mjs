import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { walls } from './scripts/lib/walls.mjs';

/** What the adapters of all vendors' GPUs have in common. */
const SHARED_BY_GPUS = [
  'gpu-record.ts',
  'kernel-gpu.ts',
  'pci-display.ts',
  'pci-names.ts',
  'pci-watch.ts',
  'rest.ts',
].map(file => `src/sampler/adapters/gpu/${file}`);

/** What a window needs to keep keys and credentials and to sign in; it seals and sends nothing. */
const FOR_THE_WINDOW = ['envelope/local-key.ts', 'keys', 'credentials', 'oauth', 'http'].map(
  name => `src/sync/${name}`,
);

/**
 * The walls of the house: who may import whom. `src/sampler` composes the rooms of the sampler; an adapter knows only what
 * it is made of. TypeScript's project references keep the same walls between the folders that have a tsconfig.json.
 *
 * @type {import('./scripts/lib/walls.mjs').Walls}
 */
const WALLS = {
  rooms: [
    { folder: 'src/common', may: [], node: false },
    { folder: 'src/runtime', may: ['src/common'] },
    { folder: 'src/log', may: ['src/common', 'src/runtime'] },
    { folder: 'src/classify', may: ['src/common'] },
    { folder: 'src/client', may: ['src/common', 'src/runtime'] },
    { folder: 'src/sync', may: ['src/common', 'src/runtime', 'src/log', 'src/sync/envelope'] },
    { folder: 'src/sync/envelope', may: ['src/common'] },
    {
      folder: 'src/sampler',
      may: ['src/common', 'src/runtime', 'src/log', 'src/classify', 'src/sync', 'src/sampler/adapters'],
    },
    { folder: 'src/sampler/cgroup', may: ofCgroup() },
    { folder: 'src/sampler/adapters/*', may: ofAdapters() },
    { folder: 'src/sampler/adapters/gpu/*', may: [...ofAdapters(), ...SHARED_BY_GPUS] },
    { folder: 'src/extension', may: ['src/common', 'src/client', 'src/runtime'] },
    {
      folder: 'src/extension/upload',
      may: ['src/common', 'src/client', 'src/runtime', 'src/extension', ...FOR_THE_WINDOW],
    },
    {
      folder: 'src/cli',
      may: ['src/common', 'src/client', 'src/runtime', 'src/log', 'src/classify', 'src/sync'],
    },
    { folder: 'webview', may: ['src/common'], node: false },
  ],
  packages: {
    'vscode': ['src/extension'],
    'koffi': ['src/sampler/native', 'src/sampler/adapters', 'test'],
    'age-encryption': ['src/sync', 'test'],
    'aws4fetch': ['src/sync'],
    'hyparquet': ['src/sync/segments', 'test'],
    'hyparquet-writer': ['src/sync/segments', 'test'],
    'oauth4webapi': ['src/sync/oauth'],
    'oidc-provider': ['test'],
    'systeminformation': ['src/sampler/names-process', 'test', 'scripts'],
    'chart.js': ['webview', 'test'],
    '@vscode/webview-ui-toolkit': ['webview/toolkit.ts'],
  },
};

function ofCgroup() {
  return ['src/common', ...['container.ts', 'sysroot.ts', 'proc'].map(name => `src/sampler/${name}`)];
}

function ofAdapters() {
  const ofSampler = ['adapters/base.ts', 'sysroot.ts', 'proc', 'native', 'cgroup'];
  return ['src/common', ...ofSampler.map(name => `src/sampler/${name}`)];
}

export default defineConfig(
  { ignores: ['dist/', '.tsbuild/', '.vscode-host/', 'test-results/', '**/*.d.mts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { house: { rules: { walls } } },
    rules: {
      'house/walls': ['error', WALLS],
      'eqeqeq': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-implicit-coercion': 'error',
      'no-self-compare': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"])[accessibility="private"]',
          message: 'Use #name.',
        },
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name, so that it is called the same everywhere.',
        },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/cli/**', 'scripts/**', 'test/**', 'esbuild.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      // node:test reports what its promises report.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    // The DOM makes custom elements itself, without their constructor.
    files: ['webview/**'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    // Plain JavaScript that runs before anything is installed; `tsc` checks its types through JSDoc.
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
);
