import pg from 'pg';

/** Longest that the request may take. */
const timeoutMs = 2_000;

/** What the types of `pg` leave out: a connection of its own for the request, and the key that the server gave. */
interface RawConnection {
  connect(port: number, host: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks the server to cancel what the connection is doing; whoever waits for it gets SQLSTATE 57014. The request goes over
 * a connection of its own and is never answered, so that nobody learns whether it came through.
 *
 * Source: PostgreSQL documentation, "Canceling Requests in Progress".
 */
export function cancelStatements(client: pg.Client): void {
  const { processID, secretKey, ssl } = client as unknown as {
    processID: number;
    secretKey: number;
    ssl: object | false;
  };
  const request = new pg.Connection({ ssl });
  const raw = request as unknown as RawConnection;
  const give = () => request.stream.destroy();
  const timer = setTimeout(give, timeoutMs);
  timer.unref();
  request.on('connect', () => (ssl ? raw.requestSsl() : raw.cancel(processID, secretKey)));
  request.on('sslconnect', () => raw.cancel(processID, secretKey));
  request.on('error', give);
  request.on('end', () => clearTimeout(timer));
  raw.connect(client.port, client.host);
}
