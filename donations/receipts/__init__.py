"""Receipts: frozen facts, the rules of each country as data, and the document made from both."""
