import { type Sign, signs } from "../../signs.ts";
import type { PageCell } from "../page-data.ts";
import { el } from "./dom.ts";

/** A small square with a sign in it; screen readers read its meaning. */
export const badge = (sign: Sign): HTMLElement =>
  el("span", { class: `sign ${sign}`, "aria-hidden": "true" }, signs[sign]);

/** `read-write on PostgreSQL 18.4 at READ COMMITTED`. */
export const nameOf = ({ way, server, level }: PageCell): string =>
  `${way} on ${server}${level ? ` at ${level.name}` : ""}`;

export const linkTo = ({ id }: PageCell): string => `#/cell/${encodeURIComponent(id)}`;

export const linkToVersus = (one: string, other: string): string =>
  `#/compare/${encodeURIComponent(`${one}|${other}`)}`;
