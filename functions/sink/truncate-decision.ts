import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { createTableFilter } from '../../shared/filter/table-filter.ts';
import { createTableNaming, namesBySource } from '../../shared/postgres/to-table-name.ts';

/**
 * Tells for a truncate of a topic whether it is applied, as far as the configuration decides: false where truncates are
 * filtered. `isOfChosenRows` says that the target has only some of the table's rows. Whether another partition was ever
 * read is known to the ledger.
 *
 * @throws SluiceError `TRUNCATE_UNORDERED` where another topic may feed the table, several source tables do, or the
 *   table's rows are chosen
 */
export function createTruncateDecision({
  target,
  topics,
  filter,
}: ConnectorPlan): (topic: string, isOfChosenRows: boolean) => boolean {
  if (target.truncate === 'filter') return () => false;
  const restrictsTables = createTableFilter(filter).isRestricting;
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
    // With a table list the topic holds several source tables, of which one truncate says nothing of the others.
    if (restrictsTables && !namesBySource(target, topic)) return false;
    const name = nameOf(topic);
    return topics.every(
      (other) => other === topic || (name !== undefined && nameOf(other) !== undefined && nameOf(other) !== name),
    );
  };
  return (topic, isOfChosenRows) => {
    if (!isOfChosenRows && feedsAlone(topic)) return true;
    if (target.truncate === 'ignore') return false;
    const message =
      'A truncate cannot be put in order with the rows of another topic or source table that may feed the same table, and is ' +
      'not that of a table of which rows are chosen.';
    throw new SluiceError('TRUNCATE_UNORDERED', message, { stage: 'parse' });
  };
}
