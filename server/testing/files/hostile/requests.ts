// Requests that break the tus protocol or HTTP in ways that have names, and requests that a generator of numbers broke.
import { metadata, TUS } from '../../files.ts';

export interface HostileRequest {
  readonly what: string;
  readonly method: string;
  /** After /api/files; `ID` stands for an upload of 10 bytes that is not begun. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Bytes after which the connection is cut. */
  readonly cut?: number;
}

const OCTETS = { 'Content-Type': 'application/offset+octet-stream' };
const NUMBERS = [
  '',
  ' ',
  '-1',
  '-0',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  'null',
  '١',
  '1,1',
  '1;1',
  '00000000000000000000001',
  '9007199254740993',
  '99999999999999999999',
  '18446744073709551616',
  `${'9'.repeat(400)}`,
  '[object Object]',
];
const METADATA = [
  '',
  ',',
  ',,,',
  ' ',
  'room',
  'room ',
  'room  YQ==',
  'room ???',
  'room YQ',
  'room YQ==,room Yg==',
  '__proto__ YQ==',
  'constructor YQ==',
  'filename',
  'filename YQ==',
  `room ${Buffer.from('../..').toString('base64')}`,
  `room ${Buffer.from('\0').toString('base64')}`,
  `room ${Buffer.alloc(900, 'a').toString('base64')}`,
  `filename ${Buffer.from([0xff, 0xfe, 0xc0]).toString('base64')}`,
  'room=YQ==',
  'a b c d e',
  `x ${'A'.repeat(6000)}`,
  Array.from({ length: 400 }, (_, i) => `k${i} YQ==`).join(','),
];
const PATHS = [
  '/',
  '//',
  '/..',
  '/../..',
  '/%2e%2e',
  '/%00',
  '/%',
  '/%ff',
  '/ID/',
  '/ID/x',
  '/ID/preview',
  '/ID/preview?edge=1',
  '/ID/preview?edge=96&edge=480',
  '/ID/preview?edge=__proto__',
  '/ID?token=x',
  '/ID?link=x',
  `/ID?link=${'a'.repeat(3000)}`,
  '/ID?link[]=a',
  '/ID%0d%0aX:1',
  `/${'a'.repeat(4000)}`,
  '/00000000-0000-0000-0000-000000000000',
  '/ID.',
  '/.drafts/ID',
  '/preview',
  '/preview/ID/96',
  '/*',
  '/{}',
  "/'%20or%201=1",
  '/__proto__',
  '/constructor',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'];
const OVERRIDES = ['DELETE', 'PATCH', 'GET', 'TRACE', 'x'];

export function hostileRequests(room: string): HostileRequest[] {
  const good = { ...TUS, 'Upload-Length': '10', 'Upload-Metadata': metadata(room, 'a') };
  const patch = { ...TUS, ...OCTETS, 'Upload-Offset': '0' };
  const ten = Buffer.from('0123456789');
  const post = (what: string, headers: Record<string, string>, body?: Buffer): HostileRequest => ({
    ...{ what, method: 'POST', path: '', headers: { ...good, ...headers } },
    ...(body && { body }),
  });
  const part = (what: string, headers: Record<string, string>, body = ten): HostileRequest => ({
    ...{ what, method: 'PATCH', path: '/ID', headers: { ...patch, ...headers }, body },
  });
  return [
    ...NUMBERS.map(value => post(`length ${value.slice(0, 30)}`, { 'Upload-Length': value })),
    ...NUMBERS.map(value => part(`offset ${value.slice(0, 30)}`, { 'Upload-Offset': value })),
    ...METADATA.map((value, i) => post(`metadata ${i}`, { 'Upload-Metadata': value })),
    ...PATHS.flatMap(path =>
      ['GET', 'PATCH'].map(method => ({
        ...{ what: `${method} ${path.slice(0, 40)}`, method, path, headers: method === 'PATCH' ? patch : {} },
        ...(method === 'PATCH' && { body: ten }),
      })),
    ),
    ...METHODS.map(method => ({ what: `${method} of an upload`, method, path: '/ID', headers: TUS })),
    ...METHODS.map(method => ({ what: `${method} of none`, method, path: '', headers: {} })),
    ...OVERRIDES.map(value => post(`in truth ${value}`, { 'X-HTTP-Method-Override': value })),
    ...['0.2.2', '', '1.0', '2.0.0', '1.0.0, 1.0.0', 'x'.repeat(300)].map(value =>
      part(`version ${value.slice(0, 9)}`, { 'Tus-Resumable': value }),
    ),
    ...[
      'text/html',
      '',
      'application/json',
      'multipart/form-data; boundary=x',
      'application/offset+octet-stream; charset=x',
      ',',
    ].map(value => part(`body of ${value}`, { 'Content-Type': value })),
    ...['partial', 'final;/a /b', 'final;', 'x'].map(value =>
      post(`concatenation ${value}`, { 'Upload-Concat': value }),
    ),
    ...['1', '0', 'x'].map(value => post(`later length ${value}`, { 'Upload-Defer-Length': value })),
    ...['sha1 x', 'md5 AAAA', 'sha256', ''].map(value =>
      part(`checksum ${value}`, { 'Upload-Checksum': value }),
    ),
    ...[0, 1, 5, 9].map(cut => ({ ...part(`cut after ${cut}`, {}), cut })),
    ...[0, 3].map(cut => ({ ...post(`begun and cut after ${cut}`, OCTETS, ten), cut })),
    part('more than was said', {}, Buffer.alloc(11)),
    part('much more than was said', {}, Buffer.alloc(300_000)),
    part('nothing', {}, Buffer.alloc(0)),
    post('begun with more than was said', OCTETS, Buffer.alloc(50)),
    post('larger than any', { 'Upload-Length': '100000000000' }),
    ...[
      'bytes=0-',
      'bytes=-1',
      'bytes=5-1',
      'bytes=0-0,1-1,2-2',
      'bytes=99999999999999999999-',
      'lines=1-2',
      'bytes=a-b',
      '',
      `bytes=${'0-1,'.repeat(500)}`,
    ].map(value => ({
      what: `range ${value.slice(0, 20)}`,
      method: 'GET',
      path: '/ID',
      headers: { Range: value },
    })),
    ...['""', 'W/"x"', '*', '"'.repeat(50)].map(value => ({
      ...{
        what: `tag ${value.slice(0, 9)}`,
        method: 'GET',
        path: '/ID',
        headers: { 'If-None-Match': value, 'If-Range': value },
      },
    })),
  ];
}

/** @param pick a number from 0 to below the given one */
export function broken(request: HostileRequest, pick: (below: number) => number): HostileRequest {
  const headers: Record<string, string> = { ...request.headers };
  const names = Object.keys(headers);
  for (let times = 1 + pick(2); times > 0; times--) {
    const name = names[pick(Math.max(1, names.length))];
    if (name === undefined) break;
    const value = headers[name] ?? '';
    const at = pick(value.length + 1);
    const way = pick(4);
    if (way === 0) delete headers[name];
    else if (way === 1) headers[name] = value.slice(0, at);
    else if (way === 2) headers[name] = value + value;
    else headers[name] = `${value.slice(0, at)}${String.fromCharCode(33 + pick(90))}${value.slice(at + 1)}`;
  }
  const { body } = request;
  return {
    ...request,
    what: `${request.what}, broken`,
    headers,
    ...(body && { body: body.subarray(0, pick(body.length + 1)) }),
  };
}
