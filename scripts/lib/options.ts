// What a script takes, and its --help: from one table, so that the second tells of all of the first.
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
/** As for `parseArgs`, and what it is in a few words. */
type Told = Record<string, Options[string] & { readonly says: string }>;
type Read<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>;

/**
 * Reads the arguments of this process. With --help it prints what there is and ends the process; with a mistake it says which, and ends it with 1.
 * @param script as npm knows it, e.g. `bench:files`
 * @param about what it does, in a sentence or two
 * @param names what else it takes, in a few words; undefined: nothing
 */
export function readOptions<const T extends Told>(
  script: string,
  about: string,
  options: T,
  names?: string,
): Read<T> {
  const help = { type: 'boolean', short: 'h', says: 'show this' } as const;
  let read: Read<T>;
  try {
    read = parseArgs({ options: { ...options, help }, allowPositionals: true }) as unknown as Read<T>;
  } catch (error) {
    // Node adds how such a thing could be meant all the same.
    return fail(`${(error as Error).message.split('. ')[0]}.`);
  }
  if ((read.values as { help?: boolean }).help) {
    process.stdout.write(textOf(script, about, { ...options, help }, names));
    process.exit(0);
  }
  const [extra] = names === undefined ? read.positionals : [];
  if (extra !== undefined) return fail(`"${extra}" is not known.`);
  return read;

  function fail(message: string): never {
    process.stderr.write(`${script}: ${message} See: npm run ${script} -- --help\n`);
    process.exit(1);
  }
}

function textOf(script: string, about: string, options: Told, names: string | undefined): string {
  const rows = Object.entries(options).map(([name, { type, short, default: preset, says }]) => {
    const flag = `--${name}${type === 'string' ? ' <value>' : ''}${short ? `, -${short}` : ''}`;
    const shown = type === 'string' && typeof preset === 'string' && preset !== '' ? ` (${preset})` : '';
    return [flag, `${says}${shown}`] as const;
  });
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    `npm run ${script} -- [options]${names === undefined ? '' : ' [names]'}`,
    '',
    about,
    ...(names === undefined ? [] : ['', `names: ${names}`]),
    '',
    ...rows.map(([flag, says]) => `  ${flag.padEnd(width)}  ${says}`),
    '',
  ].join('\n');
}
