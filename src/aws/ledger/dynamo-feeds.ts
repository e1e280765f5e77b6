import type { Feed } from '../../core/imports/feed.ts';
import type { Ledger } from '../../core/ports.ts';
import { type DynamoRecords, type Item, type RecordKey, setting, valuesOf } from './dynamo-records.ts';
import { number, numberOf, optionalNumber, text } from './item-values.ts';

const FEEDS = 'feeds';

/** The ledger's records of datasets whose files are expected, in one partition. There are as many as datasets, so they do not expire. */
export function dynamoFeeds(
  records: DynamoRecords,
): Pick<Ledger, 'expectFeed' | 'noteArrival' | 'noteLate' | 'listFeeds'> {
  return {
    async expectFeed(dataset, every, nowMs) {
      const feed: Feed = { dataset, every, sinceMs: nowMs, hasArrived: false, lateSinceMs: null };
      if (await records.add({ ...feedKey(dataset), ...feedAttributes(feed) })) return feed;
      const { item } = await records.change(feedKey(dataset), {
        update: 'SET #every = :every',
        condition: 'attribute_exists(#every)',
        values: { ':every': { S: every } },
      });
      return readFeed(item ?? {});
    },

    async noteArrival(dataset, every, atMs) {
      const feed: Feed = { dataset, every, sinceMs: atMs, hasArrived: true, lateSinceMs: null };
      if (await records.add({ ...feedKey(dataset), ...feedAttributes(feed) })) return;
      const attributes: Item = { sinceMs: numberOf(atMs), hasArrived: { BOOL: true } };
      await records.change(feedKey(dataset), {
        update: `SET ${setting(attributes)}`,
        condition: '(#sinceMs < :sinceMs OR #hasArrived = :false)',
        values: { ...valuesOf(attributes), ':false': { BOOL: false } },
      });
    },

    async noteLate(dataset, lateSinceMs) {
      const { changed } = await records.change(
        feedKey(dataset),
        lateSinceMs === null
          ? { update: 'REMOVE #lateSinceMs', condition: 'attribute_exists(#lateSinceMs)', values: {} }
          : {
              update: 'SET #lateSinceMs = :lateSinceMs',
              condition: 'attribute_not_exists(#lateSinceMs)',
              values: { ':lateSinceMs': numberOf(lateSinceMs) },
            },
      );
      return changed;
    },

    async listFeeds() {
      const items = await records.query({ condition: '#pk = :pk', values: { ':pk': { S: FEEDS } } });
      return items.map(readFeed);
    },
  };
}

function feedKey(dataset: string): RecordKey {
  return { pk: { S: FEEDS }, sk: { S: dataset } };
}

function feedAttributes({ every, sinceMs, hasArrived }: Feed): Item {
  return { every: { S: every }, sinceMs: numberOf(sinceMs), hasArrived: { BOOL: hasArrived } };
}

function readFeed(item: Item): Feed {
  return {
    dataset: text(item, 'sk'),
    every: text(item, 'every'),
    sinceMs: number(item, 'sinceMs'),
    hasArrived: item['hasArrived']?.BOOL === true,
    lateSinceMs: optionalNumber(item, 'lateSinceMs'),
  };
}
