// Builds the bot SDK to one ES module for Node; the client is in it, what both depend on stays outside.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'node20',
    sourcemap: true,
    minify: false,
    ssr: 'index.ts',
    rolldownOptions: { external: ['socket.io-client', 'idb', 'zod', /^node:/] },
  },
});
