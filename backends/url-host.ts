/** An IPv6 address stands in brackets in a URL, and without them everywhere else. */

export const hostIn = ({ hostname }: { readonly hostname: string }): string =>
  hostname.replace(/^\[|\]$/g, "");

export const hostForUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);
