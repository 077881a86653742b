/** A long result on the projector: which persons are on the screen at the same time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pagesOf, type Page } from "../src/staff/result";

/** A screen that holds so many lines; persons take one, or as many as `tall` says. */
const screen = (lines: number, tall: Record<number, number> = {}) => ({ from, to }: Page) => {
  let used = 0;
  for (let i = from; i < to; i++) used += tall[i] ?? 1;
  return used <= lines;
};

const short = (pages: Page[]) => pages.map(({ table, from, to }) => `${table}:${from}-${to}`).join(" ");

test("every person is on one page, in order, and no page is larger than the screen", () => {
  assert.equal(short(pagesOf([14], screen(8))), "0:0-8 0:8-14");
  assert.equal(short(pagesOf([16], screen(8))), "0:0-8 0:8-16");
  assert.equal(short(pagesOf([3], screen(8))), "0:0-3");
  assert.equal(short(pagesOf([5], screen(4, { 1: 3 }))), "0:0-2 0:2-5");
});

test("a page has the persons of one ballot paper", () => {
  assert.equal(short(pagesOf([5, 3, 1], screen(4))), "0:0-4 0:4-5 1:0-3 2:0-1");
});

test("where not even one fits, one is shown", () => {
  assert.equal(short(pagesOf([3], () => false)), "0:0-1 0:1-2 0:2-3");
  assert.deepEqual(pagesOf([0], () => false), []);
});
