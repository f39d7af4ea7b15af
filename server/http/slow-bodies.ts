// How long a request's body may take (attack 8): a short one is here soon or not at all; an upload may take hours, as long as it comes on.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface BodyTimes {
  /** A whole body must be here within so many ms. Else it is answered 408 and closed. */
  readonly body: number;
  /** Of an upload at least `bytes` must come in each stretch of so many ms, unless it is we who don't take them. */
  readonly stretch: number;
  readonly bytes: number;
}

const TIMES: BodyTimes = { body: 30_000, stretch: 30_000, bytes: 4096 };

/** @param isUpload by method and path alone */
export function boundBodies(
  server: Server,
  isUpload: (req: IncomingMessage) => boolean,
  times: Partial<BodyTimes> = {},
): void {
  const { body, stretch, bytes } = { ...TIMES, ...times };
  server.on('request', (req, res) => {
    if (req.complete || !hasBody(req)) return;
    let timer: NodeJS.Timeout;
    if (isUpload(req)) {
      let seen = req.socket.bytesRead;
      timer = setInterval(() => {
        const { bytesRead } = req.socket;
        const waits = req.readableLength > 0;
        if (!req.complete && !waits && bytesRead - seen < bytes) cut(req, res);
        seen = bytesRead;
      }, stretch);
    } else {
      timer = setTimeout(() => {
        if (!req.complete) cut(req, res);
      }, body);
    }
    timer.unref();
    const stop = () => clearTimeout(timer);
    req.once('end', stop);
    req.once('close', stop);
  });
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function cut(req: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent) req.socket.destroy();
  else res.writeHead(408, { Connection: 'close' }).end(() => req.socket.destroy());
}
