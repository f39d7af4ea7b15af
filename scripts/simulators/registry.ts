// The simulators there are, each with its port. A new one is one line here and a playground.ts in its folder.
import type { OpenPlayground } from './playground.ts';

export interface Entry {
  readonly port: number;
  /** Started when no simulator is named: those for presence. The others give the hub another database, index, or models. */
  readonly byDefault: boolean;
  readonly open: OpenPlayground;
}

export const registry: Readonly<Record<string, Entry>> = {
  gather: {
    port: 54_322,
    byDefault: true,
    open: async (...args) => (await import('./gather/playground.ts')).open(...args),
  },
  slack: {
    port: 54_323,
    byDefault: true,
    open: async (...args) => (await import('./slack/playground.ts')).open(...args),
  },
  google: {
    port: 54_324,
    byDefault: true,
    open: async (...args) => (await import('./google/playground.ts')).open(...args),
  },
  elasticsearch: {
    port: 54_325,
    byDefault: false,
    open: async (...args) => (await import('./elasticsearch/playground.ts')).open(...args),
  },
  supabase: {
    port: 54_321,
    byDefault: false,
    open: async (...args) => (await import('./supabase/playground.ts')).open(...args),
  },
  claude: {
    port: 54_325,
    byDefault: false,
    open: async (...args) => (await import('./claude/playground.ts')).open(...args),
  },
  openai: {
    port: 54_326,
    byDefault: false,
    open: async (...args) => (await import('./openai/playground.ts')).open(...args),
  },
  clamd: {
    port: 54_333,
    byDefault: false,
    open: async (...args) => (await import('./clamd/playground.ts')).open(...args),
  },
  huggingface: {
    port: 54_327,
    byDefault: false,
    open: async (...args) => (await import('./huggingface/playground.ts')).open(...args),
  },
  s3: {
    port: 54_328,
    byDefault: false,
    open: async (...args) => (await import('./s3/playground.ts')).open(...args),
  },
  gcs: {
    port: 54_329,
    byDefault: false,
    open: async (...args) => (await import('./gcs/playground.ts')).open(...args),
  },
};
