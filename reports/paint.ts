import { styleText } from "node:util";

/** Colours, or none where the output is not a terminal (NO_COLOR, a pipe, CI). */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain: Paint = {
  bold: (text) => text,
  red: (text) => text,
  yellow: (text) => text,
  dim: (text) => text,
};

const colours: Paint = {
  bold: (text) => styleText("bold", text, { validateStream: false }),
  red: (text) => styleText(["red", "bold"], text, { validateStream: false }),
  yellow: (text) => styleText("yellow", text, { validateStream: false }),
  dim: (text) => styleText("dim", text, { validateStream: false }),
};

/** @param stream where the text will go */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const wanted = stream.isTTY && process.env.NO_COLOR === undefined && !process.env.CI;
  return wanted ? colours : plain;
}
