export function findProgram(candidates: string[]): string | undefined;
export function findChromium(): string | undefined;
export function findRedis(): string | undefined;
