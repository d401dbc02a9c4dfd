import { html } from 'hono/html';
import { findProperty } from '../../../shared/config/parse-config.ts';
import { propertyTable } from '../../../shared/connector/property-table.ts';
import { errorTable } from '../../../shared/errors/error-table.ts';
import type { PartitionProgress } from '../read-progress.ts';
import type { ConsoleSample } from './console-sampler.ts';
import { type Markup, renderPage, renderTable } from './page.ts';
import { toShownText } from './shown-text.ts';
import { type ActionName, texts } from './texts.ts';

const numbers: ReadonlySet<string> = new Set([
  texts.rate,
  texts.lag,
  texts.letters,
  texts.partition,
  texts.nextOffset,
  texts.endOffset,
  texts.applied,
  texts.filtered,
  texts.duplicate,
  texts.deadLettered,
]);

/** All connectors at a glance. */
export function renderConnectors(samples: ReadonlyMap<string, ConsoleSample>): Markup {
  const columns = [texts.connector, texts.state, texts.rate, texts.lag, texts.committed, texts.letters, texts.trouble];
  const rows = [...samples].map(([name, sample]) => [
    html`<a href="${toConnectorPath(name)}">${toShownText(name)}</a>`,
    renderState(toState(sample)),
    toRateText(sample.rate),
    toLagText(partitionsOf(sample)),
    renderLastCommit(partitionsOf(sample)),
    'error' in sample.progress ? texts.notKnown : toLetterCount(sample.progress.openDeadLetters),
    toTrouble(sample),
  ]);
  const table = renderTable(texts.connectors, columns, rows, numbers);
  return renderPage(texts.connectors, samples.size === 0 ? html`<p>${texts.noConnectors}</p>` : table);
}

/** One connector: what can be done, its tasks, its partitions, its configuration with secrets hidden. */
export function renderConnector(name: string, sample: ConsoleSample, config: Readonly<Record<string, string>>): Markup {
  const { state, progress } = sample;
  const partitions = partitionsOf(sample);
  const tasks = state.tasks.map((task) => [
    String(task.id),
    renderState(task.state),
    html`<pre>${toShownText(task.trace ?? '')}</pre>`,
  ]);
  const letters = 'error' in progress ? texts.notKnown : toLetterCount(progress.openDeadLetters);
  return renderPage(
    toShownText(name),
    html`<p>${texts.state}: ${renderState(toState(sample))} · ${texts.rate}: ${toRateText(sample.rate)} · ${texts.lag}:
${toLagText(partitions)} · ${texts.letters}: ${letters}</p>
${'error' in progress ? html`<p class="problem">${toShownText(progress.error)}</p>` : ''}
<h2>${texts.actions}</h2>
<ul class="actions">${Object.entries(texts.act).map(
      ([action, { label }]) => html`<li><a href="${toConnectorPath(name)}/${action}">${label}</a></li>`,
    )}</ul>
<h2>${texts.tasks}</h2>
${renderTable(texts.tasks, [texts.task, texts.state, texts.why], tasks)}
${renderBlocked(partitions)}
<h2>${texts.partitions}</h2>
${partitions.length === 0 ? html`<p>${texts.noPartitions}</p>` : renderPartitions(partitions)}
${'error' in progress || !progress.isCut ? '' : html`<p>${texts.cut}</p>`}
<h2>${texts.configuration}</h2>
${renderConfig(config)}`,
  );
}

/** Asks before something is done, and says what will happen. */
export function renderConfirmation(name: string, action: ActionName): Markup {
  const { label, consequence } = texts.act[action];
  const path = toConnectorPath(name);
  return renderPage(
    `${label}: ${toShownText(name)}`,
    html`<p>${consequence}</p>
<form method="post" action="${path}/${action}"><button type="submit">${label}</button> <a href="${path}">${texts.cancel}</a></form>`,
  );
}

/** Why a page or an action failed. */
export function renderFailure(message: string): Markup {
  return renderPage(texts.failed, html`<p class="problem">${toShownText(message)}</p>`);
}

/** Path of a connector's page. */
export function toConnectorPath(name: string): string {
  return `/ui/connectors/${encodeURIComponent(name)}`;
}

function renderBlocked(partitions: readonly PartitionProgress[]): Markup | string {
  const rows = partitions.flatMap(({ topic, partition, blocked }) => {
    if (blocked === undefined) return [];
    const entry = Object.hasOwn(errorTable, blocked.code)
      ? errorTable[blocked.code as keyof typeof errorTable].action
      : texts.notKnown;
    const place = `${toShownText(topic)}:${partition}:${blocked.offset}`;
    return [
      [place, html`<strong>${blocked.code}</strong> ${toShownText(blocked.message)}`, renderTime(blocked.since), entry],
    ];
  });
  if (rows.length === 0) return '';
  const columns = [texts.partition, texts.blocked, texts.since, texts.whatToDo];
  return html`<h2>${texts.blockedPartitions}</h2>${renderTable(texts.blockedPartitions, columns, rows)}`;
}

function renderPartitions(partitions: readonly PartitionProgress[]): Markup {
  const counts = [texts.applied, texts.filtered, texts.duplicate, texts.deadLettered];
  const columns = [
    texts.topic,
    texts.partition,
    texts.nextOffset,
    texts.endOffset,
    texts.lag,
    texts.committed,
    ...counts,
  ];
  const rows = partitions.map((each) => [
    toShownText(each.topic),
    String(each.partition),
    String(each.nextOffset),
    each.lag === null ? texts.notKnown : String(each.nextOffset + each.lag),
    each.lag === null ? texts.notKnown : String(each.lag),
    renderTime(each.committedAt),
    ...[each.applied, each.filtered, each.duplicate, each.deadLettered].map(String),
  ]);
  return renderTable(texts.partitions, columns, rows, numbers);
}

function renderConfig(config: Readonly<Record<string, string>>): Markup {
  const rows = Object.entries(config).map(([name, value]) => [
    html`<code>${toShownText(name)}</code>`,
    html`<code>${toShownText(value)}</code>`,
    findProperty(propertyTable, name)?.documentation ?? '',
  ]);
  return renderTable(texts.configuration, [texts.property, texts.value, texts.meaning], rows);
}

function partitionsOf({ progress }: ConsoleSample): readonly PartitionProgress[] {
  return 'error' in progress ? [] : progress.partitions;
}

function toState({ state }: ConsoleSample): string {
  return state.tasks.some((task) => task.state === 'FAILED') ? 'FAILED' : state.connector.state;
}

function toTrouble(sample: ConsoleSample): string {
  if ('error' in sample.progress) return toShownText(sample.progress.error);
  const blocked = partitionsOf(sample).find((partition) => partition.blocked !== undefined)?.blocked;
  const trace = sample.state.tasks.find((task) => task.trace !== undefined)?.trace?.split('\n')[0];
  return blocked === undefined ? toShownText(trace ?? '') : toShownText(`${blocked.code}: ${blocked.message}`);
}

function renderState(state: string): Markup {
  return html`<span class="state ${state.toLowerCase()}">${state}</span>`;
}

/** In UTC; the script adds the viewer's own time. */
function renderTime(iso: string): Markup {
  return html`<time datetime="${iso}">${iso}</time>`;
}

function renderLastCommit(partitions: readonly PartitionProgress[]): Markup | string {
  const latest = partitions
    .map(({ committedAt }) => committedAt)
    .sort()
    .at(-1);
  return latest === undefined ? texts.none : renderTime(latest);
}

function toLagText(partitions: readonly PartitionProgress[]): string {
  if (partitions.length === 0 || partitions.some(({ lag }) => lag === null)) return texts.notKnown;
  return String(partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0));
}

function toRateText(rate: number | null): string {
  if (rate === null) return texts.notKnown;
  return rate >= 10 || rate === 0 ? String(Math.round(rate)) : rate.toFixed(1);
}

function toLetterCount(count: number): string {
  return count >= 10_000 ? '10000 or more' : String(count);
}
