// What is wrong with settings taken together, and what the operator should know of them. Pure.
import type { z } from 'zod';
import { modelContradictions } from './config-models.ts';
import { storageContradictions } from './config-storage.ts';
import { settings } from './settings.ts';

export type Name = keyof typeof settings;
/** What was set, and set well. */
export type Values = { [N in Name]?: z.output<(typeof settings)[N]['schema']> };

/** HS256 is as strong as its secret, up to this many bytes (RFC 7518, 3.2). */
const SECRET_BYTES = 32;

export function problem(name: Name, what: string): string {
  return `${name}: ${what}; example: ${name}=${settings[name].example}`;
}

/** Settings that are good alone and wrong together. What is set badly was told already. */
export function contradictions(values: Values, set: Record<string, string>): string[] {
  const problems: string[] = [];
  if (set.TLS_CERT && !set.TLS_KEY) problems.push(problem('TLS_KEY', 'is missing beside TLS_CERT'));
  if (set.TLS_KEY && !set.TLS_CERT) problems.push(problem('TLS_CERT', 'is missing beside TLS_KEY'));
  if (set.SLACK_TOKEN && !set.SLACK_APP_TOKEN)
    problems.push(problem('SLACK_APP_TOKEN', 'is missing beside SLACK_TOKEN'));
  if (set.SLACK_APP_TOKEN && !set.SLACK_TOKEN)
    problems.push(problem('SLACK_TOKEN', 'is missing beside SLACK_APP_TOKEN'));
  if (values.SUPABASE_KEY && !set.SUPABASE_URL)
    problems.push(problem('SUPABASE_URL', 'is missing beside SUPABASE_KEY'));
  // With a database of its own the hub asks Supabase for public keys alone.
  if (values.SUPABASE_URL && !set.SUPABASE_KEY && !set.DATABASE_URL)
    problems.push(problem('SUPABASE_KEY', 'is missing beside SUPABASE_URL'));
  if (values.GATHER_API_KEY && !set.GATHER_SPACE_ID)
    problems.push(problem('GATHER_SPACE_ID', 'is missing beside GATHER_API_KEY'));
  if (values.GATHER_SPACE_ID && !set.GATHER_API_KEY)
    problems.push(problem('GATHER_API_KEY', 'is missing beside GATHER_SPACE_ID'));
  for (const name of ['GOOGLE_ROOT_URL', 'GOOGLE_HOSTED_DOMAIN'] as const)
    if (values[name] && !set.GOOGLE_CREDENTIALS)
      problems.push(problem('GOOGLE_CREDENTIALS', `is missing beside ${name}`));
  for (const [name, what] of [...modelContradictions(values, set), ...storageContradictions(values, set)])
    problems.push(problem(name, what));
  if (values.SMS_WEBHOOK_SECRET && !set.SMS_WEBHOOK_URL)
    problems.push(problem('SMS_WEBHOOK_URL', 'is missing beside SMS_WEBHOOK_SECRET'));
  if (values.MAIL_FROM && !set.SMTP_URL) problems.push(problem('SMTP_URL', 'is missing beside MAIL_FROM'));
  if (values.ENVIRONMENT !== 'production') return problems;

  const missing = 'is missing, and ENVIRONMENT=production does not run on a made-up one';
  if (!set.JWT_SECRET) problems.push(problem('JWT_SECRET', missing));
  else if (isShort(set.JWT_SECRET))
    problems.push(problem('JWT_SECRET', `is shorter than ${SECRET_BYTES} bytes`));
  if (!set.ENCRYPTION_KEY) problems.push(problem('ENCRYPTION_KEY', missing));
  for (const name of ['RATE_LIMITS', 'LOAD_SHEDDING'] as const) {
    if (values[name] === false) problems.push(problem(name, 'cannot be off with ENVIRONMENT=production'));
  }
  return problems;
}

export function warnings(values: Values, set: Record<string, string>): string[] {
  const lines: string[] = [];
  if (values.SMS_WEBHOOK_URL && !set.SMS_WEBHOOK_SECRET) {
    lines.push(
      'SMS_WEBHOOK_SECRET is not set: the SMS gateway cannot tell our messages from those of others.',
    );
  }
  if (values.JWT_SECRET && isShort(values.JWT_SECRET)) {
    lines.push(`JWT_SECRET is shorter than ${SECRET_BYTES} bytes; ENVIRONMENT=production would refuse it.`);
  }
  return lines;
}

function isShort(secret: string): boolean {
  return Buffer.byteLength(secret) < SECRET_BYTES;
}
