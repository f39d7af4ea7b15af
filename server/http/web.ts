// The web client's built files: hashed ones are cached for good, the page itself never, and it gets a nonce of its own for each answer.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { notFound } from '../hub/errors.ts';

/** Stands in index.html wherever the nonce belongs (Vite writes it with `html.cspNonce`). */
export const NONCE_PLACEHOLDER = '%CSP_NONCE%';

/** @param dir may not exist yet, when the client has not been built */
export function webRoutes(dir: string): Router {
  const router = Router();

  const page: RequestHandler = async (_req, res) => {
    const html = await readFile(path.join(dir, 'index.html'), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT')
          throw notFound('The web client is not built yet: run "npm run build:web".');
        throw error;
      },
    );
    res
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(html.replaceAll(NONCE_PLACEHOLDER, res.locals.nonce));
  };

  router.get(['/', '/index.html'], page);
  router.use(
    express.static(dir, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders: (res, file) => {
        const hashed = file.startsWith(path.join(dir, 'assets') + path.sep);
        res.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  // Addresses inside the client, such as /rooms/lobby, are the page too; a missing file is not.
  router.get(/^(?!\/assets\/)[^.]*$/, (req, res, next) =>
    req.accepts('html') ? page(req, res, next) : next(),
  );
  return router;
}
