/**
 * The hosts of a list with commas between them, in lower case: names, addresses, or `*.domain` for every name below a
 * domain. Undefined for an absent or empty list, which allows every host.
 */
export function parseAllowedHosts(text: string | undefined): readonly string[] | undefined {
  const hosts = (text ?? '').split(',').map(toHostName);
  const given = hosts.filter((host) => host !== '');
  return given.length === 0 ? undefined : given;
}

/** True when the list names the host, or there is no list. Names are compared as DNS does, without regard to case. */
export function isHostAllowed(host: string, allowedHosts: readonly string[] | undefined): boolean {
  if (allowedHosts === undefined) return true;
  const name = toHostName(host);
  return allowedHosts.some((allowed) =>
    // The dot stays, so that `*.example.com` does not mean badexample.com.
    allowed.startsWith('*.') ? name.length > allowed.length - 1 && name.endsWith(allowed.slice(1)) : name === allowed,
  );
}

function toHostName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
