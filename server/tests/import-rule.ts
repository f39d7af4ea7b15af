// The rules every source file keeps: who imports whom, how long a file may be, and what is reserved to one place. Pure: text in, breaches out.
import { builtinModules } from 'node:module';
import path from 'node:path';

export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

const MAX_LINES = 300;

/** Where the domain's doors for implementations are. */
const PORTS = /^server\/hub\/(ports(-[a-z-]+)?|errors)\.ts$/;
const SHARED = /^shared\//;
/** What scripts and the command line's operator commands may use of the server. */
const OPERATOR =
  /^server\/(config\.ts|start\.ts|redis\.ts|(store|integrations|search|summarizer|embedder|blobs|senders)\/)/;
/** Sockets, HTTP, files and processes are not the domain's business. */
const NO_DOMAIN_BUILTINS = /^(net|tls|dgram|dns|http2?|https|fs|child_process|cluster|worker_threads)(\/|$)/;
const IMPLEMENTATIONS = ['auth', 'store', 'presence', 'limits', 'search', 'files', 'ai', 'senders'];
/** Both ask models, with the same care. */
const ASKERS = ['summarizer', 'embedder'];

interface Layer {
  readonly files: RegExp;
  /** Of this repository, beside what is in the same layer. */
  readonly own: readonly RegExp[];
  /** Of packages and Node; missing: any. */
  readonly packages?: (name: string) => boolean;
  readonly rule: string;
}

const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
const folder = (name: string) => new RegExp(`^${name}/`);

/** The first that fits a file counts. Tests, and what is there for tests, may import anything. */
const LAYERS: readonly Layer[] = [
  {
    files: SHARED,
    own: [],
    packages: name => name === 'zod' || name.startsWith('zod/'),
    rule: 'shared imports nothing but zod and shared',
  },
  {
    files: /^clients\/cli\//,
    own: [/^clients\//, SHARED, OPERATOR],
    rule: 'the command line imports clients, shared, and of the server config, start and implementations',
  },
  { files: /^clients\//, own: [SHARED], rule: 'clients import clients and shared' },
  {
    files: /^scripts\//,
    own: [/^clients\//, SHARED, OPERATOR],
    rule: 'scripts import clients, shared, and of the server config, start and implementations',
  },
  {
    files: /^server\/hub\//,
    own: [SHARED],
    packages: name =>
      name === 'zod' || (isBuiltin(name) && !NO_DOMAIN_BUILTINS.test(name.replace('node:', ''))),
    rule: 'the hub imports shared and zod: no sockets, no HTTP, no driver',
  },
  ...['http', 'realtime', 'integrations'].map(name => ({
    files: folder(`server/${name}`),
    own: [/^server\/hub\//, SHARED],
    rule: `server/${name} imports hub and shared, never another door or an implementation`,
  })),
  ...IMPLEMENTATIONS.map(name => ({
    files: folder(`server/${name}`),
    own: [PORTS, SHARED],
    rule: `server/${name} imports hub/ports, hub/errors, shared and its driver`,
  })),
  {
    files: /^server\/blobs\//,
    own: [PORTS, SHARED, /^server\/auth\/key-id\.ts$/],
    rule: 'server/blobs imports hub/ports, hub/errors, shared, the id of a key and its driver',
  },
  ...ASKERS.map(name => ({
    files: folder(`server/${name}`),
    own: [PORTS, SHARED, folder('server/ai')],
    rule: `server/${name} imports hub/ports, hub/errors, shared, server/ai and its driver`,
  })),
  {
    files: /^server\/(start|stores|outside)\.ts$/,
    own: [/^server\/(?!main\.ts|testing\/|tests\/)/, SHARED],
    rule: 'start, stores and outside import all but main and tests',
  },
  {
    files: /^server\/main\.ts$/,
    own: [/^server\/(config|log|start)\.ts$/, PORTS, SHARED],
    rule: 'main imports config, log, start and errors',
  },
  {
    files: /^server\/[^/]+$/,
    own: [/^server\/(config|settings|secrets|log)\.ts$/, PORTS, SHARED],
    rule: 'config and log import each other, the ports, and shared',
  },
];

const TEST = /\.test\.tsx?$|^server\/(tests|testing)\/|^clients\/bot\/testing\//;

/** @param file its path from the root of the repository, with forward slashes */
export function breaches(file: string, text: string): Breach[] {
  const lines = text.split('\n');
  const found: Breach[] = [];
  const report = (line: number, rule: string) => found.push({ file, line, rule });
  if (lines.length > MAX_LINES + 1)
    report(MAX_LINES + 1, `a file has at most ${MAX_LINES} lines; this one has ${lines.length - 1}`);
  if (TEST.test(file)) return found;

  if (file.startsWith('server/')) {
    const main = file === 'server/main.ts';
    lines.forEach((line, index) => {
      if (/\bprocess\.env\b/.test(line) && !main && file !== 'server/config.ts')
        report(index + 1, 'only config reads process.env');
      if (/\bconsole\.\w+\(/.test(line) && !main)
        report(index + 1, 'the server logs by its log, not by console');
    });
  }
  const layer = LAYERS.find(({ files }) => files.test(file));
  for (const { specifier, line } of imports(text)) {
    const problem = layer && judge(layer, file, specifier);
    if (problem) report(line, `${problem} (it imports ${specifier})`);
  }
  return found;
}

function judge(layer: Layer, file: string, specifier: string): string | undefined {
  const target = resolve(file, specifier);
  if (target === undefined) return layer.packages && !layer.packages(specifier) ? layer.rule : undefined;
  if (file.startsWith('clients/') && specifier.startsWith('#')) {
    return 'clients import shared by a relative path: clients/js is a package of its own';
  }
  if (TEST.test(target)) return 'only tests import what is there for tests';
  const allowed = sameLayer(layer, file, target) || layer.own.some(own => own.test(target));
  return allowed ? undefined : layer.rule;
}

/** Clients stand apart from each other, but all of them may build on clients/js. */
function sameLayer(layer: Layer, file: string, target: string): boolean {
  if (!file.startsWith('clients/')) return layer.files.test(target);
  const client = file.split('/', 2).join('/');
  return target.startsWith(`${client}/`) || target.startsWith('clients/js/');
}

/** The path of a file of ours from the root; undefined for packages. */
function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#shared/')) return specifier.slice(1);
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), specifier);
}

const IMPORT =
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^[ \t]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

function imports(text: string): { specifier: string; line: number }[] {
  return [...text.matchAll(IMPORT)].map(match => ({
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}
