/**
 * The layers: lib ← platform ← jobs ← features ← console ← app, deps, worker, cli. An arrow the other way is a job.
 * tools/check.mjs fails when no module was read at all (without @swc/core the TypeScript files would be skipped).
 */
const layer = (name, mayUse) => ({
  name: `${name}-uses-only-what-is-below`,
  severity: 'error',
  comment: `src/${name} may use ${['itself', ...mayUse].join(', ')} and packages`,
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [name, ...mayUse].map((below) => `^src/${below}/`) },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer('lib', []),
    layer('platform', ['lib']),
    layer('jobs', ['lib', 'platform']),
    layer('features', ['lib', 'platform', 'jobs']),
    layer('console', ['lib', 'platform', 'jobs', 'features']),
    {
      name: 'lib-is-pure',
      severity: 'error',
      comment: 'no I/O in src/lib: no database, no network, no files',
      from: { path: '^src/lib/' },
      to: {
        path: '^(node:)?(fs|fs/promises|net|tls|http|https|dns|child_process|worker_threads)$|node_modules/(pg|kysely|bullmq|ioredis|fastify|nodemailer)/',
      },
    },
    {
      name: 'a-feature-has-one-front-door',
      severity: 'error',
      comment: 'another feature, the console and the files above enter a feature by its index.ts only',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/([^/]+)/.+', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'features-are-entered-by-index-from-above',
      severity: 'error',
      from: { path: '^src/(console/|[^/]+\\.ts$)' },
      to: { path: '^src/features/[^/]+/.+', pathNot: '^src/features/[^/]+/index\\.ts$' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'types may point both ways within one folder; code may not',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circle-between-features',
      severity: 'error',
      comment: 'not even by types: a feature is understood without the ones that use it',
      scope: 'folder',
      from: { path: '^src/features/[^/]+$' },
      to: { circular: true, path: '^src/features/[^/]+$' },
    },
    {
      name: 'program-code-needs-no-tests-or-tools',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|tools|bench)/' },
    },
    {
      name: 'program-code-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^(src|test|tools|bench)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'only-the-top-reads-the-config',
      severity: 'error',
      comment: 'a feature declares the few settings it needs; the environment is read in one place',
      from: { path: '^src/(lib|platform|jobs|features|console)/' },
      to: { path: '^src/config\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
}
