import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/database.ts'],
    // One process for all files: many times faster, and nothing here keeps module state (architecture.md).
    isolate: false,
    // Of two cores a third is idle with two: tests wait for databases, servers and browsers.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
