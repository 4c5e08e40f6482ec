/** The structure of compressed data in the Zstandard format (RFC 8878, section 3.1.1), without its contents. */

const magic = 0xfd2fb528;
const checksumBytes = 4;
const blockHeaderBytes = 3;
/** The sizes of the fields of a frame's header by their flags. */
const dictionaryIdBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];
/** A block that repeats one byte. */
const rle = 1;
const reserved = 3;

/**
 * Whether the bytes are exactly one frame, from its first to its last block. ClickHouse reads the end of a file in the
 * middle of a frame as the end of its rows. Does not check the contents of blocks.
 */
export function isWholeZstdFrame(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 5 || view.getUint32(0, true) !== magic) return false;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  // Without a window, the size of the contents is always given, in at least one byte.
  const size = contentSizeBytes[descriptor >> 6] || (isSingleSegment ? 1 : 0);
  let offset = 5 + (isSingleSegment ? 0 : 1) + (dictionaryIdBytes[descriptor & 3] ?? 0) + size;
  for (let isLast = false; !isLast; ) {
    if (offset + blockHeaderBytes > view.byteLength) return false;
    const header = view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
    const type = (header >> 1) & 3;
    if (type === reserved) return false;
    isLast = (header & 1) === 1;
    offset += blockHeaderBytes + (type === rle ? 1 : header >> 3);
  }
  return offset + (descriptor & 4 ? checksumBytes : 0) === view.byteLength;
}
