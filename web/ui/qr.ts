/** QR codes, made and read on this device. Loaded where one is shown. */

export interface Drawn {
  /** Modules on a side, the white border included. */
  readonly size: number;
  /** One path of unit squares, origin at the top left corner. */
  readonly path: string;
}

export async function qrPath(text: string): Promise<Drawn> {
  const { default: encodeQR } = await import("qr");
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h-${x - from}z`;
    }
  });
  return { size: rows.length, path };
}

/** The text of the code in a picture, or null. `patient` for a photograph, not for one frame of many. */
export async function readQr(picture: ImageData, patient: boolean): Promise<string | null> {
  const { decodeQR } = await import("qr/decode.js");
  try {
    const effort = patient ? { effort: Number.POSITIVE_INFINITY, timeLimit: 4000 } : {};
    return decodeQR(picture, effort);
  } catch {
    return null; // no code in it
  }
}
