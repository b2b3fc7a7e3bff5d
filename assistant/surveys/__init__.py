"""Anonymous surveys after an order is done: asked once, answered in a word, shown to the seller only many at a time."""
