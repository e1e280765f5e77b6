import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Refuses requests of web pages. A browser on this machine sends any request that a page asks for, and signatures are not verified.
 * But a browser states the origin of a request in Host, Origin and Sec-Fetch-Site, and no page can change these
 * headers ('Forbidden request header' in the Fetch standard). The AWS CLI and the SDKs send neither Origin nor Sec-Fetch-Site.
 *
 * Returns why the request is refused, or null. Call it before anything else of the request is read.
 */
export function webRefusal(
  { method, url, headers, headersDistinct }: IncomingMessage,
  port: number,
): string | null {
  const own = `http://127.0.0.1:${port}`;
  const hosts = headersDistinct['host'] ?? [];
  const [host = ''] = hosts;
  // After DNS rebinding, a page of a foreign name is same-origin with itself. Only Host shows the foreign name.
  if (hosts.length !== 1 || !isOwnHost(host, port))
    return `Access Denied: the Host header is '${hosts.join(', ')}', which is not this stack. A web page can have a host name that resolves to this machine, so only ${own}, http://localhost:${port} and http://BUCKET.localhost:${port} are answered. Use ${own} as the endpoint.`;
  if (url?.startsWith('/') !== true)
    return `Access Denied: the request's target is not a path. The local stack is not a proxy; use ${own} as the endpoint.`;
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return `Access Denied: the header Origin says that a web page of '${origin}' sends this request. ${webPages}`;
  if (method === 'OPTIONS')
    return `Access Denied: OPTIONS asks whether a web page of another origin may send a request. ${webPages}`;
  if (site === undefined || site === 'same-origin') return null;
  // 'none': the user typed the address or opened a bookmark. That may read, but not change anything.
  if (site === 'none' && (method === 'GET' || method === 'HEAD')) return null;
  return `Access Denied: the header Sec-Fetch-Site is '${site}', so a web page or a link sends this request. ${webPages} A presigned URL can be pasted into the address bar.`;
}

const webPages = 'Web pages cannot use the local stack. Use the AWS CLI, or an SDK outside of a browser.';

/** RFC 6761: `*.localhost` always resolves to this machine, without a foreign name server. */
function isOwnHost(host: string, port: number): boolean {
  const match = /^(?:127\.0\.0\.1|(?:[a-z0-9.-]+\.)?localhost)(?::(\d+))?$/i.exec(host);
  return match !== null && Number(match[1] ?? 80) === port;
}

/**
 * Protects answers from pages: the browser does not guess a content type, no other origin may embed an answer, and an object that the
 * browser shows as a page runs no script, loads nothing and has an opaque origin.
 */
export function setWebHeaders(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
}
