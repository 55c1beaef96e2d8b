import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemOf } from './problem.ts';

/** By Node's error code: the status, and what was expected. */
const FAULTS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'expected headers of 16 KiB at most'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'expected the headers of a request within a minute'],
};

/** Answers what is no HTTP, or too long to be read as such, with a problem too, and closes the connection. */
export function answerBroken(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, detail] = FAULTS[error.code ?? ''] ?? [400, 'expected a request as HTTP/1.1 has it'];
  const body = JSON.stringify(problemOf(status, detail));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
