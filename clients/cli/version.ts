// The version of this program, and so of the hub that it belongs to.
import { createRequire } from 'node:module';

export const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
