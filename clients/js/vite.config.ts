// Builds the SDK to one ES module; what it depends on stays outside, for the program's own bundler or Node to find.
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: 'es2022',
    sourcemap: true,
    minify: false,
    lib: { entry: 'index.ts', formats: ['es'], fileName: 'index' },
    rolldownOptions: { external: ['socket.io-client', 'idb', 'tus-js-client'] },
  },
});
