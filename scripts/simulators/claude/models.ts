// The simulated catalogue of Claude models, with one that is retired and one that soon will be.

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly lifecycle: 'active' | 'deprecated' | 'retired';
  readonly retires?: string;
  /** Tokens that go in. */
  readonly window: number;
}

export const models: readonly Model[] = [
  { id: 'claude-opus-5-5', name: 'Claude Opus 5.5', lifecycle: 'active', window: 1_000_000 },
  { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5', lifecycle: 'active', window: 1_000_000 },
  { id: 'claude-haiku-5-5', name: 'Claude Haiku 5.5', lifecycle: 'active', window: 1_000_000 },
  {
    id: 'claude-haiku-4-5-20251001',
    name: 'Claude Haiku 4.5',
    lifecycle: 'deprecated',
    retires: '2027-01-15T00:00:00Z',
    window: 200_000,
  },
  {
    id: 'claude-3-opus-20240229',
    name: 'Claude Opus 3',
    lifecycle: 'retired',
    retires: '2026-01-05T00:00:00Z',
    window: 200_000,
  },
];

/** By its name, or by its name without the date. */
export const findModel = (name: string): Model | undefined =>
  models.find(({ id }) => id === name || id.replace(/-\d{8}$/, '') === name);

export const inWire = ({ id, name, lifecycle, retires, window }: Model): object => ({
  type: 'model',
  id,
  display_name: name,
  created_at: '2026-09-22T00:00:00Z',
  lifecycle,
  deprecated_at: lifecycle === 'active' ? null : '2026-07-01T00:00:00Z',
  retires_at: retires ?? null,
  line: id.split('-').find(part => ['opus', 'sonnet', 'haiku'].includes(part)) ?? null,
  max_input_tokens: window,
  max_tokens: 128_000,
  capabilities: null,
});
