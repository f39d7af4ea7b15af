// /unsubscribe/…: what the link in a mail leads to. A look at it changes nothing, since mail servers look at links; the button on it does, and so does the
// POST that mail programs make by themselves (RFC 8058). Who holds the link needs no sign-in.
import { Router } from 'express';
import type { Contacts } from '../../hub/contacts.ts';
import { HubError } from '../../hub/errors.ts';
import { smallPage } from '../small-page.ts';

export interface UnsubscribeDeps {
  readonly contacts?: Pick<Contacts, 'readLink' | 'unsubscribe'> | undefined;
}

const channels: Record<string, string> = { email: 'e-mails', push: 'pushes', sms: 'text messages' };
const topics: Record<string, string> = { announcement: 'about announcements', message: 'about messages' };

export function unsubscribeRoutes({ contacts }: UnsubscribeDeps): Router {
  const router = Router();
  if (!contacts) return router;

  router.get('/:token', (req, res) => {
    const { channel, topic } = linkOf(contacts, req.params.token);
    const what = `${channels[channel] ?? channel} ${topics[topic] ?? topic}`;
    res
      .set('Cache-Control', 'no-store')
      .send(
        smallPage(res.locals.nonce, 'Unsubscribe', [
          `<p>You get ${what} from this First Court when you have not seen them there.</p>`,
          '<form method="post"><button>No more of these</button></form>',
        ]),
      );
  });

  router.post('/:token', async (req, res) => {
    await contacts.unsubscribe(linkOf(contacts, req.params.token));
    res
      .set('Cache-Control', 'no-store')
      .send(
        smallPage(res.locals.nonce, 'Unsubscribed', [
          '<p>You will get no more of these. You see them in First Court as before.</p>',
        ]),
      );
  });
  return router;
}

function linkOf(contacts: NonNullable<UnsubscribeDeps['contacts']>, token: unknown) {
  if (typeof token !== 'string' || token.length > 1000)
    throw new HubError('not_found', 'There is no such link.');
  return contacts.readLink(token);
}
