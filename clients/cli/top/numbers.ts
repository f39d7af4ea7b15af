// Figures as people read them: short, and of the same width wherever they stand in a column.

/** `1,234`; one digit behind the point below ten. */
export const amount = (value: number): string =>
  value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });

export const bytes = (value: number): string => `${Math.round(value / 2 ** 20).toLocaleString('en-GB')} MB`;

export const milliseconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : `${amount(value)} ms`;

/** `45s`, `12m`, `3h20m`, `4d2h` */
export function span(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return `${minutes}m`;
  if (hours < 48) return `${hours}h${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

const BARS = [...'▁▂▃▄▅▆▇█'];

/** The last `width` values, as bars of which the highest is full. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const most = Math.max(...shown, 0);
  const bar = (value: number) =>
    BARS[most === 0 ? 0 : Math.min(BARS.length - 1, Math.round((value / most) * (BARS.length - 1)))];
  return shown.map(bar).join('').padStart(width);
}
