import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders of the project, and what each may import of ours (design: the import rule). */
const folders = {
  domain: [],
  workflows: ['domain'],
  templates: ['domain'],
  imports: ['domain'],
  policies: ['domain'],
  db: ['domain'],
  letters: ['domain', 'templates', 'db'],
  activities: ['domain', 'templates', 'letters', 'db', 'policies'],
  client: ['domain', 'db', 'imports', 'policies', 'workflows', 'templates', 'letters', 'stack'],
  worker: ['domain', 'workflows', 'activities', 'templates', 'letters', 'db', 'policies', 'client'],
  stack: ['domain', 'db', 'imports', 'policies', 'client'],
};
/** Type-only imports that are fine although values are not. */
const typesOnly = { workflows: ['activities'], templates: [], db: ['workflows'], activities: ['workflows'] };

const importRule = Object.entries(folders).map(([folder, allowed]) => {
  const forbidden = Object.keys(folders).filter((f) => f !== folder && !allowed.includes(f));
  const types = typesOnly[folder] ?? [];
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden
                .filter((f) => !types.includes(f))
                .flatMap((f) => [`../${f}/**`, `../**/${f}/**`]),
              message: `${folder}/ may not import this folder (docs/architecture.md, the import rule).`,
            },
            ...(types.length
              ? [
                  {
                    group: types.flatMap((f) => [`../${f}/**`, `../**/${f}/**`]),
                    allowTypeImports: true,
                    message: `${folder}/ may import only types from here.`,
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
});

/** Rules and workflows are deterministic: no Node, no clock, no chance, no host zone. */
const pure = {
  files: ['domain/**/*.ts', 'workflows/**/*.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      'process',
      'Buffer',
      'setTimeout',
      'setInterval',
      'setImmediate',
      'performance',
      'fetch',
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'No clock here: dates come with the message.' },
      { object: 'Math', property: 'random', message: 'No chance here.' },
      { object: 'Intl', property: 'DateTimeFormat', message: 'Zone look-ups happen at the doors.' },
    ],
    'no-restricted-syntax': [
      'error',
      { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'No clock here.' },
      { selector: 'ImportDeclaration[source.value=/^node:/]', message: 'No Node built-ins here.' },
      {
        selector:
          "Property[key.name='validator'] > ArrowFunctionExpression[async=true], Property[key.name='validator'] > FunctionExpression[async=true]",
        message: 'An async validator wedges the workflow for good: validators are synchronous.',
      },
    ],
  },
};

/** Workflows may ask Temporal's own replayable clock (the SDK replaces Date); the rules may not even do that. */
const replayableClock = {
  files: ['workflows/**/*.ts'],
  rules: {
    'no-restricted-properties': [
      'error',
      { object: 'Math', property: 'random', message: 'No chance here.' },
      { object: 'Intl', property: 'DateTimeFormat', message: 'Zone look-ups happen at the doors.' },
    ],
  },
};

export default tseslint.config(
  { ignores: ['node_modules', '.truancy', '.cache', 'coverage', 'db/migrations'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { process: 'readonly', console: 'readonly' },
    },
  },
  ...importRule,
  pure,
  replayableClock,
);
