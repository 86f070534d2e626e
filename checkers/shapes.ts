/** What a value must look like. */
export interface Shape {
  /** For people: "a whole number". */
  readonly is: string;
  /** @param given the value; undefined when the history has none */
  fits(given: unknown): boolean;
}

/** What comes with an operation. What is not required is not looked at, and may be missing. */
export interface Needs {
  readonly input?: Shape;
  /** Of an operation that was acknowledged. */
  readonly output?: Shape;
}

/** The operations that a model or a checker knows, by their names. */
export type Vocabulary = Readonly<Record<string, Needs>>;

/** Anything that was given; null counts. */
export const value: Shape = { is: "a value", fits: (given) => given !== undefined };

export const list: Shape = { is: "a list", fits: Array.isArray };

export const pair: Shape = {
  is: "[from, to]",
  fits: (given) => Array.isArray(given) && given.length === 2,
};

/** What stands for "it worked": whatever but false. */
export const success: Shape = { is: "anything but false", fits: (given) => given !== false };

export const truth: Shape = {
  is: "true or false",
  fits: (given) => typeof given === "boolean",
};

/** A text, or what can stand for one. */
export const text: Shape = {
  is: "a text or a number",
  fits: (given) => ["string", "number", "bigint", "boolean"].includes(typeof given),
};

export const number: Shape = {
  is: "a number",
  fits: (given) => (typeof given === "number" && !Number.isNaN(given)) || typeof given === "bigint",
};

/** Sums of fractions are not exact, and could make a right history wrong. */
export const whole: Shape = {
  is: "a whole number",
  fits: (given) => Number.isSafeInteger(given) || typeof given === "bigint",
};

/** The same, where sums are made with plain numbers. */
export const safe: Shape = {
  is: "a whole number below 2^53",
  fits: (given) => Number.isSafeInteger(given),
};

/** The same, but null, or nothing at all, will do. */
export function ifAny(shape: Shape): Shape {
  return {
    is: `${shape.is}, or nothing`,
    fits: (given) => given === undefined || given === null || shape.fits(given),
  };
}
