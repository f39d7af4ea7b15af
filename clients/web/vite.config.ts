// Builds the web client into dist/, which the hub serves; `vite clients/web` serves it while developing and hands calls on to a running hub.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const hub = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The hub puts a nonce of its own here with each answer.
  html: { cspNonce: '%CSP_NONCE%' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What changes rarely is cached apart from what changes with each release.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 2 },
            // For those who upload, when they do.
            {
              name: 'uploads',
              test: /node_modules\/(tus-js-client|js-base64|url-parse|requires-port|querystringify)\//,
              priority: 3,
            },
            { name: 'libraries', test: /node_modules/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': hub, '/socket.io': { target: hub, ws: true } } },
});
