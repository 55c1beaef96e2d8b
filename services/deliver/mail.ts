import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import nodemailer from 'nodemailer';
import { within } from '../ledger/within.ts';
import type { Mail } from '../model/destination.ts';
import type { ExportFile } from '../model/schedule.ts';
import { drawDigest } from './digest-picture.ts';
import { type Letter, letterOf, messageLetter } from './letter.ts';
import { type Message, type Parcel, Undelivered, type Way } from './parcel.ts';

/** Files of so many bytes together are attached; larger ones are named. Many servers refuse mails of more than 10 MB. */
export const ATTACHED_MAX = 5 * 2 ** 20;
const CONNECT_MS = 20_000;
const SILENT_MS = 60_000;
/** Behind this host nobody listens in. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Mails a revision to those who have not got it: a summary, a picture of its largest rows, and its files if they are small. */
export async function mailParcel(destination: Mail, parcel: Parcel, way: Way): Promise<void> {
  const { files } = parcel.manifest;
  const isSmall = files.reduce((sum, { bytes }) => sum + bytes, 0) <= ATTACHED_MAX;
  const digest = await parcel.digest();
  const picture = digest && { png: drawDigest(digest), words: digest };
  const letter = letterOf(parcel, { isAttached: isSmall, digest: picture ? digest : null });
  const attached = isSmall ? files.map((file) => attachmentOf(parcel.folder, file)) : [];
  const shown = picture
    ? [{ filename: 'largest.png', content: picture.png, cid: 'largest', contentType: 'image/png' }]
    : [];
  await post(destination, parcel.id, letter, [...shown, ...attached], way);
}

/** Mails a few lines. */
export const mailText = (destination: Mail, message: Message, way: Way): Promise<void> =>
  post(destination, message.id, messageLetter(message), [], way);

type Attached = { filename: string; content: Buffer; cid?: string; contentType?: string };

const attachmentOf = (folder: string, { name }: ExportFile): Attached => ({
  filename: name,
  content: readFileSync(within(folder, name)),
});

/** What an address is called among what is done: its people stay unnamed. */
export const addressee = (address: string): string => createHash('sha256').update(address).digest('hex').slice(0, 16);

async function post(destination: Mail, id: string, letter: Letter, attachments: Attached[], way: Way): Promise<void> {
  const { from, to } = destination;
  const left = to.filter((address) => !way.done.has(addressee(address)));
  if (left.length === 0) return;
  const transport = transportOf(destination);
  const stop = () => transport.close();
  way.signal.addEventListener('abort', stop);
  try {
    const sent = await transport.sendMail({
      from,
      to,
      envelope: { from: bare(from), to: left },
      ...letter,
      messageId: `<${id}@${bare(from).split('@')[1]}>`,
      headers: { 'auto-submitted': 'auto-generated' },
      attachments,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const refused = new Set(sent.rejected.map(String));
    for (const address of left) if (!refused.has(address)) way.done.add(addressee(address));
    const errors = sent.rejectedErrors ?? [];
    const reason = errors[0]?.response ?? 'no reason is given';
    if (refused.size > 0)
      throw new Undelivered(`${refused.size} of ${to.length} were refused: ${reason}`, {
        isForGood: errors.length > 0 && errors.every(isRefusal),
      });
  } catch (error) {
    throw isRefusal(error as Answered) ? new Undelivered((error as Error).message, { isForGood: true }) : error;
  } finally {
    way.signal.removeEventListener('abort', stop);
    transport.close();
  }
}

type Answered = { responseCode?: number | undefined };
/** 5xx of SMTP stay, 4xx are about now. */
const isRefusal = ({ responseCode = 0 }: Answered): boolean => responseCode >= 500;

/** A password never goes over a line that others can read. */
function transportOf({ server, username, password }: Mail) {
  const { protocol, hostname, port } = new URL(server);
  const isSecure = protocol === 'smtps:';
  return nodemailer.createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: !isSecure && username !== undefined && !LOOPBACK.test(hostname),
    ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
  });
}

/** Name <address> → address */
const bare = (from: string): string => /<(.+)>$/.exec(from)?.[1] ?? from;
