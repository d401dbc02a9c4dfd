import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { createTableFilter } from '../../shared/filter/table-filter.ts';
import { createTableNaming, namesBySource } from '../../shared/postgres/to-table-name.ts';

/**
 * Tells for the truncates of a topic whether they are applied, as far as the configuration decides: false where they are
 * filtered. Whether another partition was ever read is known to the ledger.
 *
 * @throws SluiceError `TRUNCATE_UNORDERED` where another topic may feed the table, or several source tables do
 */
export function createTruncateDecision({ target, topics, filter }: ConnectorPlan): (topic: string) => boolean {
  if (target.truncate === 'filter') return () => false;
  const restrictsTables = createTableFilter(filter).isRestricting;
  const restrictsRows = filter.sql !== undefined;
  const toTable = createTableNaming(target);
  const nameOf = (topic: string): string | undefined => {
    try {
      // How the search path and folding read a name is the database's matter: the last part tells enough.
      return namesBySource(target, topic) ? undefined : toTable(topic, undefined).name.toLowerCase();
    } catch (error) {
      if (isSluiceError(error, 'data')) return undefined;
      throw error;
    }
  };
  const feedsAlone = (topic: string): boolean => {
    // A truncate of the source leaves rows of the target that came from nowhere else only if all of them are transferred.
    if (restrictsRows) return false;
    // With a table list the topic holds several source tables, of which one truncate says nothing of the others.
    if (restrictsTables && !namesBySource(target, topic)) return false;
    const name = nameOf(topic);
    return topics.every(
      (other) => other === topic || (name !== undefined && nameOf(other) !== undefined && nameOf(other) !== name),
    );
  };
  return (topic) => {
    if (feedsAlone(topic)) return true;
    if (target.truncate === 'ignore') return false;
    const message =
      'A truncate cannot be put in order with the rows of another topic or source table that may feed the same table.';
    throw new SluiceError('TRUNCATE_UNORDERED', message, { stage: 'parse' });
  };
}
