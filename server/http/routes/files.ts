// /api/files: uploads by tus 1.0, downloads with ranges, smaller pictures. Who may have what the hub decides, at the time of each request (I9).
import type { IncomingMessage } from 'node:http';
import { type DataStore, Metadata } from '@tus/server';
import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { previewEdges } from '#shared/protocol/files.ts';
import * as p from '#shared/protocol/primitives.ts';
import { HubError, notFound } from '../../hub/errors.ts';
import type { FileHub } from '../../hub/file-hub.ts';
import { noSuchFile } from '../../hub/files.ts';
import { parseInput } from '../../hub/input.ts';
import type { OriginPolicy } from '../../hub/origins.ts';
import type { People } from '../../hub/people.ts';
import type { Actor } from '../../hub/ports.ts';
import type { Limits } from '../../hub/ports-people.ts';
import { signedIn } from '../auth.ts';
import { send } from '../download.ts';
import { type CorsWords, checkQuery, cors, limitAddress } from '../guards.ts';
import { createPassingBytes } from '../passing-bytes.ts';
import { createUploads, PATH, type UploadWork } from '../uploads.ts';

export interface FileDeps {
  readonly files?:
    | {
        readonly hub: FileHub;
        /** Where the bytes of uploads go. */
        readonly store: DataStore;
      }
    | undefined;
  readonly people: Pick<People, 'authenticate'>;
  readonly limits: Pick<Limits, 'take'>;
  readonly origins: OriginPolicy;
}

/** Uploads of one person that one node takes at a time. */
const AT_ONCE = 32;

const CORS: CorsWords = {
  methods: 'GET, HEAD, POST, PATCH, DELETE',
  headers:
    'Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Defer-Length, Upload-Concat, Range, If-Range, If-None-Match',
  exposed:
    'Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, Upload-Length, Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, X-Request-Id',
};

/** Its body may take as long as it comes on: see slow-bodies.ts. */
export const isUpload = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'POST' || method === 'PATCH') && (url === PATH || url.startsWith(`${PATH}/`));

export function fileRoutes({ files, people, limits, origins }: FileDeps): Router {
  const router = Router();
  if (!files) return router;
  const { hub, store } = files;
  const passing = createPassingBytes();
  const uploads = createUploads({ files: hub, store, passing });
  const atOnce = new Map<string, number>();

  const tusHeaders: RequestHandler = (req, res, next) => {
    if (req.method === 'OPTIONS' || req.headers['tus-resumable'] !== undefined)
      res.set('Tus-Resumable', '1.0.0');
    if (req.method === 'OPTIONS') {
      res.set({
        'Tus-Version': '1.0.0',
        'Tus-Extension': store.extensions.join(','),
        'Tus-Max-Size': String(hub.limits.file),
      });
    }
    next();
  };
  router.use(limitAddress(limits), tusHeaders, cors(origins, CORS), checkQuery);

  /** One of the caller's uploads at a time more, until `leave`. */
  const enter = (user: string) => {
    const now = atOnce.get(user) ?? 0;
    if (now >= AT_ONCE)
      throw new HubError('rate_limited', 'Too many of your uploads run at once.', { retryAfterMs: 2000 });
    atOnce.set(user, now + 1);
    return {
      [Symbol.dispose]() {
        const left = (atOnce.get(user) ?? 1) - 1;
        if (left > 0) atOnce.set(user, left);
        else atOnce.delete(user);
      },
    };
  };

  /** Begins, continues, asks for or ends an upload. */
  const tus: RequestHandler<{ id?: string }> = async (req, res) => {
    const version = req.headers['tus-resumable'];
    if (version !== '1.0.0') {
      res.status(412).set('Tus-Version', '1.0.0');
      res.json({
        error: { code: 'bad_request', message: 'Speak tus 1.0: send the header "Tus-Resumable: 1.0.0".' },
      });
      return;
    }
    const actor = await signedIn(people, req as Request);
    using _place = enter(actor.id);
    const { id } = req.params;
    if (!id) countNew(actor);
    const work: UploadWork = id
      ? { actor, stored: await hub.upload(actor, id) }
      : { actor, begins: metadataOf(req.get('Upload-Metadata') ?? '') };
    if (req.method === 'PATCH' && work.stored && work.stored.state !== 'uploading')
      throw new HubError('conflict', 'This file is uploaded already.');
    if (req.method === 'DELETE' && work.stored) await hub.drop(actor, work.stored);
    const isNew = req.method === 'POST';
    let begun = false;
    try {
      const { status, headers } = await uploads.handle(req, work);
      // Its last byte came, and then its node, or the way back, broke.
      if (req.method === 'HEAD' && work.stored?.state === 'uploading' && isWhole(headers))
        await hub.finish(work.stored);
      for (const [name, value] of headers)
        if (!/^(?:access-control|content-type)/.test(name)) res.set(name, value);
      // Without this answer nobody ever learns its address.
      begun = !req.socket.destroyed;
      res.status(status).end();
    } finally {
      if (isNew && work.stored && !begun) await hub.drop(actor, work.stored).then(hub.gone, () => {});
      if (req.method === 'DELETE') hub.gone();
    }
  };

  /** What may still come of a body that was refused is not waited for. */
  const closing =
    (handler: RequestHandler<{ id?: string }>): RequestHandler<{ id?: string }> =>
    async (req, res, next) => {
      try {
        await handler(req, res, next);
      } finally {
        if (!req.complete && !res.headersSent) res.set('Connection', 'close');
      }
    };

  /** A new file is a write like any other call's. */
  const countNew = (actor: Actor) => {
    const taken = limits.take(actor.role === 'bot' ? 'call.bot' : 'call.user', actor.id);
    if (!taken.ok)
      throw new HubError('rate_limited', 'Too many uploads; slow down.', {
        retryAfterMs: taken.retryAfterMs,
      });
  };

  /** The reader, proved by a token or by a link of ours to this very file. */
  const readerOf = async (req: Request, id: string) => {
    const { link } = req.query;
    if (typeof link !== 'string') return { user: (await signedIn(people, req)).id, ticket: undefined };
    const ticket = hub.ticket(link, id);
    if (!ticket) throw notFound('This link is over, or is none of ours. Ask for a new one.');
    return { user: ticket.user, ticket };
  };

  const file: RequestHandler<{ id: string }> = async (req, res) => {
    const { id } = req.params;
    const { user, ticket } = await readerOf(req as Request, id);
    if (ticket?.edge) throw noSuchFile();
    const { file, inline } = await hub.open(user, id);
    await send(req as Request, res, {
      ...file,
      tag: file.id,
      attachment: !inline || ticket?.download === true,
      cache: cacheFor(hub, ticket),
      elsewhere: ticket !== undefined,
      open: range => hub.read(file.id, range),
      passing,
    });
  };

  const preview: RequestHandler<{ id: string }> = async (req, res) => {
    const { id } = req.params;
    const { user, ticket } = await readerOf(req as Request, id);
    const edge = previewEdges.find(one => String(one) === (req.query.edge ?? String(ticket?.edge)));
    if (!edge || (ticket && ticket.edge !== edge))
      throw new HubError('bad_request', `Ask for an edge of ${previewEdges.join(', ')} pixels.`);
    const stored = await hub.open(user, id);
    const { size, open } = await hub.preview(stored, edge);
    await send(req as Request, res, {
      type: 'image/webp',
      size,
      tag: `${stored.file.id}-${edge}`,
      name: `${stored.file.name}.webp`,
      attachment: false,
      cache: cacheFor(hub, ticket),
      elsewhere: ticket !== undefined,
      open,
      passing,
    });
  };

  router.post('/', closing(tus));
  router.patch('/:id', closing(tus));
  router.delete('/:id', tus);
  router.head('/:id', (req, res, next) =>
    (req.headers['tus-resumable'] === undefined ? file : tus)(req, res, next),
  );
  router.get('/:id', file);
  router.get('/:id/preview', preview);
  return router;
}

const isWhole = (headers: Headers) =>
  headers.get('upload-offset') !== null && headers.get('upload-offset') === headers.get('upload-length');

/** The right to it is asked for each time, unless it is read by a link, whose address is over soon by itself. */
function cacheFor(hub: FileHub, ticket: { readonly secondsLeft: number } | undefined): string {
  if (!ticket) return 'private, no-cache';
  return `${hub.viaCdn ? 'public' : 'private'}, max-age=${ticket.secondsLeft}`;
}

const newFile = z.object({
  room: p.roomId,
  /** Without one it gets a name of ours. */
  filename: z.string().max(4000).default(''),
});

function metadataOf(header: string): z.output<typeof newFile> {
  let parsed: Record<string, string | null>;
  try {
    parsed = header ? Metadata.parse(header) : {};
  } catch {
    throw new HubError('bad_request', 'The header "Upload-Metadata" is malformed.');
  }
  const given = Object.entries(parsed).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return parseInput(newFile, Object.fromEntries(given));
}
