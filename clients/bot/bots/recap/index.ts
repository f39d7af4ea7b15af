// Posts a recap of the day to every room it is in, at a time of day; and one at once for whoever types /recap. Made of what all members may read.

import type { CallError } from '../../../js/errors.ts';
import { App } from '../../app.ts';
import { derivedId } from '../../ids.ts';
import type { AppOptions } from '../../types.ts';
import { lastAt } from './clock.ts';

export interface RecapOptions extends AppOptions {
  /** `HH:MM`, 09:00. */
  at?: string;
  /** Such as `Europe/Berlin`; UTC. */
  zone?: string;
}

/** A recap that is later than this is not made any more: nobody reads the morning's in the evening. */
const LATE_MS = 2 * 3_600_000;
const LOOK_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

/** @throws RangeError when there is no such time or zone */
export function recapBot({ at = '09:00', zone = 'UTC', ...options }: RecapOptions): App {
  lastAt(Date.now(), at, zone);
  const app = new App(options);
  const { client, logger } = app;
  /** Of each room, the day whose recap is made. */
  const made = new Map<string, string>();

  const post = (room: string, range: 'day' | 'week', id: string) =>
    client.room(room).summarize({ range, audience: 'room', id }).done;

  const postToday = async (room: string, day: string) => {
    const [newest] = await client.room(room).history({ limit: 1 });
    if (!newest || Date.parse(newest.at) < Date.now() - DAY_MS) return;
    try {
      // The same day is the same recap: a bot that comes anew posts no second one.
      await post(room, 'day', derivedId('recap', client.user?.id ?? '', room, day));
      logger.info(`posted the recap of ${day} to ${room}`);
    } catch (error) {
      // It is there already, or there was nothing to tell.
      if ((error as CallError).code !== 'conflict') throw error;
    }
  };

  const look = async () => {
    const due = lastAt(Date.now(), at, zone);
    if (Date.now() - due.at > LATE_MS) return;
    for (const { id, ai, archived } of await client.rooms('mine')) {
      if (!ai || archived || made.get(id) === due.day) continue;
      try {
        await postToday(id, due.day);
        made.set(id, due.day);
      } catch (error) {
        logger.warn(`no recap of ${id} yet: ${(error as Error).message}`);
      }
    }
  };

  const help = { description: 'Posts a recap of this room', usage: '[day | week]' };
  app.command('/recap', help, async ({ command, ack, respond }) => {
    await ack('It is being written.');
    try {
      await post(command.room, command.text === 'week' ? 'week' : 'day', derivedId('recap', command.id));
    } catch (error) {
      await respond((error as Error).message);
    }
  });
  app.every(LOOK_MS, look);
  return app;
}
