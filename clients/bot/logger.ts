// What a bot says to whoever runs it: one line to stderr.

export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** @param least the lowest level that is written */
export function createLogger(
  least: (typeof levels)[number] = 'info',
  out: { write(text: string): unknown } = process.stderr,
): Logger {
  const at = (level: (typeof levels)[number]) => (message: string, fields?: object) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    const more = fields && Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
    out.write(`${level} ${message.replace(/[\r\n]+/g, ' ')}${more}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
