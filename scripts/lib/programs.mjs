// Finds programs on this machine that tests use and that no npm package brings along. Plain JavaScript: Node 20 must run it too.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * The first of these programs that can be run: a name is looked up on PATH, a path is taken as it is.
 * @param {string[]} candidates
 * @returns {string | undefined} its full path
 */
export function findProgram(candidates) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const candidate of candidates) {
    const places = path.isAbsolute(candidate)
      ? [candidate]
      : folders.map(folder => path.join(folder, candidate));
    const found = places.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

/** CHROMIUM_PATH, else a Chromium or Chrome where systems put it. */
export const findChromium = () =>
  findProgram([
    ...(process.env.CHROMIUM_PATH ? [path.resolve(process.env.CHROMIUM_PATH)] : []),
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', '/usr/bin/chromium'],
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]);

export const findRedis = () => findProgram(['redis-server']);

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
