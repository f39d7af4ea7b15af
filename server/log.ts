// The log: JSON lines, or readable lines on a terminal in development. Secrets and message texts are cut out whatever a caller passes.
import pino from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

const SECRET = [
  'authorization',
  'cookie',
  'token',
  'accessToken',
  'refreshToken',
  'password',
  'secret',
  'text',
  'body',
];

export function createLog(config: Pick<Config, 'environment' | 'logLevel' | 'nodeName'>): pino.Logger {
  const options: pino.LoggerOptions = {
    level: config.logLevel,
    base: { node: config.nodeName },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[cut]' },
  };
  if (config.environment === 'development' && process.stdout.isTTY) {
    return pino(
      options,
      pretty({ colorize: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname,node', sync: true }),
    );
  }
  return pino(options);
}
