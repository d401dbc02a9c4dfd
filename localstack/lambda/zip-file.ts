import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { invalidParameter } from './lambda-api-error.ts';

const endOfDirectorySignature = 0x06054b50;
const directoryEntrySignature = 0x02014b50;
const endOfDirectoryBytes = 22;
const directoryEntryBytes = 46;
/** Lambda's limit for unzipped code. */
const maxUnzippedBytes = 262_144_000;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

/**
 * Unpacks a deployment package below `dir`. Throws the API's error for what is no ZIP file, holds more than Lambda's
 * 250 MB, or names a path outside of `dir`.
 *
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16; ZIP64 is not needed below 4 GB.
 */
export async function unzip(archive: Buffer, dir: string): Promise<void> {
  const entries = readDirectory(archive);
  if (entries.reduce((sum, entry) => sum + entry.bytes, 0) > maxUnzippedBytes) {
    throw invalidParameter(`Unzipped size must be smaller than ${maxUnzippedBytes} bytes`);
  }
  for (const entry of entries) {
    const path = normalize(entry.name);
    if (path.startsWith('..') || path.startsWith(sep)) throw notAZip(`it names the path ${entry.name}`);
    if (entry.name.endsWith('/')) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), contentsOf(archive, entry));
  }
}

function readDirectory(archive: Buffer): ZipEntry[] {
  let end = archive.length - endOfDirectoryBytes;
  // A comment of up to 64 KB may follow.
  const first = Math.max(0, end - 0xffff);
  while (end >= first && archive.readUInt32LE(end) !== endOfDirectorySignature) end -= 1;
  if (end < first || end < 0) throw notAZip('it has no directory');
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + directoryEntryBytes > archive.length || archive.readUInt32LE(at) !== directoryEntrySignature) {
      throw notAZip('its directory is damaged');
    }
    const nameBytes = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString('utf8', at + directoryEntryBytes, at + directoryEntryBytes + nameBytes),
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      compressedBytes: archive.readUInt32LE(at + 20),
      bytes: archive.readUInt32LE(at + 24),
      headerOffset: archive.readUInt32LE(at + 42),
    });
    at += directoryEntryBytes + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function contentsOf(archive: Buffer, entry: ZipEntry): Buffer {
  const { headerOffset } = entry;
  if (headerOffset + 30 > archive.length) throw notAZip(`the entry ${entry.name} is cut off`);
  const start = headerOffset + 30 + archive.readUInt16LE(headerOffset + 26) + archive.readUInt16LE(headerOffset + 28);
  const compressed = archive.subarray(start, start + entry.compressedBytes);
  const contents = inflate(compressed, entry);
  if (contents.length !== entry.bytes || crc32(contents) !== entry.crc) throw notAZip(`${entry.name} is damaged`);
  return contents;
}

function inflate(compressed: Buffer, entry: ZipEntry): Buffer {
  if (entry.method === 0) return compressed;
  if (entry.method !== 8) throw notAZip(`${entry.name} uses compression method ${entry.method}`);
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch {
    throw notAZip(`${entry.name} is damaged`);
  }
}

function notAZip(reason: string): Error {
  return invalidParameter(
    `Could not unzip uploaded file. Please check your file, then try to upload again: ${reason}.`,
  );
}
