// What a client uploads: the bytes as they come, or a form around them, as it sends for a Blob.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { StorageProblem } from './storage-problem.ts';
import type { Label } from './storage-shelf.ts';

/** Of a form, beside the file. */
const FORM_BYTES = 65_536;

/** @param most bytes of the file; more are refused, at once where the request says so */
export async function readUpload(
  request: IncomingMessage,
  most: number,
): Promise<{ label: Label; bytes: AsyncIterable<Uint8Array> }> {
  const { headers } = request;
  const type = headers['content-type'] ?? 'application/octet-stream';
  const isForm = type.startsWith('multipart/form-data');
  const tooMany = () =>
    new StorageProblem(413, 'Payload too large', 'The object exceeded the maximum allowed size');
  if (Number(headers['content-length'] ?? 0) > most + (isForm ? FORM_BYTES : 0)) {
    // Read to its end: an answer in the middle of an upload is lost with the connection.
    request.resume();
    throw tooMany();
  }
  if (!isForm) {
    const given = String(headers['x-metadata'] ?? '');
    const metadata = given ? JSON.parse(Buffer.from(given, 'base64').toString()) : {};
    return {
      label: { type, cacheControl: String(headers['cache-control'] ?? 'no-cache'), metadata },
      bytes: request,
    };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= most + FORM_BYTES) chunks.push(chunk);
  }
  if (size > most + FORM_BYTES) throw tooMany();
  const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
  const file = [...form.values()].find(value => typeof value !== 'string');
  if (!file || typeof file === 'string')
    throw new StorageProblem(400, 'InvalidRequest', 'There is no file in it');
  const metadata = JSON.parse(String(form.get('metadata') ?? '{}'));
  const cacheControl = `max-age=${form.get('cacheControl') ?? 3600}`;
  const label = { type: file.type || 'application/octet-stream', cacheControl, metadata };
  return { label, bytes: Readable.from([new Uint8Array(await file.arrayBuffer())]) };
}

/** The body of a call. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
  if (typeof body !== 'object' || body === null)
    throw new StorageProblem(400, 'InvalidRequest', 'No JSON object');
  return body as Record<string, unknown>;
}
