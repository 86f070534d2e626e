/** What a value must look like. */
export interface Shape {
  /** For people: "a whole number". */
  readonly is: string;
  /** Whether a value is one of these. @param given the value; undefined when the history has none */
  fits(given: unknown): boolean;
}

/** The values that must come with an operation. A value that is not listed is ignored, and may be missing. */
export interface Needs {
  readonly input?: Shape;
  /** Required of acknowledged operations only. */
  readonly output?: Shape;
}

/** The operations that a model or a checker knows, by their names. */
export type Vocabulary = Readonly<Record<string, Needs>>;

/** Anything, even null, as long as it is given. */
export const value: Shape = { is: "a value", fits: (given) => given !== undefined };

export const list: Shape = { is: "a list", fits: Array.isArray };

export const pair: Shape = {
  is: "[from, to]",
  fits: (given) => Array.isArray(given) && given.length === 2,
};

/** An answer that means "it worked": anything but false. */
export const success: Shape = { is: "anything but false", fits: (given) => given !== false };

export const truth: Shape = {
  is: "true or false",
  fits: (given) => typeof given === "boolean",
};

/** A text, or a number that stands for one. */
export const text: Shape = {
  is: "a text or a number",
  fits: (given) => ["string", "number", "bigint", "boolean"].includes(typeof given),
};

export const number: Shape = {
  is: "a number",
  fits: (given) => (typeof given === "number" && !Number.isNaN(given)) || typeof given === "bigint",
};

/** Sums of fractions are not exact, and could make a right history look wrong. */
export const whole: Shape = {
  is: "a whole number",
  fits: (given) => Number.isSafeInteger(given) || typeof given === "bigint",
};

/** The same, for checkers that add up plain numbers. */
export const safe: Shape = {
  is: "a whole number below 2^53",
  fits: (given) => Number.isSafeInteger(given),
};

/** The same, or null, or nothing at all. */
export function ifAny(shape: Shape): Shape {
  return {
    is: `${shape.is}, or nothing`,
    fits: (given) => given === undefined || given === null || shape.fits(given),
  };
}
