"""Files for other books: written by COPY, read back, and offered only if they equal the ledger.

making.ask() → job making.make_export → layouts + a writer (plain, workbook, parquet)
             → reading.totals of the file = totals.of_books → parts in the database → ready
"""
