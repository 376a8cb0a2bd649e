"""One module a country: what its receipts must hold, in which words, since when."""
