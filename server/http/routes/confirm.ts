// /confirm/…: what the link in a mail leads to that asks whether an address is somebody's. A look at it changes nothing, since mail servers look at
// links; the button on it does.
import { Router } from 'express';
import type { Confirmations } from '../../hub/confirmations.ts';
import { HubError } from '../../hub/errors.ts';
import { smallPage } from '../small-page.ts';

export interface ConfirmDeps {
  readonly confirmations?: Pick<Confirmations, 'read' | 'confirm'> | undefined;
}

export function confirmRoutes({ confirmations }: ConfirmDeps): Router {
  const router = Router();
  if (!confirmations) return router;

  router.get('/:token', (req, res) => {
    confirmations.read(bounded(req.params.token));
    res
      .set('Cache-Control', 'no-store')
      .send(
        smallPage(res.locals.nonce, 'Is this your address?', [
          '<p>Confirm it, and what you miss in First Court can reach you by e-mail.</p>',
          '<form method="post"><button>It is mine</button></form>',
        ]),
      );
  });

  router.post('/:token', async (req, res) => {
    await confirmations.confirm(bounded(req.params.token));
    res
      .set('Cache-Control', 'no-store')
      .send(
        smallPage(res.locals.nonce, 'Thank you', [
          '<p>Your address is confirmed. Which mails you get, you choose in First Court.</p>',
        ]),
      );
  });
  return router;
}

function bounded(token: unknown): string {
  if (typeof token === 'string' && token.length <= 1000) return token;
  throw new HubError('not_found', 'There is no such link.');
}
